"""A large file through the embedded S3: what its process grows by, and who waits while it is put together or copied.

python -m bench multipart [--quick]
"""

import hashlib
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from boto3.s3.transfer import TransferConfig
from botocore.config import Config

from bench.measure import MIB, watch
from bench.report import Figure, show
from tests.embedded.process import Embedded, start

BUCKET = "bench"
PATIENT = Config(read_timeout=600, retries={"total_max_attempts": 1})


def make(path: Path, size: int) -> str:
    """Write a file no two blocks of which are alike; return its SHA-256."""
    digest, done = hashlib.sha256(), 0
    with path.open("wb") as file:
        while done < size:
            block = hashlib.sha256(str(done).encode()).digest() * (MIB // 32)
            digest.update(block)
            done += file.write(block)
    return digest.hexdigest()


def fetched(s3: Any, key: str) -> str:
    """Return the SHA-256 of an object, read as one answer."""
    digest = hashlib.sha256()
    for chunk in s3.get_object(Bucket=BUCKET, Key=key)["Body"].iter_chunks(MIB):
        digest.update(chunk)
    return digest.hexdigest()


def others(aws: Embedded, work: Callable[[], Any]) -> tuple[float, list[float]]:
    """Do the work; return its seconds, and those of another client's calls meanwhile, one after the other."""
    waits, done = [], threading.Event()
    client = aws.client("sts", config=PATIENT)
    client.get_caller_identity()

    def ask() -> None:
        while not done.is_set():
            began = time.perf_counter()
            client.get_caller_identity()
            waits.append(time.perf_counter() - began)
            time.sleep(0.002)

    asking = threading.Thread(target=ask)
    asking.start()
    began = time.perf_counter()
    try:
        work()
    finally:
        seconds = time.perf_counter() - began
        done.set()
        asking.join()
    return seconds, waits


def completing(aws: Embedded) -> Callable[[], Any]:
    """Copy the object part by part; return what puts the copy together."""
    s3 = aws.client("s3", config=PATIENT)
    where, size = {"Bucket": BUCKET, "Key": "copy"}, s3.head_object(Bucket=BUCKET, Key="large")["ContentLength"]
    upload = {**where, "UploadId": s3.create_multipart_upload(**where)["UploadId"]}
    step, parts = 64 * MIB, []
    for number, first in enumerate(range(0, size, step), start=1):
        span = f"bytes={first}-{min(first + step, size) - 1}"
        made = s3.upload_part_copy(**upload, PartNumber=number, CopySource=f"{BUCKET}/large", CopySourceRange=span)
        parts.append({"PartNumber": number, "ETag": made["CopyPartResult"]["ETag"]})
    return lambda: s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})


def duplicating(aws: Embedded) -> dict[str, Callable[[], Any]]:
    """Return what copies the object in one piece, with a checksum too, and what displaces and deletes versions."""
    s3 = aws.client("s3", config=PATIENT)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    source, where = f"{BUCKET}/large", {"Bucket": BUCKET, "Key": "again"}

    def delete_newest() -> None:
        s3.delete_object(**where, VersionId=s3.head_object(**where)["VersionId"])

    return {
        "copy in one piece": lambda: s3.copy_object(**where, CopySource=source),
        "copy with CRC64NVME": lambda: s3.copy_object(**where, CopySource=source, ChecksumAlgorithm="CRC64NVME"),
        "overwriting a version": lambda: s3.put_object(**where, Body=b"small"),
        "deleting the newest version": delete_newest,
    }


def versions(aws: Embedded, pid: int) -> list[Figure]:
    """Measure copies in one piece, and versions."""
    found = []
    for name, work in duplicating(aws).items():
        with watch(pid) as used:
            took, waits = others(aws, work)
        slowest = max(waits, default=0) * 1000
        found += [
            Figure(f"{name}: growth", used.growth or 0, "MiB", most=20, note=f"{took:.2f} s"),
            Figure(f"{name}: another call meanwhile, slowest", slowest, "ms", note=f"{len(waits)} calls"),
        ]
    return found


def parts(aws: Embedded, path: Path, wanted: str) -> list[Figure]:
    """Measure an upload in parts, its reading, and a copy of it in parts."""
    s3, pid, size = aws.client("s3", config=PATIENT), int(aws.ready["pid"]), path.stat().st_size
    settings = TransferConfig(max_concurrency=4)
    with watch(pid) as uploading:
        took, waits = others(aws, lambda: s3.upload_file(str(path), BUCKET, "large", Config=settings))
    with watch(pid) as reading:
        same = fetched(s3, "large") == wanted
    with watch(pid) as copying:
        complete = completing(aws)
    with watch(pid) as joining:
        joined, meanwhile = others(aws, complete)
    same = same and fetched(s3, "copy") == wanted
    slowest, calls = max(meanwhile) * 1000, f"{len(meanwhile)} calls"
    grown = {"upload": uploading, "reading": reading, "copy in parts": copying, "putting together": joining}
    return [
        Figure("objects as they were sent", float(same), "", least=1),
        *(Figure(f"growth by its {name}", usage.growth or 0, "MiB", most=200) for name, usage in grown.items()),
        Figure("upload", size / MIB / took, "MiB/s", note=f"{took:.1f} s"),
        Figure("another call while it is uploaded, slowest", max(waits) * 1000, "ms"),
        Figure("putting it together", joined, "s"),
        Figure("another call meanwhile, slowest", slowest, "ms", most=500, note=calls),
    ]


def figures(quick: bool) -> list[Figure]:
    """Measure."""
    size = (128 if quick else 1024) * MIB
    with tempfile.TemporaryDirectory() as work:
        path, aws = Path(work) / "large", start(Path(work) / "home")
        try:
            s3 = aws.client("s3", config=PATIENT)
            s3.create_bucket(Bucket=BUCKET)
            wanted = make(path, size)
            found = parts(aws, path, wanted) + versions(aws, int(aws.ready["pid"]))
            same = fetched(s3, "again") == wanted
        finally:
            aws.stop()
    found.append(Figure("the copy after its versions as it was sent", float(same), "", least=1))
    return show(f"{size // MIB} MiB through the embedded S3", found)
