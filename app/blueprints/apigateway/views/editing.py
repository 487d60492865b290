"""Changes to an API, each a form on the API's page: `what` says which."""

import re
from collections.abc import Callable

from botocore.exceptions import ClientError
from flask import request, url_for
from werkzeug.wrappers import Response

from app import aws
from app.blueprints.apigateway.blueprint import bp
from app.blueprints.apigateway.service import cors, editing, tree
from app.blueprints.apigateway.service.tree import Method, Resource
from app.blueprints.apigateway.views.apis import shown
from app.blueprints.apigateway.views.common import gateway, method_of, refusal
from app.changes import done
from app.problems import refused
from app.roles import EDITOR, needs

KINDS = ("proxy", "nonproxy", "mock", "http")
_PART = re.compile(r"[A-Za-z0-9._:\-]+|\{[A-Za-z0-9._:\-]+\+?\}|\{proxy\+\}")
_NAME = re.compile(r"[A-Za-z0-9]{1,64}")
Tree = tuple[Resource, ...]


class Wrong(Exception):
    """What was typed cannot be sent; `field` is where the page says so."""

    def __init__(self, field: str, text: str):
        super().__init__(text)
        self.field = field


@bp.post("/<api>/change")
@needs(EDITOR)
def change(api: str) -> Response:
    """Change an API; the page then says that callers see it after the next deployment."""
    what = request.form.get("what", "")
    if what not in CHANGES:
        raise refused(400, "No such change", "The form names no change that this page knows.", "Go back and try again.")
    whole = tree.resources(gateway(), api)
    try:
        place, verb, told = CHANGES[what](api, whole)
    except Wrong as error:
        return shown(api, {error.field: str(error)}, 422, opened=what)
    except ClientError as error:
        problem = refusal(error)
        return shown(api, {what: problem.happened}, problem.status, opened=what)
    back = url_for("apigateway.api", api=api, resource=place, verb=verb)
    return done({"what": what, "resource": place}, back, f"{told} Callers see it after the next deployment.")


def _typed(name: str) -> str:
    return request.form.get(name, "").replace("\r\n", "\n").strip()


def _resource(whole: Tree) -> Resource:
    found = next((one for one in whole if one.id == request.form.get("resource")), None)
    if found is None:
        raise refused(404, "No such resource", "It may have been deleted.", "Go back to the API's resources.")
    return found


def _behind() -> dict[str, str]:
    kind, function, uri = _typed("kind"), _typed("function"), _typed("uri")
    if kind not in KINDS:
        raise Wrong("kind", "Choose what stands behind the method.")
    if kind in ("proxy", "nonproxy") and not function:
        raise Wrong("function", "Choose a function.")
    if kind == "http" and not re.match(r"https?://\S+$", uri):
        raise Wrong("uri", "An address such as https://example.com/things.")
    return {"kind": kind, "function": function, "uri": uri}


def _add_resource(api: str, whole: Tree) -> tuple[str, str, str]:
    parent, part = _resource(whole), _typed("part").strip("/")
    if not _PART.fullmatch(part):
        raise Wrong("part", "Letters, digits, dots and dashes, or a name in braces such as {id}.")
    made = editing.add_resource(gateway(), api, parent.id, part)
    return made, "", f"/{part} is added under {parent.path}."


def _add_method(api: str, whole: Tree) -> tuple[str, str, str]:
    parent, verb = _resource(whole), _typed("new_verb")
    if verb not in editing.VERBS:
        raise Wrong("new_verb", "Choose a method.")
    editing.add_method(gateway(), api, parent.id, verb, _behind(), aws.client("lambda"))
    return parent.id, verb, f"{verb} {parent.path} is added."


def _method(whole: Tree) -> Method:
    return method_of(whole, request.form)


def _told(method: Method, text: str) -> tuple[str, str, str]:
    return method.resource, method.verb, text


def _integrate(api: str, whole: Tree) -> tuple[str, str, str]:
    method = _method(whole)
    editing.integrate(gateway(), editing.at(api, method), _behind(), aws.client("lambda"))
    return _told(method, "The integration is changed.")


