"""A bucket's notifications; the function's page adds and removes them."""

from typing import Any

from app.notifications import Notification, read


def of(client: Any, bucket: str) -> tuple[Notification, ...]:
    """Return what a bucket tells whom about."""
    return read(client.get_bucket_notification_configuration(Bucket=bucket))


__all__ = ["Notification", "of"]
