"""Runs of all jobs over a time, and two of them compared."""

from flask import request
from werkzeug.wrappers import Response

from app import respond
from app.blueprints.glue.blueprint import bp
from app.blueprints.glue.service import runs, timeline
from app.blueprints.glue.views.common import glue
from app.problems import refused


@bp.get("/runs")
def all_runs() -> Response:
    """Show the runs of all jobs; `state`, `search` and `hours` choose some."""
    given = request.args
    hours = given.get("hours", 24, type=int)
    state = given.get("state", "")
    found = timeline.look(
        glue(),
        hours if hours in timeline.HOURS else 24,
        state if state in runs.STATES else "",
        given.get("search", "").strip(),
    )
    return respond.page(
        "glue/timeline.html", found, fragment="glue/_timeline.html", hours=timeline.HOURS, states=runs.STATES
    )


@bp.get("/compare")
def compare() -> Response:
    """Compare two runs; each `run` is a run's id, a space and its job."""
    pairs = [one.partition(" ") for one in request.args.getlist("run")]
    if len(pairs) != 2:
        happened = f"Two runs are compared, and {len(pairs)} were chosen."
        raise refused(400, "Choose two runs", happened, "Go back and choose exactly two.")
    left, right = (runs.get(glue(), job, run_id) for run_id, _, job in pairs)
    return respond.page("glue/compare.html", timeline.compare(left, right))
