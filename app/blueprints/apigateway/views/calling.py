"""A deployed stage, called as its callers call it."""

import re
from dataclasses import dataclass
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from app import aws, drawer, respond
from app.blueprints.apigateway.blueprint import bp
from app.blueprints.apigateway.service import apis, calling, cors, making, tree
from app.blueprints.apigateway.service import stages as stages_of
from app.blueprints.apigateway.service.apis import Api
from app.blueprints.apigateway.service.calling import Called, Request
from app.blueprints.apigateway.service.explain import Explanation
from app.blueprints.apigateway.service.stages import Stage
from app.blueprints.apigateway.service.tree import Method, Resource
from app.blueprints.apigateway.service.trying import Given
from app.blueprints.apigateway.views.common import explained, gateway
from app.blueprints.apigateway.views.stages import no_stage
from app.roles import EDITOR, needs

FOREIGN = "https://example.org"


@dataclass(frozen=True)
class CallPage:
    """The stages and paths to choose from, what is sent, and what came back."""

    api: Api
    stages: tuple[Stage, ...]
    methods: tuple[str, ...]
    stage: str
    request: Request
    url: str = ""
    curl: str = ""
    python: str = ""
    called: Called | None = None
    explanation: Explanation | None = None
    judged: str | None = None


@bp.get("/<api>/call")
def ask_call(api: str) -> Response:
    """Show the form: `stage`, `verb` and `path` may be chosen by the address."""
    found, known, whole = _known(api)
    first = next((one for one in tree.methods(whole) if one.verb != "OPTIONS"), None)
    given = request.args
    verb = given.get("verb") or (first.verb if first else "POST")
    verb = verb if verb in calling.VERBS else "POST"
    path = given.get("path") or (first.path if first else "/")
    body = making.sample(found.template, found.name) if verb in ("POST", "PUT", "PATCH") else ""
    headers = {"Content-Type": "application/json"} if body else {}
    stage = _stage(known, given.get("stage", ""))
    return _shown(found, known, whole, stage, Request(verb, path, "", body, headers))


def _known(api: str) -> tuple[Api, tuple[Stage, ...], tuple[Resource, ...]]:
    client = gateway()
    return apis.get(client, api), stages_of.of(client, api), tree.resources(client, api)


def _stage(known: tuple[Stage, ...], wanted: str) -> str:
    return wanted or (known[0].name if known else "")


@bp.post("/<api>/call")
@needs(EDITOR)
def call(api: str) -> Response:
    """Send one request to a stage of this API, never anywhere else; `action` preflight asks as a foreign page would."""
    found, known, whole = _known(api)
    form = request.form
    stage = form.get("stage", "").strip()
    if not known or not re.fullmatch(stages_of.NAME, stage):
        raise no_stage(stage)
    given = Given(headers=form.get("headers", "").replace("\r\n", "\n")).header_pairs
    fill = form.get("fill", 0, type=int)
    verb = form.get("verb", "POST")
    wanted = Request(
        verb if verb in calling.VERBS else "POST",
        form.get("path", "/").strip(),
        form.get("query", "").strip(),
        form.get("body", "").replace("\r\n", "\n"),
        given,
        fill if fill in calling.FILLS else 0,
    )
    wrong = calling.faults(wanted)
    if wrong:
        return _shown(found, known, whole, stage, wanted, wrong, 422)
    if aws.identity().read_only:
        raise aws.ReadOnly("execute-api", "Invoke")
    if form.get("action") == "preflight":
        return _preflight(found, known, whole, stage, wanted)
    return _called(found, known, whole, stage, wanted)


def _called(found: Api, known: tuple[Stage, ...], whole: tuple[Resource, ...], stage: str, wanted: Request) -> Response:
    called = calling.call(gateway(), found.id, stage, wanted)
    _note(wanted, called)
    method = _method(whole, wanted)
    told = None
    if called.status:
        told = explained(found.id, method, called.status, [called.body], stage=True, sent=called.sent)
    return _shown(found, known, whole, stage, wanted, called=called, explanation=told)


def _preflight(
    found: Api, known: tuple[Stage, ...], whole: tuple[Resource, ...], stage: str, wanted: Request
) -> Response:
    """Ask as a browser does before a page of another origin may send."""
    origin = request.form.get("origin", "").strip() or FOREIGN
    asked = {"Origin": origin, "Access-Control-Request-Method": wanted.verb}
    asked["Access-Control-Request-Headers"] = "content-type"
    preflight = Request("OPTIONS", wanted.path, wanted.query, "", asked)
    wrong = calling.faults(preflight)
    if wrong:
        return _shown(found, known, whole, stage, wanted, {"origin": "An origin such as https://example.org."}, 422)
    called = calling.call(gateway(), found.id, stage, preflight)
    _note(preflight, called)
    judged = cors.judge(origin, wanted.verb, called.status, called.headers) if called.status else called.fault
    return _shown(found, known, whole, stage, wanted, called=called, judged=judged, origin=origin)


def _method(whole: tuple[Resource, ...], wanted: Request) -> Method | None:
    """Return the method that a path leads to; one with parameters is not looked for."""
    path = wanted.path.rstrip("/") or "/"
    found = [one for one in tree.methods(whole) if one.path == path]
    return next((one for verb in (wanted.verb, "ANY") for one in found if one.verb == verb), None)


def _note(wanted: Request, called: Called) -> None:
    """Show the request in the drawer beside AWS's calls."""
    drawer.add(
        drawer.ShownCall(
            service="execute-api",
            operation=f"{wanted.verb} {wanted.path}",
            count=1,
            milliseconds=round(called.milliseconds, 1),
            offset_ms=0.0,
            status=called.status or None,
            request_id=called.headers.get("x-amzn-RequestId"),
            retries=0,
            error_code=str(called.status or "NoAnswer") if called.fault or called.status >= 400 else None,
            error_message=called.fault or called.body[:300] or None if called.fault or called.status >= 400 else None,
            python=calling.python(called.url, wanted),
            command=calling.curl(called.url, wanted),
            policy="",
            docs_url="https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-call-api.html",
        )
    )


def _shown(
    found: Api,
    known: tuple[Stage, ...],
    whole: tuple[Resource, ...],
    stage: str,
    wanted: Request,
    wrong: dict[str, str] | None = None,
    code: int = 200,
    origin: str = FOREIGN,
    **more: Any,
) -> Response:
    if respond.wants_json() and wrong:
        return respond.page("", {"faults": wrong}, status=code)
    place = calling.url(gateway(), found.id, stage, wanted) if stage else ""
    labels = tuple(one.label for one in tree.methods(whole))
    shown = CallPage(
        found, known, labels, stage, wanted, place, calling.curl(place, wanted), calling.python(place, wanted), **more
    )
    tables: dict[str, Any] = {"fills": calling.FILLS, "verbs": calling.VERBS, "origin": origin, "faults": wrong or {}}
    return respond.page("apigateway/call.html", shown, status=code, **tables)
