"""Stopping: by a person from another process, by the clock, by a server that dies; writing scripts and their ends."""

import contextlib
import os
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from signal import SIGINT, SIGKILL, SIGTERM
from typing import Any

import pytest

from app.sql import errors, statements
from app.sql.cancel import cancel
from app.sql.engines import MOST, Engines
from app.sql.options import Options
from app.sql.run import alone, read, write
from app.sql.sessions import open_session
from app.sql.target import Target
from tests.sql import servers
from tests.sql.conftest import make
from tests.sql.test_run import ask, change, one

SLEEP = {"mysql": "SELECT SLEEP(600)", "postgres": "SELECT pg_sleep(600)"}
BUSY = {
    "mysql": "SELECT count(*) FROM seq_1_to_1000000 a, seq_1_to_1000000 b",
    "postgres": "SELECT count(*) FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b",
}
RUNNING = {
    "mysql": "SELECT count(*) FROM information_schema.processlist WHERE info LIKE '%%{}%%' AND id <> CONNECTION_ID()",
    "postgres": "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%%{}%%' "
    "AND pid <> pg_backend_pid()",
}


def running(engines: Engines, target: Target, what: str) -> int:
    answer = ask(engines, target, RUNNING[target.dialect].format(what)).answer
    return int(str(answer.rows[0][0]))


@pytest.mark.parametrize("texts", [SLEEP, BUSY])
def test_a_statement_is_cancelled_and_gone(engines: Engines, target: Target, texts: dict[str, str]) -> None:
    caught: list[BaseException] = []
    text = texts[target.dialect]
    what = texts[target.dialect][:30] if target.dialect == "mysql" else texts["postgres"][-20:]

    def work() -> None:
        try:
            ask(engines, target, text, timeout=600, token="abc-123")
        except errors.SqlError as error:
            caught.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    servers.wait(lambda: running(engines, target, what) == 1)
    other = Engines()  # as another process has
    assert cancel(target, "abc-123", other) == "stopped"
    other.close()
    thread.join(servers.PATIENCE)  # the statement itself would take longer by far
    assert not thread.is_alive()
    servers.wait(lambda: running(engines, target, what) == 0)
    if texts is BUSY or target.dialect == "postgres":
        assert isinstance(caught[0], errors.Cancelled), caught
    assert ask(engines, target, "SELECT 1").answer.rows == ((1,),)


def test_between_two_statements_nothing_is_stopped_and_that_is_said(engines: Engines, target: Target) -> None:
    with open_session(target, Options(token="between"), engines) as session:
        session.execute(one("SELECT 1", target), {}, Options())
        # The answer is here before the server counts the statement as ended.
        servers.wait(lambda: cancel(target, "between", Engines()) == "nothing")
        assert session.execute(one("SELECT 2", target), {}, Options()).rows == ((2,),)
    assert cancel(target, "never-was", engines) == "nothing"


def test_a_full_pool_can_still_be_cancelled(engines: Engines, target: Target) -> None:
    with contextlib.ExitStack() as held:
        for _ in range(MOST):
            held.enter_context(engines.connection(target))
        assert cancel(target, "abc", engines) == "nothing"


def test_a_token_cannot_carry_sql(target: Target, engines: Engines) -> None:
    for bad in ("x' OR 1", "", "a" * 41):
        with pytest.raises(ValueError, match="token"):
            cancel(target, bad, engines)
    with pytest.raises(ValueError, match="token"):
        Options(token="a'b")


def test_the_clock_stops_a_statement(engines: Engines, target: Target) -> None:
    with pytest.raises(errors.TimedOut):  # left alone it would outlast this test's own limit
        ask(engines, target, BUSY[target.dialect], timeout=0.5)


