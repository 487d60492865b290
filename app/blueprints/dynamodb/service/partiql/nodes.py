"""What a PartiQL statement says, as a tree.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.html
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from app.blueprints.dynamodb.service.wire.mistakes import Mistake

Parts = tuple[str | int, ...]  # an attribute, then names of map entries and places in lists
NONE: Parts = ()


@dataclass(frozen=True)
class Node:
    """A part of a statement: `kind` says which, `inner` what it is made of.

    path: `name` holds the parts; literal: `name` is the value in wire form; parameter: `name` its number from 1;
    compare and arithmetic: `name` is the sign; function: its name in lower case; joined: AND or OR; is: a type's word;
    not, between, in, struct (name, value, name, value...), list and bag: `inner` alone.
    """

    kind: str
    name: Any = None
    inner: tuple["Node", ...] = ()

    def walk(self) -> Iterator["Node"]:
        """Yield this node and everything below it."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += reversed(node.inner)


@dataclass
class Statement:
    """One statement; `start` is where it begins in the whole text, `doubt` what this parser could not read in it."""

    text: str
    start: int
    verb: str = ""
    table: str = ""
    index: str = ""
    columns: tuple[Parts, ...] | None = None
    where: Node | None = None
    order: tuple[tuple[Parts, bool], ...] = ()
    sets: tuple[tuple[Parts, Node], ...] = ()
    removes: tuple[Parts, ...] = ()
    value: Node | None = None
    returning: str = ""
    parameters: tuple[int, ...] = field(default=())  # their numbers in the whole text, from 1
    doubt: Mistake | None = None

    @property
    def reads(self) -> bool:
        """Whether it changes nothing."""
        return self.verb == "SELECT"


def conjuncts(where: Node | None) -> list[Node]:
    """Return the conditions that must all hold."""
    found: list[Node] = []
    waiting = [where] if where is not None else []
    while waiting:
        node = waiting.pop(0)
        if node.kind == "joined" and node.name == "AND":
            waiting = [*node.inner, *waiting]
        else:
            found.append(node)
    return found
