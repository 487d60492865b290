"""Signing in and out, links, the first instructor, what slows guessing."""

import hashlib
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import store
from app.access import accounts, audit, known, links, passwords, sessions, throttle
from app.access.accounts import Account
from app.access.links import Link
from app.access.people import Person
from app.roles import EDITOR, INSTRUCTOR, VIEWER, Role
from app.store import person
from tests.access.conftest import PASSWORD, Browser, post, sign_in, token


def test_name_and_password_begin_a_session(browser: Browser) -> None:
    ada = browser()
    answer = sign_in(ada, "ADA", PASSWORD, "/s3/?x=1")  # a name is found in any case
    assert (answer.status_code, answer.location) == (303, "/s3/?x=1")
    text = ada.get("/s3/").get_data(as_text=True)
    assert "ada" in text and "Instructor" in text
    assert ada.get("/sign-in").location == "/"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example", "javascript:x"]
)
def test_the_way_on_never_leads_away(browser: Browser, target: str) -> None:
    assert sign_in(browser(), "ada", PASSWORD, target).location == "/"


@pytest.mark.parametrize(("name", "password"), [("ada", "no"), ("nobody", "no"), ("eve", ""), ("bob", "x" * 5000)])
def test_what_is_wrong_says_no_more(browser: Browser, name: str, password: str) -> None:
    client = browser()
    answer = sign_in(client, name, password or " ")
    text = re.sub(r'value="[^"]*"', "", answer.get_data(as_text=True))
    assert answer.status_code == 401
    assert "The name or the password is not right." in text
    assert "Set-Cookie" not in answer.headers or "sid" not in answer.headers["Set-Cookie"]


def test_an_unknown_name_costs_as_many_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    made = list[bytes]()

    def counting(*args: Any, **kwargs: Any) -> bytes:
        made.append(b"")
        return b"x" * 32

    monkeypatch.setattr(hashlib, "scrypt", counting)
    kept = passwords.hashed("a")
    made.clear()
    passwords.verify("b", kept)
    known = len(made)
    passwords.verify("b", "")
    assert len(made) == 2 * known == 2


def test_guessing_a_name_is_stopped_by_all_instances_together(browser: Browser, app: Flask) -> None:
    for number in range(throttle.PER_NAME):
        with app.app_context():
            throttle.attempt("Ada ", f"192.0.2.{number}")
    answer = sign_in(browser(), "ada", PASSWORD)  # right, and still refused
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == str(throttle.WINDOW)
    assert sign_in(browser(), "nobody", "wrong").status_code == 401


def test_guessing_names_from_one_address_is_stopped(app: Flask) -> None:
    with app.app_context():
        for number in range(throttle.PER_ADDRESS):
            throttle.attempt(f"name {number}", f"2001:db8::{number:x}")
        with pytest.raises(throttle.TooMany):
            throttle.attempt("another", "2001:db8::ffff")
        throttle.attempt("another", "2001:db8:0:1::1")


def test_a_session_begins_anew_at_sign_in(browser: Browser) -> None:
    ada = browser()
    before = token(ada, "/sign-in")
    sign_in(ada, "ada", PASSWORD)
    old = ada.post("/region", data={"csrf_token": before, "region": "eu-west-1"})
    assert old.status_code == 400  # the form token of before holds no more


def test_signing_out_ends_the_session_for_whoever_has_the_cookie(browser: Browser) -> None:
    ada, thief = browser(INSTRUCTOR), browser()
    cookie = ada.get_cookie("trellis")
    assert cookie is not None
    thief.set_cookie("trellis", cookie.value)
    assert thief.get("/s3/").status_code == 200
    assert post(ada, "/s3/", "/sign-in/out").location == "/sign-in"
    assert thief.get("/s3/").status_code == 303


def test_only_a_hash_of_the_session_is_stored(app: Flask, people: dict[Role, Account]) -> None:
    with app.app_context():
        id = sessions.begin(people[VIEWER].id, 0, "127.0.0.1", "x")
        assert [one.id for one in sessions.every()] == [sessions.hash_of(id)]
        assert id not in repr(sessions.every())


