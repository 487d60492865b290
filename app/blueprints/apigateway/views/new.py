"""A whole API by one form: its steps done in order, gone on with after a failure, or undone."""

import re
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import ClientError
from flask import request, url_for
from werkzeug.wrappers import Response

from app import aws, execute_api, respond
from app.blueprints.apigateway.blueprint import bp
from app.blueprints.apigateway.service import editing, exporting, functions, making, stages
from app.blueprints.apigateway.service.functions import Function
from app.blueprints.apigateway.service.making import Draft, Progress
from app.blueprints.apigateway.views.common import gateway, refusal
from app.changes import done
from app.problems import Problem, from_exception
from app.roles import EDITOR, needs

LONGEST_IMPORT = 6 * 1024 * 1024  # AWS takes 6 MB
_PATH = re.compile(r"/|(/[A-Za-z0-9._:\-]+|/\{[A-Za-z0-9._:\-]+\+?\})+")
_ORIGIN = re.compile(r"\*|https?://[A-Za-z0-9.\-\[\]:]+")


@dataclass(frozen=True)
class NewPage:
    """The form, how far it went, and the functions to choose from."""

    draft: Draft
    functions: tuple[Function, ...] = ()
    no_functions: str = ""
    progress: Progress | None = None
    problem: Problem | None = None

    @property
    def missing(self) -> bool:
        """Whether the template's own function is not there."""
        wanted = making.TEMPLATES[self.draft.template].function
        return bool(wanted) and wanted not in {one.name for one in self.functions}


@bp.get("/new")
def new() -> Response:
    """Show the form; `template` and `function` may be chosen by the address."""
    given = request.args
    template = given.get("template", "own")
    template = template if template in making.TEMPLATES else "own"
    found = making.TEMPLATES[template]
    draft = Draft(template, found.name, found.path, found.verb, given.get("function", found.function), found.proxy)
    return _shown(NewPage(draft))


@bp.post("/new")
@needs(EDITOR)
def create() -> Response:
    """Make the API; `action` continue goes on with one that failed, undo takes back what was made."""
    draft = _typed()
    if request.form.get("action") == "undo":
        making.undo(_clients(), draft, aws.identity().account)
        back = url_for("apigateway.new", template=draft.template)
        return done({"undone": draft.api}, back, "What was made is taken back.")
    wrong = faults(draft)
    if wrong:
        return _shown(NewPage(draft), wrong, 422)
    progress, error = making.run(_clients(), draft, aws.identity().account)
    if error is not None:
        return _failed(progress, error)
    page = url_for("apigateway.api", api=progress.draft.api, resource=progress.places["resource"], verb=draft.verb)
    told = {"id": progress.draft.api, "steps": progress.done, "url": _url(progress.draft)}
    return done(
        told, page, f"{draft.name} is made and deployed to {draft.stage}." if draft.stage else "The API is made."
    )


def _url(draft: Draft) -> str:
    return execute_api.base(gateway(), draft.api, draft.stage) + draft.path if draft.stage else ""


def _failed(progress: Progress, error: ClientError) -> Response:
    problem = from_exception(error)
    if problem is None or (not progress.done and problem.code not in ("BadRequestException", "LimitExceededException")):
        raise error
    said = f"AWS said: {error.response['Error'].get('Message') or problem.code}"
    problem = replace(problem, happened=said)
    return _shown(NewPage(progress.draft, progress=progress, problem=problem), code=422)


def _clients() -> dict[str, Any]:
    return {"apigateway": gateway(), "lambda": aws.client("lambda")}


def _typed() -> Draft:
    form = request.form
    text: dict[str, Any] = {
        name: form.get(name, "").strip() for name in ("name", "path", "verb", "function", "stage", "origins", "api")
    }
    template = form.get("template", "own")
    text["path"] = "/" + text["path"].strip("/")
    ticked: dict[str, Any] = {name: name in form for name in ("cors", "errors")}
    chosen = template if template in making.TEMPLATES else "own"
    return Draft(
        chosen, proxy=form.get("proxy") == "1", description=form.get("description", "").strip(), **text, **ticked
    )


def faults(draft: Draft) -> dict[str, str]:
    """Return what is wrong with the form, by field."""
    found = {}
    if not draft.name:
        found["name"] = "Give the API a name."
    if not _PATH.fullmatch(draft.path):
        found["path"] = "A path such as /sum or /pictures/{id}: letters, digits, dots, dashes and names in braces."
    if draft.verb not in editing.VERBS or draft.verb == "OPTIONS":
        found["verb"] = "Choose a method."
    if not draft.function:
        found["function"] = "Choose the function that is called."
    if draft.stage and not re.fullmatch(stages.NAME, draft.stage):
        found["stage"] = "Letters, digits, dashes and underscores; empty to deploy later."
    if draft.cors and not _ORIGIN.fullmatch(draft.origins):
        found["origins"] = "One origin such as https://example.com, or * for every page."
    return found


def _shown(page: NewPage, wrong: dict[str, str] | None = None, code: int = 200) -> Response:
    found, said = functions.listed(aws.client("lambda"))
    whole = replace(page, functions=found, no_functions=said)
    more: dict[str, Any] = {"faults": wrong or {}, "templates": making.TEMPLATES, "steps": making.STEPS}
    more["verbs"] = [one for one in editing.VERBS if one != "OPTIONS"]
    if respond.wants_json() and wrong:
        return respond.page("", {"faults": wrong}, status=code)
    return respond.page("apigateway/new.html", whole, status=code, **more)


@dataclass(frozen=True)
class ImportPage:
    """The form of an import, and what AWS said to it."""

    fault: str = ""


@bp.get("/import")
def ask_import() -> Response:
    """Show the form that takes an OpenAPI or Swagger file."""
    return respond.page("apigateway/import.html", ImportPage())


@bp.post("/import")
@needs(EDITOR)
def import_api() -> Response:
    """Make an API of a file."""
    sent = request.files.get("file")
    text = sent.stream.read(LONGEST_IMPORT + 1) if sent and sent.filename else b""
    if not text or len(text) > LONGEST_IMPORT:
        said = "The file is larger than the 6 MB that AWS takes." if text else "Choose a file that is not empty."
        return respond.page("apigateway/import.html", ImportPage(said), status=422)
    try:
        made, warnings = exporting.imported(gateway(), text)
    except ClientError as error:
        problem = refusal(error)
        return respond.page("apigateway/import.html", ImportPage(problem.happened), status=problem.status)
    told = "The API is made of the file. " + " ".join(warnings)
    return done({"id": made, "warnings": warnings}, url_for("apigateway.api", api=made), told.strip())
