"""The first instructor, by the code in the settings; it holds as long as there is no instructor."""

import hmac

from flask import Response, redirect, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as BaseResponse

from app.access import accounts, throttle
from app.access.people import settings
from app.blueprints.signin.blueprint import bp
from app.blueprints.signin.common import begin, deed, failed, form_page, good_password
from app.blueprints.signin.forms import JoinForm
from app.roles import ANYBODY, INSTRUCTOR, needs
from app.store import shared

TEMPLATE = "signin/join.html"
LEAD = "Make the account of the first instructor. The code is the one in TRELLIS_FIRST_INSTRUCTOR."


def _open() -> None:
    """Answer that there is no such page where there is nothing to do: no code is set, or somebody has used it."""
    if not settings().first_instructor or accounts.has_instructor():
        raise NotFound("There is an instructor already, or no code is set. Sign in, or ask for an invitation.")


@bp.get("/first")
@needs(ANYBODY)
def first() -> Response:
    """Show the form of the first instructor's account."""
    _open()
    return _page(JoinForm(formdata=None))


@bp.post("/first")
@needs(ANYBODY)
def make_first() -> BaseResponse:
    """Make the first instructor's account and sign in."""
    _open()
    form = JoinForm()
    if not form.validate_on_submit():
        return _page(form, 422)
    try:
        throttle.attempt_code(request.remote_addr or "")
    except throttle.TooMany:
        form.code.errors = [f"Too many attempts. Try again in {throttle.WINDOW // 60} minutes."]
        return _page(form, 429)
    if not hmac.compare_digest(str(form.code.data).strip().encode(), settings().first_instructor.encode()):
        failed(str(form.name.data), "WrongCode")
        form.code.errors = ["This is not the code."]
        return _page(form, 401)
    return _made(form)


def _made(form: JoinForm) -> BaseResponse:
    name = str(form.name.data).strip()
    if wrong := accounts.wrong_name(name):
        form.name.errors = [wrong]
    if not good_password(form, name) or form.name.errors:
        return _page(form, 422)
    if not shared("first").claim({}, "instructor", 60):  # of two at the same time, one is the first
        form.code.errors = ["Somebody is doing the same at this moment. Try again in a minute."]
        return _page(form, 409)
    try:
        account = accounts.create(name, INSTRUCTOR, str(form.password.data))
    except accounts.Taken:
        form.name.errors = ["Somebody has this name."]
        return _page(form, 422)
    deed("MakeAccount", account, f"{account.name} as instructor, by the code of the settings")
    begin(account)
    return redirect(url_for("people.everyone"), 303)


def _page(form: JoinForm, status: int = 200) -> Response:
    return form_page(
        TEMPLATE, form, status, title="First instructor", lead=LEAD, action=url_for("signin.make_first"), coded=True
    )
