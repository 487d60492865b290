"""One-time links: an invitation makes an account, a reset sets a new password."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app.access import accounts, links, sessions, throttle
from app.access.links import Link
from app.blueprints.signin.blueprint import bp
from app.blueprints.signin.common import begin, deed, form_page, good_password
from app.blueprints.signin.forms import JoinForm, PasswordForm
from app.problems import refused
from app.roles import ANYBODY, INSTRUCTOR, needs

GONE = (
    404,
    "This link does not work any more",
    "It has been used, is too old, or was never made; or there is a newer one, or another password since.",
    "Sign in, if you made your account with it. Else ask an instructor for another.",
    "LinkGone",
)
TOO_MANY = (
    429,
    "Too many links were tried",
    "From your address more links were opened than a class needs.",
    f"Try again in {throttle.WINDOW // 60} minutes. The link stays as it is.",
    "TooMany",
)
Form = JoinForm | PasswordForm


@bp.get("/link")
@needs(ANYBODY)
def follow() -> Response:
    """Show the form of a link, which is used only when the form is sent: programs that look at links use up none."""
    code = request.args.get("code", "")
    link = _looked(code)
    form = (
        PasswordForm(formdata=None, code=code)
        if link.kind == "reset"
        else JoinForm(formdata=None, code=code, name=link.name)
    )
    return _page(form, link)


@bp.post("/link")
@needs(ANYBODY)
def use() -> BaseResponse:
    """Do what a link is for, once, and sign in."""
    code = request.form.get("code", "")
    link = _looked(code)
    form: Form = PasswordForm() if link.kind == "reset" else JoinForm()
    if not form.validate_on_submit():
        return _page(form, link, 422)
    return _reset(form, link, code) if isinstance(form, PasswordForm) else _joined(form, link, code)


def _looked(code: str) -> Link:
    try:
        throttle.attempt_code(request.remote_addr or "")
    except throttle.TooMany:
        raise refused(*TOO_MANY) from None
    link = links.look(code) if code else None
    if link is None or not _stands(link):
        raise refused(*GONE)
    return link


def _stands(link: Link) -> bool:
    """Whether who made a link may still do so: what an instructor gave away ends with their role."""
    maker = accounts.named(link.by) if link.by else None
    return not link.by or (maker is not None and maker.role == INSTRUCTOR and not maker.disabled)


@contextmanager
def _used(code: str, link: Link) -> Iterator[None]:
    """Use a link up; it is given back where what it is for could not be done."""
    if links.use(code) is None:
        raise refused(*GONE)
    try:
        yield
    except Exception:
        links.put_back(code, link)
        raise


def _joined(form: JoinForm, link: Link, code: str) -> BaseResponse:
    name, by = str(form.name.data).strip(), f", invited by {link.by}" if link.by else ""
    if wrong := accounts.wrong_name(name):
        form.name.errors = [wrong]
    if not good_password(form, name) or form.name.errors:
        return _page(form, link, 422)
    try:
        with _used(code, link):
            account = accounts.create(name, link.role, str(form.password.data))
    except accounts.Taken:
        form.name.errors = ["Somebody has this name. Choose another."]
        return _page(form, link, 422)
    deed("MakeAccount", account, f"{account.name} as {account.role.name.lower()}{by}")
    begin(account)
    return redirect(url_for("overview.index"), 303)


def _reset(form: PasswordForm, link: Link, code: str) -> BaseResponse:
    account = accounts.get(link.person)
    if account is None or account.disabled:
        raise refused(*GONE)
    if not good_password(form, account.name):
        return _page(form, link, 422)
    try:
        with _used(code, link):
            changed = accounts.set_password(account, str(form.password.data), link.epoch)
    except accounts.Changed:
        raise refused(*GONE) from None
    sessions.forget()
    deed("SetPassword", changed)
    throttle.succeeded(account.name)
    begin(changed)
    return redirect(url_for("overview.index"), 303)


def _page(form: Form, link: Link, status: int = 200) -> Response:
    """Show a link's form. Its address holds the code, and is told to nobody: servers log where a request came from."""
    response = _form(form, link, status)
    response.headers["Referrer-Policy"] = "strict-origin"  # the origin alone, which the check of forms needs
    return response


def _form(form: Form, link: Link, status: int) -> Response:
    action = url_for("signin.use")
    if link.kind == "reset":
        lead = f"Choose a new password for {link.name}. Every session of this account ends."
        return form_page(
            "signin/reset.html", form, status, title="New password", lead=lead, action=action, name=link.name
        )
    by = f" {link.by} invites you." if link.by else ""
    lead = f"Make your account, with the role of {link.role.name.lower()}.{by}"
    return form_page("signin/join.html", form, status, title="Your account", lead=lead, action=action, coded=False)
