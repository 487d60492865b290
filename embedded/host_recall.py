"""S3: what an object was put together of, after a restart too (private names of the emulator, like host.py).

The emulator forgets the parts of an object and the type of its checksum when it ends: a part would be read as the
whole, and a checksum of parts would be called one of the whole object. They are in the object's file of facts here.
"""

import json
from pathlib import Path
from typing import Any

FIELDS = ("parts", "checksum_type")


def install(s3: Any) -> None:
    """Recall before an object is looked at."""
    dispatch = s3._dispatch

    def recalled(method: str, bucket: str, key: str, *given: Any) -> Any:
        record = (s3._buckets.get(bucket) or {"objects": {}})["objects"].get(key) if key else None
        if record is not None:
            recall(s3, bucket, key, record)
        return dispatch(method, bucket, key, *given)

    s3._dispatch = recalled


def recall(s3: Any, bucket: str, key: str, record: dict[str, Any]) -> None:
    """Add to the record of an object that was put together what a restart took from it."""
    if "parts" in record or "-" not in record.get("etag", ""):
        return
    facts = Path(f"{s3._object_disk_path(bucket, key)}.meta.json")
    told = json.loads(facts.read_text()) if facts.exists() else {}
    same = told.get("etag") == record["etag"]  # else the facts are those of an object that is being replaced
    record.update({name: told.get(name) if same else None for name in FIELDS})


def facts(s3: Any, bucket: str, key: str, record: dict[str, Any]) -> dict[str, Any]:
    """Return what is kept of an object for that, nothing of one that was never put together."""
    recall(s3, bucket, key, record)
    return {name: record[name] for name in FIELDS if record.get(name)}
