"""What every template can use: navigation, identity, the call drawer and filters for facts."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from flask import Flask, url_for
from markupsafe import Markup

from app import aws, compiled, context, respond, security, store
from app.access import people, switch
from app.access.switch import Switched
from app.blueprints import GROUPS, Nav
from app.cookies import csrf_token
from app.drawer import drawer
from app.markup import in_ascii, safe
from app.rendering import KEPT

UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")


@dataclass(frozen=True)
class NavItem:
    """One line of the navigation rail; `current` is "page" on its own page, "true" on one of its service's, else ""."""

    label: str
    url: str
    icon: str
    about: str
    current: str


@dataclass(frozen=True)
class NavGroup:
    """The lines under one heading of the navigation rail; the first group has no heading."""

    title: str
    items: tuple[NavItem, ...]


def navigation(navs: list[Nav], blueprint: str, path: str) -> tuple[NavGroup, ...]:
    """Return the navigation rail as seen from a page of a blueprint."""
    groups = []
    for title in GROUPS:
        members = sorted((nav for nav in navs if nav.group == title), key=lambda nav: (nav.order, nav.label))
        if members:
            groups.append(NavGroup(title, tuple(_item(nav, blueprint, path) for nav in members)))
    return tuple(groups)


def _item(nav: Nav, blueprint: str, path: str) -> NavItem:
    url, inside = url_for(nav.endpoint), blueprint == nav.endpoint.split(".")[0]
    return NavItem(nav.label, url, nav.icon, nav.about, ("page" if path == url else "true") if inside else "")


def size(value: int | None) -> str:
    """Return a number of bytes in IEC units: 1536 gives “1.5 KiB”; None gives a dash."""
    if value is None:
        return "–"
    amount, unit = float(value), 0
    while amount >= 1024 and unit < len(UNITS) - 1:
        amount, unit = amount / 1024, unit + 1
    digits = 0 if unit == 0 or amount >= 100 else 1
    return f"{amount:.{digits}f} {UNITS[unit]}"


def number(value: float | None) -> str:
    """Return a number with thin spaces between thousands."""
    return "–" if value is None else f"{value:,}".replace(",", "\u202f")


def exact(moment: datetime | None) -> str:
    """Return a time to the second in UTC, as titles show it."""
    return "" if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def ago(moment: datetime | None, now: datetime | None = None) -> str:
    """Return how long ago a time was, in its largest unit: “3 minutes ago”."""
    if moment is None:
        return "–"
    seconds = int(((now or datetime.now(UTC)) - moment).total_seconds())
    steps = ((86400 * 365, "year"), (86400 * 30, "month"), (86400, "day"), (3600, "hour"), (60, "minute"))
    for length, unit in steps:
        if abs(seconds) >= length:
            count = abs(seconds) // length
            words = f"{count} {unit}{'s' if count != 1 else ''}"
            return f"{words} ago" if seconds > 0 else f"in {words}"
    return "just now" if seconds >= 0 else "in a moment"


def moment(seconds: int) -> datetime:
    """Return epoch seconds as a time."""
    return datetime.fromtimestamp(seconds, UTC)


def _changes_on() -> Switched | None:
    """Return who switched changes on, where the account is a real one."""
    return switch.current() if aws.identity().kind == "aws" else None


def init_app(app: Flask) -> None:
    """Register filters and the values that base.html needs."""
    compiled.init_app(app)
    for filter_ in (size, number, exact, ago, moment):
        app.jinja_env.filters[filter_.__name__] = filter_
    app.jinja_env.globals["csrf_token"] = csrf_token
    app.jinja_env.globals["locked"] = lambda: (
        aws.identity().reason
    )  # why changes are off; a global, so that macros see it
    app.jinja_env.globals["held"] = store.held

    @lru_cache(KEPT)
    def groups(blueprint: str, path: str, _root: str) -> tuple[NavGroup, ...]:
        return navigation(app.extensions["navs"], blueprint, path)

    @lru_cache(KEPT)
    def rendered(blueprint: str, path: str, root: str) -> Markup:
        found = app.jinja_env.get_template("partials/_rail.html").render(groups=groups(blueprint, path, root))
        return safe(in_ascii(found))  # a template escapes by itself

    def place() -> tuple[str, str, str]:
        request = context.asked()
        path = request.path if request.path.count("/") <= 2 else ""  # deeper ones are no service's own page
        return request.blueprint or "", path, request.root_path

    @app.context_processor
    def shared() -> dict[str, Any]:
        return {
            "navigation": lambda: groups(*place()),
            "rail": lambda: rendered(*place()),
            "where": aws.identity,
            "person": people.current,
            "signed_in": lambda: (who := people.current()) is not None and not who.local,
            "changes_on": _changes_on,
            "account": aws.account,
            "accounts": lambda: app.extensions["accounts"].named if people.current() else {},
            "region": aws.region,
            "regions": lambda: aws.door().regions(),
            "is_fragment": respond.wants_fragment,
            "csp_nonce": security.nonce,
            "csrf_token": csrf_token,
            "drawer": drawer,
        }
