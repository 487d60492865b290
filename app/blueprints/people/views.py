"""Everyone who has an account: inviting, roles, switching off, ending sessions."""

from collections import Counter
from dataclasses import dataclass, field

from flask import Response, flash, redirect, request, url_for
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.wrappers import Response as BaseResponse

from app import respond
from app.access import accounts, audit, check, links, people, sessions
from app.access.accounts import Account
from app.access.links import Link
from app.access.people import Person
from app.blueprints.people.blueprint import bp
from app.blueprints.people.forms import InviteForm
from app.roles import INSTRUCTOR, Role, needs

ONCE = "It works once, for 24 hours, and is shown only now."
ENDS = "A newer one, or another change of the account, ends it."
LAST = "Nobody would be left who may invite people and change roles: make somebody else an instructor first."


@dataclass(frozen=True)
class Somebody:
    """One account as the page shows it; `sessions` counts those that are open.

    `last` is the only instructor, `outside` the account's OpenID provider.
    """

    id: str
    name: str
    role: Role
    disabled: bool
    made: int
    sessions: int
    seen: int
    last: bool = False
    outside: str = ""


@dataclass(frozen=True)
class PeoplePage:
    """All accounts, and the link just made, shown this once; `grouped`: a provider's groups give its people's roles."""

    people: list[Somebody] = field(default_factory=list)
    required: bool = True
    link: str = ""
    about: str = ""
    grouped: bool = False


@bp.get("/")
@needs(INSTRUCTOR)
def everyone() -> Response:
    """List the accounts."""
    return _page(InviteForm(formdata=None))


def _page(form: InviteForm, status: int = 200, link: str = "", about: str = "") -> Response:
    provider = people.openid()
    shown = PeoplePage(_everyone(), check.required(), link, about, grouped=bool(provider and provider.roles))
    return respond.page("people/people.html", shown, status=status, form=form, last=LAST)


def _everyone() -> list[Somebody]:
    found = accounts.every()
    epochs = {one.id: one.epoch for one in found}
    begun = [one for one in sessions.every() if epochs.get(one.person) == one.epoch]
    open_now, seen = Counter(one.person for one in begun), {one.person: one.begun for one in reversed(begun)}
    chiefs = [one.id for one in found if one.role == Role.INSTRUCTOR and not one.disabled]
    return [
        Somebody(
            *(one.id, one.name, one.role, one.disabled, one.made),
            open_now[one.id],
            seen.get(one.id, 0),
            chiefs == [one.id],
            one.provider,
        )
        for one in found
    ]


@bp.post("/invite")
@needs(INSTRUCTOR)
def invite() -> Response:
    """Make a link with which one person makes an account, and show it once."""
    form = InviteForm()
    if not form.validate_on_submit():
        return _page(form, 422)
    role, name, by = Role(int(form.role.data)), str(form.name.data or "").strip(), people.current()
    code = links.make(Link("invite", role, name, by=_maker(by)))
    audit.event("Invite", f"{name or 'somebody'} as {role.name.lower()}")
    about = (
        f"The link for {name or 'one person'}, {role.name.lower()}: it works once, for 24 hours, and is shown only now."
    )
    return _page(InviteForm(formdata=None), link=url_for("signin.follow", code=code, _external=True), about=about)


def _maker(who: Person | None) -> str:
    """Return the name with whose role a link ends; empty where it was made at this computer itself."""
    return who.name if who and not who.local else ""


@bp.post("/<id>/link")
@needs(INSTRUCTOR)
def reset(id: str) -> Response:
    """Make a link with which a person sets a new password, and show it once."""
    account = _account(id)
    if account.subject:
        raise BadRequest(f"{account.name} signs in at {account.provider} and has no password here.")
    by = people.current()
    code = links.make(Link("reset", account.role, account.name, account.id, _maker(by), account.epoch))
    audit.event("ResetLink", account.name)
    about = f"The link with which {account.name} sets a new password. {ONCE} {ENDS}"
    return _page(InviteForm(formdata=None), link=url_for("signin.follow", code=code, _external=True), about=about)


@bp.post("/<id>/role")
@needs(INSTRUCTOR)
def set_role(id: str) -> BaseResponse:
    """Give a person another role."""
    account, asked = _account(id), request.form.get("role", "")
    if asked not in ("1", "2", "3"):
        raise BadRequest("There is no such role.")
    role = Role(int(asked))
    return _changed(account, f"{account.name} is {role.name.lower()} now.", "SetRole", role.name.lower(), role=role)


@bp.post("/<id>/<any(disable, enable):action>")
@needs(INSTRUCTOR)
def switch_off(id: str, action: str) -> BaseResponse:
    """Switch an account off, which ends its sessions, or on again."""
    account, off = _account(id), action == "disable"
    said = f"The account of {account.name} is switched {'off' if off else 'on'}."
    return _changed(account, said, "SwitchAccountOff" if off else "SwitchAccountOn", "", disabled=off)


@bp.post("/<id>/end")
@needs(INSTRUCTOR)
def end(id: str) -> BaseResponse:
    """End every session of a person."""
    account = _account(id)
    accounts.end_sessions(account)
    sessions.forget()
    audit.event("EndSessions", account.name)
    flash(f"Every session of {account.name} has ended.", "done")
    return redirect(url_for("people.everyone"), 303)


def _changed(
    account: Account, said: str, operation: str, detail: str, role: Role | None = None, disabled: bool | None = None
) -> BaseResponse:
    try:
        accounts.change(account, role=role, disabled=disabled)
    except accounts.LastInstructor:
        flash(LAST, "failed")
    else:
        audit.event(operation, f"{account.name} {detail}".strip())
        flash(said, "done")
    sessions.forget()
    return redirect(url_for("people.everyone"), 303)


def _account(id: str) -> Account:
    found = accounts.get(id)
    if found is None:
        raise NotFound("There is no such account.")
    return found
