"""One page, several forms: HTML, the fragment that htmx asked for, or JSON."""

from dataclasses import asdict, is_dataclass
from datetime import datetime
from enum import Enum
from functools import lru_cache
from typing import Any

from flask import Response, current_app, make_response, render_template, request, url_for
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from app import context

POLL_SECONDS = (1, 1, 2, 2, 3, 3, 4, 5)


def wants_json() -> bool:
    """Whether the client asked for JSON, by `?format=json` or by its Accept header."""
    request = context.asked()
    asked = request.args.get("format")
    return asked == "json" if asked else _prefers_json(request.environ.get("HTTP_ACCEPT", ""))


@lru_cache(256)  # browsers say the same with every page
def _prefers_json(accept: str) -> bool:
    best = parse_accept_header(accept, MIMEAccept).best_match(["text/html", "application/json"])
    return best == "application/json"


def wants_fragment() -> bool:
    """Whether htmx asked for a part of a page (a boosted or restored page is a whole one)."""
    headers = context.asked().headers
    whole = headers.get("HX-Boosted") or headers.get("HX-History-Restore-Request")
    return headers.get("HX-Request") == "true" and not whole


def page(template: str, data: Any, *, fragment: str | None = None, status: int = 200, **more: Any) -> Response:
    """Answer with a page built from one dataclass: the template sees it as `page`, JSON is the dataclass itself.

    `fragment` names the template for htmx (its file name starts with `_`); `more` reaches only templates (forms).
    """
    if wants_json():
        response = make_response(current_app.json.dumps(plain(data)))
        response.mimetype = "application/json"
    elif fragment and wants_fragment():
        response = make_response(render_template(fragment, page=data, **more))
    else:
        response = make_response(render_template(template, page=data, **more))
    response.status_code = status
    response.headers.setdefault("Cache-Control", "no-store")
    response.vary.update(["Accept", "HX-Request", "Cookie"])
    return response


def polling() -> dict[str, int]:
    """Return when a page's moving part asks again: the number of this round, and seconds until the next."""
    count = request.args.get("round", 0, type=int)
    return {"round": count + 1, "seconds": POLL_SECONDS[max(0, min(count, len(POLL_SECONDS) - 1))]}


def plain(value: Any) -> Any:
    """Return dataclasses, times and enumerations as what JSON knows; times in ISO 8601 with their zone."""
    if is_dataclass(value) and not isinstance(value, type):
        return {name: plain(item) for name, item in asdict(value).items()}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value


def own_path(path: str) -> str:
    """Return a path of this dashboard, whatever was sent: another site is never a target."""
    # Browsers drop tabs and line breaks, and take a backslash for a slash: “/<tab>/evil.example” is another site.
    local = path.startswith("/") and not path.startswith("//") and path.isprintable() and "\\" not in path
    return path if local else url_for("overview.index")
