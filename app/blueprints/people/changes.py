"""The switch for changes of a real account."""

from dataclasses import dataclass

from flask import Response, flash, redirect, url_for
from werkzeug.exceptions import Conflict
from werkzeug.wrappers import Response as BaseResponse

from app import aws, respond
from app.access import people, switch
from app.access.people import settings
from app.access.switch import Switched
from app.blueprints.people.blueprint import bp
from app.blueprints.people.forms import ChangesForm
from app.roles import EDITOR, INSTRUCTOR, needs


@dataclass(frozen=True)
class ChangesPage:
    """Whether changes are on, and in which account."""

    account: str
    real: bool
    switched: Switched | None
    table: str


@bp.get("/changes")
def changes() -> Response:
    """Show whether changes are on, to everybody; instructors may switch them."""
    return _page(ChangesForm(formdata=None))


def _page(form: ChangesForm, status: int = 200) -> Response:
    identity, who = aws.identity(), people.current()
    page = ChangesPage(identity.label, identity.kind == "aws", switch.current(), settings().state_table)
    may = who is not None and who.role >= INSTRUCTOR
    return respond.page("people/changes.html", page, status=status, form=form, may=may)


@bp.post("/changes")
@needs(INSTRUCTOR)
def turn_on() -> BaseResponse:
    """Let editors change the account for a time."""
    who, form = people.current(), ChangesForm()
    if not form.validate_on_submit() or who is None:
        return _page(form, 422)
    if aws.identity().kind != "aws":
        raise Conflict("The embedded AWS may always be changed: there is nothing to switch.")
    switch.turn_on(who, int(form.minutes.data), str(form.reason.data).strip())
    flash("Changes are on.", "warning")
    return redirect(url_for("people.changes"), 303)


@bp.post("/changes/off")
@needs(EDITOR)
def turn_off() -> BaseResponse:
    """Make the account read-only again."""
    switch.turn_off()
    flash("Changes are off: the account is read-only again.", "done")
    return redirect(url_for("people.changes"), 303)