@pytest.mark.parametrize("engine", ["mariadb", "postgres"])
def test_a_server_that_dies_in_mid_result(engines: Engines, engine: str) -> None:
    caught: list[BaseException] = []

    def work(target: Target) -> None:
        try:
            ask(engines, target, BUSY[target.dialect], timeout=600)
        except errors.SqlError as error:
            caught.append(error)

    stopped = servers.mariadb(stop=SIGTERM) if engine == "mariadb" else servers.postgres(stop=SIGINT)
    with stopped as port:
        target = make(engine, port)
        thread = threading.Thread(target=work, args=(target,), daemon=True)
        thread.start()
        servers.wait(lambda: running(engines, target, "1000000") == 1)
    thread.join(servers.PATIENCE)
    assert isinstance(caught[0], errors.Lost | errors.Cancelled), caught
    with pytest.raises(errors.ConnectError):
        ask(engines, target, "SELECT 1")


def test_a_query_that_killed_its_server_is_not_run_again(engines: Engines) -> None:
    """The first one on a connection, too: it is sent together with what starts its transaction."""
    caught: list[BaseException] = []

    def work(target: Target) -> None:
        try:
            ask(engines, target, BUSY["postgres"], timeout=600)
        except errors.SqlError as error:
            caught.append(error)

    with servers.postgres() as port:
        target = make("postgres", port)
        thread = threading.Thread(target=work, args=(target,), daemon=True)
        thread.start()
        servers.wait(lambda: running(engines, target, "1000000") == 1)
        pid = ask(engines, target, RUNNING["postgres"].format("1000000").replace("count(*)", "pid")).answer.rows[0][0]
        os.kill(int(str(pid)), SIGKILL)
        thread.join(servers.PATIENCE)
        assert type(caught[0]) is errors.Lost, caught


