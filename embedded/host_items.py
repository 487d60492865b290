"""A DynamoDB table's items, kept as the JSON they are written in: a tenth of the room that dictionaries take."""

import base64
import bisect
import hashlib
import itertools
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

# Where a partition stands among all: by its hash, which says nothing of the key.
Place = tuple[int, Any]
# Where versions begin: those of a table that was deleted and made anew are not taken for the old one's.
_BEGINNINGS = itertools.count(0, 1 << 40)
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def place(key: Any) -> Place:
    """Return where a partition stands."""
    return int.from_bytes(hashlib.sha1(str(key).encode(), usedforsecurity=False).digest()[:8], "big"), key


def packed(item: Any) -> bytes:
    """Return an item as JSON."""
    return _encode(item).encode("utf-8", "surrogatepass")


def unpacked(kept: bytes) -> Any:
    """Return an item of which JSON is kept: a new one at each call, which the caller may change."""
    return json.loads(kept.decode("utf-8", "surrogatepass"))


class Partition(dict[Any, Any]):
    """The items of one partition by sort key: a dictionary of dictionaries to whoever looks at it."""

    __slots__ = ("owner",)

    def __init__(self, owner: "Items", items: Iterable[tuple[Any, Any]] = ()) -> None:
        self.owner = owner
        for sk, item in items:
            self[sk] = item

    def __setitem__(self, sk: Any, item: Any) -> None:
        self.owner.version += 1
        super().__setitem__(sk, item if isinstance(item, bytes) else packed(item))

    def __delitem__(self, sk: Any) -> None:
        self.owner.version += 1
        super().__delitem__(sk)

    def __getitem__(self, sk: Any) -> Any:
        return unpacked(super().__getitem__(sk))

    def __iter__(self) -> Iterator[Any]:
        # Also keeps dict(partition) from taking what is kept for what it stands for.
        return super().__iter__()

    def get(self, sk: Any, default: Any = None) -> Any:
        """Return an item, or the default."""
        kept = super().get(sk)
        return default if kept is None else unpacked(kept)

    def pop(self, sk: Any, *default: Any) -> Any:
        """Take an item out, and return it."""
        self.owner.version += 1
        kept = super().pop(sk, *default)
        return unpacked(kept) if isinstance(kept, bytes) else kept

    def values(self) -> Any:
        """Return the items."""
        return [unpacked(kept) for kept in list(super().values())]

    def items(self) -> Any:
        """Return sort keys and items."""
        return [(sk, unpacked(kept)) for sk, kept in list(super().items())]

    def kept(self) -> list[tuple[Any, bytes]]:
        """Return sort keys and the JSON of the items."""
        return list(super().items())

    def in_order(self, kind: str) -> list[tuple[Any, Any]]:
        """Return sort keys, each behind its value in the order of its kind (S, N or B)."""
        found = [(ordered(sk, kind), sk) for sk in list(super().keys())]
        found.sort(key=_first)
        return found

    def __deepcopy__(self, _memo: Any) -> dict[Any, Any]:
        return dict(self.items())


class Items(defaultdict[Any, Any]):
    """A table's partitions."""

    def __init__(self, items: Any = ()) -> None:
        super().__init__(dict)
        # Counts changes. Index name -> (version, partitions in order), and the same for one partition of an index.
        self.version = next(_BEGINNINGS)
        self.indexes: dict[Any, tuple[int, list[Any]]] = {}
        # Partitions in order, once the table was scanned.
        self.order: list[Place] | None = None
        # The state file of a table that has one of its own.
        self.file = ""
        for pk, partition in dict(items).items():
            if partition:
                self[pk] = partition

    def __setitem__(self, pk: Any, partition: Any) -> None:
        kept = partition.kept() if isinstance(partition, Partition) else partition.items()
        super().__setitem__(pk, Partition(self, kept))

    def setdefault(self, pk: Any, _default: Any = None) -> Any:
        """Return a partition, made when there is none."""
        if pk not in self:
            super().__setitem__(pk, Partition(self))
        return self[pk]

    def __deepcopy__(self, memo: Any) -> dict[Any, Any]:
        return {pk: partition.__deepcopy__(memo) for pk, partition in list(self.items())}

    def places(self) -> list[Place]:
        """Return the partitions in order."""
        if self.order is None:
            self.order = sorted(place(pk) for pk in list(self))
        return self.order

    def changed(self, pk: Any, old: Any, new: Any) -> None:
        """Keep the order of partitions with a change of an item."""
        if self.order is None:
            return
        if new is not None and old is None and len(self[pk]) == 1:
            bisect.insort(self.order, place(pk))
        elif new is None and old is not None and pk not in self:
            at = bisect.bisect_left(self.order, place(pk))
            if at < len(self.order) and self.order[at][1] == pk:
                del self.order[at]

    def cached(self, name: Any, most: int) -> list[Any] | None:
        """Return what was kept under a name, None once an item has changed since; forgets when there is too much."""
        version, found = self.indexes.get(name, (-1, None))
        if len(self.indexes) > most:
            self.indexes.clear()
        return found if version == self.version else None


def ordered(key: Any, kind: str) -> Any:
    """Return a key so that it compares as its kind does."""
    return Decimal(key) if kind == "N" else base64.b64decode(key) if kind == "B" else key


def of(table: dict[str, Any]) -> Items:
    """Return a table's items, packed if they were not yet."""
    if not isinstance(table["items"], Items):
        table["items"] = Items(table["items"])
    items: Items = table["items"]
    return items


def _first(found: tuple[Any, Any]) -> Any:
    return found[0]
