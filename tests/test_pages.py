"""The pages that belong to no service, and the macros that every page is built of."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from moto import mock_aws

from app import create_app
from app.aws import Aws, Identity
from tests.kit import add_kit
from tests.pages import Page, check_page

SVG = "{http://www.w3.org/2000/svg}"
FetchPage = Callable[..., Page]


@pytest.fixture(autouse=True)
def simulated_aws(app: Flask) -> Iterator[None]:
    """Simulate AWS, but for API Gateway, of which the simulation needs more packages than this project has."""
    navs = app.extensions["navs"]
    app.extensions["navs"] = [replace(nav, status=None) if nav.endpoint == "apigateway.apis" else nav for nav in navs]
    with mock_aws():
        yield


@pytest.fixture
def kit(app: Flask) -> FetchPage:
    """Serve the kit pages; return a function that fetches and checks them."""
    add_kit(app)
    client = app.test_client()

    def fetch(path: str, status: int = 200, **headers: str) -> Page:
        return check_page(client.get(path, base_url="http://127.0.0.1", headers=headers), path, status, 3)

    return fetch


def test_overview_names_the_account_and_every_service(page: FetchPage, app: Flask) -> None:
    shown = page("/", calls=len(app.extensions["navs"]) * 2)
    assert "123456789012" in shown.text.replace("-", "")
    for nav in app.extensions["navs"]:
        assert nav.label in shown.text
    assert [link.get("aria-current") for link in shown.all(".//nav[@id='rail']//a[@aria-current]")] == ["page"]


def test_overview_answers_json(client: FlaskClient) -> None:
    services = client.get("/?format=json").get_json()["services"]
    assert {"label", "url", "group", "text", "usable"} <= set(services[0])


def test_overview_without_aws_says_what_to_do(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    app = create_app({"TESTING": True, "home": tmp_path, "secret_key": "tests"})
    response = app.test_client().get("/", base_url="http://127.0.0.1")
    shown = check_page(response, "/", 200, 0)
    assert "No AWS to talk to" in shown.text
    assert "make run" in shown.text
    assert "Not connected" in shown.text


def test_unknown_address_is_a_page_with_a_way_back(page: FetchPage) -> None:
    shown = page("/nowhere", status=404)
    assert shown.all(".//h1")[0].text == "No such page"
    assert any(link.get("href") == "/" for link in shown.all(".//main//a"))


def test_every_macro_makes_a_valid_page(kit: FetchPage) -> None:
    shown = kit("/show")
    assert "Stored <b>3</b> files." in shown.text  # told as text, not as HTML
    assert "1 object, 2 000 objects" in shown.text
    assert "1.5 KiB" in shown.text
    assert "Type the name photos to confirm" in shown.text


def test_field_names_its_error_and_its_help(kit: FetchPage) -> None:
    shown = kit("/show")
    field = shown.field("name")
    assert field.get("aria-invalid") == "true"
    assert field.get("aria-describedby") == "name-error name-help"
    texts = {e.get("id"): "".join(e.itertext()).strip() for e in shown.root.iter() if e.get("id")}
    assert texts["name-error"] == "Give it a name."
    assert texts["name-help"] == "3 to 63 letters."
    assert shown.field("keep").get("aria-describedby") == "keep-help"


class OwnAws(Aws):
    """An AWS on this computer, where changes are possible."""

    def identity(self, region: str) -> Identity:
        return Identity("embedded", "000000000000")


def test_deletion_works_without_scripts(app: Flask, kit: FetchPage) -> None:
    app.extensions["aws"] = OwnAws(app.extensions["settings"])
    shown = kit("/show")
    link = next(e for e in shown.all(".//a") if e.get("data-dialog") == "ask")
    assert link.get("href") == "/s3/photos/delete"
    form = next(e for e in shown.all(".//form") if e.get("action") == "/s3/photos/delete")
    assert form.get("method") == "post"
    assert "needs-js" in str([b.get("class") for b in form.iter("button")][1])  # Cancel is of no use there


def test_deletion_is_off_where_the_account_is_read_only(kit: FetchPage) -> None:
    shown = kit("/show")
    [link] = [e for e in shown.all(".//main//a") if "button-danger" in (e.get("class") or "")]
    assert (link.get("aria-disabled"), link.get("href"), link.get("data-dialog")) == ("true", None, None)
    [button] = [e for e in shown.all(".//dialog//button") if "button-danger" in (e.get("class") or "")]
    assert button.get("disabled") is not None
    assert "read-only" in (button.get("title") or "") and link.get("title") == button.get("title")


def test_the_name_can_be_typed_on_a_page_of_its_own(app: Flask) -> None:
    text = (
        '{% from "macros/dialogs.html" import type_name_form %}'
        '{{ type_name_form("/x/delete", "x", back="/x") }}{{ type_name_form("/x/delete", "x") }}'
    )
    with app.test_request_context("/"):
        own, inside = render_template_string(text).split("</form>")[:2]
    assert '<a class="button" href="/x">Cancel</a>' in own and "data-close" not in own
    assert "data-close" in inside


@pytest.mark.parametrize(("path", "status"), [("/refused", 403), ("/broken", 500), ("/large", 413)])
def test_failures_are_whole_pages(kit: FetchPage, path: str, status: int) -> None:
    shown = kit(path, status)
    assert shown.all(".//nav[@id='rail']")
    assert f" {status} " in f" {shown.text} "


def test_refusal_shows_code_operation_and_request_id(kit: FetchPage) -> None:
    shown = kit("/refused", 403)
    for said in ("AccessDenied", "ListBuckets", "REQUEST-1", "AWS said <no>.", "Try again"):
        assert said in shown.text


def test_failed_fragment_is_a_fragment(app: Flask, kit: FetchPage) -> None:
    html = app.test_client().get("/refused", base_url="http://127.0.0.1", headers={"HX-Request": "true"}).text
    assert "<html" not in html
    assert 'role="alert"' in html
    assert "REQUEST-1" in html


def test_drawer_shows_calls_their_failures_and_those_of_the_form_before(kit: FetchPage) -> None:
    shown = kit("/show")
    for said in ("2 AWS calls, 80 ms", "1 failed", "3 from the form before", "2 more of that form", 'print("<b>")'):
        assert said in shown.text
    rows = shown.all(".//details[@name='call']")
    assert [row.get("class") for row in rows[:3]] == ["call call-page", "call", "call call-failed"]
    assert rows[2].findall(f"summary/{SVG}svg")[0].get("aria-label") == "Failed"
    assert "this code is not complete" in "".join(rows[3].itertext())


def test_bars_say_when_and_how_long(kit: FetchPage) -> None:
    bars = [e for e in kit("/show").root.iter(f"{SVG}rect") if e.get("class") == "took"]
    assert [(bar.get("x"), bar.get("width")) for bar in bars[:3]] == [
        ("0.00", "40.00"),
        ("60.00", "40.00"),
        ("0.00", "100.00"),
    ]
