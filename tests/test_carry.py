"""Calls survive a redirect: every kind of parameter, within a cookie's size, and nothing that was not signed here."""

import base64
import json
import secrets
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import fields, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask, Response, jsonify, redirect
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer

from app import carry, recorder, sealed
from app.carry import COOKIE, LARGEST, Carried, pack, unpack
from app.codegen import Context, collapse, command, models, policy_text, python
from app.drawer import ShownCall
from app.recorder import REDACTED, Blob, Call
from tests.codegen.samples import EVERY, call, sample


def made() -> Call:
    done = call("PutObject", {"Bucket": "b", "Key": "käse 🎉", "Body": Blob(5)}, status=200, request_id="R")
    done.milliseconds, done.started = 12.5, 100.0
    return done


@pytest.fixture
def browser() -> Iterator[FlaskClient]:
    """A small application: a form that redirects, a page, a fragment of it, data and a picture."""
    models.operation("s3", "PutObject")  # as if a client had been made: there is no door to AWS here
    app = Flask("carry")
    app.secret_key = "first"
    recorder.init_app(app)
    carry.init_app(app)

    @app.route("/form", methods=["GET", "POST"])
    def form() -> Any:
        calls = recorder._calls.get()
        assert calls is not None
        calls.append(made())
        return redirect("/page", 303)

    @app.route("/nothing", methods=["POST"])
    def nothing() -> Any:
        return redirect("/page", 303)

    @app.route("/page")
    def page() -> str:
        return json.dumps([step.call.operation for step in carry.carried().steps])

    @app.route("/data")
    def data() -> Response:
        return jsonify([step.call.operation for step in carry.carried().steps])

    @app.route("/picture")
    def picture() -> Response:
        return Response(b"", mimetype="image/png")

    with app.test_client() as client:
        yield client


def shown(browser: FlaskClient, **options: Any) -> list[str]:
    found: list[str] = json.loads(browser.get("/page", **options).data)
    return found


def test_the_next_page_shows_them_once(browser: FlaskClient) -> None:
    browser.post("/form")
    assert shown(browser) == ["PutObject"]
    assert shown(browser) == []


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/picture", {}),
        ("/data?format=json", {}),
        ("/page", {"HX-Request": "true"}),
        ("/page", {"Sec-Purpose": "prefetch;prerender"}),
        ("/missing.png", {"Accept": "application/json"}),
        ("/missing.png", {"Accept": "image/avif,*/*;q=0.8", "Sec-Fetch-Dest": "image"}),
    ],
)
def test_what_is_no_page_leaves_them(browser: FlaskClient, path: str, headers: dict[str, str]) -> None:
    browser.post("/form")
    answer = browser.get(path, headers=headers)
    assert b"PutObject" not in answer.data
    assert shown(browser) == ["PutObject"]


def test_a_boosted_page_is_a_page(browser: FlaskClient) -> None:
    browser.post("/form")
    assert shown(browser, headers={"HX-Request": "true", "HX-Boosted": "true"}) == ["PutObject"]


def test_a_second_redirect_adds_its_own(browser: FlaskClient) -> None:
    browser.post("/form")
    browser.get("/form")
    assert shown(browser) == ["PutObject", "PutObject"]


def test_no_calls_no_cookie(browser: FlaskClient) -> None:
    assert "Set-Cookie" not in browser.post("/nothing").headers
    assert "Set-Cookie" not in browser.post("/form", headers={"HX-Request": "true"}).headers


