"""The PartiQL editor: what is written is judged, asked about where it changes something, and run."""

import re
import secrets
from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError
from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from app import aws, errors, respond
from app.blueprints.dynamodb.blueprint import bp
from app.blueprints.dynamodb.service.known import KNOWN
from app.blueprints.dynamodb.service.partiql import parameters, running
from app.blueprints.dynamodb.service.partiql.judging import judge, refuse
from app.blueprints.dynamodb.service.partiql.nodes import Statement
from app.blueprints.dynamodb.service.partiql.parser import statements
from app.blueprints.dynamodb.service.tables import Table
from app.blueprints.dynamodb.service.wire import Mistake
from app.blueprints.dynamodb.views import history, partiql_answers, partiql_files
from app.blueprints.dynamodb.views.common import dynamodb
from app.blueprints.dynamodb.views.partiql_asked import Asked, Fault, Shown, asked_of, opened, sealed
from app.problems import refused
from app.roles import VIEWER, needs
from app.security import from_elsewhere

PLACE = re.compile(r"(?:line (\d+),? col(?:umn)? (\d+))|(?<!\d)(\d+):(\d+):\d+")


@bp.get("/partiql")
def partiql() -> Response:
    """Show the editor; run `statement` where it only reads."""
    asked = asked_of(request.args)
    if partiql_files.wanted() and not from_elsewhere():
        return partiql_files.answer(asked)
    return _answer(asked, post=False)


@bp.post("/partiql")
@needs(VIEWER)
def run_partiql() -> Response:
    """Run statements; those that change something are asked about first, unless `sure` is there."""
    return _answer(asked_of(request.form), post=True)


@bp.post("/partiql/file")
@needs(VIEWER)
def partiql_file() -> Response:
    """Answer with the whole result of a statement that is too long for an address."""
    return partiql_files.answer(asked_of(request.form))


@bp.post("/partiql/check")
@needs(VIEWER)
def check_partiql() -> Response:
    """Return the fields of the parameters and what the statements would read, while they are typed."""
    shown = _judged(asked_of(request.form))
    return make_response(render_template("dynamodb/_partiql_check.html", page=shown, types=parameters.TYPES))


def _answer(asked: Asked, post: bool) -> Response:
    shown = _done(_judged(asked), post)
    if respond.wants_json():
        return partiql_answers.as_json(shown)
    template = "dynamodb/_partiql_results.html" if respond.wants_fragment() and asked.text else "dynamodb/partiql.html"
    more: dict[str, Any] = {"types": parameters.TYPES, "modes": running.MODES, "draft": request.args.get("draft", "")}
    html = render_template(template, page=shown, shown=partiql_answers.shown(shown), **more)
    response = make_response(html, shown.status)
    response.headers["Cache-Control"] = "no-store"
    if shown.share and respond.wants_fragment():
        response.headers["HX-Push-Url"] = shown.share
    return response


def _judged(asked: Asked) -> Shown:
    """Read and judge the statements; nothing is run."""
    shown = Shown(asked, read_only=aws.identity().read_only)
    try:
        found = statements(asked.text)
        tables = _tables(found)
        fields = parameters.of(found, tables, asked.fields)
        return replace(shown, judged=tuple(judge(found, tables)), parameters=fields)
    except Mistake as error:
        return replace(shown, fault=_fault(error))


def _tables(found: list[Statement]) -> dict[str, Table]:
    """Return what is known of the statements' tables; one that cannot be described is DynamoDB's to refuse."""
    described: dict[str, Table] = {}
    for name in dict.fromkeys(statement.table for statement in found[: running.TRANSACTION] if statement.table):
        try:
            described[name] = KNOWN.get(dynamodb(), name)
        except ClientError as error:
            if errors.problem_of(error).status not in (400, 403, 404):
                raise
    return described


def _done(shown: Shown, post: bool) -> Shown:
    """Run what may be run: each step may end it."""
    if shown.fault or not shown.judged:
        return shown
    if not post and from_elsewhere():
        return replace(shown, state="elsewhere")
    if not all(one.given for one in shown.parameters):
        return replace(shown, state="parameters")
    try:
        given = parameters.values(shown.parameters)
        refuse(shown.judged, shown.asked.text, shown.asked.mode)
    except Mistake as error:
        return replace(shown, fault=_fault(error), given={})
    shown = replace(shown, given=given)
    if shown.writes:
        if not post:
            return replace(shown, state="post")
        if shown.read_only:
            raise refused(403, "Read-only", "Changes are switched off for a real account.", "Run a SELECT.", "ReadOnly")
        if not shown.asked.sure:
            return replace(shown, state="ask")
    return _noted(_run(shown))


def _run(shown: Shown) -> Shown:
    client, asked, judged = dynamodb(), shown.asked, shown.judged
    found = [one.statement for one in judged]
    try:
        if asked.next:
            token = opened(asked.next, shown)
            results = [running.page(client, found[0], shown.given, token, judged[0].filters)]
        elif asked.mode == "batch":
            results = running.batch(client, found, shown.given)
        elif asked.mode == "transaction":
            results = running.transaction(client, found, shown.given, asked.token or secrets.token_hex(16))
        else:
            results = running.each(client, found, shown.given, [one.filters for one in judged])
    except ClientError as error:
        return replace(shown, fault=_refusal(error, shown))
    next_page = sealed(results[0].token, shown) if len(results) == 1 and results[0].token else ""
    return replace(shown, results=tuple(results), next=next_page, state="ran")


def _refusal(error: ClientError, shown: Shown) -> Fault:
    """Return AWS's refusal, at the place that it names or at which this page's own parser stumbled."""
    problem = errors.problem_of(error)
    message = str(error.response.get("Error", {}).get("Message") or "")
    statement = shown.judged[0].statement
    line, column = statement.doubt.line if statement.doubt else 0, statement.doubt.column if statement.doubt else 0
    if named := PLACE.search(message):
        line, column = (int(part) for part in named.groups() if part)
        before = shown.asked.text[: statement.start]
        column += len(before) - before.rfind("\n") - 1 if line == 1 else 0
        line += before.count("\n")
    remedy = problem.remedy
    if statement.doubt is not None:
        remedy = f"{statement.doubt.message} {remedy}"
    code = str(error.response.get("Error", {}).get("Code") or "")
    status = problem.status if problem.status != 400 else 422
    return Fault(problem.title, message or problem.happened, remedy, code, line, column, status, problem.request_id)


def _fault(error: Mistake) -> Fault:
    return Fault("This cannot be run", error.message, "", "", error.line, error.column)


def _noted(shown: Shown) -> Shown:
    history.note(shown)
    return shown
