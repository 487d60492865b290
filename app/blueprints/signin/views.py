"""Sign in and out."""

from flask import Response, redirect, request, session, url_for
from werkzeug.wrappers import Response as BaseResponse

from app import respond
from app.access import accounts, audit, check, known, passwords, people, sessions, throttle
from app.blueprints.signin.blueprint import bp
from app.blueprints.signin.common import begin, failed, form_page
from app.blueprints.signin.forms import SignInForm
from app.roles import ANYBODY, VIEWER, needs

WRONG = "The name or the password is not right."
TEMPLATE = "signin/sign_in.html"


@bp.get("")
@needs(ANYBODY)
def sign_in() -> BaseResponse:
    """Show the sign-in page; who need not sign in, or has, is led on."""
    target = respond.own_path(request.args.get("next", ""))
    who = people.current()
    if who is not None:
        return respond.page(TEMPLATE, who) if respond.wants_json() else redirect(target, 303)
    form = SignInForm(formdata=None, next=target)
    return _page(form, begun=not accounts.has_instructor() if target == "/" else False)


@bp.post("")
@needs(ANYBODY)
def enter() -> BaseResponse:
    """Begin a session where name and password are right; else say that they are not, and no more."""
    form = SignInForm()
    if not form.validate_on_submit():
        return _page(form, 422)
    name = str(form.name.data)
    device = known.device(name)
    try:
        throttle.attempt(name, request.remote_addr or "", device)
        account = accounts.named(name)
        right = passwords.verify(str(form.password.data), account.password if account else "")
    except throttle.TooMany:
        return _too_many(form, name)
    except passwords.Busy:
        form.password.errors = ["Many people are signing in at this moment. Try again."]
        return _page(form, 503)
    if account is None or not right or account.disabled:
        failed(name, "Refused")
        form.password.errors = [WRONG]
        return _page(form, 401)
    throttle.succeeded(name, device)
    begin(account)
    return redirect(respond.own_path(str(form.next.data or "")), 303)


def _too_many(form: SignInForm, name: str) -> Response:
    failed(name, "TooMany")
    form.password.errors = [f"Too many attempts. Try again in {throttle.WINDOW // 60} minutes."]
    answer = _page(form, 429)
    answer.headers["Retry-After"] = str(throttle.WINDOW)
    return answer


def _page(form: SignInForm, status: int = 200, begun: bool = False) -> Response:
    found = people.openid()
    return form_page(TEMPLATE, form, status, begun=begun, provider=found.host if found else "")


@bp.post("/out")
@needs(VIEWER)
def sign_out() -> BaseResponse:
    """End this session."""
    who = people.current()
    if who is not None and who.session:
        sessions.end(who.session)
        audit.event("SignOut", who.name)
    session.clear()
    return redirect(url_for("signin.sign_in" if check.required() else "overview.index"), 303)
