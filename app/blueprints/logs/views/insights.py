"""Logs Insights: the editor, starting a query, following it, its rows."""

import math
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError
from flask import current_app, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import errors, notes, respond
from app.blueprints.logs.blueprint import bp
from app.blueprints.logs.service import groups as grouping
from app.blueprints.logs.service import pipeline, prices, queries, records, samples, times
from app.blueprints.logs.service.queries import Answer, Mistake
from app.blueprints.logs.service.sentences import keys
from app.blueprints.logs.service.steps import Step, plan
from app.blueprints.logs.views import asked as asking
from app.blueprints.logs.views import exports
from app.blueprints.logs.views.asked import Asked
from app.blueprints.logs.views.common import logs
from app.drawer import as_json, drawer
from app.masking import mask, told
from app.problems import Problem, Refused
from app.roles import VIEWER, needs
from app.store import held

ROWS = 500  # of a page
FIRST = 0.12  # seconds that the first look waits for the end of a quick query
SOONEST, LATEST, SELDOM = 20, 240, 1000  # milliseconds between looks; seldom after LONG
LONG = 30_000
QUOTA = 5  # GetQueryResults calls a second that AWS gives an account
KIND = "insights"


@dataclass(frozen=True)
class InsightsPage:
    """The editor, and a query that runs or has ended; `faults` stand beside their fields."""

    asked: Asked
    groups: list[grouping.Group] = field(default_factory=list)
    answer: Answer | None = None
    total: int = 0
    number: int = 1
    steps: tuple[Step, ...] = ()
    masked: tuple[str, ...] = ()
    faults: dict[str, str] = field(default_factory=dict)
    mistake: dict[str, Any] | None = None
    problem: Problem | None = None

    @property
    def stored(self) -> int:
        """Bytes that the chosen groups store, as far as they are listed."""
        return sum(one.stored or 0 for one in self.groups if one.name in self.asked.groups)

    @property
    def stats(self) -> bool:
        """Whether the rows are of a stats command, so that a chart shows them."""
        return pipeline.has(self.asked.query, "stats")


@bp.get("/insights")
def insights() -> Response:
    """Show the editor; what it holds is in the address. Nothing runs until a person says so."""
    asked = asking.of(request.args)
    groups = _listed(asked)
    if not asked.groups and not request.args and len(groups) == 1:
        asked = replace(asked, groups=(groups[0].name,))
    return _page(InsightsPage(asked, groups, steps=tuple(plan(asked.query))))


@bp.post("/insights")
@needs(VIEWER)
def start() -> Response:
    """Start a query, and lead to it."""
    asked = asking.of(request.form)
    faults = asking.faults(asked)
    if faults:
        return _page(InsightsPage(asked, _listed(asked), faults=faults), 422)
    try:
        query_id, ran = begin(asked)
    except Mistake as error:
        page = InsightsPage(asked, _listed(asked), mistake=_mistake(asked, error))
        return _page(page, 422)
    except Refused as error:
        page = InsightsPage(asked, _listed(asked), problem=error.problem)
        return _page(page, error.problem.status)
    _note(query_id, ran)
    url = asking.address(query_id, ran)
    if respond.wants_json():
        return _json({"id": query_id, "url": url})
    if respond.wants_fragment():  # the drawer shows what started it, too
        return _followed(query_id, ran, first=True)
    return redirect(url, 303)


def begin(asked: Asked) -> tuple[str, Asked]:
    """Start what is asked. Returns its id, and what was asked with the moments that it means now."""
    now = datetime.fromtimestamp(math.ceil(time.time()), UTC)  # AWS takes whole seconds: the newest event is in
    span = times.read(asked.start, asked.end, now)
    query_id = queries.start(logs(), asked.groups, asked.filled.query, span)
    ran = (math.floor(span.start.timestamp()), math.ceil(span.end.timestamp()))
    return query_id, replace(asked, ran=ran, begun=int(time.time() * 1000))


def _mistake(asked: Asked, error: Mistake) -> dict[str, Any]:
    filled = asked.filled
    start = None if error.start is None else filled.place(error.start)
    end = None if error.end is None else filled.place(error.end)
    said = str(error)
    return {
        "said": said[:1].upper() + said[1:],
        "start": start,
        "end": end,
        "word": asked.query[start:end] if end else "",
    }


