"""Descriptions of tables, kept for some seconds, so that a page of items is one call."""

import threading
import time
from typing import Any
from weakref import WeakKeyDictionary

from app.blueprints.dynamodb.service.tables import Table, get_table

SECONDS = 30.0
MOST = 500


class Known:
    """The tables that each client has described lately.

    What one was told is for who holds it: another person, or another account, has a client of its own.
    """

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds, self._lock = seconds, threading.Lock()
        self._found: WeakKeyDictionary[Any, dict[str, tuple[float, Table]]] = WeakKeyDictionary()

    def get(self, client: Any, name: str) -> Table:
        """Return a table as it is known, or as DynamoDB describes it now."""
        with self._lock:
            until, table = self._found.get(client, {}).get(name, (0.0, None))
        return table if table is not None and time.monotonic() < until else self.fresh(client, name)

    def fresh(self, client: Any, name: str) -> Table:
        """Return a table as DynamoDB describes it now; one that changes is not kept."""
        self.forget(client, name)
        table = get_table(client, name)
        if not table.moving:
            with self._lock:
                found = self._found.setdefault(client, {})
                if len(found) >= MOST:
                    found.clear()
                found[name] = (time.monotonic() + self._seconds, table)
        return table

    def forget(self, client: Any, name: str) -> None:
        """Describe it anew the next time."""
        with self._lock:
            self._found.get(client, {}).pop(name, None)


KNOWN = Known()
