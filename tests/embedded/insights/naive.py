"""A second evaluator, as plain as can be: rows are dictionaries, one command after the other, no SQL.

It shares the parser with the engine and nothing else; `Events` are given oldest first.
"""

import json
import math
import re
from collections.abc import Callable, Sequence
from typing import Any

from embedded.overlays.insights.language import parse
from embedded.overlays.insights.language.tree import (
    Binary,
    Call,
    Command,
    Dedup,
    Display,
    Expression,
    Field,
    Fields,
    Filter,
    In,
    Like,
    Limit,
    Number,
    Parse,
    Sort,
    Stats,
    Text,
    Unary,
)

# A value is a text, a float, a bool or None (missing). Texts of fields may be numbers.
Row = dict[str, Any]


def number(value: Any) -> float | None:
    if value is None or isinstance(value, (bool, float)):
        return None if value is None else float(value)
    try:
        found = float(value)
    except ValueError:
        return None
    return found if math.isfinite(found) and "_" not in value else None


def text(value: Any) -> str | None:
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return str(int(value)) if value == int(value) else f"{value:.4f}".rstrip("0").rstrip(".")
    return None if value is None else str(value)


def equal(left: Any, right: Any, quoted: bool) -> bool:
    if left is None or right is None:
        return False
    if isinstance(left, (float, bool)) or isinstance(right, (float, bool)):
        return number(left) is not None and number(left) == number(right)
    if quoted or None in (number(left), number(right)):
        return bool(left == right)
    return number(left) == number(right)


def less(left: Any, right: Any) -> bool | None:
    """Whether left is less, None where they cannot be compared."""
    if left is None or right is None:
        return None
    one, other = number(left), number(right)
    if one is not None and other is not None:
        return one < other
    if isinstance(left, (float, bool)) or isinstance(right, (float, bool)):
        return None
    return bool(left < right)


def compared(sign: str, left: Any, right: Any, quoted: bool) -> bool:
    if sign in ("=", "!="):
        return equal(left, right, quoted) == (sign == "=")
    if sign in ("<", ">="):
        found = less(left, right)
        return found is not None and found == (sign == "<")
    found = less(right, left)
    return found is not None and found == (sign == ">")


def calculated(sign: str, left: float | None, right: float | None) -> float | None:
    if left is None or right is None:
        return None
    if sign in "/%":
        return None if right == 0 else left / right if sign == "/" else math.fmod(left, right)
    return {"+": left + right, "-": left - right, "*": left * right}[sign]


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": lambda a: None if number(a) is None else abs(number(a) or 0.0),
    "floor": lambda a: None if number(a) is None else float(math.floor(number(a) or 0.0)),
    "strlen": lambda a: None if a is None else float(len(text(a) or "")),
    "toupper": lambda a: None if a is None else (text(a) or "").upper(),
    "concat": lambda *a: "".join(text(part) or "" for part in a),
    "coalesce": lambda *a: next((text(part) for part in a if part is not None), None),
    "ispresent": lambda a: a is not None,
    "isempty": lambda a: text(a) in (None, ""),
    "strcontains": lambda a, b: a is not None and (text(b) or "") in (text(a) or ""),
}


def value(expression: Expression, row: Row) -> Any:
    match expression:
        case Number():
            return float(expression.text)
        case Text():
            return expression.value
        case Field():
            return row.get(expression.name)
        case Unary():
            inner = value(expression.operand, row)
            if expression.sign == "not":
                return not truth(inner)
            found = number(inner)
            return None if found is None else -found
        case Binary():
            return binary(expression, row)
        case Like():
            searched, pattern = text(value(expression.value, row)), expression.pattern
            hit = searched is not None and (
                pattern.value in searched if isinstance(pattern, Text) else bool(re.search(pattern.value, searched))
            )
            return hit != expression.negated
        case In():
            mine = value(expression.value, row)
            hits = [equal(mine, value(item, row), isinstance(item, Text)) for item in expression.items]
            return any(hits) != expression.negated
        case Call():
            return FUNCTIONS[expression.name](*(value(argument, row) for argument in expression.arguments))
    raise AssertionError(expression)


def binary(expression: Binary, row: Row) -> Any:
    left, right = value(expression.left, row), value(expression.right, row)
    if expression.sign == "and":
        return truth(left) and truth(right)
    if expression.sign == "or":
        return truth(left) or truth(right)
    if expression.sign in ("=", "!=", "<", "<=", ">", ">="):
        quoted = isinstance(expression.left, Text) or isinstance(expression.right, Text)
        return compared(expression.sign, left, right, quoted)
    return calculated(expression.sign, number(left), number(right))


