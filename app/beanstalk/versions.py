"""Application versions: a bundle in the region's storage location, processed by Elastic Beanstalk."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.beanstalk.clients import Clients, Stopped

POLL_SECONDS = 3.0
PROCESS_SECONDS = 300.0


def upload(
    clients: Clients,
    path: Path,
    application: str,
    label: str,
    progress: Callable[[int], None] | None = None,
    config: Any = None,
) -> tuple[str, str]:
    """Store a bundle and return its bucket and key; what lies there already is not sent again.

    `progress` is told the number of bytes of each piece that was sent. boto3 sends what is large in parts;
    `config` is its TransferConfig.
    """
    bucket: str = clients.beanstalk.create_storage_location()["S3Bucket"]
    key = f"{application}/{label}.zip"
    if not _stored(clients, bucket, key, path.stat().st_size):
        clients.s3.upload_file(str(path), bucket, key, Callback=progress, Config=config)
    return bucket, key


def _stored(clients: Clients, bucket: str, key: str, size: int) -> bool:
    try:
        length: int = clients.s3.head_object(Bucket=bucket, Key=key)["ContentLength"]
    except clients.s3.exceptions.ClientError as error:
        if error.response["Error"]["Code"] in ("404", "NoSuchKey", "403"):  # 403: not there, and no right to list
            return False
        raise
    return length == size


def put_application(clients: Clients, application: str) -> bool:
    """Make an application where it is missing; return whether it was made."""
    if clients.beanstalk.describe_applications(ApplicationNames=[application])["Applications"]:
        return False
    clients.beanstalk.create_application(ApplicationName=application, Description="Trellis, a dashboard for AWS")
    return True


def find(clients: Clients, application: str, label: str) -> dict[str, Any] | None:
    """Return a version, None where there is none."""
    answer = clients.beanstalk.describe_application_versions(ApplicationName=application, VersionLabels=[label])
    found: list[dict[str, Any]] = answer["ApplicationVersions"]
    return found[0] if found else None


def create(clients: Clients, application: str, label: str, where: tuple[str, str]) -> dict[str, Any]:
    """Have AWS begin to process a stored bundle as a version."""
    made: dict[str, Any] = clients.beanstalk.create_application_version(
        ApplicationName=application,
        VersionLabel=label,
        SourceBundle={"S3Bucket": where[0], "S3Key": where[1]},
        Process=True,
    )["ApplicationVersion"]
    return made


def put_version(
    clients: Clients, application: str, label: str, where: tuple[str, str], sleep: Callable[[float], None]
) -> bool:
    """Make a version of a stored bundle and wait until it is processed; return whether it was made.

    Raises Stopped where Elastic Beanstalk could not process it, with what it said.
    """
    version = find(clients, application, label)
    made = version is None
    if version is None:
        version = create(clients, application, label, where)
    _wait(clients, application, version, sleep)
    return made


def _wait(clients: Clients, application: str, version: dict[str, Any], sleep: Callable[[float], None]) -> None:
    label = version["VersionLabel"]
    end = time.monotonic() + PROCESS_SECONDS
    while (status := version["Status"].upper()) in ("PROCESSING", "BUILDING") and time.monotonic() < end:
        sleep(POLL_SECONDS)
        version = find(clients, application, label) or version
    if status == "FAILED":
        said = clients.beanstalk.describe_events(ApplicationName=application, VersionLabel=label, MaxRecords=10)
        words = " ".join(one["Message"] for one in said["Events"] if one["Severity"] in ("WARN", "ERROR", "FATAL"))
        raise Stopped(
            f"Elastic Beanstalk could not process the version {label}. It said: {words or 'nothing'} "
            "Look at the .ebextensions of the bundle (make bundle checks them)."
        )
    if status not in ("PROCESSED", "UNPROCESSED"):
        raise Stopped(f"The version {label} is still {status.lower()} after {PROCESS_SECONDS:.0f} s. Try again later.")
