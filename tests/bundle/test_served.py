"""The bundle as Elastic Beanstalk would run it: its Procfile behind nginx, as nobody, within an instance's memory."""

import random
import re
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import psutil
import pytest
from PIL import Image

from tests.bundle.conftest import BUCKET, CODE, DATABASE, Served, settings
from tests.bundle.instance import HOST
from tests.bundle.limits import INSTANCE, MIB, held
from tests.bundle.visitor import Answer, Visitor
from tests.s3.transfer import CONTENT_TYPE, File, form

AT_REST = 250 * MIB
HOOK = ".platform/hooks/postdeploy/50_smoke_test.sh"


PASSWORD = "seven-lamps-in-a-harbour"
ELSEWHERE = "127.0.0.9"  # an address of this computer that is not the server's own


@pytest.fixture(scope="session")
def person(served: Served) -> Visitor:
    """Yield the first instructor, who has signed in with the environment's code."""
    visitor = served.visitor(ELSEWHERE)
    assert visitor.get("/s3/").status == 303
    token = visitor.get("/sign-in/first").token
    fields = {"csrf_token": token, "code": CODE, "name": "ada", "password": PASSWORD, "again": PASSWORD}
    wrong = visitor.post("/sign-in/first", {**fields, "code": "some other code"})
    assert wrong.status == 401
    answer = visitor.post("/sign-in/first", fields, {"X-Forwarded-For": "203.0.113.7", "X-Real-IP": "203.0.113.7"})
    assert answer.status == 303, answer.text
    assert visitor.get("/s3/").status == 200
    return visitor


def addresses(person: Visitor) -> set[str]:
    """Return from where people signed in, as the audit has it."""
    text = person.get("/people/audit?format=json").text
    return set(re.findall(r'"address": ?"([^"]*)"', text))


@pytest.fixture(scope="session")
def picture() -> bytes:
    """Yield a picture of 20 MB that nothing makes smaller."""
    noise = random.Random(8).randbytes(2_640 * 2_640 * 3)
    file = BytesIO()
    Image.frombytes("RGB", (2_640, 2_640), noise).save(file, "PNG", compress_level=0)
    return file.getvalue()


@pytest.fixture(scope="session")
def uploaded(served: Served, person: Visitor, picture: bytes) -> Answer:
    """Yield the answer to an upload of the picture."""
    return upload(person, "noise.png", picture)


def upload(person: Visitor, name: str, content: bytes) -> Answer:
    token = person.get(f"/s3/{BUCKET}/").token
    headers = {"Content-Type": CONTENT_TYPE, "X-CSRFToken": token, "Accept": "application/json"}
    return person.ask("POST", f"/s3/{BUCKET}/upload", form([File(name, content, "image/png")]), headers)


def test_the_health_path_answers_under_any_name(served: Served) -> None:
    for host in (HOST, "10.0.0.7", "somebody.example"):
        answer = Visitor(served.instance.port, host).get("/healthz")
        assert (answer.status, answer.text) == (200, "ok\n")


def test_the_hook_passes_what_answers_and_fails_what_does_not(served: Served) -> None:
    hook = str(served.instance.current / HOOK)
    good = subprocess.run([hook, f"http://127.0.0.1:{served.instance.port}/healthz", "1"], capture_output=True)
    assert good.returncode == 0, good.stderr
    for path in ("static/nothing", "s3/"):
        bad = subprocess.run([hook, f"http://127.0.0.1:{served.instance.port}/{path}", "1"], capture_output=True)
        assert bad.returncode != 0
        assert b"smoke test" in bad.stderr


def test_it_runs_as_nobody_and_rests_within_its_memory(served: Served, person: Visitor) -> None:
    web = psutil.Process(served.instance.running["web"].pid)
    for process in (web, *web.children(recursive=True)):
        assert process.uids().effective != 0
        assert process.username() != "root"
    assert len(web.children()) == 2
    assert held(web.pid) < AT_REST


