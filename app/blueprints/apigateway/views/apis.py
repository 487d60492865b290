"""REST APIs: the list, one with its resources and the flow of a method, its end."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from werkzeug.wrappers import Response

from app import aws, exports, respond
from app.blueprints.apigateway.blueprint import bp
from app.blueprints.apigateway.forms import DeleteForm
from app.blueprints.apigateway.service import apis as service
from app.blueprints.apigateway.service import editing, functions, stages, tree
from app.blueprints.apigateway.service.apis import Api
from app.blueprints.apigateway.service.functions import Function
from app.blueprints.apigateway.service.stages import Stage
from app.blueprints.apigateway.service.tree import Method, Resource
from app.blueprints.apigateway.views.common import caller, gateway
from app.changes import done
from app.roles import EDITOR, needs


@bp.app_template_filter("pairs")
def pairs(values: Iterable[str]) -> list[tuple[str, str]]:
    """Return values as choices whose words are themselves."""
    return [(one, one) for one in values]


@bp.get("/")
def apis() -> Response:
    """List the APIs; `search` is a part of their names, ids or descriptions."""
    form = exports.asked()
    found = service.listed(gateway(), request.args.get("search", "").strip())
    if form:
        return exports.answer(form, service.COLUMNS, _rows(found.apis), "rest-apis")
    return respond.page("apigateway/apis.html", found, fragment="apigateway/_apis.html")


def _rows(found: tuple[Api, ...]) -> Iterator[tuple[Any, ...]]:
    return ((one.name, one.id, one.endpoint, one.created, one.description) for one in found)


@dataclass(frozen=True)
class Deployed:
    """The stages of one API, for its line in the list."""

    api: str
    stages: tuple[Stage, ...]


@bp.get("/<api>/deployed")
def deployed(api: str) -> Response:
    """Show an API's stages and when each was deployed."""
    found = Deployed(api, stages.of(gateway(), api))
    return respond.page("apigateway/deployed.html", found, fragment="apigateway/_deployed.html")


@dataclass(frozen=True)
class ApiPage:
    """An API, its tree, the chosen method, and whether that may call its function."""

    api: Api
    resources: tuple[Resource, ...]
    method: Method | None
    resource: Resource | None
    permission: str = ""


@bp.get("/<api>/")
def api(api: str) -> Response:
    """Show an API's resources; `resource` and `verb` choose a method, the first one if none is named."""
    return shown(api)


def shown(api: str, faults: dict[str, str] | None = None, code: int = 200, **more: Any) -> Response:
    """Return an API's page with a form's faults."""
    found, whole = service.get(gateway(), api), tree.resources(gateway(), api)
    given = request.values
    place, verb = given.get("resource", ""), given.get("verb", "")
    method = tree.find(whole, place, verb)
    if method is None and not place:
        method = next((one for one in tree.methods(whole) if one.verb != "OPTIONS"), None)
    chosen = method.resource if method else place
    resource = next((one for one in whole if one.id == chosen), whole[0] if whole else None)
    behind = method.integration if method else None
    permission = ""
    if method and behind and behind.function:
        permission = functions.allowed(aws.client("lambda"), behind.function_arn, caller(api, method))
    page = ApiPage(found, whole, method, resource, permission)
    choices, why_not = _functions()
    tables = {"verbs": editing.VERBS, "passthrough": editing.PASSTHROUGH, "examples": editing.EXAMPLES}
    tables |= {"model": editing.MODEL, "places": editing.PLACES}
    told = {"functions": choices, "no_functions": why_not, "faults": faults or {}, "typed": request.form}
    return respond.page("apigateway/api.html", page, status=code, **{**tables, **told, **more})


def _functions() -> tuple[tuple[Function, ...], str]:
    if respond.wants_json():
        return (), ""
    return functions.listed(aws.client("lambda"))


@bp.get("/<api>/delete")
def ask_delete(api: str) -> Response:
    """Ask for the name before an API is deleted."""
    return respond.page("apigateway/delete.html", service.get(gateway(), api), form=DeleteForm())


@bp.post("/<api>/delete")
@needs(EDITOR)
def delete(api: str) -> Response:
    """Delete an API whose name was typed."""
    found = service.get(gateway(), api)
    form = DeleteForm()
    if form.validate_on_submit() and form.confirm.data == found.name:
        service.delete(gateway(), api)
        said = f"{found.name} is deleted with its stages. Functions and their permissions stay."
        return done({"deleted": api}, url_for("apigateway.apis"), said)
    form.confirm.errors = [f"This is not the API's name, which is {found.name}. Nothing was deleted."]
    return respond.page("apigateway/delete.html", found, form=form, status=422)