def test_the_cookie_is_closed_to_others(browser: FlaskClient) -> None:
    header = browser.post("/form").headers["Set-Cookie"]
    assert all(word in header for word in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=60"))
    assert "Secure" not in header
    assert "Secure" in browser.post("/form", base_url="https://localhost").headers["Set-Cookie"]


def test_forged_cookies_are_ignored(browser: FlaskClient) -> None:
    browser.post("/form")
    found = browser.get_cookie(COOKIE)
    assert found is not None
    content = zlib.compress(json.dumps([carry.FORMAT, [["call", [], 1, 0, None, False]], 0, []]).encode())
    foreign, other = sealed.seal("other", carry.PURPOSE, content), sealed.seal("first", "other", content)
    signed = str(URLSafeTimedSerializer("first", salt="trellis.calls").dumps(["as before"]))
    changed = found.value[:40] + ("A" if found.value[40] != "A" else "B") + found.value[41:]
    for text in (changed, foreign, other, signed, "x", "é", "." * 4000):
        browser.set_cookie(COOKIE, text)
        assert shown(browser) == []


def test_nobody_reads_it_on_its_way(browser: FlaskClient) -> None:
    """Neither as it stands, nor taken out of base64, nor decompressed."""
    browser.post("/form")
    found = browser.get_cookie(COOKIE)
    assert found is not None
    _, content = URLSafeTimedSerializer("any").loads_unsafe(found.value)
    assert content is None
    plain = base64.urlsafe_b64decode(found.value)
    for start in range(len(plain)):
        with suppress(zlib.error):
            assert b"PutObject" not in zlib.decompressobj().decompress(plain[start:])


def test_old_cookies_are_ignored(browser: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    browser.post("/form")
    monkeypatch.setattr(carry, "SECONDS", -1)
    assert shown(browser) == []


def test_an_older_key_still_opens(browser: FlaskClient) -> None:
    browser.post("/form")
    browser.application.secret_key = "second"
    browser.application.config["SECRET_KEY_FALLBACKS"] = ["first"]
    assert shown(browser) == ["PutObject"]


def travel(*calls: Call) -> Carried:
    """Go through the cookie's text and back."""
    signer = URLSafeTimedSerializer("key")
    text = pack(Carried(tuple(collapse(calls))), lambda content: str(signer.dumps(content)))
    assert len(text) <= LARGEST
    return unpack(signer.loads(text))


def test_parameters_survive() -> None:
    given = {
        "bytes": b"\x00\xff",
        "blob": Blob(7),
        "endless": Blob(None),
        "time": datetime(2030, 1, 2, tzinfo=UTC),
        "exact": Decimal("1.10"),
        "list": [{"map": {"map": {"bytes": "text"}}}, {"time": "not a time"}],
        "none": None,
        "yes": True,
        "secret": REDACTED,
        "text": "é 🎉 \u202e",
        "empty": {},
    }
    (step,) = travel(call("PutObject", given)).steps
    assert step.call.parameters == given
    assert not step.shortened


def test_facts_survive() -> None:
    first, second = made(), made()
    second.started, second.error_code, second.error_message, second.retries = 100.25, "SlowDown", "Wait.", 2
    steps = travel(first, second).steps
    assert [step.call.started for step in steps] == [0.0, 0.25]
    assert (steps[0].milliseconds, steps[0].call.status, steps[0].call.request_id) == (12.5, 200, "R")
    assert (steps[1].last.error_code, steps[1].last.error_message, steps[1].retries) == ("SlowDown", "Wait.", 2)


@pytest.mark.parametrize(("service", "name"), EVERY[::9])
def test_code_is_the_same_after_the_trip(service: str, name: str) -> None:
    before = sample(service, name)
    (step,) = travel(before).steps
    if not step.shortened:
        assert (python(step), command(step)) == (python(before), command(before))
        assert policy_text([step], Context("1")) == policy_text([before], Context("1"))


def noise(length: int, seed: int) -> str:
    """Text that does not compress."""
    import random

    return "".join(random.Random(seed).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=length))


def test_long_lists_are_shortened_and_say_so() -> None:
    keys = [{"Key": noise(60, number)} for number in range(1000)]
    (step,) = travel(call("DeleteObjects", {"Bucket": "b", "Delete": {"Objects": keys}})).steps
    kept = step.call.parameters["Delete"]["Objects"]
    assert step.shortened
    assert kept == keys[: len(kept)]
    assert "Shortened" in python(step)
    assert "Shortened" in command(step)


def test_a_cut_name_is_nobody_elses() -> None:
    (step,) = travel(call("PutBucketPolicy", {"Bucket": "b", "Policy": noise(9000, 1)})).steps
    assert step.shortened
    assert step.call.parameters["Bucket"] == "b"
    assert step.call.parameters["Policy"].endswith("(shortened)")


def test_many_calls_count_those_left_out() -> None:
    calls = [call("DeleteObject", {"Bucket": "b", "Key": noise(80, number)}) for number in range(300)]
    found = travel(*calls)
    assert 0 < len(found.steps) < 300
    assert found.left_out == 300 - len(found.steps)
    assert [step.call.parameters for step in found.steps] == [made.parameters for made in calls[: len(found.steps)]]


def test_the_worst_still_fits() -> None:
    given = {f"P{number}": noise(5000, number) for number in range(400)}
    found = travel(*(call("PutObject", given | {"Key": str(number)}) for number in range(5)))
    assert [step.call.parameters for step in found.steps] == [{}] * 3
    assert found.left_out == 2
    assert all(step.shortened for step in found.steps)
    assert "Shortened" in python(found.steps[0])
    assert policy_text(found.steps, Context("1")).startswith("# Some parameters were too long")


def test_another_version_is_ignored() -> None:
    assert unpack([carry.FORMAT + 1, [], 0]) == Carried()
    assert unpack({"a": 1}) == Carried()
    assert unpack([]) == Carried()


def test_what_was_done_besides_calls_comes_along_and_loses_its_code_first() -> None:
    said = {**{field.name: "" for field in fields(ShownCall)}, "service": "sql", "operation": "INSERT"}
    small = {**said, "python": "print(1)", "command": "psql", "policy": "{}"}
    signer = URLSafeTimedSerializer("k")
    found = Carried(tuple(collapse([made()])), 0, (small,))
    assert unpack(signer.loads(pack(found, lambda content: str(signer.dumps(content))))).added == (small,)
    long = {**small, "python": "".join(secrets.token_hex(9) for _ in range(900))}
    text = pack(replace(found, added=(long,)), lambda content: str(signer.dumps(content)))
    assert 0 < len(text) <= LARGEST
    (kept,) = unpack(signer.loads(text)).added
    assert (kept["operation"], kept["python"], kept["shortened"]) == ("INSERT", "", True)


def test_nothing_is_sealed_without_a_key() -> None:
    for key in ("", b""):
        with pytest.raises(ValueError, match="without a key"):
            sealed.seal(key, "any", b"content")
    assert sealed.unseal(["new", "old"], "any", sealed.seal("old", "any", b"content"), 60) == b"content"
    with pytest.raises(sealed.Unreadable):
        sealed.unseal(["new"], "any", sealed.seal("old", "any", b"content"), 60)
