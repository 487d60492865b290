"""One instance: its facts, how one signs in to it, and what is in it."""

from dataclasses import dataclass, field
from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from app import respond
from app.blueprints.rds.blueprint import bp
from app.blueprints.rds.forms import ConnectionForm
from app.blueprints.rds.service import instances as service
from app.blueprints.rds.service.instances import Instance
from app.blueprints.rds.service.logins import Login
from app.blueprints.rds.views import connected
from app.blueprints.rds.views.common import instance_url, problem_of, rds
from app.problems import Problem
from app.roles import EDITOR, needs
from app.sql.engines import ENGINES
from app.sql.errors import ConnectError
from app.store import held

UNKEPT = (
    "A choice is kept in the dashboard's own DynamoDB table, and this account is read-only here: only the secret that "
    "belongs to the instance is used, without being chosen."
)


@dataclass(frozen=True)
class InstancePage:
    """An instance; `login` is how this session signs in (None: it cannot yet, and `problem` says why)."""

    instance: Instance
    login: Login | None = None
    user: str = ""
    database: str = ""
    secret: str = ""
    problem: Problem | None = None
    extra: dict[str, Any] = field(default_factory=dict)


@bp.get("/<identifier>/")
def instance(identifier: str) -> Response:
    """Show an instance; while it changes its state the head of the page asks for itself again."""
    found = service.get_instance(rds(), identifier)
    if respond.wants_fragment():
        shown = request.args.get("round", type=int) is not None
        return respond.page(
            "rds/_head.html", InstancePage(found), fragment="rds/_head.html", poll=respond.polling(), was_moving=shown
        )
    return _page(found, None)


def _page(found: Instance, form: ConnectionForm | None, status: int = 200) -> Response:
    page = _described(found)
    if form is None:
        form = ConnectionForm(kind=page.login.kind if page.login else "secret", user=found.username)
        if page.login:
            form.secret.data = page.login.secret
    names = connected.offered(found) if not respond.wants_json() and found.status == "available" else []
    form.secret.choices, form.other.choices = (
        [(one.arn, one.name) for one in names if one.fits is fit] for fit in (True, False)
    )
    more: dict[str, Any] = {"form": form, "poll": respond.polling(), "was_moving": False}
    return respond.page("rds/instance.html", page, status=status, **more)


def _described(found: Instance) -> InstancePage:
    if found.status != "available":
        return InstancePage(found)
    try:
        there = connected.of(found)
    except ConnectError as error:
        return InstancePage(found, problem=problem_of(error))
    target = there.target
    return InstancePage(found, there.login, target.user, target.database, there.login.secret)


@bp.post("/<identifier>/connection")
@needs(EDITOR)
def connect(identifier: str) -> Response:
    """Sign in as the form says, try it, and remember it for this session where it works."""
    found = service.get_instance(rds(), identifier)
    form = ConnectionForm()
    if not form.validate_on_submit():
        return _page(found, form, 422)
    kind = str(form.kind.data)
    login = _chosen(found, form)
    if login is None:
        return _page(found, form, 422)
    password = str(form.password.data or "") if kind == "typed" else ""
    if kind == "typed" and not password:
        form.password.errors = ["Type the password."]
        return _page(found, form, 422)
    if held():
        form.kind.errors = [UNKEPT]
        return _page(found, form, 403)
    try:
        with ENGINES.own(connected.by(found, login, password).target):
            pass
    except ConnectError as error:
        form.kind.errors = [f"{error.title}. {error.happened} {error.remedy}"]
        return _page(found, form, 502)
    connected.keep(identifier, login, password)
    flash(f"Connected to {identifier}.", "done")
    return redirect(url_for("rds.query", identifier=identifier), 303)


def _chosen(found: Instance, form: ConnectionForm) -> Login | None:
    """Return the login that a form names; None, with the reason beside its field, for a secret that is not offered.

    A secret that does not name the instance is taken only where the person said that it is another's.
    """
    kind, database = str(form.kind.data), str(form.database.data or "").strip()
    if kind not in ("secret", "other"):
        return Login(kind, user=str(form.user.data or "").strip(), database=database)
    field = form.secret if kind == "secret" else form.other
    if field.data not in {one.arn for one in connected.offered(found) if one.fits is (kind == "secret")}:
        field.errors = ["Choose one of the secrets that are listed here."]
        return None
    return Login("secret", secret=str(field.data), database=database)


@bp.post("/<identifier>/connection/forget")
@needs(EDITOR)
def disconnect(identifier: str) -> Response:
    """Forget how this session signed in."""
    connected.drop(identifier)
    flash("The login is forgotten.", "done")
    return redirect(instance_url(identifier), 303)
