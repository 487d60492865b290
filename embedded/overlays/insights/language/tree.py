"""The syntax tree of a query. `start` and `end` are the characters that a part was read from."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Number:
    """A number, as written."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Text:
    """A quoted text, its escapes resolved."""

    value: str
    start: int
    end: int


@dataclass(frozen=True)
class Pattern:
    """A regular expression between slashes."""

    value: str
    start: int
    end: int


@dataclass(frozen=True)
class Field:
    """The name of a field."""

    name: str
    start: int
    end: int


@dataclass(frozen=True)
class Period:
    """A length of time: so many of a unit (ms, s, m, h, d, w, mo, q, y)."""

    count: int
    unit: str
    start: int
    end: int


@dataclass(frozen=True)
class Star:
    """The * of count(*)."""

    start: int
    end: int


@dataclass(frozen=True)
class Unary:
    """`-` or `not` before an expression."""

    sign: str
    operand: "Expression"
    start: int
    end: int


@dataclass(frozen=True)
class Binary:
    """Arithmetic, a comparison, `and` or `or`."""

    sign: str
    left: "Expression"
    right: "Expression"
    start: int
    end: int


@dataclass(frozen=True)
class Like:
    """A search for a text or a regular expression in a value."""

    value: "Expression"
    pattern: Text | Pattern
    negated: bool
    start: int
    end: int


@dataclass(frozen=True)
class In:
    """Membership of a list of values."""

    value: "Expression"
    items: tuple["Expression", ...]
    negated: bool
    start: int
    end: int


@dataclass(frozen=True)
class Call:
    """A function, its name in small letters."""

    name: str
    arguments: tuple["Expression", ...]
    start: int
    end: int


Expression: TypeAlias = Number | Text | Pattern | Field | Period | Star | Unary | Binary | Like | In | Call


@dataclass(frozen=True)
class Named:
    """An expression and the name that its column has."""

    value: Expression
    name: str


@dataclass(frozen=True)
class Fields:
    """`fields`: columns to show; those with `as` can be used in what follows."""

    items: tuple[Named, ...]
    start: int
    end: int


@dataclass(frozen=True)
class Display:
    """`display`: the only columns to show; the last one counts."""

    items: tuple[Named, ...]
    start: int
    end: int


@dataclass(frozen=True)
class Filter:
    """`filter`: what is kept."""

    condition: Expression
    start: int
    end: int


@dataclass(frozen=True)
class Stats:
    """`stats`: aggregates, and what they are grouped by."""

    values: tuple[Named, ...]
    by: tuple[Named, ...]
    start: int
    end: int


@dataclass(frozen=True)
class SortKey:
    """One key of `sort`."""

    value: Expression
    descending: bool


@dataclass(frozen=True)
class Sort:
    """`sort`: the order of the rows."""

    keys: tuple[SortKey, ...]
    start: int
    end: int


@dataclass(frozen=True)
class Limit:
    """`limit`: at most so many rows."""

    count: int
    start: int
    end: int


@dataclass(frozen=True)
class Parse:
    """`parse`: fields cut out of a text by a glob with stars or a regular expression with named groups."""

    value: Expression
    pattern: Text | Pattern
    names: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True)
class Dedup:
    """`dedup`: the first row of each combination of values."""

    fields: tuple[Expression, ...]
    start: int
    end: int


Command: TypeAlias = Fields | Display | Filter | Stats | Sort | Limit | Parse | Dedup


@dataclass(frozen=True)
class Query:
    """A whole query: its commands in order."""

    source: str
    commands: tuple[Command, ...]
