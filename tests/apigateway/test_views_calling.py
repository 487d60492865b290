"""Methods tried and stages called: right answers, and every usual mistake understood from the page."""

import contextlib
import io
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.blueprints.apigateway.service import calling
from app.blueprints.apigateway.service.calling import MOST
from app.blueprints.apigateway.service.keys import APIS
from tests.apigateway.helpers import at, checked, make, post, told
from tests.embedded.process import Embedded
from tests.pages import Page

FetchPage = Callable[..., Page]
NUMBERS = '{"Number1": 10, "Number2": 15}'
JSON = "Content-Type: application/json"


def call(client: FlaskClient, api: str, **fields: Any) -> dict[str, Any]:
    """Call a stage and return the page as JSON."""
    usual = {"stage": "dev", "verb": "POST", "path": "/", "body": NUMBERS, "headers": JSON}
    found: dict[str, Any] = told(client, f"/apigateway/{api}/call", **{**usual, **fields})
    return found


def try_out(client: FlaskClient, api: str, **fields: str) -> dict[str, Any]:
    """Test a method and return the page as JSON."""
    found: dict[str, Any] = told(client, f"/apigateway/{api}/test", **{**at(client, api), "body": NUMBERS, **fields})
    return found


def test_the_sum_is_25_tried_and_called(client: FlaskClient) -> None:
    api = make(client, "SumUp", "SumUpLambda")
    tried = try_out(client, api)["tried"]
    assert (tried["status"], tried["body"]) == (200, "25")
    boxes = list(dict.fromkeys(one["box"] for one in tried["log"]))
    assert boxes == ["Method request", "Integration request", "Integration", "Method response"]
    found = call(client, api)
    assert (found["called"]["status"], found["called"]["body"]) == (200, "25")
    assert found["url"].endswith(f"/_aws/execute-api/{api}/dev/") and found["explanation"] is None
    shown = checked(post(client, f"/apigateway/{api}/call", stage="dev", verb="POST", path="/", body=NUMBERS), "call")
    assert "execute-api" in shown.html and "curl" in shown.text


def test_the_snippets_of_a_call_send_the_same(client: FlaskClient) -> None:
    api = make(client, "snippets", "SumUpLambda")
    found = call(client, api)
    out = io.StringIO()
    exec(compile(found["python"], "snippet", "exec"), {"print": lambda *words: out.write(" ".join(map(str, words)))})
    assert out.getvalue() == "200 25"
    assert found["curl"].startswith("curl -i -X POST -H 'Content-Type: application/json' --data-binary")


def test_without_a_deployment(client: FlaskClient, page: FetchPage) -> None:
    api = make(client, "draft", "SumUpLambda", stage="")
    assert "Not deployed yet" in page(f"/apigateway/{api}/call").text
    assert "Not deployed yet" in page(f"/apigateway/{api}/stages", calls=5).text
    assert post(client, f"/apigateway/{api}/call", stage="dev").status_code == 404
    assert try_out(client, api)["tried"]["body"] == "25"


def test_a_wrong_stage_and_a_wrong_path(client: FlaskClient) -> None:
    api = make(client, "wrong", "SumUpLambda")
    stage = call(client, api, stage="prod")
    assert stage["called"]["status"] == 403 and stage["explanation"]["title"] == "Forbidden"
    assert stage["explanation"]["action"] == "deploy"
    path = call(client, api, path="/sums")
    assert path["called"]["status"] == 403 and path["explanation"]["title"] == "No such path on this stage"


def test_without_the_permission_and_with_it(client: FlaskClient, embedded: Embedded, page: FetchPage) -> None:
    api = make(client, "unallowed", "SumUpLambda")
    lambdas = embedded.client("lambda")
    lambdas.remove_permission(FunctionName="SumUpLambda", StatementId=f"apigateway-{api}-POST-root")
    assert "may not call SumUpLambda" in page(f"/apigateway/{api}/", calls=5).text
    called = call(client, api)
    assert called["called"]["status"] == 500 and called["explanation"]["action"] == "permission"
    place = at(client, api)
    tried = checked(post(client, f"/apigateway/{api}/test", **place, body=NUMBERS), "test")
    assert "API Gateway may not call the function" in tried.text and "Add the permission" in tried.text
    told(client, f"/apigateway/{api}/permission", **place)
    assert call(client, api)["called"]["body"] == "25"
    assert "may not call" not in page(f"/apigateway/{api}/", calls=5).text


