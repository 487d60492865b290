"""A student's mistake of each kind, made and understood from the page alone."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.awslambda.conftest import ROLE, make, packed
from tests.awslambda.helpers import invoke, post, token
from tests.embedded.process import Embedded
from tests.pages import Page, check_page

FetchPage = Callable[..., Page]
# name -> (code, what the error's type is, what the page says, the line it marks)
RAISES = """def deeper(event):
    return event['missing']


def lambda_handler(event, context):
    return deeper(event)
"""
RETURNS = """def lambda_handler(event, context):
    try:
        1 / 0
    except ZeroDivisionError as exc:
        return exc
"""
HEAD = "def lambda_handler(event, context):\n    "
BROKEN: dict[str, tuple[str, str, str, int]] = {
    "raises": (RAISES, "KeyError", "The event, or an item, has no such key", 2),
    "returns-exc": (RETURNS, "Runtime.MarshalError", "What it returned is no JSON", 0),
    "imports": (f"import not_there\n\n\n{HEAD}return 1\n", "Runtime.ImportModuleError", "A module is missing", 0),
    "misspelt": (f"{HEAD}return (1\n", "Runtime.UserCodeSyntaxError", "Python cannot read the code", 2),
    "no-handler": ("def other(e, c):\n    return 1\n", "Runtime.HandlerNotFound", "The handler's name is wrong", 0),
    "endless": (f"{HEAD}while True:\n        pass\n", "Sandbox.Timedout", "It ran out of time", 0),
    "greedy": (f"{HEAD}return len(bytearray(2 * 1024**3))\n", "", "", 0),
    "long": (f"{HEAD}return 'x' * 7340032\n", "Function.ResponseSizeTooLarge", "The result is larger than 6 MB", 0),
}


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_a_function_that_fails(client: FlaskClient, embedded: Embedded, name: str) -> None:
    code, kind, said, line = BROKEN[name]
    make(embedded, name, code, Timeout=3 if name != "endless" else 1)
    answer = post(client, f"/lambda/{name}/invoke", payload="{}")
    shown = check_page(answer, f"/lambda/{name}/invoke", 200, 3)
    found = invoke(client, name, "{}")
    failure, marked = found["outcome"]["failure"], found["marked"]
    assert failure is not None, found["outcome"]
    if name == "greedy":
        assert failure["advice"]["title"] in ("It needed more memory than it has", "Python found no memory"), failure
    else:
        assert (failure["type"], failure["advice"]["title"]) == (kind, said), failure
    assert failure["advice"]["title"] in shown.text and failure["type"] in shown.text
    assert name == "greedy" or marked["line"] == line, (marked, failure)


def test_an_event_that_is_not_json(client: FlaskClient) -> None:
    answer = post(client, "/lambda/hello/invoke", payload="{\n  'a': 1\n}")
    shown = check_page(answer, "/lambda/hello/invoke", 422, 1)
    assert "Line 2, column 3" in shown.text and "not single ones" in shown.text
    assert "'a': 1" in (shown.field("payload").text or "")
    found = invoke(client, "hello", "[1, NaN]", 422)
    assert "NaN is no JSON" in found["mistake"]["message"]


def test_an_event_larger_than_lambda_takes(client: FlaskClient) -> None:
    large = json.dumps("x" * (1024 * 1024 + 10))
    assert "asynchronously Lambda takes" in invoke(client, "hello", large, 413, kind="Event")["fault"]
    assert "outcome" in invoke(client, "hello", large)
    found = invoke(client, "hello", json.dumps("x" * (6 * 1024 * 1024)), 413)
    assert "Put it into S3" in found["fault"] and found["outcome"] is None


def test_a_function_that_succeeds(client: FlaskClient, page: FetchPage) -> None:
    out = invoke(client, "hello", '{"Temperature": 10, "Wind": -5}')["outcome"]
    assert json.loads(out["result"]) == {"got": {"Temperature": 10, "Wind": -5}, "stage": "test"}
    assert out["report"]["memory"] == 128 and out["report"]["billed"] >= 1 and out["cost"] > 0
    assert "START RequestId" in out["log"] and "event {'Temperature': 10" in out["log"]
    assert invoke(client, "hello", "{}", kind="Event")["outcome"]["status"] == 202
    assert invoke(client, "hello", "{}", kind="DryRun")["outcome"]["status"] == 204
    seen = page("/lambda/hello/monitor", calls=2)
    assert out["request_id"] in seen.text and "Succeeded" in seen.text
    failed = invoke(client, "hello", '{"boom": 1}')["outcome"]["request_id"]
    later = invoke(client, "hello", "{}")["outcome"]["request_id"]
    told = client.get("/lambda/hello/monitor?format=json").get_json()["invocations"]
    wrong = {one["report"]["request_id"]: one["failed"] for one in told}
    assert [wrong[id] for id in (out["request_id"], failed, later)] == [False, True, False]


def test_events_are_saved_for_oneself_and_for_all(client: FlaskClient, page: FetchPage) -> None:
    assert post(client, "/lambda/hello/events", name="mine", payload='{"a": 1}').status_code == 303
    assert post(client, "/lambda/hello/events", name="ours", payload='{"b": 2}', everybody="1").status_code == 303
    shown = page("/lambda/hello/test?saved=hello:ours&shared=1", calls=1)
    assert '"b": 2' in (shown.field("payload").text or "") and "yours" in shown.text and "everybody's" in shown.text
    assert post(client, "/lambda/hello/events", name="bad", payload="{").status_code == 422
    assert post(client, "/lambda/hello/events", name="", payload="{}").status_code == 422
    assert post(client, "/lambda/hello/events/forget", id="hello:ours", everybody="1").status_code == 303
    assert "ours" not in page("/lambda/hello/test", calls=1).text.replace("yours", "")


def zipped(client: FlaskClient, path: str, files: dict[str, str] | bytes, **fields: str) -> Any:
    """Send a form whose file comes last."""
    data = files if isinstance(files, bytes) else packed(files)
    sent = {"csrf_token": token(client), **fields, "file": (io.BytesIO(data), "function.zip")}
    return client.post(path, data=sent, content_type="multipart/form-data")


@pytest.mark.parametrize(
    ("files", "said"),
    [({"main.py": "x = 1\n"}, "There is no lambda_function.py in the zip"),
     ({"folder/lambda_function.py": "x = 1\n"}, "is not at the zip's root"),
     ({"lambda_function.py": "def other(event, context): pass\n"}, "There is no lambda_handler in this file"),
     ({"lambda_function.py": "def lambda_handler(event, context)\n"}, "Python cannot read this"),
     (b"no zip at all", "It is no zip file")],
)  # fmt: skip
def test_a_zip_that_cannot_run(client: FlaskClient, files: dict[str, str] | bytes, said: str) -> None:
    fields = {"name": "zipped-badly", "runtime": "python3.12", "role": ROLE, "memory": "128", "timeout": "3"}
    answer = zipped(client, "/lambda/new/zip", files, **fields, handler="lambda_function.lambda_handler")
    shown = check_page(answer, "/lambda/new/zip", 422, 5)
    assert said in shown.text and shown.field("name").get("value") == "zipped-badly"
    assert client.get("/lambda/zipped-badly/").status_code == 404


def test_a_zip_of_several_files(client: FlaskClient, page: FetchPage, embedded: Embedded) -> None:
    fields = {"name": "several", "runtime": "python3.12", "role": ROLE, "memory": "128", "timeout": "3"}
    main = "import helper\n\n\ndef lambda_handler(event, context):\n    return helper.answer()\n"
    files = {"lambda_function.py": main, "helper.py": "def answer():\n    return 1\n"}
    answer = zipped(client, "/lambda/new/zip", files, **fields, handler="lambda_function.lambda_handler")
    assert answer.status_code == 303, answer.get_data(as_text=True)[:3000]
    shown = page("/lambda/several/?file=helper.py", calls=1)
    assert "return 1" in (shown.field("text").text or "") and "lambda_function.py" in shown.text
    values = {name: shown.field(name).get("value") for name in ("sha256", "revision")}
    sent = {"file": "helper.py", "text": "def answer():\n    return 2\n", **values}
    assert post(client, "/lambda/several/code", **sent).status_code == 303
    assert invoke(client, "several", "{}")["outcome"]["result"] == "2"
    late = post(client, "/lambda/several/code", **{**sent, "text": "def answer():\n    return 3\n"})
    text = late.get_data(as_text=True)
    assert late.status_code == 409 and "Somebody deployed meanwhile" in text and "return 3" in text
    assert invoke(client, "several", "{}")["outcome"]["result"] == "2"
    broken = page("/lambda/several/", calls=1)
    values = {name: broken.field(name).get("value") for name in ("sha256", "revision")}
    refused = post(client, "/lambda/several/code", file="lambda_function.py", text="def lambda_handler(:\n", **values)
    assert refused.status_code == 422 and "line 1" in refused.get_data(as_text=True)
    with client.get("/lambda/several/code.zip") as downloaded:
        assert downloaded.mimetype == "application/zip" and downloaded.get_data()[:2] == b"PK"
    bad = zipped(client, "/lambda/several/zip", {"x.py": ""})
    assert bad.status_code == 400 and "There is no lambda_function.py" in bad.get_data(as_text=True)
    good = zipped(client, "/lambda/several/zip", {"lambda_function.py": "def lambda_handler(e, c):\n    return 9\n"})
    assert good.status_code == 303 and invoke(client, "several", "{}")["outcome"]["result"] == "9"
