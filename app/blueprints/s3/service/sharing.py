"""Sharing one object for a while by a presigned link."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from app.blueprints.s3.names import last_part


@dataclass(frozen=True)
class Link:
    """A presigned link: whoever has it may GET this object (or this version) until `ends`, and nothing else."""

    bucket: str
    key: str
    version_id: str | None
    url: str
    minutes: int
    ends: datetime
    as_download: bool


def share(
    client: Any, bucket: str, key: str, minutes: int, *, version_id: str | None = None, as_download: bool = False
) -> Link:
    """Return a link that fetches an object for some minutes; it is signed here, AWS is not called."""
    params: dict[str, Any] = {"Bucket": bucket, "Key": key}
    if version_id:
        params["VersionId"] = version_id
    if as_download:
        name = quote(last_part(key), safe="")
        params["ResponseContentDisposition"] = f"attachment; filename*=UTF-8''{name}"
    ends = datetime.now(UTC) + timedelta(minutes=minutes)
    url = client.generate_presigned_url("get_object", Params=params, ExpiresIn=minutes * 60)
    return Link(bucket, key, version_id, url, minutes, ends, as_download)
