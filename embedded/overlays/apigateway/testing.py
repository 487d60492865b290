"""TestInvokeMethod: a method of the API as it is now, carried out without a stage, with the log of it."""

import time
from typing import Any
from urllib.parse import unquote

from embedded.book import Record
from embedded.overlays.apigateway.call import Call
from embedded.overlays.apigateway.execution import Engine, run_test
from embedded.overlays.apigateway.faults import bad
from embedded.overlays.apigateway.fields import texts
from embedded.overlays.apigateway.flow import TEST_STAGE, Flow, query_pairs, several, single
from embedded.overlays.apigateway.routing import find


async def test_invoke(call: Call, engine: Engine) -> dict[str, Any]:
    """Carry out a method and return status, headers, body, log and the milliseconds that it took."""
    api = call.api()
    method = _method(call, api)
    if "methodIntegration" not in method:
        raise bad("No integration defined for method")
    resource = call.resource(api)
    path, _, query = str(call.asked.get("pathWithQueryString") or "").partition("?")
    path = unquote(path) or resource["path"]
    flow = Flow(
        where=call.where,
        api=api,
        stage={"stageName": TEST_STAGE, "variables": texts(call.asked, "stageVariables"), "deploymentId": ""},
        verb=_verb(call, method),
        path=path,
        query=query_pairs(query),
        headers=_headers(call),
        body=str(call.asked.get("body") or "").encode(),
        host=call.host,
        test=True,
    )
    flow.resource, flow.method = resource, method
    found = find(api, path)
    if found is not None and found[0]["id"] == resource["id"]:
        flow.path_parameters = found[1]
    began = time.monotonic()
    made = await run_test(flow, engine)
    return {
        "status": made.status,
        "body": made.body.decode("utf-8", "replace"),
        "headers": single(made.headers),
        "multiValueHeaders": several(made.headers),
        "log": flow.journal.text(),
        "latency": int((time.monotonic() - began) * 1000),
    }


def _method(call: Call, api: Record) -> Record:
    methods = call.resource(api)["resourceMethods"]
    return methods.get(call.words["http_method"].upper()) or methods.get("ANY") or call.method(api)


def _verb(call: Call, method: Record) -> str:
    verb = call.words["http_method"].upper()
    if verb == "ANY":
        raise bad("Invalid HTTP method: choose the one to test, not ANY")
    return verb if method["httpMethod"] == "ANY" else str(method["httpMethod"])


def _headers(call: Call) -> list[tuple[str, str]]:
    many = call.asked.get("multiValueHeaders") or {}
    pairs = [(name, str(value)) for name, values in many.items() for value in values]
    return pairs + [(name, value) for name, value in texts(call.asked, "headers").items() if name not in many]