def test_a_function_that_is_gone(client: FlaskClient, embedded: Embedded) -> None:
    api = make(client, "orphan", "malformed", proxy="1")
    kept = embedded.client("apigateway").get_resources(restApiId=api)["items"][0]["id"]
    gone = "arn:aws:lambda:us-east-1:000000000000:function:nobody"
    uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{gone}/invocations"
    embedded.client("apigateway").put_integration(
        restApiId=api, resourceId=kept, httpMethod="POST", type="AWS_PROXY", integrationHttpMethod="POST", uri=uri
    )
    found = try_out(client, api)
    assert found["tried"]["status"] >= 500 and found["explanation"]["title"] == "There is no such function"


def test_a_malformed_proxy_answer(client: FlaskClient) -> None:
    api = make(client, "malformed", "malformed", proxy="1")
    found = call(client, api)
    assert found["called"]["status"] == 502 and "has not the shape" in found["explanation"]["title"]


def test_proxy_hands_the_whole_request_on(client: FlaskClient) -> None:
    api = make(client, "proxied", "proxied", proxy="1", path="/things/{id}")
    found = call(client, api, path="/things/7", query="a=1")
    assert json.loads(found["called"]["body"]) == {"got": {"Number1": 10, "Number2": 15}}


def test_a_body_over_ten_megabytes(client: FlaskClient) -> None:
    api = make(client, "large", "SumUpLambda")
    found = call(client, api, fill="11")
    assert found["called"]["status"] == 413 and found["explanation"]["title"] == "The body is over 10 MB"


def test_an_api_key_is_missing_and_then_sent(client: FlaskClient, embedded: Embedded) -> None:
    api = make(client, "keyed", "SumUpLambda")
    told(client, f"/apigateway/{api}/change", what="key", needed="1", **at(client, api))
    told(client, f"/apigateway/{api}/stages", stage="dev")
    without = call(client, api)
    assert without["called"]["status"] == 403 and without["explanation"]["action"] == "key"
    limits = {"rate": "50", "burst": "50", "quota": "1000", "period": "DAY"}
    plan = told(client, "/apigateway/plans", plan_name="class", place=f"{api}:dev", **limits)["id"]
    key = told(client, "/apigateway/keys", name="student", plan=plan)["id"]
    shown = checked(client.get("/apigateway/keys"), "keys")
    value = embedded.client("apigateway").get_api_key(apiKey=key, includeValue=True)["value"]
    assert "student" in shown.text and value not in shown.html
    assert told(client, f"/apigateway/keys/{key}/value")["value"] == value
    assert call(client, api, headers=f"{JSON}\nx-api-key: {value}")["called"]["body"] == "25"
    used = client.get(f"/apigateway/plans/{plan}/usage?format=json").get_json()["used"]
    assert [(one["name"], one["used"]) for one in used] == [("student", 1)]
    checked(post(client, f"/apigateway/keys/{key}/delete", confirm="no"), "keys", 422)
    told(client, f"/apigateway/keys/{key}/delete", confirm="student")
    told(client, f"/apigateway/plans/{plan}", action="delete", confirm="class")
    assert client.get("/apigateway/keys?format=json").get_json()["plans"] == []


def test_the_stages_that_a_plan_can_be_for_are_offered(client: FlaskClient) -> None:
    api = make(client, "offered", "SumUpLambda")
    told(client, f"/apigateway/{api}/stages", stage="dev")
    place = checked(client.get("/apigateway/keys"), "keys").field("place")
    assert place.get("list") == "places"
    fragment = client.get("/apigateway/keys/places", headers={"HX-Request": "true"}).text
    assert f'<option value="{api}:dev">offered, dev</option>' in fragment and "<html" not in fragment
    assert f"{api}:dev" in checked(client.get("/apigateway/keys/places"), "places", calls=1 + APIS).text


def test_limits_of_a_plan_are_checked(client: FlaskClient) -> None:
    for fields, name in (
        ({"rate": "x"}, "rate"),
        ({"quota": "-1"}, "quota"),
        ({"rate": "1"}, "burst"),
        ({"place": "x"}, "place"),
    ):
        shown = checked(post(client, "/apigateway/plans", **{"plan_name": "p", **fields}), "plans", 422)
        assert shown.field(name).get("aria-invalid") == "true", fields
    assert checked(post(client, "/apigateway/keys", name=""), "keys", 422).field("name").get("aria-invalid") == "true"


def test_a_preflight_of_a_foreign_origin(client: FlaskClient) -> None:
    closed = make(client, "one origin", "SumUpLambda", origins="https://example.com")
    asked = call(client, closed, action="preflight", origin="https://example.org")
    assert "comes from https://example.org" in asked["judged"]
    assert call(client, closed, action="preflight", origin="https://example.com")["judged"] == ""


