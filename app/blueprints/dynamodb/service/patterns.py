"""Items grouped by partition key, so that one sees the item collections of a table or an index, and uneven ones.

A large table is read in part: from eight places of its key space, so that the sample is not one corner of it.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from app.blueprints.dynamodb.service import prices, raw, wire
from app.blueprints.dynamodb.service.patience import patiently
from app.blueprints.dynamodb.service.tables import Key, Table
from app.blueprints.dynamodb.service.wire import Item

SAMPLES = (1000, 5000, 20000)  # items
SEGMENTS = 8
SMALL = 1024 * 1024  # bytes of a table that is read without being asked
SHOWN = 30  # partitions
DRAWN = 150  # items of one partition
KINDS = 6  # kinds of items that are told apart by colour
HOT_TIMES, HOT_SHARE, HOT_ITEMS = 3.0, 0.1, 5
_WORD = re.compile(r"[A-Z_]{4,}|(profile|meta|metadata|info|details|settings)")  # PROFILE beside ORDER#2026-01
_NAMED = ("entity", "entity_type", "type", "_type", "kind", "item_type")


@dataclass(frozen=True)
class Drawn:
    """One item of a partition: its sort key, kind (its place among the kinds) and bytes."""

    sort: str
    kind: int
    size: int


@dataclass(frozen=True)
class Partition:
    """The items of one partition key among those that were read."""

    value: str
    items: int
    size: int
    share: float
    hot: bool
    drawn: tuple[Drawn, ...]


@dataclass(frozen=True)
class Patterns:
    """What a sample shows; sizes are bytes, `share` is of all bytes read."""

    read: int
    size: int
    units: float
    whole: bool
    partitions: int
    shown: tuple[Partition, ...]
    kinds: tuple[tuple[str, int], ...]
    missing: int = 0

    @property
    def hot(self) -> int:
        """How many of the shown partitions are hot."""
        return sum(one.hot for one in self.shown)

    @property
    def each(self) -> float:
        """Items of a partition, on average."""
        return self.read / self.partitions if self.partitions else 0.0


@dataclass
class _Group:
    items: int = 0
    size: int = 0
    drawn: list[tuple[str, str, int]] = field(default_factory=list)


def cost(table: Table, sample: int) -> tuple[float, str]:
    """Return the read units, and their price, of reading so many items of a table."""
    each = table.size / table.items if table.items else 1024
    units = max(0.5, min(sample, table.items or sample) * each / 8192)
    return units, prices.dollars(prices.read(units))


def is_small(table: Table, sample: int) -> bool:
    """Whether reading is so little that nobody need be asked."""
    return table.size <= SMALL and table.items <= sample


def read(client: Any, table: Table, index: str, sample: int) -> Patterns:
    """Read a sample and group it; KeyError where there is no such index."""
    keys = table.keys_of(index)
    parameters = {"TableName": table.name, "ReturnConsumedCapacity": "TOTAL"} | ({"IndexName": index} if index else {})
    items, units, whole = list[Item](), 0.0, True
    for place in [{}] if table.items <= sample else _places(sample):
        more = {**parameters, "Limit": min(sample, 1000), **place}
        wanted = len(items) + (sample if not place else sample // SEGMENTS)
        while True:
            answer = patiently(partial(raw.call, client, "scan", **more))
            items += answer.get("Items") or []
            units += (answer.get("ConsumedCapacity") or {}).get("CapacityUnits") or 0
            last = answer.get("LastEvaluatedKey")
            if not last or len(items) >= wanted:
                break
            more["ExclusiveStartKey"] = last
        whole = whole and not last
    return group(items, keys, units, whole)


def _places(sample: int) -> list[dict[str, int]]:
    limit = min(1000, max(1, sample // SEGMENTS))
    return [{"TotalSegments": SEGMENTS, "Segment": at, "Limit": limit} for at in range(SEGMENTS)]


def group(items: Iterable[Item], keys: tuple[Key, ...], units: float, whole: bool) -> Patterns:
    """Return the patterns of items."""
    groups: dict[str, _Group] = {}
    kinds = Counter[str]()
    read = missing = 0
    for item in items:
        read += 1
        if keys[0].name not in item:
            missing += 1
            continue
        kind = kind_of(item, keys)
        kinds[kind] += 1
        size = wire.item_size(item)
        one = groups.setdefault(wire.short(item[keys[0].name], 120), _Group())
        one.items += 1
        one.size += size
        if len(one.drawn) < DRAWN:
            one.drawn.append((_sort(item, keys), kind, size))
    return _patterns(groups, kinds, read, units, whole, missing)


def _patterns(
    groups: Mapping[str, _Group], kinds: Counter[str], read: int, units: float, whole: bool, missing: int
) -> Patterns:
    total = sum(one.size for one in groups.values())
    order = {kind: min(at, KINDS - 1) for at, (kind, _) in enumerate(kinds.most_common())}
    mean = total / len(groups) if groups else 0.0
    largest = sorted(groups.items(), key=lambda pair: (-pair[1].size, pair[0]))[:SHOWN]
    shown = tuple(_partition(value, one, total, mean, order) for value, one in largest)
    named = kinds.most_common()
    told = named[: KINDS - 1] if len(named) > KINDS else named
    others = sum(count for _, count in named[len(told) :])
    listed = (*told, ("other kinds", others)) if others else tuple(told)
    return Patterns(read, total, units, whole, len(groups), shown, listed, missing)


def _partition(value: str, one: _Group, total: int, mean: float, order: Mapping[str, int]) -> Partition:
    share = one.size / total if total else 0.0
    hot = one.items >= HOT_ITEMS and one.size >= HOT_TIMES * mean and share >= HOT_SHARE
    drawn = tuple(Drawn(sort, order[kind], size) for sort, kind, size in sorted(one.drawn))
    return Partition(value, one.items, one.size, share, hot, drawn)


def _sort(item: Item, keys: tuple[Key, ...]) -> str:
    return wire.short(item[keys[1].name], 60) if len(keys) > 1 and keys[1].name in item else ""


def kind_of(item: Item, keys: tuple[Key, ...]) -> str:
    """Return what kind of thing an item is.

    That is the word before # in a key, or the whole sort key where it is such a word, an attribute that says so, its
    shape.
    """
    for key in reversed(keys):
        text = item.get(key.name, {}).get("S", "")
        word, mark, _ = text.partition("#")
        if (mark or (key is keys[-1] and len(keys) > 1 and _WORD.fullmatch(word))) and 0 < len(word) <= 30:
            return str(word)
    for name in _NAMED:
        text = item.get(name, {}).get("S", "")
        if 0 < len(text) <= 30:
            return str(text)
    names = sorted(name for name in item if name not in {key.name for key in keys})
    return _cut(", ".join(names)) or "only its key"


def _cut(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"
