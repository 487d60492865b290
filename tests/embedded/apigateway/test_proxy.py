"""Proxy integration: the whole request as an event, the function's own answer."""

import base64
import json
from typing import Any

import pytest

from tests.embedded.apigateway.conftest import Api


def proxied(api: Api, handler: str, path: str = "/{proxy+}", verb: str = "ANY") -> None:
    api.function(api.method(path, verb), handler, "AWS_PROXY")
    api.deploy(variables={"colour": "blue"})


def test_the_event(api: Api) -> None:
    proxied(api, "echo")
    got = api.call("/a%20b/c?x=1&x=2&y=", "text", {"X-Two": "1", "User-Agent": "tests"}, method="PUT")
    event = got.json
    assert got.headers["Content-Type"] == "application/json"
    assert (event["resource"], event["path"], event["httpMethod"]) == ("/{proxy+}", "/a b/c", "PUT")
    assert event["pathParameters"] == {"proxy": "a b/c"}
    assert event["queryStringParameters"] == {"x": "2", "y": ""}
    assert event["multiValueQueryStringParameters"] == {"x": ["1", "2"], "y": [""]}
    assert event["headers"]["X-Two"] == "1"
    assert event["multiValueHeaders"]["X-Two"] == ["1"]
    assert {"Host", "X-Amzn-Trace-Id", "X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto"} <= set(
        event["headers"]
    )
    assert event["stageVariables"] == {"colour": "blue"}
    assert (event["body"], event["isBase64Encoded"]) == ("text", False)
    context = event["requestContext"]
    assert (context["stage"], context["apiId"], context["accountId"]) == ("prod", api.id, "000000000000")
    assert (context["resourcePath"], context["path"]) == ("/{proxy+}", "/prod/a b/c")
    assert context["identity"]["sourceIp"] == "127.0.0.1"
    assert context["identity"]["userAgent"] == "tests"
    assert context["requestId"] == got.headers["x-amzn-RequestId"]
    assert {"extendedRequestId", "requestTime", "requestTimeEpoch", "protocol", "domainName", "resourceId"} <= set(
        context
    )


def test_what_is_not_sent_is_null(api: Api) -> None:
    proxied(api, "echo", "/", "GET")
    event = api.call("/").json
    names = ("queryStringParameters", "multiValueQueryStringParameters", "pathParameters", "body")
    assert [event[name] for name in names] == [None] * 4


def test_bytes_are_base64_where_the_api_says_so(api: Api) -> None:
    patch = [{"op": "add", "path": "/binaryMediaTypes/image~1*"}]
    api.client.update_rest_api(restApiId=api.id, patchOperations=patch)
    proxied(api, "echo", "/", "POST")
    sent = bytes(range(256))
    event = api.call("/", sent, {"Content-Type": "image/png"}).json
    assert (base64.b64decode(event["body"]), event["isBase64Encoded"]) == (sent, True)
    assert api.call("/", b"abc").json["isBase64Encoded"] is False


def test_the_functions_own_answer(api: Api) -> None:
    proxied(api, "answer", "/", "POST")
    wanted = {
        "statusCode": 418,
        "headers": {"Content-Type": "text/plain", "Server": "mine"},
        "multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"]},
        "body": "tea",
    }
    got = api.call("/", json.dumps(wanted))
    assert (got.status, got.body, got.headers["Content-Type"]) == (418, b"tea", "text/plain")
    assert got.headers.get_all("Set-Cookie") == ["a=1", "b=2"]
    assert got.headers["x-amzn-Remapped-Server"] == "mine"


def test_base64_answers_become_bytes_only_where_the_client_takes_them(api: Api) -> None:
    patch = [{"op": "add", "path": "/binaryMediaTypes/image~1png"}]
    api.client.update_rest_api(restApiId=api.id, patchOperations=patch)
    proxied(api, "answer", "/", "POST")
    text = base64.b64encode(b"\x89PNG").decode()
    body = json.dumps({"statusCode": 200, "body": text, "isBase64Encoded": True})
    assert api.call("/", body, {"Accept": "image/png"}).body == b"\x89PNG"
    assert api.call("/", body, {"Accept": "text/html"}).body == text.encode()


@pytest.mark.parametrize(
    "answer",
    [
        "text",
        25,
        None,
        {"body": "no status"},
        {"statusCode": "abc"},
        {"statusCode": 200, "body": {"not": "a text"}},
        {"statusCode": 200, "headers": ["none"]},
        {"statusCode": 200, "headers": {"X": "a\r\nSet-Cookie: b"}},
        {"statusCode": 200, "multiValueHeaders": {"X": "one"}},
    ],
)
def test_an_answer_that_is_none_is_502(api: Api, answer: Any) -> None:
    proxied(api, "answer", "/", "POST")
    got = api.call("/", json.dumps(answer))
    assert (got.status, got.json) == (502, {"message": "Internal server error"})
    assert got.headers["x-amzn-ErrorType"] == "InternalServerErrorException"


def test_the_log_says_that_the_answer_is_malformed(api: Api) -> None:
    place = api.method("/")
    api.function(place, "answer", "AWS_PROXY")
    log = api.test(place, body="25")["log"]
    assert "Execution failed due to configuration error: Malformed Lambda proxy response" in log
    assert "Method completed with status: 502" in log


def test_a_function_that_fails_is_502(api: Api) -> None:
    place = api.method("/")
    api.function(place, "fails", "AWS_PROXY")
    api.deploy()
    assert api.call("/", "{}").status == 502
    assert "Lambda execution failed with status 200 due to customer function error: bad input" in api.test(place)["log"]


def test_the_closest_path_wins(api: Api) -> None:
    for path in ("/{proxy+}", "/pets", "/pets/{id}"):
        api.function(api.method(path, "GET"), "echo", "AWS_PROXY")
    api.deploy()
    found = {path: api.call(path).json["resource"] for path in ("/pets", "/pets/1", "/pets/1/x", "/other", "/pets/")}
    assert found == {
        "/pets": "/pets",
        "/pets/": "/pets",
        "/pets/1": "/pets/{id}",
        "/pets/1/x": "/{proxy+}",
        "/other": "/{proxy+}",
    }
