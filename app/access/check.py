"""Who asks, and whether they may: the one place where it is decided, before every view."""

import logging
from urllib.parse import urlsplit

from flask import Flask, Request, make_response, redirect, request, session, url_for
from werkzeug.exceptions import Forbidden, Unauthorized
from werkzeug.wrappers import Response

from app import aws, context, respond
from app.access import audit, own, sessions, switch
from app.access.audit import Actor, Trail
from app.access.openid import setup
from app.access.people import HERE, Person, settings
from app.config import SettingError, Settings
from app.guarding import only_reads
from app.roles import ANYBODY, EDITOR, Role, needed

logger = logging.getLogger("trellis.access")
OPEN_PATHS = {"/healthz"}
# Headers, as WSGI has them, of which each tells of a proxy in between.
PROXIES = frozenset({"HTTP_FORWARDED", "HTTP_VIA", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_REAL_IP"})
SESSION = "sid"  # the name of the session's id in the cookie
WORDS = {Role.VIEWER: "someone who has signed in", Role.EDITOR: "an editor", Role.INSTRUCTOR: "an instructor"}


def init_app(app: Flask, settings: Settings) -> None:
    """Put the record of deeds in place; the check itself is put among the others by app.security."""
    if settings.sign_in not in ("auto", "always"):
        raise SettingError(f"TRELLIS_SIGN_IN must be auto or always, not {settings.sign_in!r}")
    if settings.first_instructor and len(settings.first_instructor) < 16:
        raise SettingError("TRELLIS_FIRST_INSTRUCTOR must have 16 characters or more")
    app.extensions["openid"] = setup.of(settings)
    trail = app.extensions["audit"] = Trail(app, settings.audit_days, settings.audit_reads == "yes")
    app.extensions["why_off"] = switch.why_off
    app.extensions["aws"].watchers += [trail.watch, own.keeper(settings.state_table)]
    app.teardown_request(_forget)


def required() -> bool:
    """Whether who asks must have signed in: everybody but this computer itself, as long as it serves nobody else."""
    found = settings()
    others = bool(found.hosts) or found.proxies > 0 or found.https != "auto"
    return found.sign_in == "always" or others or not is_local()


def is_local() -> bool:
    """Whether the request comes from this computer itself, with no proxy in between."""
    request = context.asked()
    if request.remote_addr not in ("127.0.0.1", "::1") or not PROXIES.isdisjoint(request.environ):
        return False
    return not _passed_on(request)


def _passed_on(request: Request) -> bool:
    """Whether a proxy that adds no header has sent the request, with a Host of this computer.

    nginx does so where nobody tells it another way, in HTTP/1.0 which no browser speaks. A browser that calls the site
    its own names it: under another name than the Host, it asked somebody else.
    """
    if request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0":
        return True
    if request.headers.get("Sec-Fetch-Site") != "same-origin":
        return False
    asked = urlsplit(request.headers.get("Origin") or request.referrer or "").netloc
    return bool(asked) and asked.lower() != request.host.lower()


def check() -> Response | None:
    """Let a request through to its view, or answer it: sign in first, or not with this role."""
    request, kept = context.asked(), context.kept()
    if request.path in OPEN_PATHS or request.endpoint == "static":
        kept.stranger = required()  # a file that is missing says so on a bare page
        return None
    kept.stranger = True  # until it is known who asks: an error on the way there shows nothing
    who = HERE if not required() else _signed_in()
    view = context.application().view_functions.get(request.endpoint or "")
    need = needed(view, request.method) if view else Role.VIEWER
    if who is None:
        return None if need is ANYBODY else _sign_in_first()
    kept.stranger, kept.who, kept.person = False, who, who.id
    _note_who(who, request)
    if need is None:
        logger.error("%s takes a %s and does not say who may: refused", request.endpoint, request.method)
        raise Forbidden("This address does not say who may use it, so nobody may. Nothing was done.")
    if who.role < need:
        raise Forbidden(f"This is for {WORDS[need]}; your role is {who.role.name.lower()}. Nothing was done.")
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        aws.identity()  # so that the door knows whether changes are on
    return None


def _signed_in() -> Person | None:
    id = session.get(SESSION)
    return sessions.person_of(id) if isinstance(id, str) else None


def _note_who(who: Person, request: Request) -> None:
    only_reads.set(switch.ROLE if who.role < EDITOR else "")
    noted = not who.local or aws.door().is_real(aws.region())
    audit.actor.set(Actor(who.id, who.name, request.remote_addr or "") if noted else None)


def _forget(_: BaseException | None) -> None:
    only_reads.set("")
    audit.actor.set(None)


def _sign_in_first() -> Response:
    """Answer a person with the way to the sign-in page, a program with a problem."""
    if respond.wants_json() or request.headers.get("Sec-Fetch-Dest", "document") not in ("document", "empty"):
        raise Unauthorized("Nobody has signed in, or the session is over. Nothing was done.")
    reading = request.method in ("GET", "HEAD")
    if respond.wants_fragment():
        shown = urlsplit(request.headers.get("HX-Current-URL", ""))
        answer = make_response("", 401)
        answer.headers["HX-Redirect"] = url_for("signin.sign_in", next=_address(shown.path, shown.query))
        answer.headers["Cache-Control"] = "no-store"
        return answer
    came = urlsplit(request.referrer or "")
    query = request.query_string.decode("latin-1")
    here = _address(request.path, query) if reading else _address(came.path, came.query)
    answer = make_response(redirect(url_for("signin.sign_in", next=here if here != "/" else None), 303))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _address(path: str, query: str) -> str:
    return (f"{path}?{query}" if query else path)[:2000]
