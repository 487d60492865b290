"""The list of instances, the form that creates one, signing in, snapshots, the end of an instance."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.blueprints.rds.forms import ENGINES
from app.blueprints.rds.service import prices
from tests.embedded.process import Embedded
from tests.pages import Page, check_page
from tests.rds.conftest import PASSWORD, wait_for
from tests.rds.helpers import define, fetch, post, read


def test_the_list_names_state_version_and_price(page: Callable[..., Page]) -> None:
    shown = page("/rds/", calls=1)
    assert "Available" in shown.text
    assert "MariaDB" in shown.text, "the true version, not the asked one"
    assert "$15.44" in shown.text
    links = {str(a.get("href")) for a in shown.all(".//main//a")}
    assert {prices.PAGES["mysql"], prices.FREE} <= links, "AWS's own page decides"
    assert {choice.value for choice in ENGINES} == set(prices.PAGES)
    assert "hx-get" not in (shown.html.split('id="instances"')[1].split(">")[0]), "nothing moves: it does not ask again"


def test_a_wrong_form_keeps_what_was_typed(client: FlaskClient) -> None:
    answer = post(client, "/rds/", identifier="1-bad", engine="postgres", instance_class="db.t3.micro", storage="5")
    shown = check_page(answer, "create", 422, 1)
    assert shown.field("identifier").get("aria-invalid") == "true"
    assert shown.field("storage").get("aria-invalid") == "true"
    assert shown.field("identifier").get("value") == "1-bad"
    typed = {"identifier": "shop", "engine": "mysql", "instance_class": "db.t3.micro", "storage": "20"}
    taken = post(client, "/rds/", **typed, username="dbadmin", login="managed")
    assert "AWS refuses: DB instance already exists" in check_page(taken, "create", 422, 2).text
    none = post(client, "/rds/", **typed, username="dbadmin", login="typed")
    assert "Type a password." in check_page(none, "create", 422, 1).text


def test_an_instance_lives_and_ends(page: Callable[..., Page], client: FlaskClient, embedded: Embedded) -> None:
    rds = embedded.client("rds")
    fields = {"identifier": "short-lived", "engine": "postgres", "instance_class": "db.t3.micro", "storage": "20"}
    made = post(client, "/rds/", **fields, username="dbadmin", login="managed", database="first")
    assert (made.status_code, made.location) == (303, "/rds/short-lived/")
    creating = page("/rds/short-lived/", calls=6)
    assert re.search(r'hx-trigger="every [1-5]s"', creating.html)
    wait_for(rds, "short-lived", "available")
    define(client, "short-lived", "CREATE TABLE kept (id int)", "INSERT INTO kept VALUES (1), (2)")
    assert post(client, "/rds/short-lived/snapshots", name="early").status_code == 303
    wait_for(rds, "short-lived", "available")
    asked = page("/rds/short-lived/delete", calls=1)
    assert asked.field("snapshot").get("value", "").startswith("short-lived-final-")
    wrong = post(client, "/rds/short-lived/delete", confirm="other")
    assert "Nothing was deleted" in check_page(wrong, "delete", 422, 1).text
    assert post(client, "/rds/short-lived/delete", confirm="short-lived").status_code == 303
    end = client.get("/rds/?format=json")
    assert end.status_code == 200
    listed = page("/rds/short-lived/snapshots", calls=2)
    assert "early" in listed.text
    restored = post(
        client, "/rds/short-lived/snapshots/early/restore", identifier="again", instance_class="db.t3.micro"
    )
    assert restored.status_code == 303
    wait_for(rds, "again", "available")
    assert post(client, "/rds/again/delete", confirm="again").status_code == 303


def test_what_is_not_there_is_not_found(client: FlaskClient) -> None:
    for path in ("/rds/no-such/", "/rds/no-such/query?sql=SELECT+1", "/rds/no-such/delete"):
        assert client.get(path).status_code == 404, path


def test_a_typed_password_is_kept_for_this_session_only(
    page: Callable[..., Page], app: Flask, client: FlaskClient, embedded: Embedded
) -> None:
    wrong = post(client, "/rds/shop/connection", kind="typed", user="dbadmin", password="not-it")
    assert "not accepted" in check_page(wrong, "connection", 502, 6).text
    done = post(client, "/rds/shop/connection", kind="typed", user="dbadmin", password=PASSWORD)
    assert done.status_code == 303
    assert "with the password that you typed" in page("/rds/shop/", calls=5).text
    assert read(client, "shop", "SELECT current_user")["results"][0]["rows"] == [["dbadmin"]]
    with client.session_transaction() as session:
        assert PASSWORD not in json.dumps(dict(session))
    kept: Any = embedded.client("dynamodb").scan(TableName="trellis-state")["Items"]
    logins = [item for item in kept if "rds-logins" in item["owner"]["S"]]
    assert logins
    assert PASSWORD not in json.dumps(kept)
    with app.test_client() as other:
        other.environ_base["HTTP_HOST"] = "127.0.0.1"
        assert "with the password in the secret" in other.get("/rds/shop/").get_data(as_text=True)
    assert post(client, "/rds/shop/connection/forget").status_code == 303
    assert "with the password in the secret" in page("/rds/shop/", calls=5).text


def test_a_secret_that_holds_no_login_is_told(client: FlaskClient, embedded: Embedded) -> None:
    secrets = embedded.client("secretsmanager")
    for text, said in (("plain text", "not JSON"), ('{"user": "x"}', "no text named password")):
        arn = secrets.create_secret(Name=f"unrelated/{len(text)}", SecretString=text)["ARN"]
        answer = post(client, "/rds/shop/connection", kind="other", other=arn)
        assert said in check_page(answer, "connection", 502, 6).text


def test_a_secret_that_does_not_name_the_instance_is_sent_only_when_that_was_meant(
    client: FlaskClient, embedded: Embedded
) -> None:
    secrets = embedded.client("secretsmanager")
    value = json.dumps({"username": "dbadmin", "password": PASSWORD})
    other = secrets.create_secret(Name="team/reports", SecretString=value)["ARN"]
    shown = check_page(client.get("/rds/shop/"), "instance", 200, 6)
    offered = {name: [one.get("value") for one in shown.field(name)] for name in ("secret", "other")}
    assert other in offered["other"]
    assert other not in offered["secret"]
    for fields in (
        {"kind": "secret", "secret": other},
        {"kind": "secret", "secret": "arn:aws:secretsmanager:us-east-1:1:secret:guessed"},
        {"kind": "secret", "secret": ""},
        {"kind": "other", "other": offered["secret"][0]},
        {"kind": "other", "secret": other},
    ):
        refused = check_page(post(client, "/rds/shop/connection", **fields), "connection", 422, 6)
        assert "Choose one of the secrets" in refused.text, fields
    assert post(client, "/rds/shop/connection", kind="other", other=other).status_code == 303
    assert read(client, "shop", "SELECT current_user")["results"][0]["rows"] == [["dbadmin"]]
    assert "in the secret team/reports" in check_page(client.get("/rds/shop/"), "instance", 200, 6).text
    assert post(client, "/rds/shop/connection/forget").status_code == 303
    secrets.delete_secret(SecretId="team/reports", ForceDeleteWithoutRecovery=True)


def test_no_secret_and_two_secrets_ask_the_person(page: Callable[..., Page], embedded: Embedded) -> None:
    secrets = embedded.client("secretsmanager")
    secrets.create_secret(Name="second/shop", SecretString="{}")
    try:
        shown = page("/rds/shop/", calls=5)
        assert "2 secrets name shop: choose one." in shown.text
    finally:
        secrets.delete_secret(SecretId="second/shop", ForceDeleteWithoutRecovery=True)


def test_an_engine_of_another_kind_is_told_plainly() -> None:
    from app.blueprints.rds.service.instances import read as described

    oracle = described({"DBInstanceIdentifier": "o", "Engine": "oracle-ee", "DBInstanceStatus": "available"})
    assert (oracle.dialect, oracle.kind, oracle.price) == ("", "done", None)
    aurora = described({"DBInstanceIdentifier": "a", "Engine": "aurora-postgresql", "DBInstanceStatus": "backing-up"})
    assert (aurora.dialect, aurora.moving) == ("postgres", True)


def test_history_and_saved_queries(page: Callable[..., Page], client: FlaskClient) -> None:
    from app import notes

    client.get("/rds/shop/query?sql=SELECT+'remember+me'")
    notes.settle()
    assert "remember me" in page("/rds/shop/history", calls=0).text
    assert post(client, "/rds/shop/saved", name="Mine", sql="SELECT 'kept'", database="").status_code == 303
    listed = page("/rds/shop/history", calls=0)
    assert "SELECT 'kept'" in listed.text
    draft = next(a for a in listed.all(".//a") if a.text == "SELECT 'kept'").get("href")
    (area,) = page(str(draft), calls=0).all(".//textarea")
    assert area.text == "SELECT 'kept'"
    assert post(client, "/rds/shop/saved/delete", id="shop:Mine").status_code == 303
    assert "SELECT 'kept'" not in page("/rds/shop/history", calls=0).text


@pytest.mark.parametrize("name", ["shop", "database-1"])
def test_exports_hold_every_row(client: FlaskClient, name: str) -> None:
    ten = " UNION ALL ".join(["SELECT 1 AS a"] * 10)
    sql = f"SELECT row_number() OVER () AS n, '=1+1' AS f FROM ({ten}) a, ({ten}) b, ({ten}) c"
    query = {"sql": sql, "format": "csv"}
    text = client.get(f"/rds/{name}/query", query_string=query).get_data(as_text=True)
    assert text.count("\r\n") == 1001
    assert text.split("\r\n")[1] in ('1,"\'=1+1"', "1,'=1+1")
    exact = client.get(f"/rds/{name}/query", query_string={**query, "exact": "1", "delimiter": "semicolon"})
    assert "'=1+1" not in exact.get_data(as_text=True)
    lines = client.get(f"/rds/{name}/query", query_string={**query, "format": "ndjson"}).get_data(as_text=True)
    assert [json.loads(line)["n"] for line in lines.splitlines()] == list(range(1, 1001))
    whole = post(client, f"/rds/{name}/export", sql=sql, format="json", download="1")
    assert len(json.loads(whole.get_data())) == 1000
    assert client.get(f"/rds/{name}/query", query_string={**query, "format": "parquet"}).data[:4] == b"PAR1"
    assert client.get(f"/rds/{name}/query?format=csv&sql=DROP+TABLE+x").status_code == 422
    assert fetch(client, f"/rds/{name}/query?sql=SELECT+1")["results"][0]["rows"] == [[1]]


def test_a_query_that_is_loaded_again_is_noted_once(client: FlaskClient) -> None:
    from app import notes

    path = "/rds/shop/query?database=shop&sql=SELECT+'noted+once'"
    for _ in range(3):
        assert client.get(path).status_code == 200
    notes.settle()
    listed = client.get("/rds/shop/history?format=json").get_json()["history"]
    assert sum("noted once" in entry["value"]["sql"] for entry in listed) == 1


def test_a_secret_is_called_by_its_name_and_what_is_needed_is_not_called_optional(page: Callable[..., Page]) -> None:
    shown = page("/rds/shop/").html
    assert ">rds/shop</span>" in shown, "without the six characters at the end of its ARN"
    assert not re.search(r"(User|Password) <span class=.optional", shown)
    assert not re.search(r"Password <span class=.optional", page("/rds/").html)


def test_the_time_of_what_failed_is_in_the_drawer(client: FlaskClient) -> None:
    wrong = read(client, "shop", "SELECT pg_sleep(0.02), 1 / 0")["error"]
    assert wrong["seconds"] > 0
