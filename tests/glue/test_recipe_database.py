"""A table of the demo's databases copied to S3 by the job that the page made, its rows compared with the driver's."""

import csv
import io
import json
import time
from collections.abc import Iterator
from operator import itemgetter
from typing import Any

import psycopg
import pymysql
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.blueprints.glue.service import drafts
from app.blueprints.glue.service.drafts import Draft
from app.blueprints.glue.service.recipes import database as recipe
from app.blueprints.glue.service.recipes.columns import Column
from embedded import seed_rds
from tests.embedded.process import Embedded, start
from tests.glue.conftest import BUCKET, ROLE, fill
from tests.glue.helpers import begin, ended, post
from tests.glue.test_views_new import filled, step
from tests.over_embedded import application

HARD = (
    "CREATE TABLE hard (id INT PRIMARY KEY, {q}two words{q} VARCHAR(99), exact DECIMAL(20, 4), day DATE, "
    "at TIMESTAMP NULL, ok BOOLEAN, raw {blob}, big BIGINT, ratio DOUBLE PRECISION)"
)
ROWS = 25_000  # more than one piece of the cursor
TEXTS = ("plain", 'a "quoted", cell', "two\nlines", "Zoë 🦉", "", None)


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """Yield an embedded AWS with the demo's databases, a hard table in each, and a role."""
    running = start(tmp_path_factory.mktemp("databases"), seed=("rds",))
    try:
        fill(running)
        marks, end = [demo.mark(running.home / "state") for demo in seed_rds.DEMOS], time.monotonic() + 120
        while not all(mark.exists() for mark in marks):
            assert time.monotonic() < end, "the demo's databases were not made"
            time.sleep(0.2)
        for name in ("database-1", "shop"):
            make_hard(running, name)
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="module")
def shared_app(embedded: Embedded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    services = ("glue", "s3", "logs", "iam", "sts", "rds", "secretsmanager")
    with application(embedded, tmp_path_factory.mktemp("databases-app"), *services) as app:
        yield app


def driver(embedded: Embedded, name: str) -> Any:
    """Return a connection of the driver's own."""
    place = embedded.client("rds").describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]["Endpoint"]
    text = embedded.client("secretsmanager").get_secret_value(SecretId=f"trellis/{name}")["SecretString"]
    login = json.loads(text)
    given = {"host": place["Address"], "port": place["Port"], "user": login["username"], "password": login["password"]}
    if name == "shop":
        return psycopg.connect(**given, dbname=login["dbname"])
    return pymysql.connect(**given, database=login["dbname"], charset="utf8mb4")


def make_hard(embedded: Embedded, name: str) -> None:
    mysql = name == "database-1"
    with driver(embedded, name) as connection, connection.cursor() as cursor:
        cursor.execute(HARD.format(q="`" if mysql else '"', blob="BLOB" if mysql else "BYTEA"))
        row = "(%s, %s, %s, %s, %s, %s, %s, %s, %s)"
        rows = [
            (
                at,
                TEXTS[at % 6],
                f"{at}.2500",
                "2026-02-28",
                "2026-02-28 09:30:00",
                at % 2 == 0,
                b"\x00\xff",
                2**60 + at,
                0.1,
            )
            for at in range(ROWS)
        ]
        cursor.executemany(f"INSERT INTO hard VALUES {row}", rows)
        connection.commit()


def rows_of(embedded: Embedded, name: str, query: str) -> list[tuple[Any, ...]]:
    with driver(embedded, name) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def output(embedded: Embedded, key: str) -> str:
    return str(embedded.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read().decode("utf-8"))


def make(client: FlaskClient, name: str, fields: dict[str, str], **changes: Any) -> dict[str, Any]:
    """Make the job from the page, run it and return its run."""
    basic = {"recipe": "rds-s3", "engine": "pythonshell", "role": ROLE, "name": name}
    mapped = filled(step(client, "columns", {**basic, **fields}))
    mapped |= {key: value(mapped[key]) for key, value in changes.items()}
    seen = step(client, "script", mapped)
    assert "secretsmanager:GetSecretValue" in seen.text and "rds:DescribeDBInstances" in seen.text
    assert post(client, "/glue/new", step="create", **filled(seen)).status_code == 303
    found = ended(client, begin(client, name))["look"]["run"]
    assert found["state"] == "SUCCEEDED", found["error"]
    return dict(found)


def plain(value: Any) -> Any:
    """Return a driver's value as the script's JSON has it, written otherwise than the script does."""
    if isinstance(value, bytes):
        return "AP8="
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return str(value) if type(value).__name__ == "Decimal" else value


def test_the_books_table_of_database_1(client: FlaskClient, embedded: Embedded) -> None:
    fields = {"instance": "database-1", "login": "trellis/database-1", "relation": "address"}
    fields |= {"target": f"s3://{BUCKET}/rds/address/"}
    make(client, "address", fields, column_name=lambda names: ["number", "country"])
    rows = [json.loads(line) for line in output(embedded, "rds/address/part-00000.jsonl").splitlines()]
    wanted = rows_of(embedded, "database-1", "SELECT id, address FROM address")
    assert rows == [{"number": number, "country": country} for number, country in wanted] and len(rows) == 2


