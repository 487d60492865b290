"""An address of the explore page as what it asks, and the other way round."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from app.blueprints.dynamodb.service.asked import (
    KEY_OPERATORS,
    MATCHES,
    OPERATORS,
    SIZES,
    VALUE_TYPES,
    Asked,
    Condition,
    Group,
)
from app.numbers import whole

ROW = ("fg", "fn", "fo", "ft", "fv", "fw")  # group, name, operator, type, value, upper value of each condition
MOST_CONDITIONS, MOST_GROUPS = 60, 20


def read(fields: MultiDict[str, str]) -> Asked:
    """Return what an address asks; what it cannot mean is in `faults`."""
    faults: dict[str, str] = {}
    compare, typed = fields.get("op") or "=", fields.get("size")
    size = whole(typed, 1, max(SIZES))
    if compare not in KEY_OPERATORS:
        faults["op"], compare = "There is no such comparison.", "="
    if typed and size is None:
        faults["size"] = f"Read 1 to {max(SIZES)} items at a time."
    return Asked(
        index=fields.get("index", ""),
        partition=fields.get("pk", ""),
        compare=compare,
        sort=fields.get("sk", ""),
        sort_upper=fields.get("sk2", ""),
        groups=_groups(fields, faults),
        join="or" if fields.get("join") == "or" else "and",
        attributes=fields.get("attributes", ""),
        descending=fields.get("order") == "desc",
        consistent=bool(fields.get("consistent")),
        size=size or 0,
        after=fields.get("after", ""),
        faults=faults,
    )


def _groups(fields: MultiDict[str, str], faults: dict[str, str]) -> tuple[Group, ...]:
    matches = [one if one in MATCHES else "all" for one in fields.getlist("g")[:MOST_GROUPS]]
    found: list[list[Condition]] = [[] for _ in matches or ("all",)]
    for place, row in enumerate(_rows(fields)):
        if place >= MOST_CONDITIONS:
            faults["filter"] = f"At most {MOST_CONDITIONS} conditions fit one request."
            break
        found[min(whole(row[0]) or 0, len(found) - 1)].append(_condition(row, f"f{place}", faults))
    return tuple(Group(match, tuple(rows)) for match, rows in zip(matches or ["all"], found, strict=True))


def _rows(fields: MultiDict[str, str]) -> list[tuple[str, ...]]:
    """Return the conditions that have a name, each as many texts as ROW."""
    lists = [fields.getlist(name) for name in ROW]
    padded = [[*one, *[""] * (len(lists[1]) - len(one))] for one in lists]
    rows = zip(*[one[: len(lists[1])] for one in padded], strict=True)
    return sorted([row for row in rows if row[1].strip()], key=lambda row: row[0].zfill(4))


def _condition(row: Sequence[str], name: str, faults: dict[str, str]) -> Condition:
    _, path, operator, kind, value, upper = row
    if (operator or "=") not in OPERATORS or (kind or "S") not in VALUE_TYPES:
        faults[name] = "There is no such operator or type."
        operator = kind = ""
    return Condition(path, operator or "=", kind or "S", value, upper)


def pairs(asked: Asked, **changes: Any) -> list[tuple[str, str]]:
    """Return what stands in the address of a question; `changes` replace or, where empty, leave out a field."""
    plain = {
        "index": asked.index,
        "pk": asked.partition,
        "op": asked.compare if asked.sort and asked.compare != "=" else "",
        "sk": asked.sort,
        "sk2": asked.sort_upper if asked.compare == "between" else "",
        "join": "or" if asked.join == "or" else "",
        "attributes": asked.attributes,
        "order": "desc" if asked.descending else "",
        "consistent": "1" if asked.consistent else "",
        "size": str(asked.size or ""),
        "after": asked.after,
        **changes,
    }
    return [(name, str(value)) for name, value in plain.items() if value] + _group_pairs(asked)


def _group_pairs(asked: Asked) -> list[tuple[str, str]]:
    found = list[tuple[str, str]]()
    groups = [group for group in asked.groups if group.conditions]
    for at, group in enumerate(groups):
        if len(groups) > 1 or group.match != "all":
            found.append(("g", group.match))
        for one in group.conditions:
            found += zip(ROW, (str(at), one.path, one.operator, one.type, one.value, one.upper), strict=True)
    return found


def query_string(asked: Asked, **changes: Any) -> str:
    """Return an address's part after the question mark, with the mark; empty where nothing is asked."""
    text = urlencode(pairs(asked, **changes))
    return f"?{text}" if text else ""
