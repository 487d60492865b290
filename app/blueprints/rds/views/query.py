"""The editor's page, and running what it sends."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import current_app, make_response, render_template, request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from app import aws, respond
from app.blueprints.rds.blueprint import bp
from app.blueprints.rds.service import answers, parameters, scripts
from app.blueprints.rds.service.parameters import Parameter
from app.blueprints.rds.service.scripts import Mistake, Ran
from app.blueprints.rds.views import exports, history, snippets
from app.blueprints.rds.views.common import problem_of
from app.blueprints.rds.views.connected import Connected, connected, forget
from app.problems import Problem
from app.sql import cancel as cancelling
from app.sql import statements
from app.sql.errors import ConnectError, SqlError
from app.sql.options import TOKEN, Options
from app.sql.statements import Statement

ROWS = 100  # of a page
PAGES = 100
EXPECTED = re.compile(r"(?:[0-9]{1,18},)*[0-9]{0,18}")
TIMEOUTS = (5, 30, 120, 600)  # seconds
LONGEST_URL = 3500  # characters of SQL and parameters that an address carries


@dataclass(frozen=True)
class Asked:
    """What a request asks to run."""

    sql: str
    database: str
    page: int = 1
    write: bool = False
    timeout: int = 30
    token: str = ""
    sure: bool = False
    expect: str = ""
    alone: bool = False
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class QueryPage:
    """The editor and what ran; `ask` are sentences to be agreed to before anything runs."""

    instance: str
    engine: str
    dialect: str
    host: str
    user: str
    asked: Asked
    parameters: tuple[Parameter, ...] = ()
    ran: Ran | None = None
    mistake: Mistake | None = None
    ask: tuple[str, ...] = ()
    problem: Problem | None = None
    share: str = ""
    read_only_account: bool = False
    from_elsewhere: bool = False
    more: dict[str, Any] = field(default_factory=dict)


@bp.get("/<identifier>/query")
def query(identifier: str) -> Response:
    """Show the editor; run `sql` where there is some, reading only."""
    if exports.wanted() and not _from_elsewhere():
        return exports.export(identifier, request.args)
    asked = _asked(request.args, write=False)
    return _answer(identifier, asked, fragment="rds/_results.html")


@bp.post("/<identifier>/query")
def run_query(identifier: str) -> Response:
    """Run a script: `mode` is read or write; in write mode `expect` commits what was shown before."""
    asked = _asked(request.form, write=request.form.get("mode") == "write")
    return _answer(identifier, asked, fragment="rds/_results.html")


@bp.post("/<identifier>/query/cancel")
def cancel_query(identifier: str) -> Response:
    """Stop the statement that runs under a token, at the server."""
    token = request.form.get("run", "")
    if not token or not TOKEN.fullmatch(token):
        raise BadRequest("There is no such run.")
    there = connected(identifier, request.form.get("database", ""))
    stopped = cancelling.cancel(there.target, token)
    response = make_response(current_app.json.dumps({"cancelled": stopped == "stopped", "state": stopped}))
    response.mimetype = "application/json"
    return response


def _asked(fields: Mapping[str, str], write: bool) -> Asked:
    token = fields.get("run", "")
    if not TOKEN.fullmatch(token):
        raise BadRequest("A run's name is letters, digits and hyphens.")
    if not EXPECTED.fullmatch(fields.get("expect", "")):
        raise BadRequest("The numbers of rows to expect are digits and commas.")
    return Asked(
        sql=(fields.get("only") or fields.get("sql", "")).replace("\r\n", "\n"),
        database=fields.get("database", ""),
        page=min(max(_number(fields.get("page"), 1), 1), PAGES),
        write=write,
        timeout=min(max(_number(fields.get("timeout"), 30), 1), TIMEOUTS[-1]),
        token=token,
        sure="sure" in fields,
        expect=fields.get("expect", "") if write else "",
        alone=write and "alone" in fields,
        fields={name: value for name, value in fields.items() if name.startswith(("p.", "null."))},
    )


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else default


def _answer(identifier: str, asked: Asked, fragment: str) -> Response:
    try:
        there = connected(identifier, asked.database, write=asked.write)
        shown = _run(there, asked)
    except ConnectError as error:
        forget(identifier)
        if respond.wants_json():
            raise
        return _unconnected(identifier, asked, error)
    if respond.wants_json():
        return _json(shown)
    status = 422 if shown.mistake or (shown.ran and shown.ran.mistake) else 200
    template = fragment if respond.wants_fragment() and asked.sql else "rds/query.html"
    response = make_response(
        render_template(template, page=shown, timeouts=TIMEOUTS, draft=request.args.get("draft", ""))
    )
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    if shown.share and respond.wants_fragment():
        response.headers["HX-Push-Url"] = shown.share
    return response


def _unconnected(identifier: str, asked: Asked, error: ConnectError) -> Response:
    shown = QueryPage(identifier, "", "mysql", "", "", asked, problem=problem_of(error))
    name = "rds/_unconnected.html" if respond.wants_fragment() else "rds/unconnected.html"
    response = make_response(render_template(name, page=shown, error=error))
    response.status_code = 200 if not asked.sql else 502
    return response


def _run(there: Connected, asked: Asked) -> QueryPage:
    """Split, ask, run: each step may end it."""
    target = there.target
    page = QueryPage(
        there.instance.identifier,
        there.instance.engine_name,
        target.engine,
        f"{target.host}:{target.port}",
        target.user,
        asked,
        read_only_account=aws.identity().read_only,
    )
    try:
        script = statements.split(asked.sql, target.dialect)
    except SqlError as error:
        return _with(page, mistake=scripts.mistake(error))
    found = parameters.of(script, asked.fields)
    page = _with(page, parameters=found)
    if _from_elsewhere():
        return _with(page, from_elsewhere=bool(script))
    if not script or not all(one.given for one in found):
        return page
    return _executed(there, page, script)


def _from_elsewhere() -> bool:
    """Whether a link of another site led here: its SQL is shown, and runs when the person says so."""
    return request.method == "GET" and request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site")


def _executed(there: Connected, page: QueryPage, script: list[Statement]) -> QueryPage:
    asked, target = page.asked, there.target
    values = parameters.values(page.parameters, target.dialect)
    options = Options(write=asked.write, limit=ROWS * asked.page, timeout=float(asked.timeout), token=asked.token)
    if not asked.write:
        ran = scripts.read(target, script, values, options)
        page = _with(page, ran=ran, share=_share(page))
    elif asked.alone and len(script) == 1 and target.dialect == "postgres":
        page = _with(page, ran=scripts.run_alone(target, script[0], values, options))
    elif ask := _questions(script, there):
        page = _with(page, ask=ask)
    elif scripts.ends_by_itself(script, target.dialect):
        page = _with(page, ran=scripts.run_for_good(target, script, values, options))
    else:
        page = _with(page, ran=scripts.show_changes(target, script, values, options, asked.expect))
    if page.ran is not None:
        snippets.show(there, script, values, page.ran, asked.write)
        history.note(page, there.target.database)
    return page


def _questions(script: list[Statement], there: Connected) -> tuple[str, ...]:
    """Return what a person must agree to before a writing script runs."""
    if "sure" in request.form or request.form.get("expect"):
        return ()
    said = [f"{word} without WHERE changes every row of its table." for word in scripts.whole_tables(script)]
    ending = scripts.ends_by_itself(script, there.target.dialect)
    if ending:
        words = " and ".join(ending)
        said.append(
            f"{there.instance.engine_name} commits by itself at {words}: the whole script runs for good at once, "
            "and cannot be shown before or rolled back."
        )
    return tuple(said)


def _with(page: QueryPage, **changes: Any) -> QueryPage:
    return QueryPage(**{**page.__dict__, **changes})


def _share(page: QueryPage) -> str:
    """Return the address of this very query, empty where it would be too long for one."""
    asked = page.asked
    fields = {"database": asked.database, "sql": asked.sql, "page": asked.page if asked.page > 1 else ""}
    fields = {name: value for name, value in fields.items() if value} | dict(asked.fields)
    size = sum(len(str(value)) for value in fields.values())
    values: dict[str, Any] = dict(fields)
    return url_for("rds.query", identifier=page.instance, **values) if size <= LONGEST_URL else ""


def _json(page: QueryPage) -> Response:
    wrong = page.mistake or (page.ran.mistake if page.ran else None)
    names = tuple(one.name for one in page.parameters)
    body = answers.as_json(page.instance, page.asked.database, page.ran or Ran(), wrong, names, page.ask)
    response = make_response(current_app.json.dumps(body))
    response.mimetype = "application/json"
    response.status_code = 422 if wrong else 200
    response.headers["Cache-Control"] = "no-store"
    return response
