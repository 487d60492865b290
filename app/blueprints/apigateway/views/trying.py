"""A method's Test: sent without a stage, its log read step by step, its failure explained."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError
from flask import request, url_for
from werkzeug.wrappers import Response

from app import aws, respond
from app.blueprints.apigateway.blueprint import bp
from app.blueprints.apigateway.service import apis, functions, making, tree, trying
from app.blueprints.apigateway.service.apis import Api
from app.blueprints.apigateway.service.explain import Explanation
from app.blueprints.apigateway.service.tree import Method
from app.blueprints.apigateway.service.trying import Given, Tried
from app.blueprints.apigateway.views.common import caller, explained, gateway, method_of, refusal
from app.changes import done
from app.problems import refused
from app.roles import EDITOR, needs


@dataclass(frozen=True)
class TestPage:
    """A method, what is sent, and what came back."""

    api: Api
    method: Method
    given: Given
    tried: Tried | None = None
    explanation: Explanation | None = None


@bp.get("/<api>/test")
def ask_test(api: str) -> Response:
    """Show the form of a test: `resource` and `verb` name the method."""
    found = apis.get(gateway(), api)
    method = method_of(tree.resources(gateway(), api), request.args)
    body = making.sample(found.template, found.name) if method.verb not in ("GET", "HEAD", "DELETE", "OPTIONS") else ""
    headers = "Content-Type: application/json" if body else ""
    return _shown(TestPage(found, method, Given(body, "", headers, method.path)))


@bp.post("/<api>/test")
@needs(EDITOR)
def test(api: str) -> Response:
    """Try the method: `body`, `query`, `headers` (one a line), `path` with its values."""
    found = apis.get(gateway(), api)
    method = method_of(tree.resources(gateway(), api), request.form)
    given = trying.typed(request.form)
    page = TestPage(found, method, given)
    wrong = trying.faults(given, method.path)
    if wrong:
        return _shown(page, wrong, 422)
    verb = "GET" if method.verb == "ANY" else method.verb
    try:
        tried = trying.invoke(gateway(), api, method.resource, verb, given, method.path)
    except ClientError as error:
        problem = refusal(error)
        return _shown(page, {"whole": problem.happened}, problem.status)
    texts = [tried.body, *(one.text for one in tried.log)]
    told = explained(api, method, tried.status, texts, sent=len(given.body))
    return _shown(TestPage(found, method, given, tried, told))


def _shown(page: TestPage, wrong: dict[str, str] | None = None, code: int = 200) -> Response:
    more: dict[str, Any] = {"faults": wrong or {}}
    if respond.wants_json() and wrong:
        return respond.page("", {"faults": wrong}, status=code)
    return respond.page("apigateway/test.html", page, status=code, **more)


@bp.post("/<api>/permission")
@needs(EDITOR)
def permission(api: str) -> Response:
    """Let a method call its function: `resource`, `verb`."""
    method = method_of(tree.resources(gateway(), api), request.form)
    if method.integration is None or not method.integration.function:
        raise refused(400, "No function", "This method calls no Lambda function.", "Choose its integration first.")
    functions.allow(aws.client("lambda"), method.integration.function_arn, caller(api, method))
    back = url_for("apigateway.api", api=api, resource=method.resource, verb=method.verb)
    return done({"function": method.integration.function}, back, f"{method.label} may call the function now.")
