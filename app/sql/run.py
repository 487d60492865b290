"""Run statements for a person: one that reads, or several that write in one transaction."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.sql import errors
from app.sql.engines import ENGINES, Engines
from app.sql.options import Answer, Options
from app.sql.sessions import ask, open_alone, open_session
from app.sql.statements import Statement
from app.sql.target import Target


@dataclass(frozen=True)
class Result:
    """One statement, its answer and the seconds that the database and the way there took."""

    statement: Statement
    answer: Answer
    seconds: float


@dataclass(frozen=True)
class Outcome:
    """What a writing script came to: results up to the error that stopped it, and whether it was committed.

    `warning` says what could not be rolled back: MySQL and MariaDB commit at each statement that defines something.
    """

    results: tuple[Result, ...]
    committed: bool
    error: errors.SqlError | None = None
    failed: Statement | None = None
    warning: str = ""

    @property
    def affected(self) -> tuple[int, ...]:
        """Changed rows of each statement, 0 where it changes none."""
        return tuple(result.answer.affected or 0 for result in self.results)


def read(
    target: Target,
    statement: Statement,
    parameters: Mapping[str, object] | None = None,
    options: Options | None = None,
    engines: Engines = ENGINES,
) -> Result:
    """Run one statement in a session that only reads. Raises a SqlError."""
    started = time.perf_counter()
    answer = ask(target, statement, parameters or {}, options or Options(), engines)
    return Result(statement, answer, time.perf_counter() - started)


def alone(
    target: Target,
    statement: Statement,
    parameters: Mapping[str, object] | None = None,
    options: Options | None = None,
    engines: Engines = ENGINES,
) -> Result:
    """Run one statement of PostgreSQL's outside of any transaction: it counts at once. Raises a SqlError.

    The pool's idle connections to the server are closed before: a database that anyone is connected to cannot be
    dropped or copied.
    """
    options = options or Options(write=True)
    engines.dispose_server(target)
    started = time.perf_counter()
    with open_alone(target, options, engines) as session:
        answer = session.execute(statement, parameters or {}, options)
    return Result(statement, answer, time.perf_counter() - started)


def write(
    target: Target,
    script: Sequence[Statement],
    parameters: Mapping[str, object] | None = None,
    options: Options | None = None,
    *,
    expect: Sequence[int] | None = None,
    engines: Engines = ENGINES,
) -> Outcome:
    """Run a script in one transaction, stopping at the first error.

    Without `expect` everything is rolled back: the outcome shows what would change. With `expect`, the counts that the
    person saw, it is committed if they are the same again; else rolled back, with a Conflict as the error.
    Raises a SqlError only where the transaction could not begin or the commit did not come back.
    """
    options = options or Options(write=True)
    if not options.write:
        raise ValueError("read() runs what reads")
    results: list[Result] = []
    with open_session(target, options, engines) as session:
        for statement in script:
            started = time.perf_counter()
            try:
                answer = session.execute(statement, parameters or {}, options)
            except errors.SqlError as error:
                session.finish(False)
                return Outcome(tuple(results), False, error, statement, _warning(results))
            results.append(Result(statement, answer, time.perf_counter() - started))
        found = Outcome(tuple(results), False, warning=_warning(results))
        if expect is None or tuple(expect) != found.affected:
            error_ = None if expect is None else errors.Conflict("The numbers of rows are no longer those you saw.")
            session.finish(False)
            return Outcome(found.results, False, error_, None, found.warning)
        session.finish(True)
        return Outcome(found.results, True, warning=found.warning)


def _warning(results: Sequence[Result]) -> str:
    ended = [result.statement for result in results if result.answer.ended]
    if not ended:
        return ""
    return f"{ended[-1].word} ended the transaction: what came before it is committed and cannot be rolled back."
