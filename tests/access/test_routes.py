"""Every route with every role and with nobody: who may, may; who may not changes nothing."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from app.access.check import OPEN_PATHS
from app.aws import is_read
from app.roles import ANYBODY, EDITOR, INSTRUCTOR, VIEWER, Role, needed, needs
from tests.access.conftest import Browser, token
from tests.test_hostile import _path

EVERYBODY = [None, VIEWER, EDITOR, INSTRUCTOR]


def _routes(app: Flask, method: str) -> list[tuple[Rule, Role | None]]:
    return [
        (rule, needed(app.view_functions[rule.endpoint], method))
        for rule in app.url_map.iter_rules()
        if method in (rule.methods or ()) and rule.endpoint != "static" and rule.rule not in OPEN_PATHS
    ]


def _changed(answer: Any) -> list[str]:
    """Return the names of the changes that an answer's calls made."""
    entries = answer.headers.get("Server-Timing", "").split(", ")
    names = [entry.split('desc="')[1].split('"')[0] for entry in entries if entry]
    return [name for name in names if not is_read(name)]


def test_every_change_declares_who_may(app: Flask) -> None:
    silent = [rule.endpoint for rule, need in _routes(app, "POST") if need is None]
    assert not silent, silent
    assert len(_routes(app, "POST")) > 80


def test_a_change_that_declares_nothing_is_refused(app: Flask, browser: Browser) -> None:
    done = []
    app.view_functions["overview.choose_region"] = lambda: (done.append(1), "done")[1]  # type: ignore[func-returns-value]
    chief = browser(INSTRUCTOR)
    assert chief.post("/region", data={"csrf_token": token(chief, "/s3/")}).status_code == 403
    assert not done


@pytest.mark.parametrize("role", EVERYBODY)
def test_pages_are_shown_to_whom_they_are_for(app: Flask, browser: Browser, role: Role | None) -> None:
    client, wrong = browser(role), list[str]()
    for rule, need in _routes(app, "GET"):
        assert need is not None
        with client.get(_path(rule, {})) as answer:
            answer.get_data()
        if role is None and need > ANYBODY:
            right = answer.status_code == 303 and answer.location.startswith("/sign-in")
        else:
            right = (answer.status_code == 403) is ((role or ANYBODY) < need)
        if not right or _changed(answer):
            wrong.append(f"{rule.endpoint}: {answer.status_code} {answer.location} {_changed(answer)}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("role", [None, VIEWER, EDITOR])
def test_forms_of_others_do_nothing(app: Flask, browser: Browser, role: Role | None) -> None:
    client, wrong = browser(role), list[str]()
    sent = {"csrf_token": token(client, "/s3/" if role else "/sign-in"), "name": "made-by-nobody", "confirm": "nothing"}
    for rule, need in _routes(app, "POST"):
        if need is None or (role or ANYBODY) >= need:
            continue
        answer = client.post(_path(rule, {}), data=sent)
        right = answer.status_code == 403 if role else (answer.location or "").startswith("/sign-in")
        if not right or "Server-Timing" in answer.headers:
            wrong.append(f"{rule.endpoint}: {answer.status_code} {answer.location}")
    assert not wrong, "\n".join(wrong)


def test_a_program_is_told_by_a_problem(browser: Browser) -> None:
    answer = browser().get("/s3/", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")


def test_a_fragment_leads_the_whole_page_to_the_sign_in(browser: Browser) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://127.0.0.1/s3/things/?prefix=a"}
    answer = browser().get("/s3/things/", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/sign-in?next=/s3/things/?prefix%3Da"


def test_who_has_not_signed_in_learns_nothing(browser: Browser) -> None:
    nobody = browser()
    for path in ("/sign-in", "/sign-in/link?code=x", "/nowhere", "/s3/", "/static/../app/config.py"):
        text = nobody.get(path).get_data(as_text=True)
        assert "000000000000" not in text and "things" not in text, path


@pytest.mark.parametrize("role", [VIEWER, EDITOR])
def test_buttons_that_one_may_not_press_say_why(browser: Browser, role: Role) -> None:
    text = browser(role).get("/s3/things/").get_data(as_text=True)
    assert ("Your role only reads" in text) is (role == VIEWER)


def test_a_viewers_call_is_refused_below_the_view_too(app: Flask, browser: Browser) -> None:
    viewer = browser(VIEWER)

    @needs(VIEWER)
    def careless() -> str:
        app.extensions["aws"].client("s3", "us-east-1").create_bucket(Bucket="not-by-eve")
        return "done"

    app.view_functions["overview.choose_region"] = careless
    answer = viewer.post("/region", data={"csrf_token": token(viewer, "/s3/")})
    assert answer.status_code == 403
    assert "Your role only reads" in answer.get_data(as_text=True)


def test_a_forged_role_in_the_cookie_is_none(browser: Browser) -> None:
    forged: FlaskClient = browser()
    with forged.session_transaction() as session:
        session["role"], session["sid"], session["person"] = 3, "made-up", "p-1"
    assert forged.get("/people/").status_code == 303