def _template(api: str, whole: Tree) -> tuple[str, str, str]:
    method, kind, passing = _method(whole), _typed("content_type"), _typed("passthrough")
    if not re.fullmatch(r"[\w.+-]+/[\w.+*-]+", kind, re.ASCII):
        raise Wrong("content_type", "A content type such as application/json.")
    if passing not in editing.PASSTHROUGH:
        raise Wrong("passthrough", "Choose what happens to other content types.")
    editing.request_template(gateway(), editing.at(api, method), kind, request.form.get("template", ""), passing)
    return _told(method, "The mapping template is changed.")


def _key(api: str, whole: Tree) -> tuple[str, str, str]:
    method, needed = _method(whole), _typed("needed") == "1"
    editing.require_key(gateway(), editing.at(api, method), needed)
    return _told(method, "It asks for an API key." if needed else "It asks for no API key.")


def _validate(api: str, whole: Tree) -> tuple[str, str, str]:
    method = _method(whole)
    place, name, schema, model = (_typed(one) for one in ("place", "parameter", "model", "model_name"))
    if request.form.get("remove"):
        editing.no_checks(gateway(), editing.at(api, method), method)
        return _told(method, "Nothing is checked any more.")
    if name and (place not in editing.PLACES or not re.fullmatch(r"[\w.$-]+", name, re.ASCII)):
        raise Wrong("parameter", "A name of letters, digits and dashes.")
    if schema and (fault := editing.model_fault(schema)):
        raise Wrong("model", fault)
    if (schema or model) and not _NAME.fullmatch(model):
        raise Wrong("model_name", "Give the model a name of letters and digits.")
    if not name and not model:
        raise Wrong("parameter", "Name a parameter, a model or both.")
    wanted = {"parameter": f"{place}.{name}" if name else "", "model": schema, "model_name": model}
    editing.validate(gateway(), editing.at(api, method), method, wanted)
    return _told(method, "Requests are checked before the function is called.")


def _response(api: str, whole: Tree) -> tuple[str, str, str]:
    method, status, pattern = _method(whole), _typed("status"), request.form.get("pattern", "")
    if not re.fullmatch(r"[1-5]\d\d", status, re.ASCII):
        raise Wrong("status", "A status from 100 to 599.")
    try:
        re.compile(pattern)
    except re.error as error:
        raise Wrong("pattern", f"This is no regular expression: {error}.") from error
    editing.put_response(gateway(), editing.at(api, method), status, pattern, request.form.get("template", ""))
    return _told(method, f"The response {status} is there.")


def _delete_response(api: str, whole: Tree) -> tuple[str, str, str]:
    method = _method(whole)
    editing.delete_response(gateway(), editing.at(api, method), _typed("status"))
    return _told(method, f"The response {_typed('status')} is gone.")


def _cors(api: str, whole: Tree) -> tuple[str, str, str]:
    parent, origins = _resource(whole), _typed("origins") or "*"
    if not re.fullmatch(r"\*|https?://[A-Za-z0-9.\-:]+", origins):
        raise Wrong("origins", "One origin such as https://example.com, or *.")
    others = [one for one in parent.methods if one.verb != "OPTIONS"]
    cors.put(gateway(), api, parent.id, origins, [one.verb for one in others])
    for method in others:
        if method.integration is not None and not method.integration.proxy:
            for answer in method.integration.answers:
                cors.allow_on(gateway(), editing.at(api, method), answer.status, origins)
    return parent.id, "OPTIONS", "Pages of that origin may call it."


def _delete_method(api: str, whole: Tree) -> tuple[str, str, str]:
    method = _method(whole)
    if _typed("confirm") != method.label:
        raise Wrong("confirm", f"Type {method.label}. Nothing was deleted.")
    editing.delete_method(gateway(), editing.at(api, method))
    return method.resource, "", f"{method.label} is deleted."


def _delete_resource(api: str, whole: Tree) -> tuple[str, str, str]:
    found = _resource(whole)
    if found.path == "/" or _typed("confirm") != found.path:
        raise Wrong("confirm_resource", f"Type {found.path}. Nothing was deleted.")
    editing.delete_resource(gateway(), api, found.id)
    return found.parent, "", f"{found.path} is deleted with all below it."


CHANGES: dict[str, Callable[[str, Tree], tuple[str, str, str]]] = {
    "add-resource": _add_resource,
    "add-method": _add_method,
    "integration": _integrate,
    "template": _template,
    "key": _key,
    "validate": _validate,
    "response": _response,
    "delete-response": _delete_response,
    "cors": _cors,
    "delete-method": _delete_method,
    "delete-resource": _delete_resource,
}
