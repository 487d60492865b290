"""Signing in at an OpenID provider: the whole way, and every attack on it."""

import base64
import hashlib
import hmac
import json
import time
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from app.access import accounts, audit, throttle
from app.access.accounts import Account
from app.access.openid import fetch, setup, tokens
from app.access.openid.provider import SILENT
from app.access.openid.provider import Provider as Client
from app.config import Settings
from app.roles import EDITOR, INSTRUCTOR, VIEWER, Role
from tests.access.conftest import PASSWORD, Browser, post, sign_in
from tests.access.provider import CLIENT, SECRET, Provider, serve

OVER = "begun in another browser, is too old, or was used already"
UNVERIFIED = "could not be verified"


@pytest.fixture(scope="module")
def keys() -> dict[str, RSAKey | ECKey]:
    made = {name: RSAKey.generate_key(2048, {"kid": name, "use": "sig"}) for name in ("first", "second", "foreign")}
    return {**made, "ec": ECKey.generate_key("P-256", {"kid": "ec"})}


@pytest.fixture
def provider(keys: dict[str, RSAKey | ECKey]) -> Iterator[Provider]:
    with serve([keys["first"], keys["ec"]]) as running:
        yield running


Configure = Callable[..., None]


@pytest.fixture
def configure(app: Flask, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> Configure:
    """Set the provider up, and again with other settings."""

    def put(**more: str) -> None:
        usual = {"oidc_issuer": provider.issuer, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
        monkeypatch.setitem(app.extensions, "openid", setup.of(Settings(**{**usual, **more})))  # type: ignore[arg-type]
        monkeypatch.delitem(app.extensions, "openid-provider", raising=False)

    put()
    monkeypatch.setitem(app.extensions, "openid-provider", None)  # so that it is taken away at the end
    monkeypatch.delitem(app.extensions, "openid-provider")
    return put


def there(client: FlaskClient, next: str = "") -> str:
    """Go to the provider; return the address of the way back."""
    answer = client.get("/sign-in/openid", query_string={"next": next} if next else {})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return way_back(answer.location)


def way_back(address: str) -> str:
    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *args: Any) -> None:
            return None

    try:
        urllib.request.build_opener(Stay).open(address)
    except urllib.error.HTTPError as answer:
        with answer:
            back = urlsplit(answer.headers["Location"])
    assert back.netloc == "localhost"  # the test client's own name
    return f"{back.path}?{back.query}"


def entered(client: FlaskClient, next: str = "") -> Any:
    return client.get(there(client, next))


def said(client: FlaskClient, answer: Any) -> str:
    """Return the sign-in page to which a refusal led, and check that nobody is signed in."""
    assert answer.status_code == 303 and answer.location.startswith("/sign-in"), answer.location
    text = str(client.get(answer.location).get_data(as_text=True))
    assert client.get("/s3/").location.startswith("/sign-in")
    return text


def person(app: Flask, provider: Provider, sub: str = "s-1") -> Account | None:
    with app.app_context():
        return accounts.of_subject(f"{provider.issuer} {sub}")


def results(app: Flask) -> list[str]:
    audit.settle()
    with app.app_context():
        return [deed.result for deed in audit.every() if deed.operation == "SignIn"]


def test_the_account_that_a_provider_makes_is_on_record(
    configure: Configure, app: Flask, browser: Browser, provider: Provider
) -> None:
    assert entered(browser()).location == "/"
    audit.settle()
    with app.app_context():
        (made,) = [deed for deed in audit.every() if deed.operation == "MakeAccount"]
    assert made.resource.startswith(made.name) and "as viewer, who signs in at" in made.resource


def test_the_first_sign_in_makes_a_viewer_and_the_next_finds_them(
    configure: Configure, app: Flask, browser: Browser, provider: Provider
) -> None:
    mia = browser()
    assert provider.issuer.removeprefix("http://") in mia.get("/sign-in").get_data(as_text=True)
    answer = entered(mia, "/s3/?x=1")
    assert (answer.status_code, answer.location) == (303, "/s3/?x=1")
    assert answer.headers["Cache-Control"] == "no-store"
    text = mia.get("/s3/").get_data(as_text=True)
    assert "mia@school.example" in text and "Viewer" in text
    made = person(app, provider)
    provider.person["email"] = "married@school.example"
    assert entered(browser()).location == "/"
    assert person(app, provider) == made
    assert results(app) == ["done", "done"]


def test_without_a_provider_there_is_no_such_way(app: Flask, browser: Browser) -> None:
    assert "Sign in with" not in browser().get("/sign-in").get_data(as_text=True)
    assert browser().get("/sign-in/openid").status_code == 404
    assert browser().get("/sign-in/openid/back?state=x&code=y").status_code == 404


def test_who_has_signed_in_is_led_on(configure: Configure, browser: Browser) -> None:
    assert browser(VIEWER).get("/sign-in/openid?next=/s3/").location == "/s3/"


def test_a_link_of_another_site_begins_nothing(configure: Configure, browser: Browser, provider: Provider) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    answer = browser().get("/sign-in/openid?next=/s3/", headers=headers)
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/s3/")
    assert not provider.asked


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_the_way_on_never_leads_away(configure: Configure, browser: Browser, target: str) -> None:
    assert entered(browser(), target).location == "/"


def test_every_sign_in_has_secrets_of_its_own_and_the_cookie_none(configure: Configure, browser: Browser) -> None:
    client, seen = browser(), list[str]()
    for _ in range(5):
        asked = parse_qs(urlsplit(client.get("/sign-in/openid").location).query)
        assert asked["redirect_uri"] == ["http://localhost/sign-in/openid/back"]
        seen += asked["state"] + asked["nonce"] + asked["code_challenge"]
    assert len(set(seen)) == 15
    with client.session_transaction() as session:
        assert len(session["openid"]) == 3
        assert set(session["openid"]) <= set(seen)


@pytest.mark.parametrize("state", ["", "wrong", None])
def test_a_wrong_state_is_refused(configure: Configure, browser: Browser, app: Flask, state: str | None) -> None:
    client = browser()
    code = parse_qs(urlsplit(there(client)).query)["code"][0]
    sent = {"code": code, **({} if state is None else {"state": state})}
    assert OVER in said(client, client.get(f"/sign-in/openid/back?{urlencode(sent)}"))
    assert results(app) == ["WrongState"]


@pytest.mark.parametrize("on_the_way", [True, False])
def test_the_answer_of_another_browser_is_refused(configure: Configure, browser: Browser, on_the_way: bool) -> None:
    attacker, victim = browser(), browser()
    back = there(attacker)
    if on_the_way:
        there(victim)
    assert OVER in said(victim, victim.get(back))


def test_a_state_is_used_once_even_with_the_cookie_of_before(
    configure: Configure, browser: Browser, provider: Provider
) -> None:
    client, again = browser(), browser()
    back = there(client)
    cookie = client.get_cookie("trellis")
    assert cookie is not None
    assert client.get(back).location == "/"
    again.set_cookie("trellis", cookie.value)
    asked = provider.asked.count("/token")
    assert OVER in said(again, again.get(back))
    assert provider.asked.count("/token") == asked


def test_a_state_that_is_too_old_is_refused(configure: Configure, browser: Browser) -> None:
    client = browser()
    back = there(client)
    with client.session_transaction() as session:
        session["openid"] = {state: [at - 601, to] for state, (at, to) in session["openid"].items()}
    assert OVER in said(client, client.get(back))


def test_the_session_begins_anew(configure: Configure, browser: Browser) -> None:
    client = browser()
    sign_in(client, "ada", PASSWORD)
    with client.session_transaction() as session:
        before, session["mark"] = session["sid"], 1
    other = browser()
    back = there(other)
    with other.session_transaction() as session:
        begun = session["openid"]
    with client.session_transaction() as session:
        session["openid"] = begun
    assert client.get(back).location == "/"
    with client.session_transaction() as session:
        assert session["sid"] != before and "mark" not in session and "openid" not in session
    old = browser()
    with old.session_transaction() as session:
        session["sid"] = before
    assert old.get("/s3/").status_code == 303


NOW = int(time.time())
LIES: dict[str, dict[str, Any]] = {
    "another nonce": {"nonce": "of-another-sign-in"},
    "no nonce": {"nonce": None},
    "another issuer": {"iss": "https://login.example"},
    "no issuer": {"iss": None},
    "another audience": {"aud": "another client"},
    "no audience": {"aud": None},
    "several audiences, none named": {"aud": [CLIENT, "another"]},
    "made for another": {"aud": [CLIENT, "another"], "azp": "another"},
    "made for another alone": {"azp": "another"},
    "expired": {"exp": NOW - 120},
    "no end": {"exp": None},
    "an end that is no number": {"exp": "never"},
    "made in the future": {"iat": NOW + 86400},
    "nobody": {"sub": None},
    "an empty name": {"sub": ""},
    "a name that is no text": {"sub": 5},
    "a name without end": {"sub": "x" * 256},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_lies_signs_nobody_in(
    configure: Configure, browser: Browser, provider: Provider, app: Flask, lie: str
) -> None:
    provider.lies = LIES[lie]
    client = browser()
    assert UNVERIFIED in said(client, entered(client))
    assert results(app) == ["Untrusted"]
    with app.app_context():
        assert len(accounts.every()) == 3


def test_a_clock_that_is_a_little_off_is_forgiven(configure: Configure, browser: Browser, provider: Provider) -> None:
    provider.lies = {"exp": int(time.time()) - 5, "iat": int(time.time()) + 30}
    assert entered(browser()).location == "/"


def test_several_audiences_with_this_client_named_are_right(
    configure: Configure, browser: Browser, provider: Provider
) -> None:
    provider.lies = {"aud": [CLIENT, "another"], "azp": CLIENT}
    assert entered(browser()).location == "/"


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def _unsigned(claims: dict[str, Any]) -> str:
    return f"{_part({'alg': 'none'})}.{_part(claims)}."


def _shared(secret: bytes, kid: str) -> Callable[[dict[str, Any]], str]:
    def forge(claims: dict[str, Any]) -> str:
        text = f"{_part({'alg': 'HS256', 'kid': kid})}.{_part(claims)}"
        mac = hmac.digest(secret, text.encode(), hashlib.sha256)
        return f"{text}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"

    return forge


def _changed(key: RSAKey | ECKey) -> Callable[[dict[str, Any]], str]:
    def forge(claims: dict[str, Any]) -> str:
        head, _, mark = jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key).split(".")
        return f"{head}.{_part({**claims, 'sub': 'the head teacher'})}.{mark}"

    return forge


def _with_own_key(key: RSAKey | ECKey) -> Callable[[dict[str, Any]], str]:
    shown = key.as_dict(private=False)
    return lambda claims: jwt.encode({"alg": "RS256", "jwk": shown, "kid": "first"}, claims, key)


@pytest.mark.parametrize(
    "forgery",
    ["none", "NonE", "hs256 public pem", "hs256 secret", "changed", "foreign", "own key", "no token", "rs384", "parts"],
)
def test_a_forged_token_signs_nobody_in(
    configure: Configure, browser: Browser, provider: Provider, keys: dict[str, Any], app: Flask, forgery: str
) -> None:
    first = keys["first"]
    forgeries: dict[str, Callable[[dict[str, Any]], str]] = {
        "none": _unsigned,
        "NonE": lambda claims: f"{_part({'alg': 'NonE', 'kid': 'first'})}.{_part(claims)}.",
        "hs256 public pem": _shared(first.as_pem(private=False), "first"),
        "hs256 secret": _shared(SECRET.encode(), "first"),
        "changed": _changed(first),
        "foreign": lambda claims: jwt.encode({"alg": "RS256", "kid": "first"}, claims, keys["foreign"]),
        "own key": _with_own_key(keys["foreign"]),
        "no token": lambda claims: "no.token",
        "rs384": lambda claims: jwt.encode({"alg": "RS384", "kid": "first"}, claims, first, algorithms=["RS384"]),
        "parts": lambda claims: "\u00e9.\ud83d\ude00.." + "x" * 5000,
    }
    provider.forge = forgeries[forgery]
    client = browser()
    assert UNVERIFIED in said(client, entered(client))
    assert person(app, provider) is None and person(app, provider, "the head teacher") is None


def test_es256_is_as_good(configure: Configure, browser: Browser, provider: Provider, keys: dict[str, Any]) -> None:
    provider.signer, provider.algorithm = keys["ec"], "ES256"
    assert entered(browser()).location == "/"


def test_keys_are_kept_and_looked_at_once_more_for_a_new_one(
    configure: Configure, browser: Browser, provider: Provider, keys: dict[str, Any]
) -> None:
    for _ in range(2):
        assert entered(browser()).location == "/"
    assert [provider.asked.count(path) for path in ("/jwks", "/.well-known/openid-configuration")] == [1, 1]
    provider.signer = keys["second"]
    client = browser()
    assert UNVERIFIED in said(client, entered(client))
    assert provider.asked.count("/jwks") == 2  # once more, and no more
    provider.keys = [keys["second"]]
    assert entered(browser()).location == "/"
    assert provider.asked.count("/jwks") == 3


def test_a_token_without_a_key_s_name_needs_a_single_key(
    configure: Configure, browser: Browser, provider: Provider, keys: dict[str, Any]
) -> None:
    provider.forge = lambda claims: jwt.encode({"alg": "RS256"}, claims, keys["first"])
    client = browser()
    assert UNVERIFIED in said(client, entered(client))
    provider.keys = [keys["first"]]
    assert entered(browser()).location == "/"


@pytest.mark.parametrize("methods", [["client_secret_post"], ["none"]])
def test_a_client_shows_its_secret_as_the_provider_wants(
    configure: Configure, browser: Browser, provider: Provider, methods: list[str]
) -> None:
    provider.methods = methods
    configure(oidc_client_secret="" if methods == ["none"] else SECRET)
    assert entered(browser()).location == "/"


def test_a_wrong_secret_is_said(configure: Configure, browser: Browser, app: Flask) -> None:
    configure(oidc_client_secret="another")
    client = browser()
    assert "did not confirm the sign-in" in said(client, entered(client))
    assert results(app) == ["NoToken"]


MAIL: dict[str, tuple[dict[str, Any], str]] = {
    "unverified": ({"email_verified": False}, "has not verified your mail address"),
    "unsaid": ({"email_verified": None}, "has not verified your mail address"),
    "a number": ({"email_verified": 5}, "has not verified your mail address"),
    "another domain": ({"email": "mia@evil.example"}, "Only people with a mail address of school.example"),
    "a longer domain": ({"email": "mia@school.example.evil"}, "Only people with a mail address of school.example"),
    "a domain below": ({"email": "mia@a.school.example"}, "Only people with a mail address of school.example"),
    "two signs": ({"email": "mia@evil.example@school.example"}, "Only people with a mail address of school.example"),
    "none": ({"email": None}, "Only people with a mail address of school.example"),
    "a list": ({"email": ["mia@school.example"]}, "Only people with a mail address of school.example"),
}


@pytest.mark.parametrize("case", MAIL)
def test_where_the_domain_counts_the_address_is_verified(
    configure: Configure, browser: Browser, provider: Provider, app: Flask, case: str
) -> None:
    configure(oidc_domain="School.example")
    provider.lies, words = MAIL[case]
    client = browser()
    assert words in said(client, entered(client))
    assert person(app, provider) is None


@pytest.mark.parametrize("verified", [True, "true"])
def test_a_verified_address_of_the_domain_is_let_in(
    configure: Configure, browser: Browser, provider: Provider, verified: object
) -> None:
    configure(oidc_domain="school.example")
    provider.person.update(email="Mia@School.Example", email_verified=verified)
    assert entered(browser()).location == "/"


ROLES = '{"staff": "editor", "heads": "instructor"}'


@pytest.mark.parametrize("claim", ["groups", "cognito:groups"])
def test_the_highest_role_of_the_groups_counts(
    configure: Configure, browser: Browser, provider: Provider, app: Flask, claim: str
) -> None:
    configure(oidc_roles=ROLES)
    provider.person[claim] = ["staff", "heads", 5, "others"]
    client = browser()
    entered(client)
    assert client.get("/people/").status_code == 200
    found = person(app, provider)
    assert found is not None and found.role == INSTRUCTOR


def test_a_role_follows_the_groups_and_ends_what_was_open(
    configure: Configure, browser: Browser, provider: Provider, app: Flask
) -> None:
    configure(oidc_roles=ROLES)
    provider.person["groups"] = ["heads"]
    before, after = browser(), browser()
    entered(before)
    provider.person["groups"] = ["staff"]
    entered(after)
    assert before.get("/people/").status_code == 303
    assert after.get("/people/").status_code == 403
    found = person(app, provider)
    assert found is not None and found.role == EDITOR


@pytest.mark.parametrize("groups", [None, [], ["others"], "heads", {"heads": 1}])
def test_who_is_in_no_group_has_no_role_and_loses_the_session(
    configure: Configure, browser: Browser, provider: Provider, groups: object
) -> None:
    configure(oidc_roles=ROLES)
    provider.person["groups"] = ["heads"]
    before, client = browser(), browser()
    entered(before)
    assert before.get("/s3/").status_code == 200
    provider.person["groups"] = groups
    assert "None of your groups has a role here" in said(client, entered(client))
    assert before.get("/s3/").status_code == 303


def test_a_star_stands_for_everybody(configure: Configure, browser: Browser, provider: Provider, app: Flask) -> None:
    configure(oidc_roles='{"*": "viewer", "staff": "editor"}')
    assert entered(browser()).location == "/"
    found = person(app, provider)
    assert found is not None and found.role == VIEWER


def test_without_groups_a_role_is_what_an_instructor_gave(
    configure: Configure, browser: Browser, provider: Provider, app: Flask
) -> None:
    entered(browser())
    found = person(app, provider)
    assert found is not None
    with app.app_context():
        accounts.change(found, role=EDITOR)
    provider.person["groups"] = ["others"]
    entered(browser())
    found = person(app, provider)
    assert found is not None and found.role == EDITOR


def test_an_account_that_is_off_stays_off(
    configure: Configure, browser: Browser, provider: Provider, app: Flask
) -> None:
    configure(oidc_roles=ROLES)
    provider.person["groups"] = ["staff"]
    entered(browser())
    found = person(app, provider)
    assert found is not None
    with app.app_context():
        accounts.change(found, disabled=True)
    provider.person["groups"] = ["heads"]
    client = browser()
    assert "Your account here is switched off" in said(client, entered(client))
    found = person(app, provider)
    assert found is not None and found.disabled and found.role == EDITOR


def test_nobody_gets_the_account_of_a_name(
    configure: Configure, browser: Browser, provider: Provider, app: Flask, people: dict[Role, Account]
) -> None:
    provider.person["email"] = None
    for number, sub in enumerate(("s-1", "s-2"), 2):
        provider.person.update(sub=sub, preferred_username="Ada")
        entered(browser())
        found = person(app, provider, sub)
        assert found is not None and (found.name, found.role) == (f"Ada ({number})", VIEWER)
    with app.app_context():
        assert accounts.get(people[INSTRUCTOR].id) == people[INSTRUCTOR]


def test_an_address_that_is_not_verified_is_no_name(
    configure: Configure, browser: Browser, provider: Provider, app: Flask
) -> None:
    provider.person.update(email="head@school.example", email_verified=False, name="\u202eevil")
    entered(browser())
    found = person(app, provider)
    assert found is not None and found.name.startswith("Somebody ")


def test_a_person_has_one_account_whichever_tab_is_first(
    app: Flask, provider: Provider, people: dict[Role, Account]
) -> None:
    with app.app_context():
        first = accounts.create("mia", VIEWER, subject="https://login.example s-1")
        with pytest.raises(accounts.Known) as known:
            accounts.create("mia (2)", VIEWER, subject="https://login.example s-1")
        assert known.value.account == first
        assert accounts.named("mia (2)") is None and len(accounts.every()) == 4


def test_who_signs_in_elsewhere_has_no_password_here(
    configure: Configure, browser: Browser, provider: Provider, app: Flask
) -> None:
    mia = browser()
    entered(mia)
    found, chief = person(app, provider), browser(INSTRUCTOR)
    assert found is not None
    assert "no password of yours here" in mia.get("/people/me").get_data(as_text=True)
    sent = {"old": " ", "password": PASSWORD, "again": PASSWORD}
    assert post(mia, "/people/me", "/people/me/password", **sent).status_code == 422
    shown = chief.get("/people/").get_data(as_text=True)
    assert f"/people/{found.id}/link" not in shown and f"at {found.provider}" in shown
    assert "whose groups set the role" not in shown
    configure(oidc_roles=ROLES)
    assert "whose groups set the role" in chief.get("/people/").get_data(as_text=True)
    assert post(chief, "/people/", f"/people/{found.id}/link").status_code == 400
    assert sign_in(browser(), found.name, " ").status_code == 401


@pytest.mark.parametrize(
    ("error", "words", "code"),
    [
        ("access_denied", "it was declined there", "AccessDenied"),
        ("invalid_scope", "could not sign you in", "ProviderError"),
        ("<script>alert(1)</script>", "could not sign you in", "ProviderError"),
    ],
)
def test_an_error_of_the_provider_is_said(
    configure: Configure, browser: Browser, provider: Provider, app: Flask, error: str, words: str, code: str
) -> None:
    provider.error = error
    client = browser()
    text = said(client, entered(client))
    assert words in text and "alert(1)" not in text
    assert results(app) == [code]


def test_an_answer_that_names_another_provider_is_refused(
    configure: Configure, browser: Browser, provider: Provider
) -> None:
    client = browser()
    provider.more = {"iss": "https://evil.example"}
    assert "from another provider" in said(client, entered(client))
    provider.more = {"iss": provider.issuer}
    assert entered(browser()).location == "/"


SILENCES: dict[str, bytes] = {
    "too much": b"{" + b" " * fetch.MOST + b"}",
    "no json": b"<html>",
    "no object": b"[]",
    "deep": b"[" * 100_000,
}


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/jwks"])
@pytest.mark.parametrize("silence", SILENCES)
def test_a_provider_that_answers_with_anything_else_is_said(
    configure: Configure, browser: Browser, provider: Provider, path: str, silence: str
) -> None:
    provider.raw[path] = SILENCES[silence]
    client = browser()
    answer = client.get("/sign-in/openid")
    if path != "/.well-known/openid-configuration":
        answer = client.get(way_back(answer.location))
    assert "does not answer as it should" in said(client, answer)


def test_an_answer_that_takes_too_long_is_given_up(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "PATIENCE", -1.0)
    with pytest.raises(fetch.NoAnswer, match="takes more than"):
        fetch.get(f"{provider.issuer}/jwks")


def test_a_provider_that_is_not_there_is_left_alone_for_a_while(
    configure: Configure, app: Flask, browser: Browser, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, found = [1000.0], setup.of(Settings(oidc_issuer=f"{provider.issuer}/nowhere", oidc_client_id=CLIENT))
    assert found is not None
    monkeypatch.setitem(app.extensions, "openid-provider", Client(found, lambda: now[0]))
    counts = []
    for later in (0.0, SILENT - 1, 2.0):
        now[0] += later
        client = browser()
        said(client, client.get("/sign-in/openid"))
        counts.append(len(provider.asked))
    assert counts == [1, 1, 2]


@pytest.mark.parametrize(
    "lie",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"token_endpoint": None},
        {"jwks_uri": "https://[::1"},
    ],
)
def test_what_a_provider_says_of_itself_is_looked_at(
    configure: Configure, browser: Browser, provider: Provider, lie: dict[str, Any]
) -> None:
    provider.said = lie
    client = browser()
    assert "does not answer as it should" in said(client, client.get("/sign-in/openid"))


