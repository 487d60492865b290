"""Host check, CSRF, headers, and what a real account allows."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.aws import Aws, Identity, NoAws, ReadOnly, is_read
from app.security import _own_key
from tests.pages import Page


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example:5000", "169.254.169.254", "[::2]:80", "localhost:80@x.example"]
)
def test_a_foreign_host_is_refused(client: FlaskClient, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 421


@pytest.mark.parametrize("host", ["127.0.0.1:5000", "localhost", "LOCALHOST:80", "[::1]:5000"])
def test_this_computer_is_served(client: FlaskClient, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 200


def test_health_ignores_the_host_and_calls_nothing(client: FlaskClient) -> None:
    answer = client.get("/healthz", headers={"Host": "10.1.2.3"})
    assert (answer.status_code, answer.data) == (200, b"ok\n")
    assert "Server-Timing" not in answer.headers


def test_every_answer_carries_the_policy(client: FlaskClient) -> None:
    for path in ("/", "/nowhere", "/healthz"):
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_each_answer_has_a_nonce_of_its_own(client: FlaskClient) -> None:
    first, second = (client.get("/").headers["Content-Security-Policy"] for _ in range(2))
    assert first != second


def test_a_change_without_token_is_refused(client: FlaskClient) -> None:
    answer = client.post("/region", data={"region": "eu-west-1"}, headers={"Accept": "application/json"})
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["code"] == "CSRF"


def test_a_token_of_another_session_is_refused(app: Flask, page: Callable[..., Page]) -> None:
    token = page("/nowhere", status=404).csrf
    stranger = app.test_client()
    answer = stranger.post("/region", data={"csrf_token": token, "region": "eu-west-1"}, headers={"Host": "127.0.0.1"})
    assert answer.status_code == 400


def test_the_region_is_chosen_and_kept(client: FlaskClient, page: Callable[..., Page]) -> None:
    def chosen(shown: Page) -> list[str | None]:
        buttons = [button for button in shown.all(".//button") if button.get("name") == "region"]
        return [button.get("value") for button in buttons if button.get("aria-current")]

    before = page("/nowhere", status=404)
    assert chosen(before) == ["us-east-1"]
    answer = client.post("/region", data={"csrf_token": before.csrf, "region": "eu-west-1", "next": "/?x=1"})
    assert (answer.status_code, answer.location) == (303, "/?x=1")
    assert chosen(page("/nowhere", status=404)) == ["eu-west-1"]


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example", "/\n/x", "javascript:x", ""],
)
def test_the_way_back_never_leaves_the_dashboard(client: FlaskClient, page: Callable[..., Page], target: str) -> None:
    form = {"csrf_token": page("/nowhere", status=404).csrf, "region": "eu-west-1", "next": target}
    assert client.post("/region", data=form).location == "/"


def test_a_region_that_does_not_exist_is_refused(client: FlaskClient, page: Callable[..., Page]) -> None:
    answer = client.post("/region", data={"csrf_token": page("/nowhere", status=404).csrf, "region": "mars-1"})
    assert answer.status_code == 400
    assert "mars-1" in answer.get_data(as_text=True)


class FakeAws(Aws):
    """A real account's identity without asking STS."""

    def identity(self, region: str) -> Identity:
        return Identity("aws", "123456789012", "arn:aws:iam::123456789012:user/x")

    def state(self, region: str, table: str) -> Any:
        raise NoAws


@pytest.fixture
def real(app: Flask) -> FlaskClient:
    app.extensions["aws"] = FakeAws(app.extensions["settings"])
    opened = app.test_client()
    opened.environ_base["HTTP_HOST"] = "127.0.0.1"
    return opened


def test_a_real_account_is_served_to_this_computer_and_marked(real: FlaskClient) -> None:
    text = real.get("/").get_data(as_text=True)
    assert "1234-5678-9012" in text
    assert "read-only" in text.lower()


@pytest.mark.parametrize("environ", [{"REMOTE_ADDR": "192.0.2.7"}, {"HTTP_X_FORWARDED_FOR": "192.0.2.7"}])
def test_a_real_account_is_served_to_nobody_else(real: FlaskClient, environ: dict[str, Any]) -> None:
    answer = real.get("/", environ_overrides=environ)
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    program = real.get("/", environ_overrides=environ, headers={"Accept": "application/json"})
    assert (program.status_code, program.mimetype) == (401, "application/problem+json")
    assert real.get("/healthz", environ_overrides=environ).status_code == 200