def test_a_wrong_content_type(client: FlaskClient) -> None:
    api = make(client, "typed", "SumUpLambda")
    template = {"content_type": "application/json", "passthrough": "NEVER", "template": "$input.json('$')"}
    told(client, f"/apigateway/{api}/change", what="template", **at(client, api), **template)
    told(client, f"/apigateway/{api}/stages", stage="dev")
    assert call(client, api)["called"]["body"] == "25"
    found = call(client, api, headers="Content-Type: text/plain")
    assert found["called"]["status"] == 415 and "content type" in found["explanation"]["title"]


def test_requests_are_checked_against_their_model(client: FlaskClient) -> None:
    api = make(client, "checked", "SumUpLambda")
    schema = json.dumps({"type": "object", "required": ["Number1", "Number2"]})
    fields = {"place": "querystring", "parameter": "", "model_name": "Numbers", "model": schema}
    told(client, f"/apigateway/{api}/change", what="validate", **at(client, api), **fields)
    found = try_out(client, api, body='{"Number1": 1}', headers=JSON)
    assert found["tried"]["status"] == 400 and "does not fit its model" in found["explanation"]["title"]
    assert try_out(client, api, headers=JSON)["tried"]["body"] == "25"


def test_an_error_of_the_function(client: FlaskClient) -> None:
    honest = make(client, "honest", "SumUpLambda")
    assert call(client, honest, body="{}")["called"]["status"] == 500
    book = make(client, "as the book", "SumUpLambda", errors="")
    without = told_without_errors(client, book)
    assert without["called"]["status"] == 200 and "told 200" in without["explanation"]["title"]


def told_without_errors(client: FlaskClient, api: str) -> dict[str, Any]:
    """Take the pattern away, deploy, and call with an event that fails."""
    told(client, f"/apigateway/{api}/change", what="delete-response", status="500", **at(client, api))
    told(client, f"/apigateway/{api}/stages", stage="dev")
    return call(client, api, body="{}")


def test_what_cannot_be_sent_is_said_beside_its_field(client: FlaskClient) -> None:
    api = make(client, "fields", "SumUpLambda", path="/a/{id}")
    where = f"/apigateway/{api}"
    shown = checked(post(client, f"{where}/call", stage="dev", verb="GET", path="a"), "call", 422)
    assert shown.field("path").get("aria-invalid") == "true"
    place = at(client, api, "POST /a/{id}")
    shown = checked(post(client, f"{where}/test", **place, path="/a/{id}", headers="no colon"), "test", 422)
    assert {n for n in ("path", "headers") if shown.field(n).get("aria-invalid")} == {"path", "headers"}


def test_a_call_never_leaves_the_api(client: FlaskClient, embedded: Embedded) -> None:
    api = make(client, "inside", "SumUpLambda")
    for path in ("/@example.com/", "//example.com/x", "/x?y#z", "/\\example.com"):
        found = call(client, api, path=path)
        assert found["called"]["url"].startswith(f"{embedded.endpoint}/_aws/execute-api/{api}/dev/"), path
        assert found["called"]["status"] == 403, path
    for path in ("/../../../", "/a/%2e%2e/%2E%2e/x", "/./x", "x"):
        refused = checked(post(client, f"/apigateway/{api}/call", stage="dev", path=path), "call", 422)
        assert refused.field("path").get("aria-invalid") == "true", path
    for stage in ("../../../s3", "..", "a b", "dev@example.com"):
        assert post(client, f"/apigateway/{api}/call", stage=stage).status_code == 404, stage


@pytest.mark.parametrize(
    "line",
    ["Host: other.example", "content-length: 5", "Transfer-Encoding: chunked", "Expect: 100-continue", "Bad name: x"],
)
def test_no_header_says_where_a_request_goes_or_ends(client: FlaskClient, line: str) -> None:
    api = make(client, "headers", "SumUpLambda")
    fields = {"stage": "dev", "verb": "POST", "path": "/", "body": NUMBERS, "headers": f"{JSON}\n{line}"}
    answer = post(client, f"/apigateway/{api}/call?format=json", **fields)
    assert answer.status_code == 422
    assert line.partition(":")[0] in answer.get_json()["faults"]["headers"]


def test_the_rest_of_a_long_answer_waits_for_nobody() -> None:
    class Long(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = b"x" * (MOST + 5) if self.path.endswith("/long") else b"short"
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with contextlib.suppress(ConnectionError):  # the caller leaves before the end
                self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Long)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    gateway = SimpleNamespace(meta=SimpleNamespace(endpoint_url=f"http://127.0.0.1:{server.server_port}"))
    try:
        long = calling.call(gateway, "api", "dev", calling.Request("GET", "/long"))
        assert (long.size, long.fault) == (MOST, "")
        for _ in range(3):
            assert calling.call(gateway, "api", "dev", calling.Request("GET", "/")).body == "short"
    finally:
        server.shutdown()
        server.server_close()
