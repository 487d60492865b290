"""Each page of Lambda's over the embedded AWS: valid, within its budget of calls, in all its forms."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, render_template
from flask.testing import FlaskClient

from app.blueprints.awslambda.service.functions import Function, Functions
from app.blueprints.awslambda.service.recent import Counts
from app.blueprints.awslambda.views.functions import ListPage
from tests.awslambda.conftest import make
from tests.awslambda.helpers import post
from tests.embedded.process import Embedded
from tests.pages import Page

FetchPage = Callable[..., Page]
PAGES = [
    ("/lambda/", 2), ("/lambda/?search=zzz", 2), ("/lambda/new", 1), ("/lambda/new?recipe=csv", 2),
    ("/lambda/new/zip", 1),
    ("/lambda/hello/", 1), ("/lambda/hello/test", 1), ("/lambda/hello/test?template=s3", 1),
    ("/lambda/hello/monitor", 2),
    ("/lambda/hello/triggers", 4), ("/lambda/hello/configuration", 6), ("/lambda/hello/versions", 3),
    ("/lambda/hello/compare?left=$LATEST&right=$LATEST", 2), ("/lambda/hello/delete", 3), ("/lambda/hello/role", 4),
]  # fmt: skip


@pytest.mark.parametrize(("path", "calls"), PAGES)
def test_pages(page: FetchPage, path: str, calls: int) -> None:
    page(path, calls=calls)


@pytest.mark.parametrize(("path", "calls"), PAGES)
def test_pages_as_json(client: FlaskClient, path: str, calls: int) -> None:
    answer = client.get(path + ("&" if "?" in path else "?") + "format=json")
    assert answer.status_code == 200 and answer.mimetype == "application/json"
    assert "hush-hush" not in answer.get_data(as_text=True)


def test_the_list_as_csv(client: FlaskClient) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get("/lambda/?format=csv").get_data(as_text=True))))
    hello = next(one for one in rows if one["name"] == "hello")
    assert (hello["runtime"], hello["memory_mb"], hello["timeout_s"]) == ("python3.12", "128", "3")


@pytest.mark.parametrize(
    "tab", ["", "test", "monitor", "triggers", "configuration", "versions", "delete", "role", "code.zip", "state"]
)
def test_a_function_that_is_not_there(client: FlaskClient, tab: str) -> None:
    answer = client.get(f"/lambda/nowhere/{tab}")
    assert answer.status_code == 404 and "There is no function “nowhere”" in answer.get_data(as_text=True)


def test_secrets_are_masked_until_asked_for(client: FlaskClient) -> None:
    masked = client.get("/lambda/hello/configuration").get_data(as_text=True)
    assert "API_KEY" in masked and "hush-hush" not in masked and 'value="test"' in masked
    shown = post(client, "/lambda/hello/reveal").get_data(as_text=True)
    assert 'value="hush-hush"' in shown


def test_the_overview_counts_functions(client: FlaskClient) -> None:
    found: Any = client.get("/?format=json").get_json()
    assert "function" in next(one for one in found["services"] if one["label"] == "Lambda")["text"]


def test_settings_keep_masked_secrets(client: FlaskClient, embedded: Embedded) -> None:
    before = client.get("/lambda/hello/configuration?format=json").get_json()["typed"]["values"]
    mask = "••••••••"
    pairs = {"variable_name": ["STAGE", "API_KEY", "MORE"], "variable_value": ["live", mask, "1"]}
    answer = post(client, "/lambda/hello/configuration", **{**before, "memory": "256", "timeout": "5"}, **pairs)
    assert answer.status_code == 303, answer.get_data(as_text=True)[:3000]
    found = embedded.client("lambda").get_function_configuration(FunctionName="hello")
    assert (found["MemorySize"], found["Timeout"]) == (256, 5)
    assert found["Environment"]["Variables"] == {"STAGE": "live", "API_KEY": "hush-hush", "MORE": "1"}
    again = post(client, "/lambda/hello/configuration", **{**before, "memory": "512"}, **pairs)
    assert again.status_code == 409 and "Somebody changed it meanwhile" in again.get_data(as_text=True)
    restored = client.get("/lambda/hello/configuration?format=json").get_json()["typed"]["values"]
    pairs = {"variable_name": ["STAGE", "API_KEY"], "variable_value": ["test", mask]}
    assert (
        post(
            client, "/lambda/hello/configuration", **{**restored, "memory": "128", "timeout": "3"}, **pairs
        ).status_code
        == 303
    )


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [("memory", "100", "128 to 10,240"), ("timeout", "901", "1 to 900"), ("handler", "nothing", "file.function"),
     ("storage", "x", "512 to 10,240"), ("layers", "arn:no", "no layer version"),
     ("variable_name", "AWS_REGION", "set by Lambda itself"),
     ("variable_name", "1x", "is no name")],
)  # fmt: skip
def test_bad_settings_are_told_beside_their_field(client: FlaskClient, field: str, value: str, said: str) -> None:
    before = client.get("/lambda/hello/configuration?format=json").get_json()["typed"]["values"]
    answer = post(client, "/lambda/hello/configuration", **{**before, field: value, "variable_value": "kept as typed"})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422 and said in text and value in text


def test_concurrency_tags_and_retries(client: FlaskClient, embedded: Embedded) -> None:
    functions = embedded.client("lambda")
    assert post(client, "/lambda/hello/concurrency", reserved="0").status_code == 303
    assert functions.get_function_concurrency(FunctionName="hello")["ReservedConcurrentExecutions"] == 0
    refused = post(client, "/lambda/hello/invoke", payload="{}")
    assert refused.status_code == 429 and "Throttled" in refused.get_data(as_text=True)
    assert post(client, "/lambda/hello/concurrency", reserved="").status_code == 303
    assert "ReservedConcurrentExecutions" not in functions.get_function_concurrency(FunctionName="hello")
    assert post(client, "/lambda/hello/asynchronous", retries="0", age="120").status_code == 303
    assert functions.get_function_event_invoke_config(FunctionName="hello")["MaximumEventAgeInSeconds"] == 120
    assert post(client, "/lambda/hello/asynchronous", retries="3", age="1").status_code == 422
    assert post(client, "/lambda/hello/tags", tag_name=["team", "new"], tag_value=["two", "x"]).status_code == 303
    arn = functions.get_function_configuration(FunctionName="hello")["FunctionArn"]
    assert functions.list_tags(Resource=arn)["Tags"] == {"team": "two", "new": "x"}
    assert post(client, "/lambda/hello/tags", tag_name=["aws:x"], tag_value=["1"]).status_code == 422


def test_versions_aliases_and_comparison(client: FlaskClient, page: FetchPage) -> None:
    assert post(client, "/lambda/hello/versions", description="first").status_code == 303
    found = client.get("/lambda/hello/versions?format=json").get_json()["versions"]["versions"]
    number = next(one["version"] for one in found if one["version"] != "$LATEST")
    assert post(client, "/lambda/hello/aliases", alias="live", version=number).status_code == 303
    assert post(client, "/lambda/hello/aliases", alias="live", version="$LATEST").status_code == 303
    shown = page("/lambda/hello/versions", calls=3)
    assert "first" in shown.text and "live" in shown.text
    compared = page(f"/lambda/hello/compare?left={number}&right=$LATEST", calls=2)
    assert "Memory (MB)" in compared.text


def test_deleting_asks_for_the_name(client: FlaskClient, embedded: Embedded) -> None:
    make(embedded, "goner")
    wrong = post(client, "/lambda/goner/delete", confirm="other")
    assert wrong.status_code == 422 and "Nothing was deleted" in wrong.get_data(as_text=True)
    assert post(client, "/lambda/goner/delete", confirm="goner").status_code == 303
    assert client.get("/lambda/goner/").status_code == 404


@pytest.mark.parametrize(
    ("function", "said", "again"),
    [
        (Function("f", state="Pending"), "Being made ready", "/lambda/f/state?round=2"),
        (Function("f", state="Active", update="InProgress"), "Being made ready", "/lambda/f/state?round=2"),
        (Function("f", state="Pending", version="3"), "Being made ready", "/lambda/f/state?version=3&amp;round=2"),
        (Function("f", state="Active"), "Ready", ""),
        (Function("f", state="Failed"), "Failed", ""),
    ],
)
def test_a_state_asks_until_it_is_known(shared_app: Flask, function: Function, said: str, again: str) -> None:
    with shared_app.test_request_context("/lambda/f/state?round=1"):
        poll = {"round": 2, "seconds": 1}
        text = render_template("awslambda/_state.html", page=function, poll=poll, was_moving=True)
    assert said in text
    assert (f'hx-get="{again}" hx-trigger="every 1s"' in text) == bool(again)
    assert ("hx-get" in text) == bool(again) and ("data-announce" in text) != bool(again)


def test_the_list_asks_for_itself_while_one_is_made_ready(shared_app: Flask) -> None:
    def shown(state: str) -> str:
        page = ListPage(Functions((Function("f", state=state),), "f", 1), Counts({}, {}))
        with shared_app.test_request_context("/lambda/?search=f"):
            poll = {"round": 1, "seconds": 1}
            return render_template("awslambda/_functions.html", page=page, poll=poll, was_moving=False)

    assert 'hx-get="/lambda/?search=f&amp;round=1"' in shown("Pending")
    assert "hx-get" not in shown("Active")


def test_a_functions_state(client: FlaskClient, page: FetchPage) -> None:
    assert "Ready" in page("/lambda/hello/state", calls=1).text
    part = client.get("/lambda/hello/state?round=4", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert 'data-announce="hello: ready"' in part and "<html" not in part
    assert 'id="function-state"' in client.get("/lambda/hello/").get_data(as_text=True)
