"""The first page, and the small routes that belong to no service."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Response, abort, current_app, redirect, request, session, url_for
from werkzeug.wrappers import Response as BaseResponse

from app import aws, problems, recorder, respond
from app.blueprints import Nav, Status
from app.roles import VIEWER, needs

bp = Blueprint("overview", __name__)
_askers = ThreadPoolExecutor(16, thread_name_prefix="overview")


@dataclass(frozen=True)
class Service:
    """One service of the overview with its state."""

    label: str
    url: str
    icon: str
    group: str
    about: str
    text: str
    usable: bool


@dataclass(frozen=True)
class Overview:
    """The overview page."""

    identity: aws.Identity
    services: list[Service]
    env_file: str


@bp.get("/")
def index() -> Response:
    """Show each service with its state; a service that fails says so and leaves the others standing."""
    identity = aws.identity()
    navs = [nav for nav in current_app.extensions["navs"] if nav.group]
    states = _states(navs) if identity.kind != "none" else [Status("Not connected", usable=False) for _ in navs]
    services = [_service(nav, status) for nav, status in zip(navs, states, strict=True)]
    return respond.page("overview/index.html", Overview(identity, services, _env_file()))


def _states(navs: Sequence[Nav]) -> list[Status]:
    """Ask every service at the same time; the page's calls are recorded in the order of the services."""
    asked = [_askers.submit(copy_context().run, _recorded, nav) for nav in navs]
    wait(asked)
    found = [one.result() for one in asked]
    for _, calls in found:
        recorder.recorded().extend(calls)
    return [status for status, _ in found]


def _recorded(nav: Nav) -> tuple[Status, list[recorder.Call]]:
    with recorder.recording() as calls:
        return _status(nav), calls


def _env_file() -> str:
    """Return the file with the embedded AWS's exports, as one types it where the dashboard was started."""
    home: Path = current_app.extensions["settings"].home.absolute()
    return str((home.relative_to(Path.cwd()) if home.is_relative_to(Path.cwd()) else home) / "env")


def _service(nav: Nav, status: Status) -> Service:
    return Service(nav.label, url_for(nav.endpoint), nav.icon, nav.group, nav.about, status.text, status.usable)


def _status(nav: Nav) -> Status:
    if nav.status is None:
        return Status("")
    try:
        return nav.status()
    except Exception as error:
        problem = problems.from_exception(error)
        if problem is None:
            raise
        return Status(problem.title, usable=False)


@bp.post("/region")
@needs(VIEWER)
def choose_region() -> BaseResponse:
    """Remember the chosen region in the session and return to the page it was chosen on."""
    chosen = request.form.get("region", "")
    if chosen not in aws.door().regions():
        abort(400, description=f"AWS has no region “{chosen[:40]}”.")
    session["region"] = chosen
    return redirect(respond.own_path(request.form.get("next", "")), 303)


@bp.post("/account")
@needs(VIEWER)
def choose_account() -> BaseResponse:
    """Remember the chosen account in the session, and begin in its own region; back to the page it was chosen on."""
    chosen = request.form.get("account", "")
    if chosen and chosen not in current_app.extensions["accounts"].named:
        abort(400, description=f"No account is called “{chosen[:40]}”.")
    session["account"] = chosen
    session.pop("region", None)
    return redirect(respond.own_path(request.form.get("next", "")), 303)


@bp.get("/healthz")
def health() -> Response:
    """Answer that the process lives; calls no AWS service."""
    return Response("ok\n", mimetype="text/plain")
