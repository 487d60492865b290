"""S3 for Spark: objects are copied into the run's temporary directory before they are read, and from it after a write.

Spark itself reads S3 through a library for Hadoop that is not here. What a script sees is the same; it costs a copy.
"""

import fnmatch
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

_ADDRESS = re.compile(r"s3[an]?://([^/]+)/?(.*)", re.DOTALL)
_GLOB = re.compile(r"[*?\[{]")


def is_s3(path: Any) -> bool:
    """Whether this is the address of something in S3."""
    return isinstance(path, str) and _ADDRESS.fullmatch(path) is not None


def split(address: str) -> tuple[str, str]:
    """Return bucket and key of an address."""
    found = _ADDRESS.fullmatch(address)
    if found is None:
        raise ValueError(f"{address} is not an address in S3 (s3://bucket/key)")
    return found.group(1), found.group(2)


@cache
def client() -> Any:
    """Return the client of this run's account."""
    import boto3

    return boto3.client("s3")


def keys(bucket: str, prefix: str) -> Iterator[str]:
    """Yield the keys below a prefix."""
    for page in client().get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for found in page.get("Contents", ()):
            yield found["Key"]


def matching(bucket: str, key: str) -> list[str]:
    """Return the keys that an address means: one object, what lies below a folder, or what fits a pattern."""
    if wild := _GLOB.search(key):
        start = key[: wild.start()]
        return [found for found in keys(bucket, start) if _fits(found, key)]
    folder = key if key.endswith("/") or not key else f"{key}/"
    return [found for found in keys(bucket, key) if found == key or found.startswith(folder)]


def _fits(found: str, pattern: str) -> bool:
    parts, wanted = found.split("/"), pattern.rstrip("/").split("/")
    return len(parts) >= len(wanted) and all(fnmatch.fnmatchcase(p, w) for p, w in zip(parts, wanted, strict=False))


def fetch(address: str, exclusions: Iterable[str] = ()) -> str:
    """Copy what an address means; return the path to read, laid out as in S3."""
    bucket, key = split(address)
    root = Path(tempfile.mkdtemp(prefix="s3-in-"))
    found = [name for name in matching(bucket, key) if not name.endswith("/")]
    left = [name for name in found if not any(fnmatch.fnmatchcase(f"s3://{bucket}/{name}", p) for p in exclusions)]
    if not left:
        raise FileNotFoundError(f"Path does not exist: {address}")
    for name in left:
        target = root / name
        if os.path.commonpath((root, os.path.normpath(target))) != str(root):
            raise ValueError(f"the key {name} leads out of its folder")
        target.parent.mkdir(parents=True, exist_ok=True)
        client().download_file(bucket, name, str(target))
    wild = _GLOB.search(key)
    return (root / (key[: wild.start()].rpartition("/")[0] if wild else key)).as_uri()


def exists(address: str) -> bool:
    """Whether something lies below an address."""
    bucket, key = split(address)
    return any(matching(bucket, key))


def remove(address: str) -> None:
    """Remove what lies below an address."""
    bucket, key = split(address)
    for name in matching(bucket, key):
        client().delete_object(Bucket=bucket, Key=name)


def store(folder: Path, address: str, rename: Any = None) -> None:
    """Copy what Spark wrote to S3; `rename` turns the name of a file into another."""
    bucket, key = split(address)
    prefix = key.rstrip("/")
    for path in sorted(found for found in folder.rglob("*") if found.is_file()):
        name = path.relative_to(folder).as_posix()
        if path.suffix == ".crc" or (rename and path.name.startswith("_")):
            continue
        if rename:
            name = "/".join([*name.split("/")[:-1], rename(path.name)])
        client().upload_file(str(path), bucket, f"{prefix}/{name}" if prefix else name)