def test_a_change_of_a_real_account_is_never_sent(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    s3 = Aws(app.extensions["settings"]).client("s3", "us-east-1")  # no endpoint set: AWS's own
    with pytest.raises(ReadOnly):
        s3.put_object(Bucket="b", Key="k", Body=b"")


@pytest.mark.parametrize("name", ["Forwarded", "Via", "X-Forwarded-Host", "X-Real-IP"])
def test_no_proxy_makes_a_stranger_local(real: FlaskClient, name: str) -> None:
    assert real.get("/", headers={name: "192.0.2.7"}).location == "/sign-in"


PASSED_ON = [
    {"SERVER_PROTOCOL": "HTTP/1.0"},
    {"HTTP_SEC_FETCH_SITE": "same-origin", "HTTP_REFERER": "https://trellis.example/s3/"},
    {"HTTP_SEC_FETCH_SITE": "same-origin", "HTTP_ORIGIN": "https://trellis.example"},
]


@pytest.mark.parametrize("environ", PASSED_ON)
def test_a_proxy_that_says_nothing_makes_no_stranger_local(real: FlaskClient, environ: dict[str, str]) -> None:
    assert real.get("/", environ_overrides=environ).location == "/sign-in"


@pytest.mark.parametrize(
    "environ",
    [
        {
            "HTTP_SEC_FETCH_SITE": "same-origin",
            "HTTP_REFERER": "http://127.0.0.1:5000/s3/",
            "HTTP_HOST": "127.0.0.1:5000",
        },
        {"HTTP_SEC_FETCH_SITE": "same-origin", "HTTP_REFERER": "http://LOCALHOST/", "HTTP_HOST": "localhost"},
        {"HTTP_SEC_FETCH_SITE": "same-origin"},
        {"HTTP_REFERER": "https://elsewhere.example/"},
    ],
)
def test_who_sits_here_stays_local(real: FlaskClient, environ: dict[str, str]) -> None:
    assert real.get("/", environ_overrides=environ).status_code == 200


@pytest.mark.parametrize("name", ["Referer", "Origin", "HX-Current-URL"])
@pytest.mark.parametrize("value", ["https://[", "https://[::1", "https://[x]/", "//[v]"])
def test_a_header_that_is_no_address_is_no_fault_of_ours(real: FlaskClient, name: str, value: str) -> None:
    headers = {name: value, "HX-Request": "true", "Sec-Fetch-Site": "same-origin"}
    stranger = {"REMOTE_ADDR": "192.0.2.7"}
    for environ in ({}, stranger):
        assert real.get("/", headers=headers, environ_overrides=environ).status_code == 400
        assert real.post("/region", headers=headers, environ_overrides=environ).status_code == 400
        assert real.post("/region", headers=headers, base_url="https://127.0.0.1").status_code == 400
    good = {**headers, name: "http://[::1]:5000/s3/", "Host": "[::1]:5000"}
    assert real.get("/nowhere", headers=good).status_code == 404


@pytest.mark.parametrize(
    "sent", [{"REMOTE_ADDR": "192.0.2.7"}, {"HTTP_HOST": "evil.example"}, {"HTTP_SEC_FETCH_SITE": "cross-site"}]
)
def test_who_is_not_served_learns_nothing_of_the_account(real: FlaskClient, sent: dict[str, Any]) -> None:
    answer = real.get("/", environ_overrides=sent)
    text = answer.get_data(as_text=True)
    assert answer.status_code in (303, 403, 421)
    assert "1234" not in text
    assert "csrf_token" not in text
    assert "Set-Cookie" not in answer.headers


LINK = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
PICTURE = {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
FRAME = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("kind", [PICTURE, FRAME, {**LINK, "Sec-Purpose": "prefetch"}])
def test_a_page_of_another_site_can_have_nothing_done(client: FlaskClient, site: str, kind: dict[str, str]) -> None:
    answer = client.get("/", headers={"Sec-Fetch-Site": site, **kind})
    assert answer.status_code == 403
    assert "another site" in answer.get_data(as_text=True)


def test_links_from_elsewhere_and_own_pictures_work(client: FlaskClient) -> None:
    assert client.get("/", headers={"Sec-Fetch-Site": "cross-site", **LINK}).status_code == 200
    assert client.get("/", headers={"Sec-Fetch-Site": "same-origin", **PICTURE}).status_code == 200
    assert client.get("/healthz", headers={"Sec-Fetch-Site": "cross-site", **PICTURE}).status_code == 200


def test_a_form_of_another_site_is_refused_before_it_is_read(client: FlaskClient) -> None:
    answer = client.post("/region", data={"region": "x"}, headers={"Sec-Fetch-Site": "cross-site", **LINK})
    assert answer.status_code == 403


def test_a_body_larger_than_any_form_is_refused_unread(client: FlaskClient) -> None:
    announced = {"CONTENT_LENGTH": str(10**9), "CONTENT_TYPE": "multipart/form-data; boundary=x"}
    answer = client.post("/region", environ_overrides=announced)
    assert answer.status_code == 413


def test_the_session_cookie_is_secure_over_https_only(client: FlaskClient) -> None:
    plain = client.get("/").headers["Set-Cookie"]
    secure = client.get("/", base_url="https://127.0.0.1").headers["Set-Cookie"]
    assert "Secure" not in plain
    assert "Secure" in secure
    assert plain.startswith("trellis=") and secure.startswith("__Host-trellis=")
    assert "Path=/" in secure and "Domain" not in secure
    assert all("HttpOnly" in cookie and "SameSite=Lax" in cookie for cookie in (plain, secure))


READS = ("ListBuckets", "GetObject", "HeadObject", "StartQuery", "Query")
CHANGES = ("PutObject", "DeleteObjects", "CopyObject", "Invoke", "StartJobRun", "TestInvokeMethod")


@pytest.mark.parametrize(("operation", "reads"), [(r, True) for r in READS] + [(c, False) for c in CHANGES])
def test_reads_are_told_from_changes(operation: str, reads: bool) -> None:
    assert is_read(operation) is reads


@pytest.mark.parametrize("service", ["s3", "dynamodb", "glue", "lambda", "rds", "logs", "secretsmanager", "apigateway"])
def test_no_operation_that_looks_like_a_read_is_a_change(service: str) -> None:
    model = boto3.client(service, region_name="us-east-1").meta.service_model
    verbs = {
        "Put",
        "Create",
        "Delete",
        "Update",
        "Start",
        "Stop",
        "Tag",
        "Untag",
        "Restore",
        "Modify",
        "Invoke",
        "Test",
    }
    for name in model.operation_names:
        if is_read(name) and name not in {"StartQuery", "StopQuery"}:
            assert not name.startswith(tuple(verbs)), name


def test_the_session_key_is_made_once_and_private(tmp_path: Path) -> None:
    first = create_app({"home": tmp_path / "new"}).secret_key
    second = create_app({"home": tmp_path / "new"}).secret_key
    assert first == second
    assert (tmp_path / "new" / "session-key").stat().st_mode & 0o077 == 0


def test_a_session_key_that_a_crash_cut_off_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "session-key").touch()
    first, second = (create_app({"home": tmp_path}).secret_key for _ in range(2))
    assert first and first == second
    assert sorted(path.name for path in tmp_path.iterdir()) == ["session-key", "session-key-2"]


@pytest.mark.parametrize("cut_off", [False, True])
def test_workers_that_start_together_have_one_key(tmp_path: Path, cut_off: bool) -> None:
    for number in range(40):  # the moments that matter are short: many starts, all workers at the same time
        home = tmp_path / str(number)
        if cut_off:
            home.mkdir()
            (home / "session-key").touch()
        together = threading.Barrier(8)

        def key(_: int, home: Path = home, together: threading.Barrier = together) -> str:
            together.wait()
            return _own_key(home)

        with ThreadPoolExecutor(8) as pool:
            assert len(set(pool.map(key, range(8)))) == 1


def test_without_credentials_the_page_says_what_to_do(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, page: Callable[..., Page]
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert "make run" in page("/").text
