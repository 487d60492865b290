"""The editor's page, and running what it sends."""

from flask import current_app, make_response, render_template, request
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from app import respond
from app.blueprints.rds.blueprint import bp
from app.blueprints.rds.service import answers
from app.blueprints.rds.service.scripts import Ran
from app.blueprints.rds.views import exports, running
from app.blueprints.rds.views.asked import PAGES, Asked, asked
from app.blueprints.rds.views.common import problem_of
from app.blueprints.rds.views.connected import connected, reason
from app.blueprints.rds.views.running import QueryPage
from app.roles import VIEWER, needs
from app.security import from_elsewhere
from app.sql import cancel as cancelling
from app.sql.errors import ConnectError
from app.sql.options import TOKEN


@bp.get("/<identifier>/query")
def query(identifier: str) -> Response:
    """Show the editor; run `sql` where there is some, reading only."""
    if exports.wanted() and not from_elsewhere():
        return exports.export(identifier, request.args)
    return _answer(identifier, asked(request.args, write=False), fragment="rds/_results.html")


@bp.post("/<identifier>/query")
@needs(VIEWER)
def run_query(identifier: str) -> Response:
    """Run a script: `mode` is read or write; in write mode `expect` commits what was shown before."""
    wanted = asked(request.form, write=request.form.get("mode") == "write")
    return _answer(identifier, wanted, fragment="rds/_results.html")


@bp.post("/<identifier>/query/cancel")
@needs(VIEWER)
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


def _answer(identifier: str, wanted: Asked, fragment: str) -> Response:
    try:
        there = connected(identifier, wanted.database, write=wanted.write)
        shown = running.run(there, wanted)
    except ConnectError as error:
        if respond.wants_json():
            raise
        return _unconnected(identifier, wanted, reason(identifier, error))
    if respond.wants_json():
        return _json(shown)
    status = 422 if shown.mistake or (shown.ran and shown.ran.mistake) else 200
    template = fragment if respond.wants_fragment() else "rds/query.html"
    response = make_response(
        render_template(
            template, page=shown, timeouts=shown.asked.timeouts, deepest=PAGES, draft=request.args.get("draft", "")
        )
    )
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    if shown.share and respond.wants_fragment():
        response.headers["HX-Push-Url"] = shown.share
    return response


def _unconnected(identifier: str, wanted: Asked, error: ConnectError) -> Response:
    shown = QueryPage(identifier, "", "mysql", "", "", wanted, problem=problem_of(error))
    name = "rds/_unconnected.html" if respond.wants_fragment() else "rds/unconnected.html"
    response = make_response(render_template(name, page=shown, error=error))
    response.status_code = 200 if not wanted.sql else 502
    return response


def _json(page: QueryPage) -> Response:
    wrong = page.mistake or (page.ran.mistake if page.ran else None)
    names = tuple(one.name for one in page.parameters)
    body = answers.as_json(page.instance, page.asked.database, page.ran or Ran(), wrong, names, page.ask)
    response = make_response(current_app.json.dumps(body))
    response.mimetype = "application/json"
    response.status_code = 422 if wrong else 200
    response.headers["Cache-Control"] = "no-store"
    return response
