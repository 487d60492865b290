"""The Python in the call drawer is run, in a program of its own, and gives the page's rows."""

import html
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.codegen.sql import Program, Way, python
from app.codegen.sql_shell import command
from tests.embedded.process import Embedded
from tests.pages import check_page
from tests.rds.conftest import PASSWORD
from tests.rds.helpers import define, post, read


def run_program(code: str, aws: Embedded, folder: Path) -> str:
    """Run a program as a person would in a terminal, after `. .trellis/env`."""
    words = ["sh", "-c", '. "$0" && exec "$1" -c "$2"', str(aws.home / "env"), sys.executable, code]
    bare = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    done = subprocess.run(words, capture_output=True, text=True, env=bare, cwd=folder, timeout=60)
    assert done.returncode == 0, f"{code}\n{done.stderr}"
    return done.stdout


def shown_python(client: FlaskClient, path: str, **query: Any) -> str:
    """Return the first program in a page's drawer that speaks SQL."""
    text = client.get(path, query_string=query).get_data(as_text=True)
    programs = [html.unescape(part.split("</code>")[0]) for part in text.split('data-fill="python">')[1:]]
    return next(program for program in programs if "sqlalchemy" in program)


@pytest.mark.parametrize("name", ["shop", "database-1"])
def test_the_drawers_program_gives_the_pages_rows(
    client: FlaskClient, embedded: Embedded, tmp_path: Path, name: str
) -> None:
    sql = "SELECT :word AS w, '12:30 :x' AS colon,\n  '100%' AS percent, 'it''s' AS quote -- :not me"
    query = {"sql": sql, "p.word": "a'b"}
    rows = read(client, name, sql, **{"p.word": "a'b"})["results"][0]["rows"]
    code = shown_python(client, f"/rds/{name}/query", **query)
    assert "correct-horse" not in code
    assert run_program(code, embedded, tmp_path) == f"{tuple(rows[0])}\n"


@pytest.mark.parametrize("name", ["shop", "database-1"])
def test_the_drawers_line_runs_in_a_shell(client: FlaskClient, embedded: Embedded, name: str) -> None:
    sql = "SELECT 'it''s ' AS a, '$HOME `id`' AS b"
    answer = client.get(f"/rds/{name}/query", query_string={"sql": sql}).get_data(as_text=True)
    lines = [html.unescape(part.split("</code>")[0]) for part in answer.split('data-fill="command">')[1:]]
    (line,) = [line for line in lines if ("secretsmanager get-secret-value" in line and "-e" in line) or "-c" in line]
    assert "correct-horse" not in line
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, env={**embedded.env, "PATH": path})
    assert done.returncode == 0, done.stderr
    assert "it's " in done.stdout
    assert "$HOME `id`" in done.stdout


def test_no_line_for_what_was_only_looked_at_or_is_bound() -> None:
    way = Way("postgres", "r", "i", "d", "secret", "s", "me", host="h")
    looked = Program(way, (("DELETE FROM t", ()),), write=True)
    assert command(looked) == ""
    assert "DELETE" in command(replace(looked, commit=True))
    assert "read_only" not in command(replace(looked, commit=True))
    assert command(replace(looked, write=False, statements=(("SELECT :a", ((7, 9),)),))) == ""
    token = replace(looked, way=replace(way, engine="mysql", login="iam", encrypted=True), write=False)
    assert "generate-db-auth-token" in command(token)
    assert "--ssl-verify-server-cert" in command(token)


def programs(page: str) -> list[str]:
    """Return the programs of a page's drawer that speak SQL."""
    found = [html.unescape(part.split("</code>")[0]) for part in page.split('data-fill="python">')[1:]]
    return [one for one in found if "sqlalchemy" in one]


