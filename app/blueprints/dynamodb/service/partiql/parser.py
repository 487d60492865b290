"""PartiQL statements read into what they say. What this parser does not know is a doubt: DynamoDB has the last word."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from app.blueprints.dynamodb.service.partiql.lexer import Token, tokens
from app.blueprints.dynamodb.service.partiql.nodes import Node, Parts, Statement
from app.blueprints.dynamodb.service.partiql.reader import Reader
from app.blueprints.dynamodb.service.partiql.values import condition, path, struct, value
from app.blueprints.dynamodb.service.wire.mistakes import Mistake, line_and_column

Read = TypeVar("Read")
VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE", "EXISTS")
LONGEST = 8192  # characters of one statement, as DynamoDB takes it


def statements(text: str) -> list[Statement]:
    """Return the statements of a text, which semicolons part. Raises Mistake where a quote or comment is not closed."""
    found: list[Statement] = []
    held: list[Token] = []
    first = 1
    for token in tokens(text):
        if token.kind != "end" and token.text != ";":
            held.append(token)
        elif held:
            found.append(_statement(text, held, first))
            first += len(found[-1].parameters)
            held = []
    return found


def _statement(text: str, held: Sequence[Token], first: int) -> Statement:
    start, end = held[0].start, held[-1].start + len(held[-1].text)
    statement = Statement(text[start:end], start, held[0].word, parameters=_numbers(held, first))
    if statement.verb not in VERBS:
        place = line_and_column(text, start)
        raise Mistake(f"A statement begins with {', '.join(VERBS[:3])} or {VERBS[3]}.", (), *place)
    if end - start > LONGEST:
        place = line_and_column(text, start)
        raise Mistake(f"The statement has {end - start:,} characters: DynamoDB takes {LONGEST:,}.", (), *place)
    reader = Reader(text, [*held, Token("end", "", end)], first)
    reader.take()
    try:
        _READERS[statement.verb](reader, statement)
        if reader.next.kind != "end":
            raise reader.wrong("the end")
    except Mistake as doubt:
        statement.doubt = doubt
    return statement


def _numbers(held: Sequence[Token], first: int) -> tuple[int, ...]:
    count = sum(token.text == "?" and token.kind == "sign" for token in held)
    return tuple(range(first, first + count))


def _select(reader: Reader, statement: Statement) -> None:
    if not reader.accept("*"):
        statement.columns = _list(reader, lambda: path(reader))
    reader.expect("FROM")
    _source(reader, statement)
    _where(reader, statement)
    if reader.accept("ORDER"):
        reader.expect("BY")
        statement.order = _list(reader, lambda: _ordering(reader))


def _ordering(reader: Reader) -> tuple[Parts, bool]:
    name = path(reader)
    down = reader.sees("DESC")
    reader.accept("DESC", "ASC")
    return name, down


def _insert(reader: Reader, statement: Statement) -> None:
    reader.expect("INTO")
    _source(reader, statement)
    reader.expect("VALUE")
    if reader.sees("?"):
        statement.value = value(reader)
        return
    reader.expect("{")
    statement.value = struct(reader)


def _update(reader: Reader, statement: Statement) -> None:
    _source(reader, statement)
    while reader.sees("SET", "REMOVE"):
        if reader.take().word == "SET":
            statement.sets += _list(reader, lambda: _assignment(reader))
        else:
            statement.removes += _list(reader, lambda: path(reader))
    if not statement.sets and not statement.removes:
        raise reader.wrong("SET or REMOVE")
    _where(reader, statement)
    _returning(reader, statement)


def _assignment(reader: Reader) -> tuple[Parts, Node]:
    target = path(reader)
    reader.expect("=")
    return target, value(reader)


def _delete(reader: Reader, statement: Statement) -> None:
    reader.expect("FROM")
    _source(reader, statement)
    _where(reader, statement)
    _returning(reader, statement)


def _exists(reader: Reader, statement: Statement) -> None:
    reader.expect("(")
    reader.expect("SELECT")
    _select(reader, statement)
    reader.expect(")")


def _source(reader: Reader, statement: Statement) -> None:
    """Read "table" or "table"."index"; a name without quotes may hold dots and hyphens of its own."""
    quoted = reader.next.kind == "quoted"
    statement.table = reader.name("a table's name")
    while reader.accept("."):
        name = reader.name("an index's name")
        if quoted:
            statement.index = name
        else:
            statement.table = f"{statement.table}.{name}"


def _where(reader: Reader, statement: Statement) -> None:
    if reader.accept("WHERE"):
        statement.where = condition(reader)


def _returning(reader: Reader, statement: Statement) -> None:
    if reader.accept("RETURNING"):
        words = []
        while reader.next.kind != "end":
            words.append(reader.take().text.upper())
        statement.returning = " ".join(words)


def _list(reader: Reader, read: Callable[[], Read]) -> tuple[Read, ...]:
    found = [read()]
    while reader.accept(","):
        found.append(read())
    return tuple(found)


_READERS: dict[str, Callable[[Reader, Statement], None]] = {
    "SELECT": _select,
    "INSERT": _insert,
    "UPDATE": _update,
    "DELETE": _delete,
    "EXISTS": _exists,
}
