"""Expressions in PartiQL: read into nodes."""

from typing import Any

from embedded.overlays.dynamodb.faults import Fault
from embedded.overlays.dynamodb.lexer import RESERVED, Reader, Unclear
from embedded.overlays.dynamodb.nodes import (
    Arithmetic,
    Between,
    Call,
    Compare,
    In,
    Is,
    Joined,
    Node,
    Not,
    Parts,
    Path,
    Value,
)

PARAMETERS = "Number of parameters in request and statement don't match."
TYPES = {
    **{"NULL": "NULL", "MISSING": "MISSING", "BOOL": "BOOL", "BOOLEAN": "BOOL", "BLOB": "B", "BAG": "BAG"},
    **dict.fromkeys(("SMALLINT", "INT", "INTEGER", "INT2", "INT4", "INT8", "BIGINT"), "N"),
    **dict.fromkeys(("FLOAT", "REAL", "DECIMAL", "NUMERIC"), "N"),
    **dict.fromkeys(("STRING", "CHAR", "CHARACTER", "VARCHAR", "SYMBOL", "CLOB"), "S"),
    **{"LIST": "L", "SEXP": "L", "STRUCT": "M", "TUPLE": "M"},
}
_COMPARE = ("=", "<>", "!=", "<", "<=", ">", ">=")


def path(reader: Reader) -> Parts:
    """Read a document path: a.b[0]."""
    parts: list[str | int] = [reader.name()]
    while reader.sees(".", "["):
        if reader.take().text == ".":
            parts.append(reader.name())
            continue
        token = reader.take()
        if token.kind == "number" and token.text.isdigit():
            parts.append(int(token.text))
        elif token.kind == "text":
            parts.append(token.plain)
        else:
            raise Unclear
        reader.expect("]")
    return tuple(parts)


def condition(reader: Reader) -> Node:
    """Read conditions joined by OR."""
    return _series(reader, "OR", lambda: _series(reader, "AND", lambda: _negation(reader)))


def _series(reader: Reader, word: str, read: Any) -> Node:
    nodes = [read()]
    while reader.says(word):
        reader.take()
        nodes.append(read())
    return nodes[0] if len(nodes) == 1 else Joined(word, tuple(nodes))


def _negation(reader: Reader) -> Node:
    if reader.says("NOT"):
        reader.take()
        return Not(_negation(reader))
    return _predicate(reader)


def _predicate(reader: Reader) -> Node:
    left = operand(reader)
    if reader.sees(*_COMPARE):
        sign = reader.take().text
        return Compare("<>" if sign == "!=" else sign, left, operand(reader))
    if reader.says("IS"):
        reader.take()
        negated = reader.accept("NOT")
        node: Node = Is(left, _type_name(reader))
        return Not(node) if negated else node
    negated = reader.says("NOT") and reader.after.word in ("BETWEEN", "IN")
    if negated:
        reader.take()
    if reader.says("BETWEEN"):
        reader.take()
        low = operand(reader)
        reader.expect("AND")
        node = Between(left, low, operand(reader))
    elif reader.says("IN"):
        reader.take()
        node = In(left, _choices(reader))
    elif reader.says("LIKE"):
        raise Fault("Unsupported operation: Like")
    else:
        return left
    return Not(node) if negated else node


def _type_name(reader: Reader) -> str:
    word = reader.take().word
    if (word, reader.next.word) in (("DOUBLE", "PRECISION"), ("CHARACTER", "VARYING")):
        reader.take()
        return "N" if word == "DOUBLE" else "S"
    if word not in TYPES:
        raise Unclear
    return TYPES[word]


def _choices(reader: Reader) -> tuple[Node, ...]:
    if reader.sees("?"):
        listed = parameter(reader).value.get("L")
        if not isinstance(listed, list) or not listed:
            raise Fault(
                "IN operator must have a left hand argument of type Variable Reference and right hand argument of type "
                "Seq with at least one member"
            )
        return tuple(Value(one) for one in listed)
    if not reader.sees("(", "["):
        raise Unclear
    closing = ")" if reader.take().text == "(" else "]"
    return tuple(_listed(reader, closing))


def _listed(reader: Reader, closing: str) -> list[Node]:
    nodes: list[Node] = []
    while not reader.accept(closing):
        if nodes:
            reader.expect(",")
        nodes.append(operand(reader))
    return nodes


def operand(reader: Reader) -> Node:
    """Read a value, with + and -."""
    node = _signed(reader)
    while reader.sees("+", "-"):
        sign = reader.take().text
        node = Arithmetic(sign, node, _signed(reader))
    return node


def _signed(reader: Reader) -> Node:
    if not reader.sees("-"):
        return _single(reader)
    reader.take()
    node = _single(reader)
    if isinstance(node, Value) and set(node.value) == {"N"}:
        text = str(node.value["N"])
        return Value({"N": text[1:] if text.startswith("-") else f"-{text}"})
    raise Unclear


def _single(reader: Reader) -> Node:
    token = reader.next
    if token.kind == "text":
        return Value({"S": reader.take().plain})
    if token.kind == "number":
        return Value({"N": reader.take().text})
    if reader.sees("?"):
        return parameter(reader)
    if reader.accept("("):
        node = condition(reader)
        reader.expect(")")
        return node
    if reader.sees("{", "[", "<<"):
        return _collection(reader)
    if token.word in ("TRUE", "FALSE", "NULL"):
        reader.take()
        return Value({"NULL": True} if token.word == "NULL" else {"BOOL": token.word == "TRUE"})
    if token.kind == "word" and reader.after.text == "(" and token.word not in RESERVED:
        return _call(reader)
    return Path(path(reader))


def parameter(reader: Reader) -> Value:
    """Take the parameter that a question mark stands for."""
    reader.take()
    if reader.used >= len(reader.parameters):
        raise Fault(PARAMETERS)
    reader.used += 1
    return Value(reader.parameters[reader.used - 1])


def _call(reader: Reader) -> Call:
    token = reader.take()
    reader.take()
    return Call(token.text.lower(), tuple(_listed(reader, ")")), reader.place(token))


def _collection(reader: Reader) -> Node:
    opening = reader.take().text
    if opening == "{":
        return Value({"M": entries(reader)})
    members = _listed(reader, "]" if opening == "[" else ">>")
    if not all(isinstance(node, Value) for node in members):
        raise Unclear
    values = tuple(node for node in members if isinstance(node, Value))
    return Value({"L": [one.value for one in values]}) if opening == "[" else _bag(values)


def _bag(values: tuple[Value, ...]) -> Value:
    if not values:
        raise Fault("Empty bags are not supported")
    kinds = {kind for one in values for kind in one.value}
    if len(kinds) != 1 or not kinds <= {"S", "N", "B"}:
        raise Fault("Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags")
    kind = kinds.pop()
    return Value({f"{kind}S": [one.value[kind] for one in values]})


def entries(reader: Reader) -> dict[str, Any]:
    """Read the entries of a map, behind its opening brace."""
    found: dict[str, Any] = {}
    while not reader.accept("}"):
        if found:
            reader.expect(",")
        key = reader.take()
        if key.kind != "text":
            raise Unclear
        reader.expect(":")
        node = operand(reader)
        if not isinstance(node, Value):
            raise Unclear
        if key.plain in found:
            raise Fault(f"Duplicate keys in tuple. Key: {key.plain} under root")
        found[key.plain] = node.value
    return found
