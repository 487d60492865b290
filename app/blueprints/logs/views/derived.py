"""What is asked beside a query: its matches over time, its stages counted, the period before."""

import time
from dataclasses import dataclass, field, replace
from typing import Any

from flask import redirect, request
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from app import respond
from app.blueprints.logs.blueprint import bp
from app.blueprints.logs.service import comparing, pipeline, prices, queries, steps, times
from app.blueprints.logs.service.comparing import Comparison
from app.blueprints.logs.service.queries import Answer, Mistake
from app.blueprints.logs.service.sentences import keys
from app.blueprints.logs.service.steps import Step
from app.blueprints.logs.views import asked as asking
from app.blueprints.logs.views.asked import Asked
from app.blueprints.logs.views.common import logs
from app.blueprints.logs.views.insights import FIRST, pause
from app.problems import refused

LABELS = {"period": "the period before", "day": "the day before", "week": "the week before", "month": "30 days before"}


@dataclass(frozen=True)
class HistogramPage:
    """The matches of a query in slices of time."""

    asked: Asked
    answer: Answer
    size: str
    seconds: int
    bars: list[tuple[str, int, int, int]] = field(default_factory=list)


def _started(asked: Asked, query: str, span: times.Range | None = None) -> str:
    """Start a query of ours over what is asked. A mistake in it is AWS's refusal of this one."""
    over = span or asked.span
    if over is None or not asked.groups:
        raise BadRequest("The address names no groups or no range.")
    try:
        return queries.start(logs(), asked.groups, query, over)
    except Mistake as error:
        raise refused(422, "AWS refuses the shortened query", str(error), "It cannot be counted this way.") from error


def _address(query_id: str, asked: Asked, endpoint: str, **more: Any) -> str:
    """Return the address of what was started just now, so that it is looked at soon."""
    return asking.address(query_id, replace(asked, begun=int(time.time() * 1000)), endpoint, **more)


def _ran(query_id: str) -> Asked:
    return asking.recalled(query_id, request.values, logs())


@bp.post("/queries/<query_id>/histogram")
def start_histogram(query_id: str) -> Response:
    """Start counting the matches over time: a second query, which scans the same events again."""
    asked = _ran(query_id)
    span = asked.span
    if span is None:
        raise BadRequest("The address names no range.")
    counting, _ = steps.histogram(asked.filled.query, span.seconds)
    made = _started(asked, counting)
    return redirect(_address(query_id, asked, "logs.histogram", counted=made), 303)


@bp.get("/queries/<query_id>/histogram")
def histogram(query_id: str) -> Response:
    """Show the matches over time."""
    asked = _ran(query_id)
    span = asked.span
    if span is None:
        raise BadRequest("The address names no range.")
    first = not request.args.get("round", 0, type=int)
    answer = queries.settled(logs(), request.args.get("counted", ""), FIRST if first else 0.0)
    _, size = steps.histogram(asked.filled.query, span.seconds)
    page = HistogramPage(asked, answer, times.length(size), size, _bars(answer, size))
    return _show("logs/histogram.html", "logs/_histogram.html", page, query_id=query_id)


def _bars(answer: Answer, size: int) -> list[tuple[str, int, int, int]]:
    """Return each slice's begin in words, its matches, and its epoch seconds from and to."""
    if not answer.rows or "datetime" not in answer.kinds:
        return []
    at, number = answer.kinds.index("datetime"), answer.kinds.index("integer") if "integer" in answer.kinds else -1
    found = []
    for row in answer.rows:
        begin = int(times.moment(str(row[at]), "start", times.EPOCH).timestamp())
        found.append((str(row[at])[:19], int(float(row[number] or 0)), begin, begin + size))
    return sorted(found, key=lambda one: one[2])


@dataclass(frozen=True)
class StepsPage:
    """The stages of a query with the rows before and after each."""

    asked: Asked
    steps: list[Step]
    bytes: int
    needed: int
    running: bool = False


@bp.post("/queries/<query_id>/steps")
def start_steps(query_id: str) -> Response:
    """Start the shortened queries that count what is not known yet."""
    asked = _ran(query_id)
    answer = queries.answer(logs(), query_id)
    found = steps.plan(asked.filled.query, answer)
    counts = [f"{at}:{_started(asked, query)}" for at, query in steps.needed(found).items()]
    return redirect(_address(query_id, asked, "logs.stepper", count=counts), 303)


@bp.get("/queries/<query_id>/steps")
def stepper(query_id: str) -> Response:
    """Show a query stage by stage: what each does, rows in, rows out."""
    asked = _ran(query_id)
    answer = queries.answer(logs(), query_id)
    found = steps.plan(asked.filled.query, answer)
    counts, end = dict[int, queries.Answer](), time.monotonic() + (0 if request.args.get("round") else FIRST)
    for one in request.args.getlist("count")[: len(found)]:
        at, _, counted = one.partition(":")
        if at.isdigit() and int(at) < len(found):
            counts[int(at)] = queries.settled(logs(), counted, max(0.0, end - time.monotonic()))
    running = answer.running or any(one.running for one in counts.values())
    needed = 0 if counts else len(steps.needed(found))
    page = StepsPage(asked, steps.filled(found, counts), answer.statistics.bytes, needed, running)
    return _show("logs/steps.html", "logs/_steps.html", page, query_id=query_id)


@dataclass(frozen=True)
class ComparePage:
    """A query's rows beside those of an earlier time."""

    asked: Asked
    now: Answer
    before: Answer
    label: str
    span: times.Range
    earlier: times.Range
    comparison: Comparison | None = None


@bp.post("/queries/<query_id>/compare")
def start_compare(query_id: str) -> Response:
    """Run the same query over an earlier time: the period, day, week or 30 days before."""
    asked, shift = _ran(query_id), request.form.get("shift", "period")
    if shift not in comparing.SHIFTS or asked.span is None:
        raise BadRequest("There is no such period to compare with.")
    before = comparing.earlier(asked.span, shift, pipeline.bins(asked.query))
    made = _started(asked, asked.filled.query, before)
    return redirect(_address(query_id, asked, "logs.compare", before=made, shift=shift), 303)


@bp.get("/queries/<query_id>/compare")
def compare(query_id: str) -> Response:
    """Show both results beside each other."""
    asked, shift = _ran(query_id), request.args.get("shift", "period")
    if shift not in comparing.SHIFTS or asked.span is None:
        raise BadRequest("There is no such period to compare with.")
    first = not request.args.get("round", 0, type=int)
    before = queries.settled(logs(), request.args.get("before", ""), FIRST if first else 0.0)
    now, earlier = queries.answer(logs(), query_id), comparing.earlier(asked.span, shift, pipeline.bins(asked.query))
    page = ComparePage(asked, now, before, LABELS[shift], asked.span, earlier)
    if before.status == now.status == "Complete":
        compared = comparing.compare(now, before, asked.span.start - earlier.start, keys(asked.filled.query))
        page = replace(page, comparison=compared)
    return _show("logs/compare.html", "logs/_compare.html", page, query_id=query_id)


def _show(template: str, fragment: str, page: Any, **more: Any) -> Response:
    rest = {name: request.args.getlist(name) for name in request.args if name != "round"}
    again = request.args.get("round", 0, type=int) + 1
    more |= {"prices": prices, "rest": rest, "round": again, "pause": pause(page.asked.begun) if again < 20 else 1000}
    return respond.page(template, page, fragment=fragment, address=asking.address, times=times, **more)
