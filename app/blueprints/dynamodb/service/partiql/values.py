"""Conditions and values of PartiQL, read into nodes."""

from collections.abc import Callable

from app.blueprints.dynamodb.service.partiql.nodes import Node, Parts
from app.blueprints.dynamodb.service.partiql.reader import KEYWORDS, Reader
from app.numbers import whole

MOST_PLACE = 10**9 - 1  # in a list: an item has 400 KB
DEEPEST = 40  # brackets within one another
_SIGNS = ("=", "<>", "!=", "<", "<=", ">", ">=")


def path(reader: Reader) -> Parts:
    """Read a document path: a.b[0]."""
    parts: list[str | int] = [reader.name("an attribute's name")]
    while reader.sees(".", "["):
        if reader.take().text == ".":
            parts.append(reader.name("a name"))
            continue
        place = whole(reader.next.text, 0, MOST_PLACE) if reader.next.kind == "number" else None
        if place is not None:
            reader.take()
            parts.append(place)
        elif reader.next.kind == "text":
            parts.append(reader.take().plain)
        else:
            raise reader.wrong("a place in the list, such as 0,")
        reader.expect("]")
    return tuple(parts)


def condition(reader: Reader, depth: int = 0) -> Node:
    """Read conditions joined by OR and AND."""
    if depth > DEEPEST:
        raise reader.wrong("less nesting")
    return _joined(reader, "OR", lambda: _joined(reader, "AND", lambda: _negation(reader, depth)))


def _joined(reader: Reader, word: str, read: Callable[[], Node]) -> Node:
    nodes = [read()]
    while reader.accept(word):
        nodes.append(read())
    return nodes[0] if len(nodes) == 1 else Node("joined", word, tuple(nodes))


def _negation(reader: Reader, depth: int) -> Node:
    turned = False
    while reader.accept("NOT"):
        turned = not turned
    node = _predicate(reader, depth)
    return Node("not", None, (node,)) if turned else node


def _predicate(reader: Reader, depth: int) -> Node:
    left = value(reader, depth)
    if reader.sees(*_SIGNS):
        sign = reader.take().text
        return Node("compare", "<>" if sign == "!=" else sign, (left, value(reader, depth)))
    if reader.accept("IS"):
        turned = reader.accept("NOT")
        node = Node("is", reader.take().text.upper(), (left,))
        return Node("not", None, (node,)) if turned else node
    turned = reader.sees("NOT") and reader.after.word in ("BETWEEN", "IN")
    if turned:
        reader.take()
    if reader.accept("BETWEEN"):
        low = value(reader, depth)
        reader.expect("AND")
        left = Node("between", None, (left, low, value(reader, depth)))
    elif reader.accept("IN"):
        left = Node("in", None, (left, *_choices(reader, depth)))
    return Node("not", None, (left,)) if turned else left


def _choices(reader: Reader, depth: int) -> tuple[Node, ...]:
    if reader.sees("?"):
        return (value(reader, depth),)
    return _members(reader, ")" if reader.expect("(", "[").text == "(" else "]", depth)


def _members(reader: Reader, closing: str, depth: int) -> tuple[Node, ...]:
    nodes: list[Node] = []
    while not reader.accept(closing):
        if nodes:
            reader.expect(",", closing)
        nodes.append(value(reader, depth + 1))
    return tuple(nodes)


def value(reader: Reader, depth: int = 0) -> Node:
    """Read a value, with + and -."""
    if depth > DEEPEST:
        raise reader.wrong("less nesting")
    node = _signed(reader, depth)
    while reader.sees("+", "-"):
        sign = reader.take().text
        node = Node("arithmetic", sign, (node, _signed(reader, depth)))
    return node


def _signed(reader: Reader, depth: int) -> Node:
    if not reader.accept("-"):
        return _single(reader, depth)
    if reader.next.kind != "number":
        raise reader.wrong("a number")
    return Node("literal", {"N": f"-{reader.take().text}"})


def _single(reader: Reader, depth: int) -> Node:
    token = reader.next
    if token.kind in ("text", "number"):
        return Node("literal", {"S" if token.kind == "text" else "N": reader.take().plain})
    if token.word in ("TRUE", "FALSE", "NULL"):
        reader.take()
        return Node("literal", {"NULL": True} if token.word == "NULL" else {"BOOL": token.word == "TRUE"})
    if reader.accept("?"):
        reader.parameter += 1
        return Node("parameter", reader.parameter - 1)
    if reader.accept("("):
        node = condition(reader, depth + 1)
        reader.expect(")")
        return node
    return _composed(reader, depth)


def _composed(reader: Reader, depth: int) -> Node:
    token = reader.next
    if reader.accept("["):
        return Node("list", None, _members(reader, "]", depth))
    if reader.accept("<<"):
        return Node("bag", None, _members(reader, ">>", depth))
    if reader.accept("{"):
        return struct(reader, depth)
    if token.kind == "word" and reader.after.text == "(" and (token.word not in KEYWORDS or token.word == "EXISTS"):
        reader.take()
        reader.take()
        return Node("function", token.text.lower(), _members(reader, ")", depth))
    return Node("path", path(reader))


def struct(reader: Reader, depth: int = 0) -> Node:
    """Read the entries of a map, behind its opening brace."""
    nodes: list[Node] = []
    while not reader.accept("}"):
        if nodes:
            reader.expect(",", "}")
        if reader.next.kind not in ("text", "quoted"):
            raise reader.wrong("a name in single quotes")
        nodes.append(Node("literal", {"S": reader.take().plain}))
        reader.expect(":")
        nodes.append(value(reader, depth + 1))
    return Node("struct", None, tuple(nodes))
