"""What a session leaves for the next person who gets its connection: nothing."""

from dataclasses import replace

import pytest

from app.sql import errors
from app.sql.engines import Engines
from app.sql.options import Answer, Options
from app.sql.sessions import open_session
from app.sql.statements import split
from app.sql.target import Target

STATE = "SELECT DATABASE() AS d, CURRENT_ROLE() AS r, @@sql_mode AS m, @x AS x"


def _runs(engines: Engines, target: Target, text: str, *, write: bool = False, commit: bool = False) -> Answer:
    options = Options(write=write)
    (statement,) = split(text, target.dialect)
    with open_session(target, options, engines) as session:
        answer = session.execute(statement, {}, options)
        if commit:
            session.finish(True)
    return answer


@pytest.mark.parametrize("commit", [True, False])
@pytest.mark.parametrize("text", ["USE mysql", "SET ROLE guests", "SET sql_mode=''", "SET @x=1", "SET NAMES latin1"])
def test_nothing_of_a_session_is_left_for_the_next_person(
    engines: Engines, maria: Target, text: str, commit: bool
) -> None:
    for before in ("CREATE ROLE IF NOT EXISTS guests", "GRANT guests TO CURRENT_USER"):
        _runs(engines, maria, before, write=True, commit=True)
    state = _runs(engines, maria, STATE).rows
    assert state[0][:2] == ("shop", None)
    _runs(engines, maria, text, write=True, commit=commit)
    assert _runs(engines, maria, STATE).rows == state


def test_a_session_that_dropped_its_database_is_not_lent_again(engines: Engines, maria: Target) -> None:
    _runs(engines, maria, "CREATE DATABASE IF NOT EXISTS passing", write=True, commit=True)
    passing = replace(maria, database="passing")
    _runs(engines, passing, "DROP DATABASE passing", write=True, commit=True)
    with pytest.raises(errors.SqlError):
        _runs(engines, passing, STATE)


def test_changed_rows_cost_no_new_connection(engines: Engines, maria: Target) -> None:
    _runs(engines, maria, "CREATE TABLE IF NOT EXISTS counted (n INT)", write=True, commit=True)
    number = "SELECT CONNECTION_ID() AS n"
    first = _runs(engines, maria, number).rows
    _runs(engines, maria, "INSERT INTO counted VALUES (1)", write=True, commit=True)
    assert _runs(engines, maria, number).rows == first


def test_a_connection_over_which_dblink_was_named_is_not_lent_again(engines: Engines, pg: Target) -> None:
    number = _runs(engines, pg, "SELECT pg_backend_pid()").rows
    assert _runs(engines, pg, "SELECT pg_backend_pid() AS n").rows == number
    _runs(engines, pg, "SELECT 'dblink_connect'")
    assert _runs(engines, pg, "SELECT pg_backend_pid()").rows != number


def test_advisory_locks_and_settings_end_with_the_session(engines: Engines, pg: Target) -> None:
    number = _runs(engines, pg, "SELECT pg_backend_pid(), pg_advisory_lock(7)::text").rows[0][0]
    _runs(engines, pg, "SELECT set_config('work_mem', '99MB', false)")
    state = "SELECT pg_backend_pid(), current_setting('work_mem'), (SELECT count(*) FROM pg_locks WHERE objid = 7)"
    found = _runs(engines, pg, state).rows[0]
    assert found[0] == number
    assert found[1] != "99MB"
    assert found[2] == 0
