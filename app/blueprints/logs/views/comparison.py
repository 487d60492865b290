"""A query's rows beside those of the same query over an earlier time."""

from dataclasses import dataclass, replace

from flask import request
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from app.blueprints.logs.blueprint import bp
from app.blueprints.logs.service import comparing, pipeline, queries, times
from app.blueprints.logs.service.comparing import Comparison
from app.blueprints.logs.service.queries import Answer
from app.blueprints.logs.service.sentences import keys
from app.blueprints.logs.views import beside
from app.blueprints.logs.views.asked import Asked
from app.blueprints.logs.views.common import logs
from app.roles import VIEWER, needs

LABELS = {"period": "the period before", "day": "the day before", "week": "the week before", "month": "30 days before"}


@dataclass(frozen=True)
class ComparePage:
    """Both answers, and their rows beside each other once both are complete."""

    asked: Asked
    now: Answer
    before: Answer
    label: str
    span: times.Range
    earlier: times.Range
    comparison: Comparison | None = None


@bp.post("/queries/<query_id>/compare")
@needs(VIEWER)
def start_compare(query_id: str) -> Response:
    """Run the same query over an earlier time: the period, day, week or 30 days before."""
    asked, span = beside.of(query_id)
    shift = _shift(request.form)
    before = comparing.earlier(span, shift, pipeline.bins(asked.query))
    made = beside.start(asked, asked.filled.query, before)
    return beside.lead(query_id, asked, "logs.compare", _show, before=made, shift=shift)


@bp.get("/queries/<query_id>/compare")
def compare(query_id: str) -> Response:
    """Show both results."""
    return _show(query_id, beside.of(query_id)[0], request.args)


def _shift(fields: beside.Fields) -> str:
    shift = fields.get("shift", "period")
    if shift not in comparing.SHIFTS:
        raise BadRequest("There is no such period to compare with.")
    return shift


def _show(query_id: str, asked: Asked, fields: beside.Fields) -> Response:
    span, shift, name = asked.span, _shift(fields), fields.get("before", "")
    assert span is not None  # noqa: S101 beside.of has seen to it
    before, now = beside.look(name, fields), queries.answer(logs(), query_id)
    earlier = comparing.earlier(span, shift, pipeline.bins(asked.query))
    page = ComparePage(asked, now, before, LABELS[shift], span, earlier)
    if before.status == now.status == "Complete":
        compared = comparing.compare(now, before, span.start - earlier.start, keys(asked.filled.query))
        page = replace(page, comparison=compared)
    return beside.page("compare", page, query_id, "logs.compare", before=name, shift=shift)
