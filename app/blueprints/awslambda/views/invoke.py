"""The Test tab: events, an invocation, what came of it."""

from dataclasses import dataclass, field, replace
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from flask import request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from app import notes, respond, store
from app.blueprints.awslambda.blueprint import bp
from app.blueprints.awslambda.service import code, events, functions, invoking
from app.blueprints.awslambda.service.code import Marked
from app.blueprints.awslambda.service.functions import Function
from app.blueprints.awslambda.service.invoking import KINDS, Mistake, Outcome
from app.blueprints.awslambda.service.recipes import RECIPES
from app.blueprints.awslambda.views.common import client, refusal
from app.changes import done
from app.problems import Problem, from_exception
from app.roles import EDITOR, needs

KIND = "lambda-event"
EVERYBODY = "lambda-event-shared"
MOST_NAME = 100


@dataclass(frozen=True)
class Result:
    """What came of an invocation, or why there was none."""

    function: str
    outcome: Outcome | None = None
    marked: Marked = field(default_factory=Marked)
    problem: Problem | None = None
    mistake: Mistake | None = None
    fault: str = ""


@dataclass(frozen=True)
class TestPage:
    """The form of an invocation, saved events, and the result of one."""

    function: Function
    payload: str
    kind: str = "RequestResponse"
    qualifier: str = ""
    own: tuple[store.Entry, ...] = ()
    shared: tuple[store.Entry, ...] = ()
    result: Result | None = None
    fault: str = ""
    name: str = ""


@bp.get("/<function>/test")
def test(function: str) -> Response:
    """Show the form of an invocation; `template` or `saved` (and `shared`) choose the event that it begins with."""
    found = functions.get(client(), function, request.args.get("qualifier", ""))
    own, everybodys = _saved(function)
    text, name = _example(request.args.get("template", "")), ""
    chosen = request.args.get("saved", "")
    for entry in everybodys if request.args.get("shared") else own:
        if entry.id == chosen:
            text, name = str(entry.value["payload"]), str(entry.value["name"])
    return _page(
        TestPage(found, text, qualifier=request.args.get("qualifier", ""), own=own, shared=everybodys, name=name)
    )


def _example(key: str) -> str:
    """Return the event to begin with: a source's, a recipe's own, or the first."""
    if key in RECIPES:
        return RECIPES[key].event
    return events.BY_KEY.get(key, events.TEMPLATES[0]).text


def _saved(function: str) -> tuple[tuple[store.Entry, ...], tuple[store.Entry, ...]]:
    return tuple(notes.saved(KIND, function)), tuple(_everybodys().newest(200, prefix=f"{function}:"))


def _everybodys() -> store.Store:
    """Return the events that all people share: owned by nobody."""
    return store.everybodys(EVERYBODY)


def _page(page: TestPage, status: int = 200) -> Response:
    more: dict[str, Any] = {"kinds": KINDS, "limits": invoking.LIMITS, "templates": events.TEMPLATES}
    return respond.page("awslambda/test.html", page, status=status, **more)


@bp.post("/<function>/invoke")
@needs(EDITOR)
def invoke(function: str) -> Response:
    """Invoke a function with `payload`; `kind` is RequestResponse, Event or DryRun, `qualifier` a version or alias."""
    kind, qualifier = request.form.get("kind") or "RequestResponse", request.form.get("qualifier", "").strip()
    if kind not in KINDS:
        raise BadRequest("kind is RequestResponse, Event or DryRun.")
    payload = request.form.get("payload", "").encode("utf-8", "replace")
    result, status = _invoked(function, payload or b"{}", kind, qualifier)
    if respond.wants_json():
        return respond.page("", result, status=status)
    if respond.wants_fragment():
        return respond.page("awslambda/result.html", result, fragment="awslambda/_result.html")
    own, everybodys = _saved(function)
    found = functions.get(client(), function)
    text = request.form.get("payload", "")
    return _page(TestPage(found, text, kind, qualifier, own, everybodys, result), status)


def _invoked(function: str, payload: bytes, kind: str, qualifier: str) -> tuple[Result, int]:
    mistake, fault = invoking.mistake(payload), invoking.too_large(len(payload), kind)
    if mistake or fault:
        return Result(function, mistake=mistake, fault=fault), 413 if fault else 422
    try:
        outcome = invoking.invoke(client(), function, payload, kind, qualifier)
    except ClientError as error:
        problem = refusal(error, "" if qualifier else function)
        return Result(function, problem=problem), problem.status
    except BotoCoreError as error:
        problem_ = from_exception(error)
        if problem_ is None or problem_.status < 500:
            raise
        said = "The function may have run all the same: look at Monitor before you try again."
        return Result(function, problem=replace(problem_, remedy=said)), problem_.status
    marked = Marked()
    if outcome.failure:
        marked = code.marked(client(), function, outcome.failure.trace, outcome.failure.message, qualifier)
    return Result(function, outcome, marked), 200


@bp.post("/<function>/events")
@needs(EDITOR)
def save_event(function: str) -> Response:
    """Save an event under `name`, for this person or, with `everybody`, for all."""
    payload, name = request.form.get("payload", ""), request.form.get("name", "").strip()
    fault = _event_fault(payload, name)
    if not fault:
        try:
            _keep(function, name, payload, bool(request.form.get("everybody")))
        except store.TooLarge:
            fault = "The event is too large to be kept: at most 300 KiB."
    if fault:
        found = functions.get(client(), function)
        own, everybodys = _saved(function)
        return _page(TestPage(found, payload, own=own, shared=everybodys, fault=fault, name=name), 422)
    here = url_for("awslambda.test", function=function, saved=f"{function}:{name}",
                   shared=1 if request.form.get("everybody") else None)  # fmt: skip
    return done({"name": name}, here, f"The event “{name}” is saved.")


def _keep(function: str, name: str, payload: str, everybody: bool) -> None:
    if everybody:
        _everybodys().put({"scope": function, "name": name, "payload": payload}, f"{function}:{name}")
    else:
        notes.save(KIND, function, name, {"payload": payload})


def _event_fault(payload: str, name: str) -> str:
    if not name or len(name) > MOST_NAME:
        return f"Give the event a name of 1 to {MOST_NAME} characters."
    mistake = invoking.mistake(payload.encode("utf-8", "replace"))
    return f"The event is not JSON. Line {mistake.line}, column {mistake.column}: {mistake.message}" if mistake else ""


@bp.post("/<function>/events/forget")
@needs(EDITOR)
def forget_event(function: str) -> Response:
    """Remove a saved event, named by `id`, of this person's or, with `everybody`, of all people's."""
    id = request.form.get("id", "")
    if not id.startswith(f"{function}:"):
        raise BadRequest("Name an event of this function's.")
    if request.form.get("everybody"):
        _everybodys().delete(id)
    else:
        notes.forget(KIND, id)
    return done({"forgotten": id}, url_for("awslambda.test", function=function), "The event is removed.")
