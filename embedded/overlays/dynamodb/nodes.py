"""What a PartiQL statement says, as a tree."""

from dataclasses import dataclass
from typing import Any

# An attribute's name, then names of map entries and positions in lists.
Parts = tuple[str | int, ...]


@dataclass(frozen=True)
class Path:
    """A document path."""

    parts: Parts


@dataclass(frozen=True)
class Value:
    """A literal or a parameter, in DynamoDB's own form: {"S": "text"}."""

    value: dict[str, Any]


@dataclass(frozen=True)
class Call:
    """A function; `at` is its place, as DynamoDB names it: line:column:length."""

    name: str
    arguments: tuple["Node", ...]
    at: str


@dataclass(frozen=True)
class Arithmetic:
    """Left + right, or left - right."""

    operator: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True)
class Compare:
    """Left (=, <>, <, <=, >, >=) right."""

    operator: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True)
class Between:
    """Low <= value <= high."""

    value: "Node"
    low: "Node"
    high: "Node"


@dataclass(frozen=True)
class In:
    """The value is one of these."""

    value: "Node"
    choices: tuple["Node", ...]


@dataclass(frozen=True)
class Is:
    """The value is of this type: MISSING, NULL, BAG, or a type's letter."""

    value: "Node"
    kind: str


@dataclass(frozen=True)
class Not:
    """The contrary."""

    node: "Node"


@dataclass(frozen=True)
class Joined:
    """Conditions joined by AND or OR."""

    word: str
    nodes: tuple["Node", ...]


Node = Path | Value | Call | Arithmetic | Compare | Between | In | Is | Not | Joined


@dataclass(frozen=True)
class Select:
    """SELECT projection FROM table.index WHERE ... ORDER BY ...; an empty projection is everything."""

    table: str
    index: str = ""
    projection: tuple[Parts, ...] = ()
    where: Node | None = None
    # (attribute, descending)
    order: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True)
class Insert:
    """INSERT INTO table VALUE {...}."""

    table: str
    item: dict[str, Any]


@dataclass(frozen=True)
class Update:
    """UPDATE table SET ... REMOVE ... WHERE ... RETURNING ..."""

    table: str
    sets: tuple[tuple[Parts, Node], ...] = ()
    removes: tuple[Parts, ...] = ()
    where: Node | None = None
    returning: str = ""


@dataclass(frozen=True)
class Delete:
    """DELETE FROM table WHERE ... RETURNING ..."""

    table: str
    where: Node | None = None
    returning: str = ""


@dataclass(frozen=True)
class Exists:
    """EXISTS(SELECT ...), in a transaction."""

    select: Select
    table: str


Statement = Select | Insert | Update | Delete | Exists


def conjuncts(where: Node | None) -> list[Node]:
    """Return the conditions that must all hold."""
    if where is None:
        return []
    if isinstance(where, Joined) and where.word == "AND":
        return [part for node in where.nodes for part in conjuncts(node)]
    return [where]


def joined(word: str, nodes: list[Node]) -> Node | None:
    """Return the conditions joined again, None when there are none."""
    return nodes[0] if len(nodes) == 1 else Joined(word, tuple(nodes)) if nodes else None
