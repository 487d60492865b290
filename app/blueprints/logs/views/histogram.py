"""The matches of a query over time: a second query, which scans the same events again."""

from dataclasses import dataclass, field

from flask import request
from werkzeug.wrappers import Response

from app.blueprints.logs.blueprint import bp
from app.blueprints.logs.service import steps, times
from app.blueprints.logs.service.queries import Answer
from app.blueprints.logs.views import beside
from app.blueprints.logs.views.asked import Asked
from app.roles import VIEWER, needs


@dataclass(frozen=True)
class HistogramPage:
    """The matches of a query in slices of time: each slice's begin in words, its matches, epoch seconds from and to."""

    asked: Asked
    answer: Answer
    size: str
    seconds: int
    bars: list[tuple[str, int, int, int]] = field(default_factory=list)


@bp.post("/queries/<query_id>/histogram")
@needs(VIEWER)
def start_histogram(query_id: str) -> Response:
    """Start counting the matches over time."""
    asked, span = beside.of(query_id)
    counting, _ = steps.histogram(asked.filled.query, span.seconds)
    made = beside.start(asked, counting, span)
    return beside.lead(query_id, asked, "logs.histogram", _show, counted=made)


@bp.get("/queries/<query_id>/histogram")
def histogram(query_id: str) -> Response:
    """Show the matches over time."""
    return _show(query_id, beside.of(query_id)[0], request.args)


def _show(query_id: str, asked: Asked, fields: beside.Fields) -> Response:
    span, counted = asked.span, fields.get("counted", "")
    _, size = steps.histogram(asked.filled.query, span.seconds if span else 0)
    answer = beside.look(counted, fields)
    page = HistogramPage(asked, answer, times.length(size), size, _bars(answer, size))
    return beside.page("histogram", page, query_id, "logs.histogram", counted=counted)


def _bars(answer: Answer, size: int) -> list[tuple[str, int, int, int]]:
    if not answer.rows or not {"datetime", "integer"} <= set(answer.kinds):
        return []  # the address may name any query, also one that counts nothing
    at, number = answer.kinds.index("datetime"), answer.kinds.index("integer")
    found = []
    for row in (one for one in answer.rows if one[at] is not None):
        begin = int(times.moment(str(row[at]), "start", times.EPOCH).timestamp())
        found.append((str(row[at])[:19], int(float(row[number] or 0)), begin, begin + size))
    return sorted(found, key=lambda one: one[2])
