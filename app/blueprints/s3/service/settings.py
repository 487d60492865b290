"""A bucket's settings: versioning. (Its CORS rules for direct uploads are presigned.py's.)"""

from typing import Any

STATES = ("Enabled", "Suspended")


def versioning(client: Any, bucket: str) -> str:
    """Return "Enabled", "Suspended", or "Off" for a bucket that never had versioning."""
    state: str = client.get_bucket_versioning(Bucket=bucket).get("Status", "Off")
    return state


def switch_versioning(client: Any, bucket: str, state: str) -> None:
    """Enable or suspend versioning; AWS knows no way back to "Off"."""
    client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": state})