def test_a_name_that_is_not_this_computer_s_needs_https(
    configure: Configure, app: Flask, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(
        app.extensions, "settings", Settings(**{**vars(app.extensions["settings"]), "hosts": "a.example"})
    )
    client, plain = browser(), "http://a.example"
    assert client.get("/sign-in/openid", base_url=plain).location == "/sign-in"
    assert "only over https" in client.get("/sign-in", base_url=plain).get_data(as_text=True)
    secure = client.get("/sign-in/openid", base_url="https://a.example")
    asked = parse_qs(urlsplit(secure.location).query)
    assert asked["redirect_uri"] == ["https://a.example/sign-in/openid/back"]


def test_guessing_is_stopped(configure: Configure, app: Flask, browser: Browser) -> None:
    with app.app_context():
        for _ in range(throttle.PER_ADDRESS):
            throttle.attempt_code("127.0.0.1")
    client = browser()
    assert "Too many attempts" in said(client, entered(client))


def test_keys_that_nobody_knows_are_left_out(keys: dict[str, Any]) -> None:
    public = keys["first"].as_dict(private=False)
    shown = [{**public, "use": "enc"}, {"kty": "oct", "k": "AAAA"}, {"kty": "EC", "crv": "P-999"}, 5, public]
    assert [key.kid for key in tokens.keys_of({"keys": shown})] == ["first"]
    assert tokens.keys_of({}) == []