def _note(query_id: str, asked: Asked) -> None:
    """Write the run into the history, where there may be one: a read-only account is not written to."""
    if held() or respond.wants_json():
        return
    query = mask(asked.query, Counter())[: notes.LONGEST]
    entry = {"id": query_id, "query": query, "groups": list(asked.groups), "start": asked.start, "end": asked.end}
    notes.note(KIND, "", entry, (query, asked.groups, asked.start, asked.end))


def _listed(asked: Asked) -> list[grouping.Group]:
    """Return the groups to choose from: a page of them, and those that are chosen already."""
    if respond.wants_json() or respond.wants_fragment():
        return []
    try:
        found = grouping.list_groups(logs()).groups
    except ClientError as error:
        if errors.problem_of(error).status != 403:
            raise
        found = []  # who may query a group need not be allowed to list them: its name is in the address
    known = {one.name for one in found}
    return [grouping.Group(name, "", None) for name in asked.groups if name not in known] + found


@bp.get("/queries/<query_id>")
def query(query_id: str) -> Response:
    """Show a query: how far it is, or its rows; `format` gives them all as a file."""
    client = logs()
    if exports.wanted():
        return exports.export(client, query_id)
    if respond.wants_json():
        return _json(exports.as_json(queries.settled(client, query_id, FIRST)))
    asked = asking.recalled(query_id, request.args, client)
    return _followed(query_id, asked, first=not request.args.get("round", 0, type=int))


def _followed(query_id: str, asked: Asked, first: bool) -> Response:
    """Answer with how far a query is; the first look waits a moment for a quick one."""
    answer = queries.settled(logs(), query_id, FIRST if first else 0.0)
    number = max(request.args.get("page", 1, type=int), 1)
    page = InsightsPage(
        asked,
        _listed(asked),
        answer.page(number, ROWS),
        len(answer.rows),
        number,
        tuple(plan(asked.query, answer)),
        tuple(told(answer.masked)),
    )
    response = _page(page)
    if first and respond.wants_fragment():
        more: dict[str, Any] = {"page": number} if number > 1 else {}
        response.headers["HX-Push-Url"] = asking.address(query_id, asked, **more)
    return response


def pause(begun: int) -> int:
    """Return the milliseconds until a query is looked at again: a seventh of the time that it runs already."""
    elapsed = max(int(time.time() * 1000) - begun, 0) if begun else LONG
    return SELDOM if elapsed >= LONG else max(SOONEST, min(LATEST, elapsed // 7))


def _page(page: InsightsPage, status: int = 200) -> Response:
    if respond.wants_json():
        body = {"faults": page.faults, "mistake": page.mistake, "problem": page.problem}
        return _json(respond.plain(body) if status >= 400 else respond.plain(page), status)
    template = "logs/_run.html" if respond.wants_fragment() else "logs/insights.html"
    more: dict[str, Any] = {"prices": prices, "sources": samples.SOURCES, "times": times, "rows_of_page": ROWS}
    more |= {"fitting": samples.fitting(page.asked.groups), "pause": pause(page.asked.begun)}
    more |= {
        "round": request.args.get("round", 0, type=int) + 1,
        "address": asking.address,
        "keys": keys(page.asked.query),
    }
    response = make_response(render_template(template, page=page, **more))
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    response.vary.update(["Accept", "HX-Request", "Cookie"])
    return response


def _json(body: Any, status: int = 200) -> Response:
    shown = {**body, "calls": as_json(drawer())["calls"]} if status < 400 else body
    response = make_response(current_app.json.dumps(shown))
    response.mimetype = "application/json"
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/queries/<query_id>/stop")
@needs(VIEWER)
def stop(query_id: str) -> Response:
    """Stop a query: the person cancels it, or leaves its page."""
    stopped = queries.stop(logs(), query_id)
    if respond.wants_json() or request.form.get("left"):
        return _json({"stopped": stopped})
    flash("The query is cancelled." if stopped else "The query had ended already.", "done")
    back = request.form.get("back", "")
    return redirect(back if back.startswith("/logs/") and "\\" not in back else url_for("logs.insights"), 303)


@bp.get("/fields")
def fields() -> Response:
    """Give the editor the fields that AWS found in the chosen groups, for completion."""
    found = records.names(logs(), request.args.getlist("group"))
    response = make_response(current_app.json.dumps({"completion": found}))
    response.mimetype = "application/json"
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/record")
def record() -> Response:
    """Show all fields of the record that a row came from."""
    found = records.get(logs(), request.args.get("pointer", ""))
    return respond.page("logs/record.html", found, fragment="logs/_record.html", masked=told(found.masked))
