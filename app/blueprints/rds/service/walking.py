"""A typed query that shows one whole table: its own page turns it by its key, where a query must begin anew."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.sql.statements import Statement
from app.sql.target import Dialect, Target

MARKS = {"mysql": "`", "postgres": '"'}


@dataclass(frozen=True)
class Whole:
    """The table that a query shows from its first row to its last."""

    schema: str
    table: str


def whole_table(script: Sequence[Statement], target: Target) -> Whole | None:
    """Return the table of `SELECT * FROM table` alone, None for every other query."""
    tokens = [token for token in script[0].found if token.kind != "comment"] if len(script) == 1 else []
    texts = [script[0].text[token.start : token.end] for token in tokens]
    if [text.upper() for text in texts[:3]] != ["SELECT", "*", "FROM"]:
        return None
    named = [(token.kind, text) for token, text in zip(tokens[3:], texts[3:], strict=True)]
    if len(named) == 3 and named[1][1] == ".":
        schema, table = _name(*named[0], target.dialect), _name(*named[2], target.dialect)
    elif len(named) == 1:
        schema = "public" if target.dialect == "postgres" else target.database
        table = _name(*named[0], target.dialect)
    else:
        return None
    return Whole(schema, table) if schema and table and not table.startswith("pg_") else None


def _name(kind: str, text: str, dialect: Dialect) -> str:
    """Return what a word or a quoted name names; empty for anything else."""
    mark = MARKS[dialect]
    if kind == "name" and text.startswith(mark):
        return text[1:-1].replace(mark * 2, mark)
    if kind != "word":
        return ""
    return text.lower() if dialect == "postgres" else text
