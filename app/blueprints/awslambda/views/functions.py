"""Functions: the list, one with its code, and its end."""

from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from werkzeug.wrappers import Response

from app import aws, exports, respond
from app.blueprints.awslambda.blueprint import bp
from app.blueprints.awslambda.forms import DeleteForm
from app.blueprints.awslambda.service import functions as service
from app.blueprints.awslambda.service import recent, triggers
from app.blueprints.awslambda.service.functions import Function, Functions
from app.blueprints.awslambda.service.recent import Counts
from app.blueprints.awslambda.service.triggers import Triggers
from app.blueprints.awslambda.views.common import client, clients
from app.changes import done
from app.roles import EDITOR, needs

COLUMNS = ("name", "runtime", "memory_mb", "timeout_s", "modified", "package_bytes", "invocations_1h", "errors_1h")


@dataclass(frozen=True)
class ListPage:
    """The functions and what CloudWatch counted of them."""

    list: Functions
    counts: Counts


@bp.get("/")
def functions() -> Response:
    """List the functions; `search` is a part of their names or descriptions."""
    form = exports.asked()
    found = service.listed(client(), request.args.get("search", "").strip())
    counts = recent.counts(aws.client("cloudwatch"), [one.name for one in found.functions])
    if form:
        return exports.answer(form, COLUMNS, (_row(one, counts) for one in found.functions), "functions")
    page, more = ListPage(found, counts), _again()
    return respond.page("awslambda/functions.html", page, fragment="awslambda/_functions.html", **more)


def _again() -> dict[str, Any]:
    """Return what a part of a page needs that asks for itself again while something is being made ready."""
    return {"poll": respond.polling(), "was_moving": request.args.get("round") is not None}


@bp.get("/<function>/state")
def state(function: str) -> Response:
    """Show whether a function is ready; `version` is one of its versions, the newest code if none is named."""
    found = service.get(client(), function, request.args.get("version", ""))
    return respond.page("awslambda/state.html", found, fragment="awslambda/_state.html", **_again())


def _row(one: Function, counts: Counts) -> tuple[Any, ...]:
    numbers = (counts.invocations.get(one.name), counts.errors.get(one.name))
    return (one.name, one.runtime, one.memory, one.timeout, one.modified, one.size, *numbers)


@dataclass(frozen=True)
class DeletePage:
    """A function, and what still points to it."""

    function: Function
    triggers: Triggers


def _deleting(name: str) -> DeletePage:
    found = service.get(client(), name)
    return DeletePage(found, triggers.of(clients("s3", "apigateway"), found))


@bp.get("/<function>/delete")
def ask_delete(function: str) -> Response:
    """Say what still points to a function, and ask for its name before it is deleted."""
    return respond.page("awslambda/delete.html", _deleting(function), form=DeleteForm())


@bp.post("/<function>/delete")
@needs(EDITOR)
def delete(function: str) -> Response:
    """Delete a function whose name was typed."""
    form = DeleteForm()
    if form.validate_on_submit() and form.confirm.data == function:
        service.get(client(), function)
        client().delete_function(FunctionName=function)
        said = f"{function} is deleted, with all its versions. Its role and its log are still there."
        return done({"deleted": function}, url_for("awslambda.functions"), said)
    page = _deleting(function)
    form.confirm.errors = [f"This is not the function's name, which is {page.function.name}. Nothing was deleted."]
    return respond.page("awslambda/delete.html", page, form=form, status=422)
