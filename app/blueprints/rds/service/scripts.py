"""Scripts as a person runs them: read one by one, shown before they are committed, or run for good."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.sql import run
from app.sql.errors import Conflict, ConnectError, NotInTransaction, SqlError
from app.sql.options import Answer, Options
from app.sql.sessions import open_session
from app.sql.statements import Statement, unguarded
from app.sql.target import Dialect, Target
from app.sql.values import Cell, Column

# MySQL and MariaDB commit at these by themselves: there is nothing to look at before.
COMMITTING = frozenset({"CREATE", "ALTER", "DROP", "TRUNCATE", "RENAME", "GRANT", "REVOKE", "ANALYZE", "OPTIMIZE"})


@dataclass(frozen=True)
class Mistake:
    """A database's error at its place in the whole script; line and column count from 1, 0 where none is named.

    `placed` says that the server named the place: else it is where the statement begins.
    """

    title: str
    happened: str
    remedy: str
    code: str
    line: int = 0
    column: int = 0
    word: str = ""  # the first of the statement that failed
    placed: bool = False
    seconds: float = 0.0  # until it failed


@dataclass(frozen=True)
class Step:
    """One statement and what came of it; `columns` is None where it gives no rows."""

    sql: str
    word: str
    line: int
    columns: tuple[Column, ...] | None
    rows: tuple[tuple[Cell, ...], ...]
    truncated: bool
    affected: int | None
    notices: tuple[str, ...]
    seconds: float
    parameters: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ran:
    """What a script came to: `database` is the one that it ended in, `pending` means shown and not committed."""

    steps: tuple[Step, ...] = ()
    mistake: Mistake | None = None
    database: str = ""
    committed: bool = False
    pending: bool = False
    warning: str = ""
    alone: bool = False  # the server runs this one statement outside of transactions only

    @property
    def seconds(self) -> float:
        """The time of all statements, of the one that failed too."""
        return sum(step.seconds for step in self.steps) + (self.mistake.seconds if self.mistake else 0.0)

    @property
    def tells(self) -> tuple[Step, ...]:
        """The statements that changed rows, or that give neither rows nor a number of them, as what defines does."""
        return tuple(one for one in self.steps if one.affected or (one.affected is None and one.columns is None))

    @property
    def expected(self) -> str:
        """The changed rows of each statement, as a form carries them."""
        return ",".join(str(step.affected or 0) for step in self.steps)


def mistake(error: SqlError, statement: Statement | None = None, seconds: float = 0.0) -> Mistake:
    """Return an error with its place in the whole script."""
    line, column = error.line or 0, error.column or 0
    if statement is not None and line:
        column = column + statement.column - 1 if line == 1 and column else column
        line += statement.line - 1
    elif statement is not None:
        line, column = statement.line, statement.column
    word = statement.word if statement is not None else ""
    said = (error.title, error.happened, error.remedy, error.code)
    return Mistake(*said, line, column, word, placed=bool(error.line), seconds=seconds)


def step(result: run.Result) -> Step:
    """Return a result as the pages show it."""
    return _step(result.statement, result.answer, result.seconds)


def _step(statement: Statement, answer: Answer, seconds: float) -> Step:
    return Step(
        statement.text,
        statement.word,
        statement.line,
        answer.columns,
        answer.rows,
        answer.truncated,
        answer.affected,
        answer.notices,
        seconds,
        tuple(dict.fromkeys(statement.parameters)),
    )


def read(target: Target, script: Sequence[Statement], values: Mapping[str, object], options: Options) -> Ran:
    """Run statements that only read, each in a transaction of its own, up to the first mistake. Raises ConnectError."""
    steps: list[Step] = []
    for statement in script:
        if target.dialect == "mysql" and statement.word == "USE":
            target = replace(target, database=used(statement))
            continue
        started = time.perf_counter()
        try:
            steps.append(step(run.read(target, statement, values, options)))
        except SqlError as error:
            if isinstance(error, ConnectError) and not steps:
                raise
            seconds = time.perf_counter() - started
            return Ran(tuple(steps), mistake(error, statement, seconds), target.database)
    return Ran(tuple(steps), None, target.database)


def used(statement: Statement) -> str:
    """Return the database that a USE names."""
    name = " ".join(statement.text.split()[1:]).strip()
    return name[1:-1].replace("``", "`") if name.startswith("`") and name.endswith("`") else name


def ends_by_itself(script: Sequence[Statement], dialect: Dialect) -> list[str]:
    """Return the words of statements that MySQL and MariaDB commit by themselves."""
    return [] if dialect == "postgres" else sorted({one.word for one in script if one.word in COMMITTING})


def whole_tables(script: Sequence[Statement]) -> list[str]:
    """Return the words of statements that change every row of a table."""
    return sorted({word for one in script for word in unguarded(one)})


def show_changes(
    target: Target, script: Sequence[Statement], values: Mapping[str, object], options: Options, expect: str = ""
) -> Ran:
    """Run a writing script in one transaction: rolled back to be looked at, committed where `expect` still holds."""
    counts = [int(part) for part in expect.split(",")] if expect else None
    started = time.perf_counter()
    outcome = run.write(target, script, values, options, expect=counts)
    steps = tuple(step(result) for result in outcome.results)
    left = max(0.0, time.perf_counter() - started - sum(one.seconds for one in steps))
    wrong = mistake(outcome.error, outcome.failed, left) if outcome.error else None
    alone = isinstance(outcome.error, NotInTransaction) and len(script) == 1
    pending = not outcome.committed and not isinstance(outcome.error, Conflict) and wrong is None
    return Ran(steps, wrong, _ended_in(target, script), outcome.committed, pending, outcome.warning, alone)


def run_alone(target: Target, statement: Statement, values: Mapping[str, object], options: Options) -> Ran:
    """Run one statement outside of any transaction, for good."""
    try:
        return Ran((step(run.alone(target, statement, values, options)),), None, target.database, True)
    except ConnectError:
        raise
    except SqlError as error:
        return Ran((), mistake(error, statement), target.database)


def run_for_good(target: Target, script: Sequence[Statement], values: Mapping[str, object], options: Options) -> Ran:
    """Run a script and commit it, as one does where the database commits parts of it anyway; stops at a mistake."""
    steps: list[Step] = []
    with open_session(target, options) as session:
        for statement in script:
            started = time.perf_counter()
            try:
                answer = session.execute(statement, values, options)
            except SqlError as error:
                wrong = mistake(error, statement, time.perf_counter() - started)
                session.finish(True)
                return Ran(tuple(steps), wrong, _ended_in(target, script), bool(steps))
            steps.append(_step(statement, answer, time.perf_counter() - started))
        session.finish(True)
    return Ran(tuple(steps), None, _ended_in(target, script), True)


def _ended_in(target: Target, script: Sequence[Statement]) -> str:
    names = [used(one) for one in script if one.word == "USE"] if target.dialect == "mysql" else []
    return names[-1] if names else target.database
