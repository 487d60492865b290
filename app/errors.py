"""Exception -> Problem -> page, fragment or problem+json, in one place."""

import logging
from typing import Any

from flask import Flask, Response, current_app, g, jsonify, make_response, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from app.problems import Problem, from_exception
from app.recorder import recorded
from app.respond import wants_fragment, wants_json

logger = logging.getLogger("trellis")

_HTTP = {
    400: (
        "This cannot be done",
        "Something in the request is missing or malformed.",
        "Go back, correct it and try again.",
    ),
    401: ("Sign in", "This page is for people who have signed in.", "Sign in and come back."),
    403: ("Not allowed", "This is not allowed here.", "Ask whoever runs this dashboard."),
    404: ("No such page", "There is nothing at this address.", "Check the address, or start from the overview."),
    405: (
        "Not that way",
        "This address does not take this kind of request.",
        "Go back and use the page's own buttons.",
    ),
    413: (
        "Too large",
        "What was sent is larger than this dashboard takes.",
        "Send a smaller file, or upload it straight to S3.",
    ),
    421: (
        "Wrong address",
        "The dashboard does not answer under this host name.",
        "Use the address printed at its start, or add the name to TRELLIS_HOSTS.",
    ),
}
_CSRF = Problem(
    400,
    "The form has expired",
    "The form's security token is missing, too old or from another session. Nothing was changed.",
    "Reload the page and send it again.",
    "CSRF",
)
_OURS = Problem(
    500,
    "Trellis failed",
    "A fault of the dashboard itself stopped this page. It is in the log with its details.",
    "Try again; if it stays, report it with the steps that led here.",
    "InternalError",
)


def problem_of(error: Exception) -> Problem:
    """Return what to tell a person about any exception; a fault of our own is logged here."""
    if isinstance(error, CSRFError):
        return _CSRF
    if isinstance(error, HTTPException):
        return _from_http(error)
    problem = from_exception(error, _asked_for())
    if problem is None:
        logger.error("unhandled error at %s", request.path, exc_info=error)
        return _OURS
    return problem


def _asked_for() -> str:
    """Return the bucket or key that the failed call named: AWS's own answer often leaves it out."""
    failed = [call for call in recorded() if call.failed or (call.status or 0) >= 400]
    if not failed:
        return ""
    named = failed[-1].parameters
    key = "Key" if failed[-1].error_code in ("NoSuchKey", None) else "Bucket"
    return str(named.get(key) or named.get("Bucket") or "")


def _from_http(error: HTTPException) -> Problem:
    status = error.code or 500
    title, happened, remedy = _HTTP.get(status, (error.name, error.description or error.name, "Go back and try again."))
    own = error.description if error.description and error.description != type(error).description else None
    return Problem(status, title, own or happened, remedy, error.name)


def as_response(problem: Problem) -> Response:
    """Return a Problem in the form that the client asked for."""
    if wants_json():
        response = jsonify(as_json(problem))
        response.mimetype = "application/problem+json"
    elif g.get("stranger"):  # who may not be served sees neither the account nor a form's token
        response = make_response(render_template("errors/bare.html", problem=problem))
    else:
        template = "partials/_problem.html" if wants_fragment() else "errors/problem.html"
        response = make_response(render_template(template, problem=problem, service=_service()))
    response.status_code = problem.status
    response.headers["Cache-Control"] = "no-store"
    return response


def _service() -> tuple[str, str] | None:
    """Return the name and address of the service to which the failing address belongs."""
    for nav in current_app.extensions["navs"]:
        home = url_for(nav.endpoint)
        if home != "/" and request.path.startswith(home):
            return nav.label, home
    return None


def as_json(problem: Problem) -> dict[str, Any]:
    """Return a Problem as the members of RFC 9457, AWS's own among them."""
    return {
        "type": "about:blank",
        "title": problem.title,
        "status": problem.status,
        "detail": f"{problem.happened} {problem.remedy}",
        "code": problem.code,
        "request_id": problem.request_id,
        "operation": problem.operation,
    }


def init_app(app: Flask) -> None:
    """Answer every exception with a page that says what happened and what to do."""

    @app.errorhandler(Exception)
    def handle(error: Exception) -> Response:
        response = as_response(problem_of(error))
        if isinstance(error, HTTPException):
            for name, value in error.get_headers():
                if name.lower() in ("allow", "retry-after"):
                    response.headers[name] = value
        return response