def test_another_role_holds_at_once_and_ends_sessions(
    app: Flask, people: dict[Role, Account], browser: Browser
) -> None:
    chief, bob = browser(INSTRUCTOR), browser(EDITOR)
    assert bob.get("/s3/").status_code == 200
    assert post(chief, "/people/", f"/people/{people[EDITOR].id}/role", role="1").status_code == 303
    assert bob.get("/s3/").status_code == 303


@pytest.mark.parametrize(("path", "fields"), [("role", {"role": "1"}), ("disable", {})])
def test_the_last_instructor_stays(
    app: Flask, people: dict[Role, Account], browser: Browser, path: str, fields: dict[str, str]
) -> None:
    chief = browser(INSTRUCTOR)
    post(chief, "/people/", f"/people/{people[INSTRUCTOR].id}/{path}", **fields)
    with app.app_context():
        found = accounts.get(people[INSTRUCTOR].id)
        assert found is not None and found.role == INSTRUCTOR and not found.disabled


def test_an_account_that_is_off_signs_nobody_in(app: Flask, people: dict[Role, Account], browser: Browser) -> None:
    with app.app_context():
        accounts.set_password(people[EDITOR], PASSWORD)
    assert sign_in(browser(), "bob", PASSWORD).status_code == 303
    post(browser(INSTRUCTOR), "/people/", f"/people/{people[EDITOR].id}/disable")
    assert sign_in(browser(), "bob", PASSWORD).status_code == 401


def test_an_invitation_makes_one_account(browser: Browser) -> None:
    shown = post(browser(INSTRUCTOR), "/people/", "/people/invite", name="Grace", role="2").get_data(as_text=True)
    found = re.search(r"http://[\w.]+(/sign-in/link\?code=[\w-]+)", shown)
    assert found
    code = found[1].split("code=")[1]
    grace, late = browser(), browser()
    kept = token(late, found[1])
    form = {"code": code, "name": "Grace", "password": PASSWORD, "again": PASSWORD}
    assert post(grace, found[1], "/sign-in/link", **form).location == "/"
    assert "Editor" in grace.get("/s3/").get_data(as_text=True)
    assert late.post("/sign-in/link", data={"csrf_token": kept, **form, "name": "Other"}).status_code == 404


def test_a_name_is_given_once_and_the_link_lives_on(app: Flask, browser: Browser) -> None:
    with app.app_context():
        code = links.make(Link("invite", VIEWER))
    page, form = f"/sign-in/link?code={code}", {"code": code, "password": PASSWORD, "again": PASSWORD}
    assert post(browser(), page, "/sign-in/link", name="ＡＤＡ", **form).status_code == 422
    assert post(browser(), page, "/sign-in/link", name="Ada Two", **form).status_code == 303


def test_a_new_password_ends_every_session(app: Flask, people: dict[Role, Account], browser: Browser) -> None:
    bob = browser(EDITOR)
    assert bob.get("/s3/").status_code == 200
    with app.app_context():
        code = links.make(Link("reset", EDITOR, "bob", people[EDITOR].id))
    form = {"code": code, "password": PASSWORD, "again": PASSWORD}
    assert post(browser(), f"/sign-in/link?code={code}", "/sign-in/link", **form).status_code == 303
    assert bob.get("/s3/").status_code == 303
    assert sign_in(browser(), "bob", PASSWORD).status_code == 303


ENDINGS: dict[str, Callable[[Account], object]] = {
    "newer link": lambda bob: links.make(Link("reset", EDITOR, bob.name, bob.id, epoch=bob.epoch)),
    "password": lambda bob: accounts.set_password(bob, PASSWORD),
    "role": lambda bob: accounts.change(bob, role=VIEWER),
    "sessions": accounts.end_sessions,
    "off and on": lambda bob: accounts.change(accounts.change(bob, disabled=True), disabled=False),
}


@pytest.mark.parametrize("what", ENDINGS)
def test_an_older_link_ends_with_what_comes_after_it(
    app: Flask, people: dict[Role, Account], browser: Browser, what: str
) -> None:
    with app.app_context():
        code = links.make(Link("reset", EDITOR, "bob", people[EDITOR].id))
    page, client = f"/sign-in/link?code={code}", browser()
    form = {"csrf_token": token(client, page), "code": code, "password": PASSWORD, "again": PASSWORD}
    with app.app_context():
        ENDINGS[what](people[EDITOR])
    assert client.get(page).status_code == 404
    assert client.post("/sign-in/link", data=form).status_code == 404
    with app.app_context():
        assert links.look(code) is None