@pytest.mark.parametrize(("name", "table"), [("database-1", "hard"), ("shop", "public.hard"), ("shop", "products")])
def test_every_row_is_the_drivers(client: FlaskClient, embedded: Embedded, name: str, table: str) -> None:
    key = f"rds/{name}/{table}.jsonl"
    fields = {"instance": name, "login": f"trellis/{name}", "relation": table, "target": f"s3://{BUCKET}/{key}"}
    make(client, f"{name} {table}", fields)
    rows = [json.loads(line) for line in output(embedded, key).split("\n") if line]
    wanted = [tuple(map(plain, row)) for row in rows_of(embedded, name, f"SELECT * FROM {table}")]
    assert sorted((tuple(row.values()) for row in rows), key=itemgetter(0)) == sorted(wanted, key=itemgetter(0))
    assert len(rows) == (ROWS if table.endswith("hard") else len(wanted)) and rows


def test_as_csv_with_columns_left_out_and_renamed(client: FlaskClient, embedded: Embedded) -> None:
    fields = {"instance": "shop", "login": "trellis/shop", "relation": "hard", "form": "csv"}
    fields |= {"target": f"s3://{BUCKET}/rds/hard.csv"}
    columns = ["id", "two words", "exact", "day", "at", "ok", "raw", "big", "ratio"]
    changes = {"column_keep": lambda _: ["0", "1", "2", "5"], "column_name": lambda _: ["id", "a, b", *columns[2:]]}
    make(client, "hard csv", fields, **changes)
    rows = list(csv.reader(io.StringIO(output(embedded, "rds/hard.csv"), newline="")))
    wanted = rows_of(embedded, "shop", "SELECT id, coalesce(\"two words\", ''), exact, ok FROM hard")
    assert rows[0] == ["id", "a, b", "exact", "ok"]
    texts = [[str(number), text, str(exact), str(ok).lower()] for number, text, exact, ok in wanted]
    assert sorted(rows[1:]) == sorted(texts)


WRONG = [
    ({"instance": ""}, "Name the instance"),
    ({"login": ""}, "Name the secret"),
    ({"instance": "nobody"}, "not found"),
    ({"login": "nothing"}, "can't find"),
    ({"relation": "nothing"}, "There is no table nothing in shop"),
    ({"relation": ""}, "tables of shop"),
    ({"database": "nowhere"}, "nowhere"),
    ({"login": "no-login"}, "not JSON"),
    ({"login": "wrong-login"}, "User or password not accepted"),
]


@pytest.mark.parametrize(("fields", "said"), WRONG)
def test_what_cannot_be_read_is_told_beside_its_field(
    client: FlaskClient, embedded: Embedded, fields: dict[str, str], said: str
) -> None:
    secrets = embedded.client("secretsmanager")
    texts = {"no-login": "x", "wrong-login": json.dumps({"username": "postgres", "password": "wrong-words"})}
    name = fields.get("login", "")
    if name in texts:
        secrets.create_secret(Name=name, SecretString=texts[name])
    good = {"recipe": "rds-s3", "engine": "pythonshell", "instance": "shop", "login": "trellis/shop"}
    good |= {"relation": "hard", "name": "kept typed"}
    shown = step(client, "columns", {**good, **fields}, 422)
    assert said.lower() in shown.text.lower() and shown.field("name").get("value") == "kept typed"
    assert "wrong-words" not in shown.html


def test_instances_and_secrets_are_listed_to_choose_from(client: FlaskClient) -> None:
    answer = client.get("/glue/new/databases?format=json").get_json()
    assert [one[0] for one in answer["instances"]] == ["database-1", "shop"]
    assert {"trellis/database-1", "trellis/shop"} <= set(answer["secrets"])
    assert "database-1" in client.get("/glue/new/databases").get_data(as_text=True)


def test_names_are_quoted_and_nothing_else_is_asked() -> None:
    columns = [Column('a"b', "x"), Column("c`d", "y", keep=False), Column("$e", "z")]
    text = recipe.table_to_s3("postgres", 's"x.t$y', "json", tuple(columns))
    assert 'SELECT "a""b", "$e" FROM "s""x"."t$y"' in eval(text.split("QUERY = ")[1].split("\n")[0])
    assert recipe.query("mysql", "a`b.c", ["d`e"]) == "SELECT `d``e` FROM `a``b.c`"
    for dialect in ("mysql", "postgres"):
        for form in recipe.FORMS:
            compile(recipe.table_to_s3(dialect, "t", form, tuple(columns)), "made.py", "exec")


def test_the_job_on_aws_has_its_libraries_network_and_certificates() -> None:
    draft = Draft("j", "rds-s3", "pythonshell", "r", "s3://b/s.py", target="s3://b/out/", instance="i", login="l")
    plainly = drafts.definition(draft)
    assert plainly["DefaultArguments"]["--library-set"] == "analytics" and "Connections" not in plainly
    assert "--CA" not in plainly["DefaultArguments"]
    more = Draft(**{**vars(draft), "connection": "private", "certificates": "s3://b/ca.pem"})
    made = drafts.definition(more)
    assert made["Connections"] == {"Connections": ["private"]} and made["DefaultArguments"]["--CA"] == "s3://b/ca.pem"
    needed = {(one.action, one.resource) for one in drafts.needs(more, "1", "r")}
    assert ("s3:GetObject", "arn:aws:s3:::b/ca.pem") in needed
    assert ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:r:1:secret:l-??????") in needed
    assert ("rds:DescribeDBInstances", "arn:aws:rds:r:1:db:i") in needed
