"""What a class types sooner or later, on both servers."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.blueprints.rds.views import connected as connecting
from app.sql.engines import ENGINES, open_connection
from app.sql.errors import Lost, Refused, SqlError, TooManyConnections, WrongPassword
from app.sql.target import Target
from tests.embedded.process import Embedded
from tests.pages import Page, check_page
from tests.rds.conftest import PASSWORD, wait_for
from tests.rds.helpers import define, post, read, run, token

both = pytest.mark.parametrize("name", ["shop", "database-1"])
ENDLESS = {
    # Years of counting, with a thousand rows in memory.
    "shop": "SELECT count(*) FROM generate_series(1, 1000) a, generate_series(1, 1000) b, generate_series(1, 1000) c, "
    "generate_series(1, 1000) d, generate_series(1, 1000) e, generate_series(1, 1000) f",
    "database-1": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) "
    "SELECT count(*) FROM n, n m, n o, n p, n q, n r",
}


def under_way(app: Flask, name: str, under: str) -> tuple[threading.Thread, list[Any]]:
    """Start a query without end in a thread; its answer is in the list when the thread has ended."""
    answers: list[Any] = []

    def work() -> None:
        with app.test_client() as other:
            other.environ_base["HTTP_HOST"] = "127.0.0.1"
            answers.append(run(other, name, ENDLESS[name], run=under, timeout=60))

    thread = threading.Thread(target=work)
    thread.start()
    return thread, answers


@both
def test_a_syntax_error_has_its_place(page: Callable[..., Page], client: FlaskClient, name: str) -> None:
    shown = check_page(run(client, name, "SELECT 1;\nSELECT 2\nFORM t"), "query", 422, 3)
    mistake = next(e for e in shown.all(".//section") if e.get("data-rds-mistake") is not None)
    assert mistake.get("data-line") == "3"
    assert [e.text for e in shown.all(".//td")] == ["1"], "what ran before it is shown"


@both
@pytest.mark.parametrize(
    ("sql", "title"),
    [
        ("SELECT * FROM no_such_table", "failed"),
        ("SELECT 'a\0b'", "Syntax error"),
        ("SELECT 'open", "Syntax error"),
        ("SET SESSION TRANSACTION READ WRITE; CREATE TABLE stacked (id INT)", ""),
        ("SELECT 1; DROP TABLE IF EXISTS stacked", "Read-only"),
    ],
)
def test_refusals_name_themselves(client: FlaskClient, name: str, sql: str, title: str) -> None:
    answer = read(client, name, sql)
    assert answer["error"] is not None
    assert title in answer["error"]["title"] or name == "shop"
    assert read(client, name, "SELECT count(*) FROM information_schema.tables WHERE table_name = 'stacked'")["results"][
        0
    ]["rows"] == [[0]]


def test_files_and_programs_of_the_server_are_out_of_reach(client: FlaskClient) -> None:
    for name, sql in (
        ("database-1", "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE t"),
        ("database-1", "SELECT LOAD_FILE('/etc/passwd') IS NULL INTO OUTFILE '/tmp/x'"),
        ("shop", "COPY (SELECT 1) TO PROGRAM 'id'"),
        ("shop", "COPY t FROM PROGRAM 'id'"),
        ("shop", "SELECT pg_read_file('/etc/passwd')"),
    ):
        for mode in ("read", "write"):
            answer = post(client, f"/rds/{name}/query?format=json", sql=sql, mode=mode, sure="1").json
            assert answer["error"] is not None, (name, sql, mode)


def test_double_quotes_are_explained_on_postgres(client: FlaskClient) -> None:
    define(client, "shop", "CREATE TABLE quoting (address varchar(20))")
    answer = read(client, "shop", 'SELECT * FROM quoting WHERE address = "Germany"')
    assert "single quotes" in answer["error"]["remedy"]


@both
@pytest.mark.parametrize(
    ("sql", "column"), [("SELECT * FROM no_such", 15), ("SELECT t.nmae FROM (SELECT 1 AS a) t", 8)]
)
def test_a_name_that_does_not_exist_is_found_in_the_text(client: FlaskClient, name: str, sql: str, column: int) -> None:
    wrong = read(client, name, sql)["error"]
    assert (wrong["line"], wrong["column"], wrong["placed"]) == (1, column, True)
    assert f"in line 1, column {column}" in run(client, name, sql).get_data(as_text=True)


@both
def test_an_error_of_no_place_names_none(client: FlaskClient, name: str) -> None:
    assert ">Read-only</h2>" in run(client, name, "DELETE FROM x").get_data(as_text=True)
    assert ">Read-only in line 2</h2>" in run(client, name, "SELECT 1;\nDELETE FROM x").get_data(as_text=True)


@both
@pytest.mark.parametrize("sql", ["", "-- nothing", ";;"])
def test_nothing_to_run_is_told_beside_the_editor(client: FlaskClient, name: str, sql: str) -> None:
    fields = {"csrf_token": token(client), "sql": sql}
    answer = client.post(f"/rds/{name}/query", data=fields, headers={"HX-Request": "true"})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200 and "<h1" not in text, "a part of the page, never a page inside the page"
    assert ("There is no statement" if sql else "Results appear here") in text


def test_a_changing_with_is_read_only_or_not_counted(client: FlaskClient) -> None:
    define(client, "shop", "CREATE TABLE counted (n int)", "INSERT INTO counted VALUES (1), (2)")
    sql = "WITH gone AS (DELETE FROM counted WHERE n > 0 RETURNING n) SELECT * FROM gone"
    assert read(client, "shop", sql)["error"]["title"] == "Read-only"
    shown = run(client, "shop", sql, mode="write").get_data(as_text=True)
    assert "does not count what WITH changes" in shown and "Everything was rolled back" in shown
    assert read(client, "shop", "SELECT count(*) FROM counted")["results"][0]["rows"] == [[2]]


def test_a_definition_waits_for_its_commit_on_postgres(client: FlaskClient) -> None:
    sql = "CREATE TABLE waits (n int)"
    assert "Not committed yet" in run(client, "shop", sql, mode="write").get_data(as_text=True)
    assert "No changed rows were counted" in run(client, "shop", "SELECT 1", mode="write").get_data(as_text=True)
    define(client, "shop", sql)
    assert "No changed rows" in run(client, "shop", "UPDATE waits SET n = 1", mode="write", sure="1").get_data(True)


def test_an_emoji_in_a_name_is_explained_on_mysql(client: FlaskClient) -> None:
    answer = run(client, "database-1", "CREATE TABLE `a 😀` (n int)", mode="write", sure="1").get_data(as_text=True)
    assert "hold no emoji" in answer


@both
def test_a_script_of_five_megabytes_is_refused_in_words(client: FlaskClient, name: str) -> None:
    answer = run(client, name, "SELECT 1 -- " + "x" * 5_000_000)
    assert "longer than" in check_page(answer, "query", 422, 3).text


@both
def test_a_query_that_takes_too_long_is_stopped(client: FlaskClient, name: str) -> None:
    answer = read(client, name, ENDLESS[name], timeout=1)
    assert "too long" in answer["error"]["title"]


@pytest.mark.parametrize(("name", "sql"), [("shop", "SELECT pg_sleep(60)"), ("database-1", "SELECT SLEEP(60)")])
def test_one_that_sleeps_past_its_time_is_woken(client: FlaskClient, name: str, sql: str) -> None:
    answer = read(client, name, sql, timeout=1)
    assert "too long" in answer["error"]["title"]
    assert answer["results"] == []


@both
def test_more_rows_than_can_be_made_are_a_page(client: FlaskClient, name: str) -> None:
    # Had they to be made first, the time would be over.
    tens = " CROSS JOIN ".join(f"(SELECT 1 UNION ALL {'SELECT 2 UNION ALL ' * 8}SELECT 3) t{n}" for n in range(14))
    answer = read(client, name, f"SELECT 7 FROM {tens}", timeout=30)
    assert len(answer["results"][0]["rows"]) == 100
    assert answer["results"][0]["truncated"]


@both
def test_a_cancelled_query_is_gone_at_the_server(app: Flask, client: FlaskClient, name: str) -> None:
    thread, answers = under_way(app, name, "cancel-me-1")
    end = time.monotonic() + 60
    while time.monotonic() < end and thread.is_alive():
        post(client, f"/rds/{name}/query/cancel", run="cancel-me-1")
        thread.join(0.2)
    assert not thread.is_alive()
    assert "Cancelled" in answers[0].get_data(as_text=True)
    running = {
        "shop": "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE '%cancel-me%' AND state = 'active'",
        "database-1": "SELECT count(*) FROM information_schema.processlist WHERE info LIKE '%RECURSIVE%UNION%' "
        "AND id <> CONNECTION_ID()",
    }
    assert read(client, name, running[name])["results"][0]["rows"] == [[0]]


@both
def test_hostile_names_and_values_are_shown_as_they_are(
    page: Callable[..., Page], client: FlaskClient, name: str
) -> None:
    mark = '"' if name == "shop" else "`"
    flower = "🌻" if name == "shop" else "☂"  # MySQL's family has no names beyond the basic plane
    table, column = f'odd "name" {flower} `x`', '"><script>alert(1)</script>'
    quoted = [mark + word.replace(mark, mark * 2) + mark for word in (table, column)]
    define(client, name, f"CREATE TABLE {quoted[0]} ({quoted[1]} varchar(50) PRIMARY KEY)")
    define(client, name, f"INSERT INTO {quoted[0]} VALUES ('<b>&amp;'), ('ünï🌻')")
    path = "/rds/shop" if name == "shop" else "/rds/database-1"
    schema = "public" if name == "shop" else "shop"
    shown = page(f"{path}/table?schema={schema}&table={quote(table)}", calls=3)
    assert {"<b>&amp;", "ünï🌻"} <= {e.text for e in shown.all(".//td")}
    assert column in shown.text
    tree = client.get(f"{path}/schema", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "<script>alert" not in tree


def test_old_dates_long_decimals_and_latin1(client: FlaskClient) -> None:
    define(
        client,
        "database-1",
        "SET sql_mode = ''; CREATE TABLE old (d DATE, n DECIMAL(65,30), l VARCHAR(9) CHARACTER SET latin1)",
        "SET sql_mode = ''; INSERT INTO old VALUES "
        "('0000-00-00', 12345678901234567890123456789012345.123456789012345678901234567890, 'café')",
    )
    rows = read(client, "database-1", "SELECT * FROM old")["results"][0]["rows"]
    assert rows == [["0000-00-00", "12345678901234567890123456789012345.123456789012345678901234567890", "café"]]


def test_a_rotated_password_is_fetched_again(client: FlaskClient, embedded: Embedded) -> None:
    rds, secrets = embedded.client("rds"), embedded.client("secretsmanager")
    assert read(client, "shop", "SELECT 1")["error"] is None
    for word in ("another-good-password", PASSWORD):
        rds.modify_db_instance(DBInstanceIdentifier="shop", MasterUserPassword=word, ApplyImmediately=True)
        wait_for(rds, "shop", "available")
        value = json.dumps({"username": "dbadmin", "password": word, "dbInstanceIdentifier": "shop"})
        secrets.put_secret_value(SecretId="rds/shop", SecretString=value)
        assert read(client, "shop", "SELECT 1", database="postgres")["error"] is None


@both
def test_a_server_that_stops_in_the_middle_of_a_file_ends_it_with_an_error(
    client: FlaskClient, embedded: Embedded, name: str
) -> None:
    """A file that is cut must not look whole: the stream fails, so that the browser says so."""
    rds = embedded.client("rds")
    tens = " CROSS JOIN ".join(f"(SELECT 1 UNION ALL {'SELECT 2 UNION ALL ' * 8}SELECT 3) t{n}" for n in range(8))
    path = f"/rds/{name}/query"
    answer = client.get(
        path, query_string={"format": "csv", "sql": f"SELECT 'a row of a long file' AS words FROM {tens}"}
    )
    pieces = answer.iter_encoded()
    assert next(pieces)
    rds.reboot_db_instance(DBInstanceIdentifier=name)
    with pytest.raises(SqlError) as lost:
        for _ in pieces:
            continue
    assert isinstance(lost.value, Lost), lost.value
    answer.close()
    wait_for(rds, name, "available")
    client.get(f"/rds/{name}/")
    assert read(client, name, "SELECT 1")["results"][0]["rows"] == [[1]]


@both
def test_a_server_that_stops_under_a_query_is_told(
    app: Flask, client: FlaskClient, embedded: Embedded, name: str
) -> None:
    thread, answers = under_way(app, name, "stopped-under-me")
    end = time.monotonic() + 60
    there = {
        "shop": "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE '%under-me%' AND state = 'active'",
        "database-1": "SELECT IS_USED_LOCK('trellis:stopped-under-me') IS NOT NULL",
    }
    while read(client, name, there[name])["results"][0]["rows"] != [[1]] and time.monotonic() < end:
        time.sleep(0.05)
    rds = embedded.client("rds")
    rds.reboot_db_instance(DBInstanceIdentifier=name)
    thread.join(60)
    assert "The connection was lost" in check_page(answers[0], "query", 422, 3).text
    wait_for(rds, name, "available")
    client.get(f"/rds/{name}/")
    assert read(client, name, "SELECT 1")["error"] is None


@both
def test_too_many_connections_are_told(client: FlaskClient, embedded: Embedded, name: str) -> None:
    where = embedded.client("rds").describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]["Endpoint"]
    target = Target(
        "postgres" if name == "shop" else "mariadb",
        where["Address"],
        where["Port"],
        "dbadmin",
        database="shop",
    )
    ENGINES.close()
    held: list[Any] = []
    try:
        with pytest.raises(TooManyConnections):
            for _ in range(200):
                held.append(open_connection(target, PASSWORD))
        shown = check_page(client.get(f"/rds/{name}/query?sql=SELECT+1"), "query", 502, 3)
        assert "Too many connections" in shown.text
        assert "Wait until somebody is done" in shown.text
    finally:
        for connection in held:
            connection.close()
    assert read(client, name, "SELECT 1")["results"][0]["rows"] == [[1]]


def test_a_closed_port_is_explained_by_the_state_of_the_instance(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.test_request_context("/rds/shop/query"):
        there = connecting.connected("shop")
        starting = replace(there, instance=replace(there.instance, status="starting"))
        monkeypatch.setattr(connecting, "connected", lambda _identifier: starting)
        told = connecting.reason("shop", Refused("Nobody answers."))
        assert isinstance(told, Refused)
        assert told.happened == "shop is starting. Nobody answers."
        assert told.remedy.startswith("Wait")
        wrong = WrongPassword("No.")
        assert connecting.reason("shop", wrong) is wrong


@both
def test_a_stopped_server_is_told_and_comes_back(client: FlaskClient, embedded: Embedded, name: str) -> None:
    rds = embedded.client("rds")
    assert read(client, name, "SELECT 1")["error"] is None
    rds.stop_db_instance(DBInstanceIdentifier=name)
    wait_for(rds, name, "stopped")
    for _ in range(2):
        told = client.get(f"/rds/{name}/query?sql=SELECT+1")
        assert told.status_code == 502 or told.status_code == 422
    assert "stopped" in told.get_data(as_text=True)
    refused = check_page(post(client, f"/rds/{name}/snapshots", name="of-stopped"), "snapshots", 422, 4)
    assert "is not in available state: it is stopped" in refused.text
    assert refused.field("name").get("value") == "of-stopped"
    rds.start_db_instance(DBInstanceIdentifier=name)
    wait_for(rds, name, "available")
    client.get(f"/rds/{name}/")
    assert read(client, name, "SELECT 1")["results"][0]["rows"] == [[1]]