def test_a_foreign_host_is_refused(served: Served) -> None:
    assert Visitor(served.instance.port, "somebody.example").get("/s3/").status == 421


def test_nobody_is_served_who_has_not_signed_in(served: Served) -> None:
    for path in ("/", "/s3/", f"/rds/{DATABASE}/query?sql=SELECT+1&format=csv", "/people/"):
        assert served.visitor().get(path, {"X-Forwarded-For": "127.0.0.1"}).status in (303, 401)
    assert sign_in_wrongly(served).status == 401


def sign_in_wrongly(served: Served) -> Answer:
    visitor = served.visitor()
    fields = {"csrf_token": visitor.get("/sign-in").token, "name": "ada", "password": "wrong"}
    return visitor.post("/sign-in", fields)


def test_where_somebody_comes_from_cannot_be_forged(person: Visitor) -> None:
    assert ELSEWHERE in addresses(person)
    assert "203.0.113.7" not in addresses(person)


def test_forged_headers_make_no_host_and_no_https(served: Served, person: Visitor) -> None:
    plain = person.copy().get("/s3/")
    forged = {
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "somebody.example",
        "X-Forwarded-Port": "443",
        "X-Forwarded-Ssl": "on",
        "X-Forwarded-Prefix": "/elsewhere",
        "Forwarded": "for=1.2.3.4;host=somebody.example;proto=https",
    }
    answer = person.copy().get("/s3/", forged)
    assert answer.status == plain.status == 200
    assert "somebody.example" not in answer.text
    assert "/elsewhere" not in answer.text
    fresh = served.visitor().get("/sign-in", forged)
    cookies = fresh.headers.get_all("Set-Cookie") or []
    assert cookies
    assert not [cookie for cookie in cookies if "secure" in cookie.lower() or "__Host-" in cookie]
    assert "Strict-Transport-Security" not in fresh.headers
    stranger = Visitor(served.instance.port, "somebody.example")
    assert stranger.get("/s3/", {"X-Forwarded-Host": HOST}).status == 421


def test_no_log_holds_a_one_time_code(served: Served) -> None:
    assert served.visitor().get("/sign-in/link?code=of-nobody").status == 404
    assert served.visitor().get("/sign-in?next=/which-is-logged").status == 200
    lines = [path.read_text() for path in (served.instance.root / "nginx" / "log").glob("access.log")]
    lines.append(served.instance.log())
    assert "/which-is-logged" in "".join(lines)
    assert "of-nobody" not in "".join(lines)


def test_files_come_compressed_and_to_be_kept(served: Served, person: Visitor) -> None:
    found = re.search(r'"(/static/[0-9a-f]+/css/layout\.css)"', person.get("/s3/").text)
    assert found
    path = found[1]
    plain, packed = person.get(path), person.get(path, {"Accept-Encoding": "gzip"})
    assert plain.status == packed.status == 200
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.body) < len(plain.body)
    assert "max-age=31536000" in packed.headers["Cache-Control"]


def test_nginx_tells_nothing_and_gives_nothing_hidden(served: Served) -> None:
    for path in ("/.env", "/.git/config", "/.ebextensions/02_application.config"):
        answer = served.visitor().get(path)
        assert answer.status == 404
        assert answer.headers["Server"] == "nginx"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    page = served.visitor().get("/sign-in")
    assert page.headers.get_all("X-Content-Type-Options") == ["nosniff"]
    assert len(page.headers.get_all("Content-Security-Policy") or ()) == 1


def test_a_picture_of_20_mb_goes_through_to_s3(served: Served, uploaded: Answer, picture: bytes) -> None:
    assert uploaded.status == 200, uploaded.text
    stored = served.aws.client("s3").get_object(Bucket=BUCKET, Key="noise.png")["Body"].read()
    assert stored == picture
    assert "client request body is buffered" not in served.instance.errors()


