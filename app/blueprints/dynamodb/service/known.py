"""Descriptions of tables, kept for some seconds, so that a page of items is one call."""

import threading
import time
from typing import Any

from app.blueprints.dynamodb.service.tables import Table, get_table

SECONDS = 30.0
MOST = 500


class Known:
    """The tables that this process has described lately."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds, self._lock = seconds, threading.Lock()
        self._found: dict[tuple[str, ...], tuple[float, Table]] = {}

    def get(self, client: Any, name: str) -> Table:
        """Return a table as it is known, or as DynamoDB describes it now."""
        key = _key(client, name)
        until, table = self._found.get(key, (0.0, None))
        return table if table is not None and time.monotonic() < until else self.fresh(client, name)

    def fresh(self, client: Any, name: str) -> Table:
        """Return a table as DynamoDB describes it now; one that changes is not kept."""
        self.forget(client, name)
        table = get_table(client, name)
        if not table.moving:
            with self._lock:
                if len(self._found) >= MOST:
                    self._found.clear()
                self._found[_key(client, name)] = (time.monotonic() + self._seconds, table)
        return table

    def forget(self, client: Any, name: str) -> None:
        """Describe it anew the next time."""
        with self._lock:
            self._found.pop(_key(client, name), None)


def _key(client: Any, name: str) -> tuple[str, ...]:
    return client.meta.endpoint_url, client.meta.region_name, name


KNOWN = Known()
