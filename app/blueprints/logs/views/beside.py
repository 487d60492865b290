"""What is asked beside a query by further queries: how they are started, led to, and shown."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import redirect, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from app import respond
from app.blueprints.logs.service import prices, queries, times
from app.blueprints.logs.service.queries import Answer, Mistake
from app.blueprints.logs.views import asked as asking
from app.blueprints.logs.views.asked import Asked
from app.blueprints.logs.views.common import logs
from app.blueprints.logs.views.insights import FIRST, pause
from app.problems import refused

Fields = MultiDict[str, str]
SELDOM_AFTER = 40  # rounds; then it is looked at once a second


def of(query_id: str) -> tuple[Asked, times.Range]:
    """Return what a query asked, and its range of time."""
    asked = asking.recalled(query_id, request.values, logs())
    if asked.span is None or not asked.groups:
        raise BadRequest("The address names no groups or no range.")
    return asked, asked.span


def start(asked: Asked, query: str, over: times.Range) -> str:
    """Start a query of ours. A mistake in it is AWS's refusal of this one."""
    try:
        return queries.start(logs(), asked.groups, query, over)
    except Mistake as error:
        raise refused(422, "AWS refuses the shortened query", str(error), "It cannot be counted this way.") from error


def lead(
    query_id: str, asked: Asked, endpoint: str, show: Callable[[str, Asked, Fields], Response], **more: Any
) -> Response:
    """Answer a form that has started queries: a browser is led to them, htmx is shown them in the same answer."""
    fresh = replace(asked, begun=int(time.time() * 1000))
    if respond.wants_fragment():
        return show(query_id, fresh, MultiDict(more))
    return redirect(asking.address(query_id, fresh, endpoint, **more), 303)


def look(query_id: str, fields: Fields, until: float | None = None) -> Answer:
    """Return what a query has found; the first look waits a moment, to a time (monotonic) where there are several."""
    left = (until - time.monotonic()) if until else FIRST
    return queries.settled(logs(), query_id, 0.0 if fields.get("round") else max(left, 0.0))


def page(name: str, data: Any, query_id: str, endpoint: str, **more: Any) -> Response:
    """Answer with `logs/<name>.html` or its fragment, whose moving part asks for `again` after `pause`."""
    count = request.args.get("round", 0, type=int) + 1
    again = asking.address(query_id, data.asked, endpoint, **more, round=count)
    delay = pause(data.asked.begun) if count < SELDOM_AFTER else 1000
    extra: dict[str, Any] = {"prices": prices, "again": again, "pause": delay, "query_id": query_id}
    template, fragment = f"logs/{name}.html", f"logs/_{name}.html"
    return respond.page(template, data, fragment=fragment, address=asking.address, times=times, **extra)
