# ruff: noqa: PTH103, PTH105, PTH118, PTH120
# The emulator's paths are texts, and this runs for every object that is stored.
"""S3's files: a write that a crash cuts in two is finished or undone (private names of the emulator, like host.py).

The emulator replaces an object's bytes, then the file that describes them. Between the two a crash would leave
new bytes with an old ETag. Here both are written aside first and then renamed; what was begun is settled at start.
"""

import json
import logging
import os
from pathlib import Path
from typing import Any

from embedded import assembly, host_recall
from embedded.assembly import Stored, Whole

logger = logging.getLogger("embedded.s3")
_META = ".meta.json"


def settle(directory: Path) -> None:
    """Finish or undo writes that a crash interrupted; run before the emulator reads the directory."""
    for folder, _, names in os.walk(directory):
        for name in sorted(name for name in names if name.endswith(".tmp")):
            path = Path(folder, name)
            if path.exists():
                _settle(path)


def _settle(path: Path) -> None:
    target = path.with_suffix("")
    bytes_aside = Path(str(path).removesuffix(f"{_META}.tmp") + ".tmp")
    # The bytes are renamed first: while they lie aside nothing was replaced, and the write never happened.
    if path.name.endswith(f"{_META}.tmp") and not bytes_aside.exists() and _whole(path):
        path.replace(target)
        logger.warning("Finished an interrupted write: %s", target)
    else:
        path.unlink()
        bytes_aside.with_name(bytes_aside.name.removesuffix(".tmp") + f"{_META}.tmp").unlink(missing_ok=True)
        logger.warning("Undid an interrupted write: %s", target)


def _whole(path: Path) -> bool:
    try:
        return isinstance(json.loads(path.read_text()), dict)
    except ValueError:
        return False


def install(s3: Any) -> None:
    """Replace how the emulator writes an object, and keep bytes of old versions on disk only."""
    # Kept in memory only by the emulator: with these they live in its saved state.
    s3._PERSISTED_BUCKET_DICTS["trellis_retention"] = s3._object_retention
    s3._PERSISTED_BUCKET_DICTS["trellis_legal_hold"] = s3._object_legal_hold

    def persist(bucket: str, key: str, record: dict[str, Any]) -> None:
        """Store an object's bytes and description; an error here is an error of the request, never a silent loss."""
        target = s3._object_disk_path(bucket, key)
        described = {**s3._object_meta_from_record(record), **s3._key_history_meta(bucket, key), "key": key}
        described |= host_recall.facts(s3, bucket, key, record)
        body = record.get("body")
        aside = body is not None and _aside(target, body)
        _write(f"{target}{_META}.tmp", json.dumps(described).encode())
        if aside:
            os.replace(f"{target}.tmp", target)
        os.replace(f"{target}{_META}.tmp", f"{target}{_META}")
        record["body"] = None
        base = os.path.join(s3.DATA_DIR, s3.get_account_id(), bucket)
        s3._remove_key_files(s3._other_key_disk_path(base, key, target))

    version_entry = s3._version_entry_from_record
    s3._persist_object = persist
    s3._version_entry_from_record = lambda record, version, _data: version_entry(record, version, None)


def _aside(target: str, body: bytes | Whole | Stored) -> bool:
    """Write bytes beside where they go to; return False where they are there already."""
    path = f"{target}.tmp"
    if isinstance(body, Stored):
        if body.is_at(target):  # renaming would do nothing
            return False
        assembly.share(body, path)
    elif isinstance(body, Whole):
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        os.replace(body.path, path)
    else:
        _write(path, body)
    return True


def _write(path: str, data: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        descriptor = os.open(path, flags, 0o600)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        descriptor = os.open(path, flags, 0o600)
    except FileExistsError:  # of a write that failed: the bytes may be another object's too
        assembly.remove([path])
        descriptor = os.open(path, flags, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
