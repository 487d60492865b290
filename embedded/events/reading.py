"""Log events in order of time: pages of a stream or a group, and sums."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from embedded.events.store import Place

FIRST = (-(2**62), 0)
LAST = (2**62, 0)
# AWS's pages are no larger either; a single event may be.
LARGEST = 1024 * 1024
_COLUMNS = "events.id, events.at, events.taken, streams.name, events.message"
_OF_GROUP = "JOIN groups ON groups.id = streams.grp AND groups.account = ? AND groups.region = ? AND groups.name = ?"


@dataclass(frozen=True)
class Event:
    """One event; times in milliseconds."""

    number: int
    at: int
    taken: int
    stream: str
    message: str

    @property
    def place(self) -> tuple[int, int]:
        """Where it stands in the order of its group."""
        return self.at, self.number


@dataclass(frozen=True)
class Range:
    """From (inclusive) and until (exclusive), in milliseconds."""

    start: int
    end: int


class Events:
    """The file, opened for reading."""

    def __init__(self, directory: Path) -> None:
        path = (directory / "events.db").resolve().as_uri()
        self._connection = sqlite3.connect(f"{path}?mode=ro", uri=True, check_same_thread=False, timeout=30)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def of_stream(
        self, place: Place, stream: str, within: Range, after: tuple[int, int], count: int, *, backward: bool = False
    ) -> list[Event]:
        """Return up to `count` events of a stream beyond a position, the nearest to it, in ascending order."""
        sign, order = ("<", "DESC") if backward else (">", "ASC")
        query = f"""SELECT {_COLUMNS} FROM events JOIN streams ON streams.id = events.stream {_OF_GROUP}
            WHERE streams.name = ? AND at >= ? AND at < ? AND (at, events.id) {sign} (?, ?)
            ORDER BY at {order}, events.id {order} LIMIT ?"""  # noqa: S608
        key = (place.account, place.region, place.group, stream, within.start, within.end, *after, count)
        found, _ = self._taken(query, key)
        return found[::-1] if backward else found

    def of_group(
        self,
        place: Place,
        streams: Sequence[str] | None,
        within: Range,
        after: tuple[int, int],
        count: int,
        *,
        backward: bool = False,
    ) -> tuple[list[Event], bool]:
        """Return up to `count` events of a group's streams (None: all) beyond a position, in order of reading.

        Less where they are large; also whether these are all that there are.
        """
        sign, order = ("<", "DESC") if backward else (">", "ASC")
        named = "" if streams is None else f"AND streams.name IN ({', '.join('?' * len(streams))})"
        query = f"""SELECT {_COLUMNS} FROM (
            SELECT id AS number FROM events WHERE stream IN (SELECT streams.id FROM streams {_OF_GROUP} {named})
            AND at >= ? AND at < ? AND (at, id) {sign} (?, ?) ORDER BY at {order}, id {order} LIMIT ?)
            JOIN events ON events.id = number JOIN streams ON streams.id = events.stream
            ORDER BY at {order}, events.id {order}"""  # noqa: S608
        key = (place.account, place.region, place.group, *(streams or ()), within.start, within.end, *after, count)
        found, cut = self._taken(query, key)
        return found, not cut and len(found) < count

    def _taken(self, query: str, key: tuple[object, ...]) -> tuple[list[Event], bool]:
        """Return what a query gives, and whether it was cut off because it is large already."""
        found: list[Event] = []
        size = 0
        for row in self._connection.execute(query, key):
            size += len(row[4])
            if found and size > LARGEST:
                return found, True
            found.append(Event(*row))
        return found, False

    def one(self, account: str, region: str, number: int) -> tuple[str, Event] | None:
        """Return an event of an account and region with its group's name, None when it is not there."""
        query = f"""SELECT groups.name, {_COLUMNS} FROM events JOIN streams ON streams.id = events.stream
            JOIN groups ON groups.id = streams.grp WHERE events.id = ? AND account = ? AND region = ?"""  # noqa: S608
        row = self._connection.execute(query, (number, account, region)).fetchone()
        return None if row is None else (str(row[0]), Event(*row[1:]))

    def sizes(self, account: str, region: str) -> dict[str, int]:
        """Return the bytes of each group."""
        query = """SELECT groups.name, sum(bytes) FROM streams JOIN groups ON groups.id = grp
            WHERE account = ? AND region = ? GROUP BY groups.id"""
        return dict(self._connection.execute(query, (account, region)))

    def stream_sizes(self, place: Place) -> dict[str, int]:
        """Return the bytes of each stream of a group."""
        query = f"SELECT streams.name, bytes FROM streams {_OF_GROUP}"  # noqa: S608
        return dict(self._connection.execute(query, (place.account, place.region, place.group)))

    def group_number(self, place: Place) -> int | None:
        """Return the number of a group, None when it has had no events."""
        query = "SELECT id FROM groups WHERE account = ? AND region = ? AND name = ?"
        row = self._connection.execute(query, (place.account, place.region, place.group)).fetchone()
        return None if row is None else int(row[0])
