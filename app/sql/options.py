"""How a statement is to be run, and what came of it."""

import re
from dataclasses import dataclass

from app.sql.values import Cell, Column

TOKEN = re.compile(r"[A-Za-z0-9-]{0,40}")


@dataclass(frozen=True)
class Options:
    """`limit` rows at most; `timeout` in seconds for each statement; cells are cut after `cell` characters or bytes.

    `token` is a random word by which any process can cancel the statement (app.sql.cancel). `skip` rows are left out
    before the first: PostgreSQL makes them and sends none, of MySQL's family they arrive and are thrown away.
    """

    write: bool = False
    limit: int = 100
    timeout: float = 30.0
    token: str = ""
    cell: int = 10_000
    skip: int = 0

    def __post_init__(self) -> None:
        """Raises ValueError for a token that could not be quoted safely."""
        if not TOKEN.fullmatch(self.token):
            raise ValueError("a token is letters, digits and hyphens, at most 40")


@dataclass(frozen=True)
class Answer:
    """What one statement gave: rows (None columns mean that it gives none), or a number of changed rows.

    `ended` tells that the statement itself ended the transaction, as DDL does on MySQL and MariaDB.
    """

    columns: tuple[Column, ...] | None
    rows: tuple[tuple[Cell, ...], ...] = ()
    truncated: bool = False
    affected: int | None = None
    notices: tuple[str, ...] = ()
    ended: bool = False