def test_what_is_no_upload_may_not_be_large(served: Served, person: Visitor) -> None:
    answer = person.post("/region", {"next": "x" * 18 * MIB})
    assert answer.status == 413
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_query_runs_and_its_result_is_exported(person: Visitor) -> None:
    query = f"/rds/{DATABASE}/query?sql=SELECT+7*6+AS+answer"
    assert person.get(f"{query}&format=json").json()["results"][0]["rows"] == [[42]]
    exported = person.get(f"{query}&format=csv")
    assert exported.status == 200
    assert exported.text.split() == ['"answer"', "42"]


def test_a_long_export_streams_through(person: Visitor) -> None:
    sql = "SELECT+seq,+REPEAT('x',200)+AS+text+FROM+seq_1_to_100000"
    exported = person.get(f"/rds/{DATABASE}/query?sql={sql}&format=csv")
    assert exported.status == 200
    assert exported.text.count("\n") == 100_001


def test_a_hundred_people_at_once_are_answered(served: Served, person: Visitor) -> None:
    paths = ["/s3/", f"/s3/{BUCKET}/", f"/rds/{DATABASE}/query?sql=SELECT+1&format=json", "/"] * 25
    with ThreadPoolExecutor(100) as people:
        statuses = list(people.map(lambda path: person.copy().get(path).status, paths))
    assert statuses == [200] * 100
    assert served.instance.group.killed() == 0
    assert held(served.instance.running["web"].pid) < INSTANCE


def test_sigterm_finishes_a_slow_download(served: Served, person: Visitor, uploaded: Answer, picture: bytes) -> None:
    instance = served.instance
    with socket.create_connection(("127.0.0.1", instance.application), timeout=60) as slow:
        cookie = f"Cookie: {person._cookie().get('Cookie', '')}\r\n"
        head = f"GET /s3/{BUCKET}/raw/noise.png HTTP/1.1\r\nHost: {HOST}\r\nX-Forwarded-For: 127.0.0.1\r\n{cookie}"
        slow.sendall(f"{head}Connection: close\r\n\r\n".encode())
        received = slow.recv(65536)
        assert received.startswith(b"HTTP/1.1 200")
        ending = instance.running.pop("web")
        ending.terminate()
        time.sleep(1)  # the server has been told, and waits for this reader
        assert ending.poll() is None
        while piece := slow.recv(65536):
            received += piece
    assert received.partition(b"\r\n\r\n")[2] == picture
    assert ending.wait(timeout=60) == 0
    instance.start(settings(served.aws))
    assert person.get("/s3/").status == 200  # the session is in the state table


def test_behind_a_load_balancer_its_word_counts_and_nobody_elses(served: Served) -> None:
    instance = served.instance
    instance.stop("web")
    instance.start({**settings(served.aws), "TRELLIS_PROXIES": "2"})
    try:
        forged = {"X-Forwarded-Proto": "http", "X-Forwarded-For": "203.0.113.7", "X-Forwarded-Host": "x.example"}
        for number, headers in enumerate(({}, forged)):
            visitor = served.visitor(f"127.0.0.{20 + number}", balanced=True)
            answer = visitor.get("/sign-in", headers)
            assert answer.status == 200
            assert "x.example" not in answer.text
            assert "Strict-Transport-Security" in answer.headers
            assert [name for name in visitor.cookies if name.startswith("__Host-")] == list(visitor.cookies)
            referrer = {"Referer": f"https://{HOST}/sign-in", **headers}
            fields = {"csrf_token": answer.token, "name": "ada", "password": PASSWORD}
            assert visitor.post("/sign-in", fields, referrer).status == 303
            assert visitor.get("/s3/").status == 200
        assert {"127.0.0.20", "127.0.0.21"} <= addresses(visitor)
        assert "203.0.113.7" not in addresses(visitor)
    finally:
        instance.stop("web")
        instance.start(settings(served.aws))
