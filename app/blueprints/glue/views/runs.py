"""Runs: started, followed while they run, stopped, and told about when they are over."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from botocore.exceptions import ClientError
from flask import request, url_for
from werkzeug.wrappers import Response

from app import aws, respond
from app.blueprints.glue.blueprint import bp
from app.blueprints.glue.service import after as ending
from app.blueprints.glue.service import asked as asking
from app.blueprints.glue.service import follow, jobs, prices, runs
from app.blueprints.glue.service.follow import Look, Place
from app.blueprints.glue.service.output import PARTS
from app.blueprints.glue.service.runs import Run
from app.blueprints.glue.views.common import glue, refusal
from app.blueprints.glue.views.jobs import shown
from app.changes import done
from app.masking import WHOLE
from app.problems import Problem, from_exception
from app.roles import EDITOR, needs

DRAINING = 150  # milliseconds between looks at what is left to read of a run that is over
PAUSES = ((60, 1000), (300, 2000))  # rounds, and milliseconds between them
SELDOM = 5000
RETRY = 5000
PASSING = {429, 503, 504}  # what AWS says when a later look may succeed


@bp.post("/<path:job>/runs")
@needs(EDITOR)
def start(job: str) -> Response:
    """Start a run: `arg.<name>`, and further arguments as pairs of `extra_name` and `extra_value`."""
    definition = jobs.definition(glue(), job)
    found = jobs.read(definition)
    fields = {name: value for name, value in request.form.items() if isinstance(value, str)}
    earlier = runs.raw(glue(), job, fields["repeat"]) if fields.get("repeat") else {}
    kept: dict[str, str] = earlier.get("Arguments") or {}
    pairs = list(zip(request.form.getlist("extra_name"), request.form.getlist("extra_value"), strict=False))
    asked, named = asking.typed(found, fields, pairs)
    if asked.faults:
        return _refused(found, asked, 422)
    wanted = asking.wanted(found, definition.get("DefaultArguments") or {}, asked, named, kept)
    try:
        run_id = runs.start(glue(), job, wanted)
    except ClientError as error:
        problem = refusal(error, job)
        return _refused(found, replace(asked, problem=problem), problem.status)
    return done({"id": run_id}, url_for("glue.run", job=job, run_id=run_id), f"A run of {job} starts.")


def _refused(found: jobs.Job, asked: asking.Asked, code: int) -> Response:
    if respond.wants_json():
        return respond.page("", {"faults": asked.faults, "problem": asked.problem}, status=code)
    return shown(found, asked, code)


@dataclass(frozen=True)
class RunPage:
    """A run as it is: what it printed last, and how far it is."""

    look: Look
    insights: str

    @property
    def run(self) -> Run:
        """The run itself."""
        return self.look.run


@bp.get("/<path:job>/runs/<run_id>")
def run(job: str, run_id: str) -> Response:
    """Show a run; while it goes on, the page follows it."""
    look = follow.first(glue(), aws.client("logs"), job, run_id)
    page = RunPage(look, insights(look.run))
    return respond.page("glue/run.html", page, next_look=_next(look), pause=pause(look), prices=prices, ticks=False)


@bp.get("/<path:job>/runs/<run_id>/look")
def look(job: str, run_id: str) -> Response:
    """Answer one look of a page that follows: the state and what is new of one stream, by two calls."""
    before = _place()
    try:
        seen = follow.again(glue(), aws.client("logs"), job, run_id, before)
    except ClientError as error:
        problem = from_exception(error)
        if problem is None or problem.status not in PASSING:
            raise
        return _wait(job, run_id, problem)
    page = RunPage(seen, insights(seen.run))
    more: dict[str, Any] = {"next_look": _next(seen), "pause": pause(seen), "prices": prices, "ticks": True}
    return respond.page("glue/run.html", page, fragment="glue/_look.html", **more)


def _wait(job: str, run_id: str, problem: Problem) -> Response:
    """Say that AWS did not answer this look, and let the page ask again."""
    again = f"{request.path}?{request.query_string.decode('ascii', 'ignore')}"
    more: dict[str, Any] = {"again": again, "pause": RETRY, "job": job, "run_id": run_id}
    return respond.page("glue/wait.html", problem, fragment="glue/_wait.html", **more)


def _place() -> Place:
    given = request.args
    left = tuple(part for part in PARTS if part in given.get("left", ",".join(PARTS)).split(","))
    tokens = {part: given.get(part, "") for part in PARTS}
    numbers = {name: given.get(name, 0, type=int) for name in ("round", "drains")}
    return Place(numbers["round"], tokens, given.get("percent", type=float), left, numbers["drains"])


def _next(look: Look) -> str:
    """Return the address of the next look."""
    place = look.place
    asked: dict[str, Any] = {
        "round": place.round,
        "drains": place.drains,
        **{k: v for k, v in place.tokens.items() if v},
    }
    asked["left"] = ",".join(place.left)
    if place.percent is not None:
        asked["percent"] = f"{place.percent:.1f}"
    return url_for("glue.look", job=look.run.job, run_id=look.run.id) + "?" + urlencode(asked)


def pause(look: Look) -> int:
    """Return the milliseconds until the next look."""
    if look.run.over:
        return DRAINING
    return next((wait for rounds, wait in PAUSES if look.place.round < rounds), SELDOM)


def insights(run: Run) -> str:
    """Return the address of a Logs Insights query over all that a run printed."""
    query = f'fields @timestamp, @log, @message\n| filter @logStream = "{run.id}"\n| sort @timestamp asc\n| limit 10000'
    begun = run.started or datetime.now(UTC)
    ended = (run.ended + timedelta(minutes=5)).isoformat(timespec="seconds") if run.ended else "now"
    groups = [("group", f"{follow.group(run)}/{part}") for part in PARTS]
    start = (begun - timedelta(minutes=1)).isoformat(timespec="seconds")
    return "/logs/insights?" + urlencode([*groups, ("query", query), ("start", start), ("end", ended)])


@bp.post("/<path:job>/runs/<run_id>/stop")
@needs(EDITOR)
def stop(job: str, run_id: str) -> Response:
    """Stop a run; one that is over already is no error."""
    back = url_for("glue.run", job=job, run_id=run_id)
    found = runs.get(glue(), job, run_id)
    if found.over:
        return done(
            {"stopped": False, "state": found.state}, back, f"The run was over already: {found.word.lower()}.", "info"
        )
    said = runs.stop(glue(), job, run_id)
    if said:
        return done({"stopped": False, "said": said}, back, f"AWS did not stop it: {said}", "warning")
    return done({"stopped": True}, back, "The run is being stopped.")


@bp.get("/<path:job>/runs/<run_id>/after")
def after(job: str, run_id: str) -> Response:
    """Tell of a run that is over: where it failed, what to do, what it made."""
    found, run = jobs.get(glue(), job), runs.get(glue(), job, run_id)
    told = ending.look({"s3": aws.client("s3"), "logs": aws.client("logs")}, found, run)
    return respond.page("glue/after.html", told, fragment="glue/_after.html", masked=WHOLE)
