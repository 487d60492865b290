"""Calls of deployed stages: `/_aws/execute-api/<api>/<stage>/<path>`, unsigned, as curl and browsers send them."""

import json
import secrets
import time
from urllib.parse import unquote

from embedded.book import Record, Where
from embedded.errors import Response
from embedded.overlays.apigateway.execution import Engine, run
from embedded.overlays.apigateway.flow import Answer, Flow, query_pairs
from embedded.overlays.apigateway.logs import Logs
from embedded.overlays.apigateway.origins import refusal
from embedded.request import Request
from embedded.stage_calls import FOREIGN, PREFIX

_HOP_BY_HOP = {"connection", "transfer-encoding", "keep-alive", "te", "upgrade", "content-length"}


async def answer(request: Request, engine: Engine, logs: Logs) -> Response:
    """Answer one call."""
    name, _, rest = request.raw_path.removeprefix(PREFIX).partition("/")
    stage_name, slash, path = rest.partition("/")
    found = _find(engine, unquote(name), unquote(stage_name))
    if found is None:
        return _response(_plain("Forbidden", "ForbiddenException"))
    where, api, stage = found
    flow = Flow(
        where=where,
        api=api,
        stage=stage,
        verb=request.method,
        path=unquote(slash + path) or "/",
        query=query_pairs(request.query),
        headers=_headers(request),
        body=request.body,
        host=request.headers.get("host", ""),
        source_ip=str((request.scope.get("client") or ("127.0.0.1",))[0]),
    )
    origin = request.scope.get(FOREIGN)
    made = await refusal(flow, origin, engine) if origin else None
    if made is None:
        made = await run(flow, engine)
        logs.note(engine, flow, made)
    return _response(made)


def _find(engine: Engine, name: str, stage_name: str) -> tuple[Where, Record, Record] | None:
    """Return where an API lives, what its stage shows, and the stage; APIs of all accounts have names of their own."""
    for kind, where, record in engine.book.everywhere("stage"):
        if kind == "stage" and (record["apiId"], record["stageName"]) == (name, stage_name):
            deployment = engine.book.find("deployment", where, f"{name}/{record['deploymentId']}")
            live = engine.book.find("api", where, name)
            if deployment is None or live is None or live["api"].get("disableExecuteApiEndpoint"):
                return None
            return where, deployment["snapshot"], record
    return None


def _headers(request: Request) -> list[tuple[str, str]]:
    """Return the headers as API Gateway passes them on: names capitalised, its own added."""
    found = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.scope["headers"]]
    pairs = [(name.title(), value) for name, value in found if name.lower() not in _HOP_BY_HOP]
    trace = f"Root=1-{int(time.time()):08x}-{secrets.token_hex(12)}"
    client = str((request.scope.get("client") or ("127.0.0.1",))[0])
    port = request.headers.get("host", "").rpartition(":")[2]
    own = [
        ("X-Amzn-Trace-Id", trace),
        ("X-Forwarded-For", client),
        ("X-Forwarded-Port", port),
        ("X-Forwarded-Proto", "http"),
    ]
    taken = {name for name, _ in own}
    return [pair for pair in pairs if pair[0] not in taken] + own


def _plain(message: str, error: str) -> Answer:
    body = json.dumps({"message": message}).encode()
    return Answer(403, [("Content-Type", "application/json"), ("x-amzn-ErrorType", error)], body)


def _response(made: Answer) -> Response:
    """Return an answer as the layers send it."""
    first: dict[str, str] = {}
    more = []
    for name, value in made.headers:
        if name.lower() in {one.lower() for one in first}:
            more.append((name, value))
        else:
            first[name] = value
    return Response(made.status, first, made.body, tuple(more))