def truth(found: Any) -> bool:
    if isinstance(found, (bool, float)):
        return bool(found)
    return found not in (None, "", "0")


def place(found: Any) -> tuple[Any, ...]:
    """Return what orders values: texts before numbers."""
    if number(found) is not None:
        return 1, number(found), ""
    words = [f"0{len(c):08d}{c}" if c[0].isdigit() else c for c in re.findall(r"\d+|\D+", text(found) or "")]
    return 0, 0.0, "".join(words)


def in_order(rows: Sequence[Row], command: Sort) -> list[Row]:
    found = list(rows)
    for key in reversed(command.keys):
        there = [row for row in found if value(key.value, row) is not None]
        missing = [row for row in found if value(key.value, row) is None]
        there.sort(key=lambda row, key=key: place(value(key.value, row)), reverse=key.descending)  # type: ignore[misc]
        found = there + missing
    return found


def aggregate(call: Call, rows: Sequence[Row]) -> Any:
    if call.name == "count" and (not call.arguments or not isinstance(call.arguments[0], Field)):
        return float(len(rows))
    values = [value(call.arguments[0], row) for row in rows]
    there = [found for found in values if found is not None]
    numbers = sorted(found for found in (number(each) for each in there) if found is not None)
    if call.name == "count":
        return float(len(there))
    if call.name == "count_distinct":
        return float(len({text(found) for found in there}))
    if call.name in ("min", "max"):
        if not there:
            return None
        best = min if call.name == "min" else max
        return exact(best(numbers)) if numbers else best(text(found) or "" for found in there)
    if not numbers:
        return None
    return math.fsum(numbers) / (len(numbers) if call.name == "avg" else 1)


def exact(found: float) -> str:
    return str(int(found)) if found == int(found) else repr(found)


def grouped(rows: Sequence[Row], command: Stats) -> list[Row]:
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(value(item.value, row) for item in command.by), []).append(row)
    found = []
    for key, members in sorted(groups.items(), key=lambda pair: [(part is None, part) for part in pair[0]]):
        made = {item.name: part for item, part in zip(command.by, key, strict=True)}
        for item in command.values:
            assert isinstance(item.value, Call)
            made[item.name] = aggregate(item.value, members)
        found.append(made)
    return found


def cut(command: Parse, row: Row) -> Row:
    assert isinstance(command.pattern, Text)
    pieces = command.pattern.value.split("*")
    pattern = "".join(re.escape(piece) + "(.*?)" for piece in pieces[:-1]) + re.escape(pieces[-1])
    if pieces[-1] == "":
        pattern = pattern[:-2] + ")"
    found = re.search(pattern, text(value(command.value, row)) or "", re.DOTALL)
    return dict(zip(command.names, found.groups(), strict=True)) if found else dict.fromkeys(command.names)


def event(message: str, at: int) -> Row:
    row: Row = {"@message": message, "@at": float(at)}
    for name, found in json.loads(message).items():
        written = text(found) if isinstance(found, bool) else json.dumps(found)
        row[name] = found if found is None or isinstance(found, str) else written
    return row


def answer(query: str, messages: Sequence[str]) -> list[dict[str, str]]:
    """Return a query's rows over messages that are JSON objects, oldest first."""
    rows = [event(message, at) for at, message in enumerate(messages)][::-1]
    shown: list[str] = []
    for command in parse(query).commands:
        if isinstance(command, Fields | Display):
            for row in rows:
                row.update({item.name: value(item.value, row) for item in command.items})
            names = [item.name for item in command.items]
            shown = names if isinstance(command, Display) else [*shown, *(n for n in names if n not in shown)]
        elif isinstance(command, Stats):
            rows = grouped(rows, command)
            shown = [item.name for item in (*command.by, *command.values)]
        else:
            rows = passed(rows, command)
    found = [{name: text(row.get(name)) for name in shown} for row in rows]
    return [{name: cell for name, cell in row.items() if cell is not None} for row in found]


def passed(rows: list[Row], command: Command) -> list[Row]:
    match command:
        case Filter():
            return [row for row in rows if truth(value(command.condition, row))]
        case Sort():
            return in_order(rows, command)
        case Limit():
            return rows[: command.count]
        case Parse():
            return [{**row, **cut(command, row)} for row in rows]
        case Dedup():
            return first_of_each(rows, command)
    raise AssertionError(command)


def first_of_each(rows: Sequence[Row], command: Dedup) -> list[Row]:
    seen, kept = set(), []
    for row in rows:
        key = tuple(text(value(field, row)) for field in command.fields)
        if None in key or key not in seen:
            kept.append(row)
        seen.add(key)
    return kept
