"""The account's buckets, to choose one from."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError


@dataclass(frozen=True)
class Buckets:
    """Names of buckets; `unread` says why they are not known: then one is typed."""

    names: tuple[str, ...] = ()
    unread: str = ""


def listed(client: Any) -> Buckets:
    """Return the account's buckets."""
    try:
        return Buckets(tuple(one["Name"] for one in client.list_buckets()["Buckets"]))
    except ClientError as error:
        return Buckets(unread=error.response["Error"].get("Message", "") or str(error))
