"""The file of log events, where others delete meanwhile and the disk does not take what is written."""

import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest

from embedded.events import EventStore, Place

PLACE = Place("000000000000", "us-east-1", "group")


def event(text: str) -> dict[str, Any]:
    return {"timestamp": 1, "ingestionTime": 1, "message": text}


def test_a_stream_that_is_deleted_as_it_is_written_takes_events_when_it_is_made_anew(tmp_path: Path) -> None:
    store = EventStore(tmp_path)

    def delete() -> None:
        if store._lock.acquire(blocking=False):
            try:
                store.forget(PLACE, "stream")
            finally:
                store._lock.release()

    class Known(dict[Any, int]):
        """Another thread deletes, where it can, just before the number of a stream is remembered."""

        def __setitem__(self, key: Any, number: int) -> None:
            other = threading.Thread(target=delete)
            other.start()
            other.join()
            super().__setitem__(key, number)

    store._known = Known()
    store.append(PLACE, "stream", [event("old")])
    store.append(PLACE, "stream", [event("new")])
    assert [found[:2] for found in store.streams()] == [(PLACE, "stream")]
    store.close()


def test_a_commit_that_fails_leaves_no_transaction(tmp_path: Path) -> None:
    store = EventStore(tmp_path)
    store._connection.execute("PRAGMA foreign_keys = ON")
    with pytest.raises(sqlite3.IntegrityError), store.writing() as connection:
        connection.execute("CREATE TABLE one (id INTEGER PRIMARY KEY)")
        connection.execute("CREATE TABLE two (one REFERENCES one DEFERRABLE INITIALLY DEFERRED)")
        connection.execute("INSERT INTO two VALUES (1)")
    store.append(PLACE, "stream", [event("afterwards")])
    assert [found[:2] for found in store.streams()] == [(PLACE, "stream")]
    store.close()
