"""The queries that AWS remembers, those of its console and of programs among them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.blueprints.logs.service.times import of_milliseconds


@dataclass(frozen=True)
class Past:
    """A query that AWS remembers."""

    id: str
    query: str
    status: str
    group: str
    created: datetime | None


def past(client: Any, most: int = 50) -> list[Past]:
    """Return the newest queries of this account, those of its console and programs among them."""
    found = client.describe_queries(maxResults=most).get("queries", [])
    return [
        Past(
            one["queryId"],
            one.get("queryString", ""),
            one.get("status", "Unknown"),
            one.get("logGroupName", ""),
            of_milliseconds(one.get("createTime")),
        )
        for one in found
    ]


def find(client: Any, query_id: str) -> Past | None:
    """Return one of the newest queries by its id, None where it is older."""
    return next((one for one in past(client, 1000) if one.id == query_id), None)
