"""A person's own page: password and sessions."""

from dataclasses import dataclass, field

from flask import Response, flash, redirect, request, session, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as BaseResponse

from app import respond
from app.access import accounts, audit, check, known, passwords, people, sessions, throttle
from app.access.accounts import Account
from app.access.sessions import Session
from app.blueprints.people.blueprint import bp
from app.blueprints.people.forms import OwnPasswordForm
from app.roles import VIEWER, Role, needs


@dataclass(frozen=True)
class MePage:
    """Who one is, and where one has signed in; `current` is this browser's session, `outside` an OpenID provider."""

    name: str
    role: Role
    current: str
    sessions: list[Session] = field(default_factory=list)
    outside: str = ""


@bp.get("/me")
def me() -> Response:
    """Show one's own account."""
    return _page(OwnPasswordForm(formdata=None))


def _own() -> Account:
    who = people.current()
    found = accounts.get(who.id) if who else None
    if found is None:
        raise NotFound("Nobody signs in at this computer, so there is no account to show.")
    return found


def _page(form: OwnPasswordForm, status: int = 200) -> Response:
    account, who = _own(), people.current()
    mine = [one for one in sessions.every() if one.person == account.id and one.epoch == account.epoch]
    page = MePage(account.name, account.role, who.session if who else "", mine, account.provider)
    return respond.page("people/me.html", page, status=status, form=form)


@bp.post("/me/password")
@needs(VIEWER)
def set_password() -> BaseResponse:
    """Set a new password, which ends every session but this one."""
    account, form = _own(), OwnPasswordForm()
    if not form.validate_on_submit():
        return _page(form, 422)
    if not _proved(account, form) or not _good(account, form):
        return _page(form, 422)
    changed = accounts.set_password(account, str(form.password.data))
    sessions.forget()
    audit.event("SetPassword", account.name)
    session[check.SESSION] = sessions.begin(
        changed.id, changed.epoch, request.remote_addr or "", request.user_agent.string
    )
    known.remember(changed)
    flash("The password is changed; every other session has ended.", "done")
    return redirect(url_for("people.me"), 303)


def _proved(account: Account, form: OwnPasswordForm) -> bool:
    """Whether the person knows the old password: a screen left alone is not enough."""
    device = known.device(account.name)
    try:
        throttle.attempt(account.name, request.remote_addr or "", device)
    except throttle.TooMany:
        form.old.errors = [f"Too many attempts. Try again in {throttle.WINDOW // 60} minutes."]
        return False
    if not passwords.verify(str(form.old.data), account.password):
        form.old.errors = ["This is not the password."]
        return False
    throttle.succeeded(account.name, device)
    return True


def _good(account: Account, form: OwnPasswordForm) -> bool:
    if wrong := passwords.weakness(str(form.password.data), account.name):
        form.password.errors = [wrong]
    elif form.password.data != form.again.data:
        form.again.errors = ["The two are not the same."]
    return not (form.password.errors or form.again.errors)


@bp.post("/me/end")
@needs(VIEWER)
def end_all() -> BaseResponse:
    """Sign out everywhere."""
    accounts.end_sessions(_own())
    sessions.forget()
    session.clear()
    return redirect(url_for("signin.sign_in"), 303)
