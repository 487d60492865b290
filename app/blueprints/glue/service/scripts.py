"""Scripts of jobs in S3."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from app.blueprints.glue.service import places

LONGEST = 512 * 1024


@dataclass(frozen=True)
class Script:
    """A script's text; `problem` says why there is none."""

    address: str
    text: str = ""
    problem: str = ""


def get(client: Any, address: str) -> Script:
    """Return a script; one that cannot be read is no error of the page."""
    place = places.read(address)
    if place is None or not place.key:
        return Script(address, problem="The job names no object in S3 as its script.")
    try:
        body = client.get_object(Bucket=place.bucket, Key=place.key)["Body"].read(LONGEST)
    except ClientError as error:
        return Script(address, problem=error.response["Error"].get("Message", "") or str(error))
    return Script(address, body.decode("utf-8", "replace"))


def put(client: Any, address: str, text: str) -> None:
    """Store a script."""
    place = places.read(address)
    if place is None:
        raise ValueError(f"{address} is no address in S3")
    client.put_object(
        Bucket=place.bucket, Key=place.key, Body=text.encode(), ContentType="text/x-python; charset=utf-8"
    )