@pytest.mark.parametrize(("name", "schema"), [("shop", "public"), ("database-1", "shop")])
def test_an_edited_row_is_in_the_drawer_after_the_redirect_and_its_program_does_the_same(
    client: FlaskClient, embedded: Embedded, tmp_path: Path, name: str, schema: str
) -> None:
    raw = "bytea" if name == "shop" else "BLOB"
    define(client, name, f"CREATE TABLE edited (id INT PRIMARY KEY, said VARCHAR(40), price DECIMAL(9,2), raw {raw})")
    rows = "SELECT id, said, price, raw FROM edited"
    where = {"schema": schema, "table": "edited"}

    def saved(**fields: str) -> str:
        answer = post(client, f"/rds/{name}/row", **where, **fields)
        assert answer.status_code == 303
        page = client.get(answer.location).get_data(as_text=True)
        assert "1 query from the form before" in page
        assert PASSWORD not in page
        return next(one for one in programs(page) if "commit()" in one)

    def opened() -> dict[str, str]:
        form = check_page(client.get(f"/rds/{name}/row", query_string={**where, "key": "[1]"}), "row", 200, 3)
        assert any("WHERE" in one for one in programs(form.html)), "how the row was read"
        return {field: form.field(field).get("value") or "" for field in ("key", "old")}

    inserting = saved(v0="1", v1="it's 100% :new", v2="1.50", v3="0x00ff")
    inserted = [[1, "it's 100% :new", "1.50", "0x00ff"]]
    assert read(client, name, rows)["results"][0]["rows"] == inserted
    changing = saved(**opened(), v0="1", v1="", v2="2.50", v3="0x00ff")
    changed = [[1, "", "2.50", "0x00ff"]]
    assert read(client, name, rows)["results"][0]["rows"] == changed
    deleting = saved(**opened(), v0="1", action="delete")
    for program, after in ((inserting, inserted), (changing, changed), (deleting, [])):
        assert run_program(program, embedded, tmp_path) == "1 rows changed\n"
        assert read(client, name, rows)["results"][0]["rows"] == after


def test_the_drawer_counts_queries_beside_calls(client: FlaskClient) -> None:
    client.get("/rds/shop/query?sql=SELECT+1")  # from now on the login is known
    page = client.get("/rds/shop/query?sql=SELECT+1;SELECT+2").get_data(as_text=True)
    words = page.split("data-drawer-words>")[1].split("</span>")[0]
    assert words.startswith("2 queries, ")
    assert "rds:DescribeDBInstances" in html.unescape(page.split('data-fill="whole_policy">')[1].split("</code>")[0])


def test_a_failed_statement_is_in_the_drawer(client: FlaskClient) -> None:
    answer = client.get("/rds/shop/query?sql=SELECT+1;SELECT+no_such", headers={"HX-Request": "true"}).get_data(
        as_text=True
    )
    calls = json.loads(answer.split("data-rds-calls>")[1].split("</script>")[0])["calls"]
    spoken = [(one["operation"], one["status"], one["error_code"]) for one in calls if one["service"] == "sql"]
    assert spoken == [("SELECT", "Answered", None), ("SELECT", "Failed", "42703")]


def test_a_reading_program_cannot_write(embedded: Embedded, tmp_path: Path) -> None:
    for name, engine in (("shop", "postgres"), ("database-1", "mysql")):
        secret = f"rds/{name}"
        way = Way(engine, "us-east-1", name, "shop", "secret", secret, "dbadmin")
        program = Program(way, (("CREATE TABLE no_way (id int)", ()),))
        with pytest.raises(AssertionError, match=r"read-only|READ ONLY"):
            run_program(python(program), embedded, tmp_path)


def test_a_typed_password_is_asked_for_and_a_token_is_made() -> None:
    typed = Program(Way("mysql", "us-east-1", "a", "b", "typed", "", "me"), (("SELECT 1", ()),))
    assert "getpass.getpass" in python(typed)
    token = replace(typed, way=Way("postgres", "us-east-1", "a", "b", "iam", "", "me", encrypted=True))
    assert "generate_db_auth_token" in python(token)
    compile(python(typed) + python(token), "programs", "exec")