def test_a_server_may_be_silent_as_long_as_the_statement_may_take(
    engines: Engines, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.sql.engines.SILENCE", 1.0)
    text = {"mysql": "SELECT SLEEP(2)", "postgres": "SELECT pg_sleep(2)"}[target.dialect]
    assert len(ask(engines, target, text, timeout=60).answer.rows) == 1


def test_rows_that_are_skipped_cannot_lift_the_limit(engines: Engines, pg: Target) -> None:
    text = "SELECT set_config('statement_timeout', '0', true) UNION ALL SELECT pg_sleep(30)::text"
    (statement,) = statements.split(text, "postgres")
    with pytest.raises(errors.TimedOut):
        read(pg, statement, None, Options(timeout=0.5, skip=1), engines)


def test_idle_connections_that_died_are_replaced(engines: Engines, target: Target) -> None:
    ask(engines, target, "SELECT 1")
    with engines.connection(target) as lent:
        cursor = lent.cursor()
        cursor.execute("SELECT CONNECTION_ID()" if target.dialect == "mysql" else "SELECT pg_backend_pid()")
        row: Any = cursor.fetchone()
        number = row[0]
    other = Engines()
    with other.connection(target) as lent:
        kill = "KILL {}" if target.dialect == "mysql" else "SELECT pg_terminate_backend({}, 60000)"
        lent.cursor().execute(kill.format(number))
    other.close()
    assert ask(engines, target, "SELECT 1").answer.rows == ((1,),)


@pytest.fixture
def table(engines: Engines, target: Target) -> None:
    change(engines, target, "DROP TABLE IF EXISTS things")
    change(engines, target, "CREATE TABLE things (id int PRIMARY KEY, n int)")
    change(engines, target, "INSERT INTO things VALUES (1, 1), (2, 2), (3, 3)")


def count(engines: Engines, target: Target) -> object:
    return ask(engines, target, "SELECT count(*), coalesce(sum(n), 0) FROM things").answer.rows[0]


@pytest.mark.usefixtures("table")
def test_a_script_is_shown_then_committed(engines: Engines, target: Target) -> None:
    script = statements.split(
        "UPDATE things SET n = n + 1 WHERE id < 3; DELETE FROM things WHERE id = 3", target.dialect
    )
    preview = write(target, script, engines=engines)
    assert preview.affected == (2, 1) and not preview.committed and count(engines, target) == (3, 6)
    other = write(target, script, expect=(2, 2), engines=engines)
    assert isinstance(other.error, errors.Conflict) and count(engines, target) == (3, 6)
    done = write(target, script, expect=preview.affected, engines=engines)
    assert done.committed and count(engines, target) == (2, 5)


@pytest.mark.usefixtures("table")
def test_a_script_stops_on_its_first_error(engines: Engines, target: Target) -> None:
    script = statements.split("UPDATE things SET n = 9; SELECT 1; SELECT no_such; DELETE FROM things", target.dialect)
    outcome = write(target, script, expect=(3, 0, 0, 3), engines=engines)
    assert len(outcome.results) == 2 and outcome.failed == script[2] and not outcome.committed
    assert count(engines, target) == (3, 6)


@pytest.mark.usefixtures("table")
def test_select_into_and_returning_in_a_script(engines: Engines, pg: Target) -> None:
    change(engines, pg, "DROP TABLE IF EXISTS copied")
    script = statements.split(
        "SELECT * INTO copied FROM generate_series(1, 5); INSERT INTO copied VALUES (6) RETURNING *;"
        "WITH gone AS (DELETE FROM copied RETURNING *) SELECT count(*) FROM gone; SELECT 1",
        "postgres",
    )
    outcome = write(pg, script, engines=engines)
    assert outcome.error is None
    assert [result.answer.rows for result in outcome.results] == [(), ((6,),), ((6,),), ((1,),)]


def test_what_refuses_a_transaction_runs_alone(engines: Engines, pg: Target) -> None:
    """Also a database to which the pool is connected is dropped, and the session left behind is one that reads."""
    change(engines, pg, "DROP TABLE IF EXISTS things")
    change(engines, pg, "CREATE TABLE things (id int PRIMARY KEY, n int)")
    for text in (
        "CREATE DATABASE apart",
        "VACUUM things",
        "CREATE INDEX CONCURRENTLY ON things (n)",
        "DROP DATABASE apart",
    ):
        outcome = write(pg, [one(text, pg)], engines=engines)
        assert isinstance(outcome.error, errors.NotInTransaction), text
        alone(pg, one(text, pg), engines=engines)
        if text.startswith("CREATE DATABASE"):
            assert ask(engines, replace(pg, database="apart"), "SELECT 1").answer.rows == ((1,),)
    with pytest.raises(errors.NotHere):
        alone(pg, one("SELECT 1", pg), engines=engines)
    with pytest.raises(errors.WouldWrite):
        ask(engines, pg, "CREATE DATABASE never")
    with pytest.raises(ValueError, match="writing"):
        alone(pg, one("VACUUM", pg), options=Options(), engines=engines)


@pytest.mark.usefixtures("table")
def test_ddl_that_commits_says_so(engines: Engines, maria: Target) -> None:
    script = statements.split("DROP TABLE IF EXISTS side; CREATE TABLE side (id int); SELECT 1", "mysql")
    outcome = write(maria, script, engines=engines)
    assert outcome.error is None and "CREATE ended the transaction" in outcome.warning


def test_a_crashed_process_leaves_nothing_running(target: Target, engines: Engines) -> None:
    """The process that ran a statement is killed: any other can still find the statement and stop it."""
    program = (
        "from tests.sql.conftest import make\nfrom tests.sql.test_run import ask\nfrom app.sql.engines import Engines\n"
        f"ask(Engines(), make({target.engine!r}, {target.port}), {BUSY[target.dialect]!r}, timeout=600, token='orphan')"
    )
    child = subprocess.Popen([sys.executable, "-c", program], cwd=Path(__file__).parents[2])
    servers.wait(lambda: running(engines, target, "1000000") == 1)
    child.kill()
    child.wait()
    if running(engines, target, "1000000"):
        cancel(target, "orphan", engines)
    servers.wait(lambda: running(engines, target, "1000000") == 0)


def test_reading_refuses_write_options(target: Target, engines: Engines) -> None:
    (found,) = statements.split("SELECT 1", target.dialect)
    with pytest.raises(ValueError, match="write"):
        read(target, found, options=Options(write=True), engines=engines)
