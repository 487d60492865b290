"""A script becomes statements with their places; `:name` becomes a bound parameter; classes are told by the first word.

Nothing here decides what may be written: that is the session's and the database's (app.sql.sessions).
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.sql import errors
from app.sql.lexer import Token, tokens
from app.sql.target import Dialect

MOST_BYTES = 1024 * 1024  # of one submitted text; more is a file for a loading tool
MOST_STATEMENTS = 200
MOST_TOKENS = 400_000  # a text of nothing but brackets would keep a worker busy for seconds
READING = frozenset({"SELECT", "WITH", "VALUES", "TABLE", "SHOW", "DESCRIBE", "DESC", "EXPLAIN"})
ROWS = frozenset({"SELECT", "WITH", "VALUES", "TABLE", "("})


@dataclass(frozen=True)
class Statement:
    """One statement: `text` from its first token to its last, `start` counts characters in the script from 0.

    `word` is its first word in capitals ("(" where it begins with one), `parameters` the names in order of appearance.
    """

    text: str
    start: int
    line: int
    column: int
    word: str
    parameters: tuple[str, ...]
    found: tuple[Token, ...] = ()

    @property
    def gives_rows(self) -> bool:
        """Whether it is a query, by its first word."""
        return self.word in ROWS

    @property
    def reads(self) -> bool:
        """Whether it is of a class that only reads, by its first word; a function or a WITH in it may still write."""
        return self.word in READING or self.word == "("


def split(script: str, dialect: Dialect) -> list[Statement]:
    """Return the statements of a script in order, empty ones left out.

    Raises SyntaxMistake with its place for a NUL, an unclosed quote or comment; TooLong for what nobody types.
    """
    _check(script)
    result: list[Statement] = []
    for group in _groups(script, dialect):
        result.append(_statement(script, group))
        if len(result) > MOST_STATEMENTS:
            raise errors.TooLong(f"A script may hold at most {MOST_STATEMENTS} statements.")
    return result


def _check(script: str) -> None:
    if len(script.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise errors.TooLong(
            f"The text is longer than {MOST_BYTES // 1024} KiB.",
            remedy="Load large scripts with the database's own client: mysql, mariadb or psql.",
        )
    for character, name in (("\0", "a NUL character"), *((chr(n), "half a character") for n in (0xD800, 0xDFFF))):
        if character in script:
            line, column = place(script, script.index(character))
            raise errors.SyntaxMistake(f"The text holds {name}.", line=line, column=column)


def _groups(script: str, dialect: Dialect) -> Iterator[list[Token]]:
    group: list[Token] = []
    for count, token in enumerate(tokens(script, dialect)):
        if count > MOST_TOKENS:
            raise errors.TooLong(f"The text has more than {MOST_TOKENS} words and marks.")
        if token.kind == "unclosed":
            line, column = place(script, token.start)
            mark = script[token.start : token.start + 2].strip()
            raise errors.SyntaxMistake(f"What begins with {mark} is never closed.", line=line, column=column)
        if token.kind == ";":
            if group:
                yield group
            group = []
        elif token.kind != "comment" or group:
            group.append(token)
    if group:
        yield group


def _statement(script: str, group: list[Token]) -> Statement:
    while group[-1].kind == "comment":
        group.pop()
    first, last = group[0], group[-1]
    line, column = place(script, first.start)
    names = tuple(script[t.start + 1 : t.end] for t in group if t.kind == "parameter")
    word = script[first.start : first.end].upper() if first.kind in ("word", "(") else ""
    moved = tuple(Token(t.kind, t.start - first.start, t.end - first.start) for t in group) if first.start else group
    return Statement(script[first.start : last.end], first.start, line, column, word, names, tuple(moved))


def place(text: str, position: int) -> tuple[int, int]:
    """Return line and column, both from 1, of a character of a text."""
    before = text[:position]
    return before.count("\n") + 1, position - before.rfind("\n")


def bind(
    statement: Statement, values: Mapping[str, object], mark: str
) -> tuple[str, list[object], list[tuple[int, int]]]:
    """Return the text with placeholders, the values in order, and (place in the new text, shift) pairs.

    `mark` is "?" (each appearance is one value) or "$" ($1, $2, one per name).
    Raises SyntaxMistake where a value is missing.
    """
    if not statement.parameters:
        return statement.text, [], []
    missing = [name for name in statement.parameters if name not in values]
    if missing:
        raise errors.SyntaxMistake(f"The parameter :{missing[0]} has no value.", remedy="Fill in its field.")
    names: list[str] = list(dict.fromkeys(statement.parameters)) if mark == "$" else list(statement.parameters)
    parts, shifts, done, shift = [], [], 0, 0
    for token in statement.found:
        if token.kind != "parameter":
            continue
        name = statement.text[token.start + 1 : token.end]
        written = f"${names.index(name) + 1}" if mark == "$" else mark
        parts += [statement.text[done : token.start], written]
        done = token.end
        shift += (token.end - token.start) - len(written)
        shifts.append((token.end - shift, shift))
    parts.append(statement.text[done:])
    return "".join(parts), [values[name] for name in names], shifts


def words(statement: Statement, among: Sequence[Token] | None = None) -> list[str]:
    """Return the statement's tokens as text, words in capitals, comments left out."""
    chosen = statement.found if among is None else among
    texts = [(t.kind, statement.text[t.start : t.end]) for t in chosen if t.kind != "comment"]
    return [text.upper() if kind == "word" else text for kind, text in texts]


def unguarded(statement: Statement) -> list[str]:
    """Return UPDATE, DELETE or TRUNCATE for each part of the statement that changes every row of a table.

    Follows the parentheses: a WHERE counts only in the same bracket as its UPDATE or DELETE, so one in a subquery
    does not hide its absence, and a changing WITH part is found too.
    """
    found: list[str] = []
    levels: list[list[str]] = [[]]
    for text in words(statement):
        if text == "(":
            levels.append([])
        elif text == ")" and len(levels) > 1:
            found += _changes_all(levels.pop())
            levels[-1].append("()")
        else:
            levels[-1].append(text)
    for level in reversed(levels):
        found += _changes_all(level)
    return found


def _changes_all(level: list[str]) -> list[str]:
    """Judge the words of one bracket."""
    verb = _verb(level)
    if verb == "TRUNCATE":
        return [verb]
    if verb in ("UPDATE", "DELETE") and "WHERE" not in level:
        return [verb]
    return []


def _verb(level: list[str]) -> str:
    """Return the verb that a bracket's words begin with, past EXPLAIN and its options and past WITH's names."""
    if level[:1] == ["EXPLAIN"]:
        rest = [word for word in level[1:] if word in ("ANALYZE", "UPDATE", "DELETE", "SELECT", "INSERT", "()", "WITH")]
        if "ANALYZE" not in rest and rest[:1] != ["()"]:
            return ""
        level = [word for word in rest if word not in ("ANALYZE", "()")]
    if level[:1] == ["WITH"]:
        for previous, word in itertools.pairwise(level):
            if previous == "()" and word in ("UPDATE", "DELETE", "SELECT", "INSERT", "MERGE", "VALUES", "TABLE"):
                return word
    return level[0] if level else ""
