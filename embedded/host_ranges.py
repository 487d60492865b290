"""S3's ranges: a part of an object is read as that part (private names of the emulator, like host.py).

The emulator reads the whole object for every range; a client that fetches a large file in ranges, as boto3 and the
AWS CLI do, would read it as often as it has ranges.
"""

import mmap
from contextvars import ContextVar
from typing import Any

_SMALL = 1024 * 1024  # bytes; below it a mapping costs more than reading
_ranged: ContextVar[bool] = ContextVar("ranged", default=False)


def install(s3: Any) -> None:
    """Let the emulator cut ranges out of a mapped file."""
    get_object, read_body = s3._get_object, s3._read_body

    def get(bucket: str, key: str, headers: dict[str, str], parameters: Any = None) -> Any:
        token = _ranged.set(bool(headers.get("range")) and "partNumber" not in (parameters or {}))
        try:
            return get_object(bucket, key, headers, parameters)
        finally:
            _ranged.reset(token)

    def read(bucket: str, key: str, record: dict[str, Any]) -> Any:
        if not _ranged.get() or record.get("body") is not None or record["size"] < _SMALL:
            return read_body(bucket, key, record)
        with open(s3._object_disk_path(bucket, key), "rb") as file:  # noqa: PTH123 - the emulator's paths are texts
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    s3._get_object, s3._read_body = get, read
