"""What the pages of signing in have in common: beginning a session, answering forms."""

from typing import Any

from flask import Response, make_response, render_template, request, session

from app import respond
from app.access import audit, check, known, passwords, sessions
from app.access.accounts import Account
from app.access.audit import Actor


def begin(account: Account) -> None:
    """Begin a session in this browser: everything of the one before, its form tokens too, is dropped."""
    before = session.get(check.SESSION)
    if isinstance(before, str):
        sessions.end(sessions.hash_of(before))
    session.clear()
    address = request.remote_addr or ""
    session[check.SESSION] = sessions.begin(account.id, account.epoch, address, request.user_agent.string)
    known.remember(account)
    audit.event("SignIn", account.name, who=Actor(account.id, account.name, address))


def deed(operation: str, account: Account, named: str = "") -> None:
    """Note what somebody did to their own account who has not signed in."""
    audit.event(operation, named or account.name, who=Actor(account.id, account.name, request.remote_addr or ""))


def failed(name: str, result: str) -> None:
    """Note an attempt that failed."""
    audit.event("SignIn", name[:60], result, Actor("-", "nobody", request.remote_addr or ""))


def form_page(template: str, form: Any, status: int = 200, **more: Any) -> Response:
    """Answer with a page of this kind; a program gets what is wrong with its fields."""
    if respond.wants_json():
        return respond.page(template, {"faults": form.errors if form else {}}, status=status)
    plain = not request.is_secure and not check.is_local()
    response = make_response(render_template(template, form=form, plain=plain, **more))
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response


def good_password(form: Any, name: str) -> bool:
    """Whether a new password, typed twice, may be used; else the reason is put beside its field."""
    chosen = str(form.password.data)
    if wrong := passwords.weakness(chosen, name):
        form.password.errors = [wrong]
    elif chosen != str(form.again.data):
        form.again.errors = ["The two are not the same."]
    return not (form.password.errors or form.again.errors)
