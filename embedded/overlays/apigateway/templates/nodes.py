"""What a template consists of."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Text:
    """Plain text."""

    text: str


@dataclass(frozen=True)
class Step:
    """What follows a name: `.name`, `.name(...)` or `[...]` (no name, one argument)."""

    name: str
    arguments: "tuple[Expression, ...] | None" = None


@dataclass(frozen=True)
class Reference:
    """`$name.step`; `source` is what is written where it has no value, unless it is silent (`$!name`)."""

    name: str
    steps: tuple[Step, ...]
    silent: bool
    source: str


@dataclass(frozen=True)
class Literal:
    """A number, true, false, null, or a text in single quotes."""

    value: Any


@dataclass(frozen=True)
class Quoted:
    """A text in double quotes, which is itself a template."""

    block: "tuple[Node, ...]"


@dataclass(frozen=True)
class Listed:
    """`[a, b]`."""

    items: "tuple[Expression, ...]"


@dataclass(frozen=True)
class Mapped:
    """`{"a": b}`."""

    pairs: "tuple[tuple[Expression, Expression], ...]"


@dataclass(frozen=True)
class Span:
    """`[a..b]`."""

    first: "Expression"
    last: "Expression"


@dataclass(frozen=True)
class Binary:
    """Two operands."""

    operator: str
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True)
class Negation:
    """`!a`."""

    operand: "Expression"


@dataclass(frozen=True)
class Assign:
    """`#set($name = value)`."""

    target: Reference
    value: "Expression"


@dataclass(frozen=True)
class Choice:
    """`#if`, `#elseif`, `#else`: the first whose condition holds (None: always)."""

    branches: "tuple[tuple[Expression | None, tuple[Node, ...]], ...]"


@dataclass(frozen=True)
class Loop:
    """`#foreach($name in items)`."""

    name: str
    items: "Expression"
    block: "tuple[Node, ...]"


Expression = Reference | Literal | Quoted | Listed | Mapped | Span | Binary | Negation
Node = Text | Reference | Assign | Choice | Loop