def test_the_newest_link_works_once_and_ends_the_others(
    app: Flask, people: dict[Role, Account], browser: Browser
) -> None:
    chief, pages = browser(INSTRUCTOR), []
    for _ in range(2):
        shown = post(chief, "/people/", f"/people/{people[EDITOR].id}/link").get_data(as_text=True)
        pages += re.findall(r"http://[\w.]+(/sign-in/link\?code=[\w-]+)", shown)[:1]
    older, newer = pages
    assert [browser().get(page).status_code for page in pages] == [404, 200]
    form = {"code": newer.split("code=")[1], "password": PASSWORD, "again": PASSWORD}
    assert post(browser(), newer, "/sign-in/link", **form).status_code == 303
    assert [browser().get(page).status_code for page in (older, newer)] == [404, 404]


def test_a_password_that_was_set_meanwhile_stays(
    app: Flask, people: dict[Role, Account], browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        code = links.make(Link("reset", EDITOR, "bob", people[EDITOR].id))
    client, hashed, other = browser(), passwords.hashed, "nine-boats-on-a-hill"
    form = {"csrf_token": token(client, f"/sign-in/link?code={code}"), "code": code}

    def slow(password: str) -> str:
        monkeypatch.setattr(passwords, "hashed", hashed)
        accounts.set_password(people[EDITOR], other)  # by another request, while this one computes its hash
        return hashed(password)

    monkeypatch.setattr(passwords, "hashed", slow)
    sent = {**form, "password": PASSWORD, "again": PASSWORD}
    assert client.post("/sign-in/link", data=sent).status_code == 404
    assert sign_in(browser(), "bob", other).status_code == 303


def test_a_link_of_before_an_update_has_ended(app: Flask, people: dict[Role, Account]) -> None:
    with app.app_context():
        stored = {"kind": "reset", "role": int(EDITOR), "name": "bob", "person": people[EDITOR].id, "by": ""}
        store.shared("links").put(stored, sessions.hash_of("code"), 60)
        store.shared("newest-links").put({"link": sessions.hash_of("code")}, people[EDITOR].id, 60)
        assert links.look("code") is None


def test_the_command_line_makes_an_instructor(app: Flask, browser: Browser) -> None:
    said = app.test_cli_runner().invoke(args=["first-instructor", "--address", "https://trellis.example/"])
    assert said.exit_code == 0, said.output
    found = re.search(r"https://trellis.example(/sign-in/link\?code=([\w-]+))", said.output)
    assert found
    client, form = browser(), {"name": "Grace", "password": PASSWORD, "again": PASSWORD}
    assert post(client, found[1], "/sign-in/link", code=found[2], **form).status_code == 303
    assert client.get("/people/").status_code == 200


def test_what_one_keeps_is_ones_own(app: Flask, browser: Browser) -> None:
    seen = set()
    app.view_functions["overview.index"] = lambda: (seen.add(person()), "x")[1]  # type: ignore[func-returns-value]
    for role in (VIEWER, EDITOR):
        browser(role).get("/")
    assert len(seen) == 2 and "local" not in seen


WEAK = [
    "short",
    "passwordpassword",
    "qwertyuiop123",
    "111111111111",
    "correct horse battery",
    "Ada-the-first-one",
    "P@ssw0rd12345",
]


@pytest.mark.parametrize("password", WEAK)
def test_what_others_would_try_first_is_refused(password: str) -> None:
    assert passwords.weakness(password, "ada")


@pytest.mark.parametrize("password", [PASSWORD, "k8$2m9!x4@7qTz", "übermäßig-grüne-Gießkanne", "x7Jd0pLq2vRt"])
def test_length_is_enough(password: str) -> None:
    assert passwords.weakness(password, "ada") == ""


def test_spellings_of_unicode_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert passwords.verify("ﬁve Å", passwords.hashed("five Å"))
    assert not passwords.verify("five A", passwords.hashed("five Å"))


def test_two_who_change_an_account_undo_nothing_of_each_other(app: Flask, people: dict[Role, Account]) -> None:
    with app.app_context():
        as_read = people[EDITOR]  # by the request that then computes a hash
        accounts.change(as_read, role=VIEWER, disabled=True)
        changed = accounts.set_password(as_read, PASSWORD)
        assert (changed.role, changed.disabled, changed.epoch) == (VIEWER, True, 2)
        assert accounts.get(as_read.id) == changed


def test_a_name_is_free_again_where_its_account_could_not_be_kept(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: Account) -> None:
        raise OSError("no room")

    with app.app_context():
        with monkeypatch.context() as broken:
            broken.setattr(accounts, "_save", full)
            with pytest.raises(OSError, match="no room"):
                accounts.create("Grace", VIEWER, PASSWORD)
        assert accounts.create("Grace", VIEWER, PASSWORD).name == "Grace"


def test_an_account_that_is_gone_is_not_made_again(app: Flask, people: dict[Role, Account]) -> None:
    with app.app_context():
        accounts._kept().delete(people[EDITOR].id)
        with pytest.raises(accounts.Contended):
            accounts.end_sessions(people[EDITOR])
        assert accounts.get(people[EDITOR].id) is None


@pytest.mark.parametrize("kind", ["invite", "reset"])
def test_a_link_that_could_not_be_used_lives_on(
    app: Flask, people: dict[Role, Account], browser: Browser, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    with app.app_context():
        code = links.make(Link(kind, EDITOR, "bob", people[EDITOR].id))
    page, form = f"/sign-in/link?code={code}", {"code": code, "password": PASSWORD, "again": PASSWORD, "name": "Grace"}
    with monkeypatch.context() as busy:
        busy.setattr(passwords, "PATIENCE", 0)
        busy.setattr(passwords, "_turn", threading.BoundedSemaphore(1))
        with passwords._turn:
            assert post(browser(), page, "/sign-in/link", **form).status_code == 503
    assert post(browser(), page, "/sign-in/link", **form).status_code == 303


def test_one_of_twenty_gets_a_link(app: Flask, browser: Browser) -> None:
    with app.app_context():
        code = links.make(Link("invite", VIEWER))
    page, form = f"/sign-in/link?code={code}", {"code": code, "password": PASSWORD, "again": PASSWORD}
    clients = [browser() for _ in range(20)]
    tokens = [token(client, page) for client in clients]

    def send(number: int) -> int:
        sent = {**form, "csrf_token": tokens[number], "name": f"one of {number}"}
        return clients[number].post("/sign-in/link", data=sent).status_code

    with ThreadPoolExecutor(20) as pool:
        found = sorted(pool.map(send, range(20)))
    assert found == [303] + 19 * [404]


def test_the_address_of_a_link_is_told_to_nobody(app: Flask, browser: Browser) -> None:
    with app.app_context():
        code = links.make(Link("invite", VIEWER))
    for _ in range(2):  # neither HEAD nor looking uses it up
        assert browser().head(f"/sign-in/link?code={code}").status_code == 200
    shown = browser().get(f"/sign-in/link?code={code}")
    assert shown.headers["Referrer-Policy"] == "strict-origin"
    assert shown.headers["Cache-Control"] == "no-store"


def test_what_is_told_too_late_is_not_believed(
    app: Flask, people: dict[Role, Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        id, asked = sessions.begin(people[VIEWER].id, 0, "127.0.0.1", "x"), sessions._asked

        def slow(stored: str) -> Person | None:
            found = asked(stored)
            sessions.end(stored)  # by another thread, while the answer is on its way
            return found

        monkeypatch.setattr(sessions, "_asked", slow)
        assert sessions.person_of(id) is not None
        monkeypatch.setattr(sessions, "_asked", asked)
        assert sessions.person_of(id) is None


@pytest.mark.parametrize(("kind", "how"), [("invite", {"disabled": True}), ("reset", {"role": EDITOR})])
def test_what_an_instructor_gave_away_ends_with_their_role(
    app: Flask, people: dict[Role, Account], browser: Browser, kind: str, how: dict[str, Any]
) -> None:
    with app.app_context():
        second = accounts.create("Grace", INSTRUCTOR, PASSWORD)
        code = links.make(Link(kind, INSTRUCTOR, "bob", people[EDITOR].id, "Grace"))
        page = f"/sign-in/link?code={code}"
        assert browser().get(page).status_code == 200
        accounts.change(second, **how)
    assert browser().get(page).status_code == 404


def _use_up(app: Flask, name: str) -> None:
    with app.app_context():
        for number in range(throttle.PER_NAME + 1):
            with suppress(throttle.TooMany):
                throttle.attempt(name, f"192.0.2.{number}")


def test_guesses_of_others_do_not_keep_a_known_browser_out(app: Flask, browser: Browser) -> None:
    own, other = browser(), browser()
    assert sign_in(own, "ada", PASSWORD).status_code == 303
    post(own, "/people/me", "/sign-in/out")
    _use_up(app, "ada")
    assert sign_in(other, "ada", PASSWORD).status_code == 429
    assert sign_in(own, "ada", PASSWORD).status_code == 303
    assert sign_in(other, "ada", PASSWORD).status_code == 429  # that the owner came in helps nobody else


def test_a_known_browser_has_attempts_for_its_own_name_only_and_no_more(app: Flask, browser: Browser) -> None:
    own = browser()
    sign_in(own, "ada", PASSWORD)
    post(own, "/people/me", "/sign-in/out")
    _use_up(app, "bob")
    assert sign_in(own, "bob", PASSWORD).status_code == 429
    with app.test_request_context(headers={"Cookie": _known(own)}):
        device = known.device("Ada")
        assert device and not known.device("bob")
        for _ in range(throttle.PER_NAME):
            throttle.attempt("ada", "192.0.2.1", device)
    assert sign_in(own, "ada", PASSWORD).status_code == 429


def test_what_ends_the_sessions_makes_a_browser_unknown(
    app: Flask, people: dict[Role, Account], browser: Browser
) -> None:
    own = browser()
    sign_in(own, "ada", PASSWORD)
    with app.test_request_context(headers={"Cookie": _known(own)}):
        assert known.device("ada")
        accounts.end_sessions(people[INSTRUCTOR])
        assert not known.device("ada")
    with app.test_request_context(headers={"Cookie": _known(own)[:-2] + "xx"}):
        assert not known.device("ada")


def test_over_https_only_this_host_sets_the_cookie(browser: Browser) -> None:
    client = browser()
    page = client.get("/sign-in", base_url="https://127.0.0.1").get_data(as_text=True)
    fields = {"csrf_token": re.findall(r'name="csrf_token" value="([^"]+)"', page)[0], "name": "ada"}
    answer = client.post(
        "/sign-in",
        base_url="https://127.0.0.1",
        data={**fields, "password": PASSWORD},
        headers={"Referer": "https://127.0.0.1/sign-in"},
    )
    made = next(one for one in answer.headers.getlist("Set-Cookie") if "trellis-known" in one)
    assert made.startswith("__Host-trellis-known=")
    for word in ("Secure", "HttpOnly", "Path=/", "SameSite=Strict"):
        assert word in made
    assert "Domain" not in made


def _known(client: FlaskClient) -> str:
    found = client.get_cookie("trellis-known")
    assert found is not None
    return f"trellis-known={found.value}"


@pytest.mark.parametrize("name", ["\ufdfa" * 10, "x" * 61, "x", "a\u202eb"])
def test_a_name_that_cannot_be_kept_is_told(app: Flask, browser: Browser, name: str) -> None:
    with app.app_context():
        code = links.make(Link("invite", VIEWER))
    form = {"code": code, "name": name, "password": PASSWORD, "again": PASSWORD}
    assert post(browser(), f"/sign-in/link?code={code}", "/sign-in/link", **form).status_code == 422


def test_who_made_an_account_or_set_a_password_by_a_link_is_on_record(
    app: Flask, people: dict[Role, Account], browser: Browser
) -> None:
    with app.app_context():
        codes = [
            links.make(Link("invite", VIEWER, by="ada")),
            links.make(Link("reset", EDITOR, "bob", people[EDITOR].id, "ada")),
        ]
    for code in codes:
        form = {"code": code, "name": "Grace", "password": PASSWORD, "again": PASSWORD}
        sent = post(browser(address="192.0.2.7"), f"/sign-in/link?code={code}", "/sign-in/link", **form)
        assert sent.status_code == 303
    audit.settle()
    with app.app_context():
        found = {one.operation: one for one in audit.every()}
    made, changed = found["MakeAccount"], found["SetPassword"]
    assert (made.name, made.resource, made.address) == ("Grace", "Grace as viewer, invited by ada", "192.0.2.7")
    assert (changed.name, changed.resource, changed.address) == ("bob", "bob", "192.0.2.7")
