"""Stages: what callers reach, what is not deployed yet, and the deployment."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError
from flask import request, url_for
from werkzeug.wrappers import Response

from app import respond
from app.blueprints.apigateway.blueprint import bp
from app.blueprints.apigateway.service import apis, difference, exporting, tree
from app.blueprints.apigateway.service import stages as service
from app.blueprints.apigateway.service.apis import Api
from app.blueprints.apigateway.service.difference import Difference
from app.blueprints.apigateway.service.stages import Deployment, Stage
from app.blueprints.apigateway.views.common import gateway, refusal
from app.changes import done
from app.numbers import told, whole
from app.problems import refused
from app.roles import EDITOR, needs

RATE = re.compile(r"[0-9]{1,7}(\.[0-9]{1,3})?")  # requests per second
MOST_REQUESTS = 10**7 - 1
NO_ROLE = (
    "Give it one, which its owner does once an account and region: aws apigateway update-account --patch-operations "
    "op=replace,path=/cloudwatchRoleArn,value=ARN-OF-THE-ROLE"
)


@dataclass(frozen=True)
class StagesPage:
    """An API's stages and deployments, and how one stage differs from the API as it is."""

    api: Api
    stages: tuple[Stage, ...]
    deployments: tuple[Deployment, ...]
    difference: Difference | None
    methods: int


@bp.get("/<api>/stages")
def stages(api: str) -> Response:
    """Show the stages; `stage` is the one that is compared with the API as it is now, the first if none is named."""
    return _shown(api)


def _shown(api: str, faults: dict[str, str] | None = None, code: int = 200, **more: Any) -> Response:
    client = gateway()
    found, known = apis.get(client, api), service.of(gateway(), api)
    whole = tree.resources(client, api)
    wanted = request.values.get("stage", "")
    chosen = wanted if wanted in {one.name for one in known} else known[0].name if known else ""
    differs = difference.compare(chosen, whole, difference.exported(client, api, chosen)) if chosen else None
    count = sum(1 for _ in tree.methods(whole))
    page = StagesPage(found, known, service.deployments(client, api, known), differs, count)
    more = {"faults": faults or {}, "typed": request.form, "levels": service.LEVELS, **more}
    return respond.page("apigateway/stages.html", page, status=code, **more)


@bp.post("/<api>/stages")
@needs(EDITOR)
def deploy(api: str) -> Response:
    """Deploy the API as it is now: `stage`, `description`."""
    name, told = request.form.get("stage", "").strip(), request.form.get("description", "").strip()
    if not re.fullmatch(service.NAME, name):
        return _shown(api, {"stage": "Letters, digits, dashes and underscores."}, 422)
    try:
        made = service.deploy(gateway(), api, name, told)
    except ClientError as error:
        problem = refusal(error)
        return _shown(api, {"stage": problem.happened}, problem.status)
    back = url_for("apigateway.stages", api=api, stage=name)
    return done({"deployment": made, "stage": name}, back, f"Deployed to {name}: callers reach it now.")


@bp.post("/<api>/stages/<stage>")
@needs(EDITOR)
def change_stage(api: str, stage: str) -> Response:
    """Change a stage's `variables` (name=value, one a line), limits (`rate`, `burst`) and `logging` (with `trace`)."""
    known = next((one for one in service.of(gateway(), api) if one.name == stage), None)
    if known is None:
        raise no_stage(stage)
    form = request.form
    lines = [one.strip() for one in form.get("variables", "").splitlines() if one.strip()]
    variables = dict(one.split("=", 1) for one in lines if "=" in one)
    wrong = {}
    if len(variables) != len(lines) or not all(re.fullmatch(r"\w+", name, re.ASCII) for name in variables):
        wrong["variables"] = "One name=value a line; names have letters, digits and underscores."
    given, faults = _given(form)
    if wrong | faults:
        return _shown(api, wrong | faults, 422, editing=stage)
    operations = service.wanted(known, variables, given)
    try:
        if operations:
            service.change(gateway(), api, stage, operations)
    except ClientError as error:
        problem = refusal(error)
        about_role = "CloudWatch Logs role" in problem.happened
        told = {"logging": f"{problem.happened}. {NO_ROLE}"} if about_role else {"variables": problem.happened}
        return _shown(api, told, problem.status, editing=stage)
    return done({"stage": stage}, url_for("apigateway.stages", api=api, stage=stage), f"The stage {stage} is changed.")


def _given(form: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return what is typed of a stage's limits and its logging, and what is wrong with it."""
    given = {name: form.get(name, "").strip() for name in ("rate", "burst")}
    wrong = {}
    if given["rate"] and not RATE.fullmatch(given["rate"]):
        wrong["rate"] = f"Requests per second, at most {MOST_REQUESTS:,}."
    if given["burst"] and whole(given["burst"], 0, MOST_REQUESTS) is None:
        wrong["burst"] = told(0, MOST_REQUESTS)
    if "logging" in form:
        given |= {"logging": form["logging"], "trace": "true" if form.get("trace") else "false"}
        if form["logging"] not in service.LEVELS:
            wrong["logging"] = "Choose one of the levels."
    return given, wrong


def no_stage(stage: str) -> Exception:
    """Return the refusal of a stage that is not there."""
    return refused(404, "No such stage", f"This API has no stage “{stage}”.", "Deploy the API to it first.")


@bp.get("/<api>/export")
def export(api: str) -> Response:
    """Send a stage's definition as a file: `stage`, `type`, `as` (json, yaml), `extensions`."""
    given = request.args
    wanted = exporting.Wanted(
        given.get("stage", ""), given.get("type", "oas30"), given.get("as", "json"), given.get("extensions", "")
    )
    known = wanted.type in exporting.TYPES and wanted.form in exporting.FORMS
    if not known or wanted.extensions not in exporting.EXTENSIONS or not wanted.stage:
        raise refused(400, "No such export", "Choose a stage, a type and a form.", "Go back to the API's stages.")
    pieces = exporting.open_file(gateway(), api, wanted)
    answer = Response(pieces, mimetype=exporting.FORMS[wanted.form])
    answer.headers["Content-Disposition"] = f'attachment; filename="{api[:20]}-{wanted.filename}"'.encode(
        "ascii", "replace"
    ).decode()
    answer.headers["Cache-Control"] = "no-store"
    return answer
