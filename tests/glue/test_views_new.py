"""A job made from a recipe, run, and its output compared with its input row by row."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.embedded.process import Embedded
from tests.glue.conftest import ADDRESSES, BUCKET, CSV, ROLE
from tests.glue.helpers import begin, ended, post
from tests.pages import Page, check_page

FetchPage = Callable[..., Page]
BASIC = {"recipe": "csv-json", "engine": "pythonshell", "role": ROLE, "source": ADDRESSES}


def step(client: FlaskClient, verb: str, fields: Mapping[str, Any], status: int = 200) -> Page:
    """Send one step of the form and return its checked page."""
    answer = post(client, "/glue/new", step=verb, **fields)
    return check_page(answer, "/glue/new", status, 8)


def filled(page: Page, lists: tuple[str, ...] = ("column_",)) -> dict[str, Any]:
    """Return the fields of the page's form as a browser would send them."""
    found: dict[str, Any] = {}
    for one in (e for e in page.all(".//form//*") if e.tag in ("input", "select", "textarea")):
        name = one.get("name") or ""
        if name in ("csrf_token", "step", "upload") or (one.get("type") == "checkbox" and one.get("checked") is None):
            continue
        chosen = [o.get("value") for o in one.findall("option") if o.get("selected") is not None]
        value = chosen[0] if chosen else (one.text or "") if one.tag == "textarea" else one.get("value") or ""
        found.setdefault(name, []).append((value or "").removeprefix("\n" if one.tag == "textarea" else ""))
    return {name: values if name.startswith(lists) else values[0] for name, values in found.items()}


def test_an_empty_form(page: FetchPage) -> None:
    shown = page("/glue/new", calls=1)
    assert shown.field("role").findall("option")[1].text == ROLE
    assert shown.field("recipe").tag == "select" and "Create job" not in shown.text.replace("Create a job", "")


def test_a_job_from_the_recipe_with_the_mapping_changed(client: FlaskClient, embedded: Embedded) -> None:
    out = f"s3://{BUCKET}/made/addresses.jsonl"
    mapped = filled(step(client, "columns", {**BASIC, "name": "made here", "target": out}))
    assert mapped["column_source"] == ["id", "location_id", "address_1", "city", "state_province"]
    assert mapped["column_kind"] == ["whole", "whole", "text", "text", "text"]
    mapped |= {"column_keep": ["0", "2", "3"], "column_name": ["id", "location", "street", "city", "state"]}
    mapped["column_kind"] = ["text", "whole", "text", "text", "text"]
    seen = step(client, "script", mapped)
    assert "s3:PutObject" in seen.text and "Missing" in seen.text and "Granted" in seen.text
    ready = filled(seen)
    assert '"street": row["address_1"],' in ready["script"] and "location" not in ready["script"]
    made = post(client, "/glue/new", step="create", **ready)
    assert (made.status_code, made.location) == (303, "/glue/made%20here/")
    run = ended(client, begin(client, "made here"))["look"]["run"]
    assert run["state"] == "SUCCEEDED", run["error"]
    body = embedded.client("s3").get_object(Bucket=BUCKET, Key="made/addresses.jsonl")["Body"].read().decode()
    rows = [json.loads(line) for line in body.split("\n") if line]
    wanted = list(csv.DictReader(io.StringIO(CSV, newline="")))
    assert rows == [{"id": one["id"], "street": one["address_1"], "city": one["city"]} for one in wanted]
    again = step(client, "create", ready, 422)
    assert "a job of this name already" in again.text
    other = step(client, "create", ready | {"name": "other"}, 422)
    assert "an object here already" in other.text


HARD = {
    "mark": ("\ufeffid,text\n1,x\n".encode(), "SUCCEEDED", ""),
    "lines": (b'id,text\n1,"a\r\nb"\n2,""\n', "SUCCEEDED", ""),
    "latin1": ("id,text\n1,café\n".encode("latin-1"), "FAILED", "UnicodeDecodeError"),
    "missing": (b"id,other\n1,x\n", "FAILED", "KeyError: 'text'"),
    "empty": (b"", "FAILED", "KeyError: 'id'"),
    "poisoned": (b'id,text\n1,x\n"1,250",y\n', "FAILED", "ValueError: invalid literal for int()"),
}


