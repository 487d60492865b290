"""Where in a partition a key condition can hold, so that a query begins there and not at the partition's first item.

All that a condition on a sort key chooses lies together: `low` and `high` are the values at its ends, both included.
"""

import bisect
from collections.abc import Callable, Sequence
from typing import Any

from embedded.host_query import clauses

_LOW, _HIGH = {"EQ", "GT", "GE"}, {"EQ", "LT", "LE"}
Ends = tuple[dict[str, Any] | None, dict[str, Any] | None]


def ends(tokens: Sequence[tuple[str, str]], names: dict[str, str], values: dict[str, Any], sort: str) -> Ends:
    """Return the lowest and the highest value that a condition lets a sort key have, None where it is open."""
    for clause in clauses(tokens):
        kinds, texts = [kind for kind, _ in clause], [text for _, text in clause]
        begins = texts[0].lower() == "begins_with"
        named = texts[1] if begins and len(texts) > 1 else texts[0]
        if names.get(named, named) != sort:
            continue
        if begins:
            return values.get(texts[-1]), None
        if len(clause) == 3:
            found = values.get(texts[2])
            return found if kinds[1] in _LOW else None, found if kinds[1] in _HIGH else None
        if len(clause) == 5 and texts[1].upper() == "BETWEEN":
            return values.get(texts[2]), values.get(texts[4])
    return None, None


def span(found: Sequence[Any], low: Any, high: Any, value: Callable[[Any], Any]) -> range:
    """Return the places of a sorted list between two values, both included; None is open."""
    begin = 0 if low is None else bisect.bisect_left(found, low, key=value)
    end = len(found) if high is None else bisect.bisect_right(found, high, key=value)
    return range(begin, max(begin, end))
