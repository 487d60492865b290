"""The Python in the call drawer is run, in a program of its own, and gives the page's rows."""

import html
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.codegen.sql import Program, python
from tests.embedded.process import Embedded
from tests.rds.helpers import read


def run_program(code: str, aws: Embedded, folder: Path) -> str:
    """Run a program as a person would, after `source .trellis/env`."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=aws.env, cwd=folder, timeout=60
    )
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


def test_a_reading_program_cannot_write(embedded: Embedded, tmp_path: Path) -> None:
    for name, engine in (("shop", "postgres"), ("database-1", "mysql")):
        secret = f"rds/{name}"
        program = Program(
            engine, "us-east-1", name, "shop", "secret", secret, "dbadmin", (("CREATE TABLE no_way (id int)", ()),)
        )
        with pytest.raises(AssertionError, match=r"read-only|READ ONLY"):
            run_program(python(program), embedded, tmp_path)


def test_a_typed_password_is_asked_for_and_a_token_is_made() -> None:
    typed = Program("mysql", "us-east-1", "a", "b", "typed", "", "me", (("SELECT 1", ()),))
    assert "getpass.getpass" in python(typed)
    token = Program("postgres", "us-east-1", "a", "b", "iam", "", "me", (("SELECT 1", ()),), encrypted=True)
    assert "generate_db_auth_token" in python(token)
    compile(python(typed) + python(token), "programs", "exec")