@pytest.fixture(scope="module")
def hard(shared_app: Any, embedded: Embedded) -> str:
    """A job that wants a whole number and a text."""
    embedded.client("s3").put_object(Bucket=BUCKET, Key="hard/mark.csv", Body=HARD["mark"][0])
    fields: dict[str, Any] = {
        "column_source": ["id", "text"],
        "column_name": ["id", "text"],
        "column_kind": ["whole", "text"],
    }
    fields |= {
        "column_sample": ["", ""],
        "column_keep": ["0", "1"],
        "name": "hard",
        "target": f"s3://{BUCKET}/hard-out/",
    }
    with shared_app.test_client() as client:
        client.environ_base["HTTP_HOST"] = "127.0.0.1"
        whole = {**BASIC, "source": f"s3://{BUCKET}/hard/mark.csv", **fields}
        ready = filled(step(client, "script", whole))
        assert post(client, "/glue/new", step="create", **ready).status_code == 303
    return "hard"


@pytest.mark.parametrize("name", sorted(HARD))
def test_hard_files(client: FlaskClient, embedded: Embedded, hard: str, name: str) -> None:
    body, state, said = HARD[name]
    s3 = embedded.client("s3")
    s3.put_object(Bucket=BUCKET, Key=f"hard/{name}.csv", Body=body)
    fields = {"arg__INPUT": f"s3://{BUCKET}/hard/{name}.csv", "arg__OUTPUT": f"s3://{BUCKET}/hard-out/{name}/"}
    found = ended(client, begin(client, hard, **fields))
    run = found["look"]["run"]
    assert run["state"] == state and said in run["error"], run["error"]
    stored = s3.list_objects_v2(Bucket=BUCKET, Prefix=f"hard-out/{name}/").get("Contents", [])
    assert len(stored) == (state == "SUCCEEDED")
    if name == "lines":
        text = s3.get_object(Bucket=BUCKET, Key=stored[0]["Key"])["Body"].read().decode()
        assert [json.loads(line) for line in text.splitlines()] == [{"id": 1, "text": "a\r\nb"}, {"id": 2, "text": ""}]
    if name == "poisoned":
        lines = [one["text"] for one in found["look"]["lines"]["output"]["lines"]]
        assert any("Row 2, at line 3, does not convert" in one for one in lines)


def test_json_lines_into_dynamodb(client: FlaskClient, embedded: Embedded) -> None:
    lines = b'{"id": "1", "price": 1.5}\n\n{"id": "2", "tags": ["a"]}\n'
    embedded.client("s3").put_object(Bucket=BUCKET, Key="in/items.jsonl", Body=lines)
    database = embedded.client("dynamodb")
    key = {"KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}], "BillingMode": "PAY_PER_REQUEST"}
    database.create_table(
        TableName="items", AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}], **key
    )
    fields = {"recipe": "json-dynamodb", "engine": "pythonshell", "role": ROLE, "table": "items", "name": "items"}
    ready = filled(step(client, "script", {**fields, "source": f"s3://{BUCKET}/in/items.jsonl"}))
    assert post(client, "/glue/new", step="create", **ready).status_code == 303
    run = ended(client, begin(client, "items"))["look"]["run"]
    assert run["state"] == "SUCCEEDED", run["error"]
    assert sorted(one["id"]["S"] for one in database.scan(TableName="items")["Items"]) == ["1", "2"]


def test_a_script_of_ones_own_typed_or_uploaded(client: FlaskClient) -> None:
    own = {"recipe": "own", "engine": "pythonshell", "role": ROLE, "name": "own", "script_at": f"s3://{BUCKET}/own.py"}
    assert "Type the script" in step(client, "script", own, 422).text
    seen = step(client, "script", {**own, "upload": (io.BytesIO(b"print('mine')\n"), "own.py")})
    assert "print('mine')" in (seen.field("script").text or "")
    assert post(client, "/glue/new", step="create", **filled(seen)).status_code == 303
    found = ended(client, begin(client, "own"))
    assert [one["text"] for one in found["look"]["lines"]["output"]["lines"]] == ["mine"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"source": f"s3://{BUCKET}/nothing.csv"}, "no such object"),
        ({"source": "s3://no-such-bucket-here/a.csv"}, "no bucket"),
        ({"source": "a.csv"}, "s3://bucket/key"),
    ],
)
def test_columns_of_what_is_not_there(client: FlaskClient, fields: dict[str, str], said: str) -> None:
    shown = step(client, "columns", {**BASIC, "name": "kept typed", **fields}, 422)
    assert said in shown.text and shown.field("name").get("value") == "kept typed"


def test_input_and_output_at_one_place_is_warned_of(client: FlaskClient) -> None:
    shown = step(client, "columns", {**BASIC, "name": "x", "target": f"s3://{BUCKET}/in/"})
    assert "Input and output are the same place" in shown.text
