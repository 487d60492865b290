"""A query stage by stage: what each does, rows in, rows out."""

import time
from dataclasses import dataclass

from flask import request
from werkzeug.wrappers import Response

from app.blueprints.logs.blueprint import bp
from app.blueprints.logs.service import queries, steps
from app.blueprints.logs.service.queries import Answer
from app.blueprints.logs.service.steps import Step
from app.blueprints.logs.views import beside
from app.blueprints.logs.views.asked import Asked
from app.blueprints.logs.views.common import logs
from app.blueprints.logs.views.insights import FIRST
from app.numbers import whole
from app.roles import VIEWER, needs


@dataclass(frozen=True)
class StepsPage:
    """The stages of a query with the rows before and after each; `needed` shortened queries would count the rest."""

    asked: Asked
    steps: list[Step]
    bytes: int
    needed: int
    running: bool = False


@bp.post("/queries/<query_id>/steps")
@needs(VIEWER)
def start_steps(query_id: str) -> Response:
    """Start the shortened queries that count what is not known yet."""
    asked, span = beside.of(query_id)
    found = steps.plan(asked.filled.query, queries.answer(logs(), query_id))
    counts = [f"{at}:{beside.start(asked, query, span)}" for at, query in steps.needed(found).items()]
    return beside.lead(query_id, asked, "logs.stepper", _show, count=counts)


@bp.get("/queries/<query_id>/steps")
def stepper(query_id: str) -> Response:
    """Show the stages, and the rows of those that are counted."""
    return _show(query_id, beside.of(query_id)[0], request.args)


def _show(query_id: str, asked: Asked, fields: beside.Fields) -> Response:
    answer = queries.answer(logs(), query_id)
    found = steps.plan(asked.filled.query, answer)
    counts = _counted(fields, len(found))
    running = answer.running or any(one.running for one in counts.values())
    needed = 0 if counts else len(steps.needed(found))
    page = StepsPage(asked, steps.filled(found, counts), answer.statistics.bytes, needed, running)
    return beside.page("steps", page, query_id, "logs.stepper", count=fields.getlist("count"))


def _counted(fields: beside.Fields, most: int) -> dict[int, Answer]:
    counts, until = dict[int, Answer](), time.monotonic() + FIRST
    for one in fields.getlist("count")[:most]:
        place, _, counted = one.partition(":")
        at = whole(place, 0, most - 1)
        if at is not None:
            counts[at] = beside.look(counted, fields, until)
    return counts
