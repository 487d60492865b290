"""A statement's plan as one kind of tree for every server, with what is slow in words."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.sql import errors
from app.sql.engines import ENGINES, Engines
from app.sql.explain_mysql import mysql_tree
from app.sql.explain_postgres import postgres_tree
from app.sql.options import Answer, Options
from app.sql.plan import Node
from app.sql.run import read
from app.sql.run import write as run_write
from app.sql.statements import Statement, split
from app.sql.target import Target

PLAIN = {"postgres": "EXPLAIN (FORMAT JSON) ", "mysql": "EXPLAIN FORMAT=JSON "}
MEASURED = {"postgres": "EXPLAIN (ANALYZE, FORMAT JSON) ", "mariadb": "ANALYZE FORMAT=JSON "}
_TABLE = re.compile(r"^(EXPLAIN|ANALYZE)\b", re.I)


@dataclass(frozen=True)
class Plan:
    """A plan: its tree, and the server's own JSON."""

    root: Node
    raw: Any
    measured: bool


def explain(
    target: Target,
    statement: Statement,
    parameters: Mapping[str, object] | None = None,
    *,
    measured: bool = False,
    write: bool = False,
    options: Options | None = None,
    engines: Engines = ENGINES,
) -> Plan:
    """Return how the server would run a statement; `measured` runs it (reading only) for true rows and times.

    MariaDB and MySQL explain a change only to a session that may write (`write`), which is rolled back.
    Raises a SqlError: for a statement that has no plan, and for a measured one on a server that cannot (MySQL).
    """
    if _TABLE.match(statement.text):
        raise errors.StatementError("This statement is an explanation already.", remedy="Run it, or leave out EXPLAIN.")
    prefix = MEASURED.get(target.engine) if measured else PLAIN[target.dialect]
    if prefix is None:
        raise errors.StatementError("This server measures no plan in JSON.", remedy="Explain without measuring.")
    (asked,) = split(prefix + statement.text, target.dialect)
    options = replace(options or Options(), cell=1 << 22, limit=1000)
    try:
        answer = _answer(target, asked, parameters, replace(options, write=write and not measured), engines)
    except errors.StatementError as error:
        raise _moved(error, len(prefix)) from error
    raw = _read("".join(str(row[0]) for row in answer.rows))
    root = postgres_tree(raw) if target.dialect == "postgres" else mysql_tree(raw)
    return Plan(root, raw, measured)


def _read(text: str) -> Any:
    """Return a plan. MariaDB writes names with quotes or backslashes into it as they are, which makes it no JSON."""
    try:
        return json.loads(text)
    except ValueError as error:
        remedy = "A name in it has a quotation mark or a backslash. To see the plan as a table, run: EXPLAIN SELECT …"
        raise errors.StatementError("The server's plan is no JSON that can be read.", remedy=remedy) from error


def _answer(
    target: Target, asked: Statement, parameters: Mapping[str, object] | None, options: Options, engines: Engines
) -> Answer:
    if not options.write:
        return read(target, asked, parameters, options, engines).answer
    outcome = run_write(target, [asked], parameters, options, engines=engines)  # without expectations: rolled back
    if outcome.error:
        raise outcome.error
    return outcome.results[0].answer


def _moved(error: errors.StatementError, by: int) -> errors.StatementError:
    """Our own words stood before the person's on the first line."""
    if error.line == 1 and error.column is not None:
        error.column = max(1, error.column - by)
    return error
