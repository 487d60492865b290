"""PartiQL statements, as DynamoDB has them: read into nodes. What is not understood is `Unclear`."""

import re
from collections.abc import Callable
from typing import Any

from embedded.overlays.dynamodb.faults import Fault
from embedded.overlays.dynamodb.lexer import RESERVED, Reader, Unclear
from embedded.overlays.dynamodb.nodes import Delete, Exists, Insert, Node, Parts, Select, Statement, Update, conjuncts
from embedded.overlays.dynamodb.values import PARAMETERS, condition, entries, operand, parameter, path

LONGEST = 8192
RETURNING = ("ALL OLD *", "ALL NEW *", "MODIFIED OLD *", "MODIFIED NEW *")
# Clauses of SQL that DynamoDB does not have: what follows a table's name is no alias then.
_FOREIGN = ("LIMIT", "GROUP", "HAVING", "OFFSET", "JOIN", "UNION")
_BEHIND_A_TABLE = RESERVED | {"VALUE", *_FOREIGN}
_INDEX = "This operation is not supported on an index"


def parse(statement: str, parameters: list[dict[str, Any]]) -> Statement:
    """Return what a statement says; Fault where DynamoDB's words are known, Unclear where they are not."""
    reader = Reader(statement, parameters)
    read = _READERS.get(reader.next.word)
    if read is None:
        raise Unclear
    found = read(reader)
    reader.accept(";")
    if reader.next.kind != "end":
        raise Unclear
    if reader.used != len(parameters):
        raise Fault(PARAMETERS)
    return found


def _source(reader: Reader) -> tuple[str, str]:
    """Read "table" or "table"."index"."""
    quoted = reader.next.kind == "quoted"
    names = [reader.name()]
    while reader.sees("."):
        reader.take()
        quoted = quoted or reader.next.kind == "quoted"
        names.append(reader.name())
    if not quoted:
        # A table's name may hold dots: only quotes tell the index apart.
        names = [".".join(names)]
    if len(names) > 2:
        raise Fault("A path may contain at most 2 components in the FROM clause")
    if reader.says("AS") or (reader.next.kind == "word" and reader.next.word not in _BEHIND_A_TABLE):
        raise Fault("Aliasing is not supported")
    return names[0], names[1] if len(names) == 2 else ""


def _select(reader: Reader) -> Select:
    reader.take()
    projection: list[Parts] = []
    if not reader.accept("*"):
        projection.append(_column(reader))
        while reader.accept(","):
            projection.append(_column(reader))
        _distinct(projection)
    reader.expect("FROM")
    table, index = _source(reader)
    where = _where(reader)
    order: list[tuple[str, bool]] = []
    if reader.accept("ORDER"):
        reader.expect("BY")
        order.append(_ordering(reader))
        while reader.accept(","):
            order.append(_ordering(reader))
    if reader.says(*_FOREIGN):
        raise Fault(f"Unsupported clause: {reader.take().word} at {reader.place(reader.next)}")
    return Select(table, index, tuple(projection), where, tuple(order))


def _column(reader: Reader) -> Parts:
    """Read a projected path: DynamoDB has no function here, and so no COUNT."""
    if reader.next.kind == "word" and reader.after.text == "(":
        raise Fault(f"Unexpected path component at {reader.place(reader.next)}")
    return path(reader)


def _distinct(projection: list[Parts]) -> None:
    seen = [column(parts) for parts in projection]
    for name in seen:
        if seen.count(name) > 1:
            raise Fault(f"Duplicate identifiers in select clause: {name}")


def column(parts: Parts) -> str:
    """Return the name under which a projected path is answered: its last name."""
    return next(str(part) for part in reversed(parts) if isinstance(part, str))


def _ordering(reader: Reader) -> tuple[str, bool]:
    parts = path(reader)
    if len(parts) > 1:
        raise Fault("Argument to ORDER BY must be of type VariableReference. Type: Path")
    descending = reader.says("DESC")
    reader.accept("DESC", "ASC")
    return str(parts[0]), descending


def _where(reader: Reader) -> Node | None:
    return condition(reader) if reader.accept("WHERE") else None


def _insert(reader: Reader) -> Insert:
    reader.take()
    reader.expect("INTO")
    at = reader.next
    table, index = _source(reader)
    if index:
        sentence = "FROM clause may only contain a single table name in data manipulation statements"
        raise Fault(f"{sentence} at {reader.place(at)}")
    reader.expect("VALUE")
    if reader.sees("?"):
        given = parameter(reader).value.get("M")
        if not isinstance(given, dict):
            raise Unclear
        return Insert(table, given)
    reader.expect("{")
    item = entries(reader)
    if reader.says("RETURNING"):
        raise Fault("RETURNING is not supported in INSERT")
    return Insert(table, item)


def _update(reader: Reader) -> Update:
    reader.take()
    table, index = _source(reader)
    if index:
        raise Fault(_INDEX)
    sets: list[tuple[Parts, Node]] = []
    removes: list[Parts] = []
    while reader.says("SET", "REMOVE"):
        setting = reader.take().word == "SET"
        while True:
            target = path(reader)
            if setting:
                reader.expect("=")
                sets.append((target, operand(reader)))
            else:
                removes.append(target)
            if not reader.accept(","):
                break
    if not sets and not removes:
        raise Unclear
    where = _where(reader)
    return Update(table, tuple(sets), tuple(removes), where, _returning(reader, RETURNING))


def _delete(reader: Reader) -> Delete:
    reader.take()
    reader.expect("FROM")
    table, index = _source(reader)
    if index:
        raise Fault(_INDEX)
    where = _where(reader)
    return Delete(table, where, _returning(reader, RETURNING[:1]))


def _returning(reader: Reader, allowed: tuple[str, ...]) -> str:
    if not reader.accept("RETURNING"):
        return ""
    start = reader.next.start
    while reader.next.kind != "end" and not reader.sees(";"):
        reader.take()
    said = " ".join(reader.statement[start : reader.next.start].split())
    wanted = re.sub(r"\s*\*$", " *", said.upper())
    if wanted in allowed:
        return wanted
    if allowed == RETURNING:
        raise Fault(f"Invalid returning clause: RETURNING {said} is not supported")
    sentence = "Only RETURNING ALL OLD * is allowed in DELETE statements."
    raise Fault(f"Invalid returning clause: RETURNING {said}. {sentence}")


def _exists(reader: Reader) -> Exists:
    reader.take()
    reader.expect("(")
    if not reader.says("SELECT"):
        raise Unclear
    select = _select(reader)
    reader.expect(")")
    if not conjuncts(select.where):
        raise Fault("EXISTS() must contain a single item read with additional condition")
    return Exists(select, select.table)


_READERS: dict[str, Callable[[Reader], Statement]] = {
    "SELECT": _select,
    "INSERT": _insert,
    "UPDATE": _update,
    "DELETE": _delete,
    "EXISTS": _exists,
}
