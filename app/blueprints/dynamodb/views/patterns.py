"""Access patterns: a table's item collections, drawn."""

from dataclasses import dataclass
from typing import Any

from flask import request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app import exports, respond
from app.blueprints.dynamodb.blueprint import bp
from app.blueprints.dynamodb.service import patterns as service
from app.blueprints.dynamodb.service.known import KNOWN
from app.blueprints.dynamodb.service.tables import Table
from app.blueprints.dynamodb.views.common import dynamodb
from app.security import from_elsewhere


@dataclass(frozen=True)
class PatternsPage:
    """A table or one of its indexes, what reading a sample costs, and what it showed."""

    table: Table
    index: str
    sample: int
    units: float
    dollars: str
    found: service.Patterns | None = None


@bp.get("/<table>/patterns")
def patterns(table: str) -> Response:
    """Group a sample of items by partition key; a large table is read only when that was asked for."""
    client = dynamodb()
    described = KNOWN.get(client, table)
    index, asked = request.args.get("index", ""), request.args.get("sample", type=int)
    if index and described.index(index) is None:
        raise NotFound(f"The table has no index {index}.")
    sample = asked if asked in service.SAMPLES else service.SAMPLES[0]
    units, dollars = service.cost(described, sample)
    found = None
    if (asked and not from_elsewhere()) or service.is_small(described, sample):
        found = service.read(client, described, index, sample)
    if form := exports.asked():
        rows = [(one.value, one.items, one.size, round(one.share, 4), one.hot) for one in found.shown] if found else []
        answer: Response = exports.answer(
            form, ("partition", "items", "bytes", "share", "hot"), rows, f"{table}-patterns"
        )
        return answer
    page = PatternsPage(described, index, sample, units, dollars, found)
    more: dict[str, Any] = {
        "samples": service.SAMPLES,
        "bars": bars(found) if found else {},
        "keys_of": described.keys_of(index),
    }
    return respond.page("dynamodb/patterns.html", page, **more)


WIDTH, GAP, LEAST = 600.0, 1.0, 1.2  # of a drawing; the space between items and the least width of one


def bars(found: service.Patterns) -> dict[str, list[tuple[float, float, int, str]]]:
    """Return for each shown partition its items as (x, width, kind, words); the largest fills the width."""
    most = max((one.size for one in found.shown), default=1) or 1
    drawn: dict[str, list[tuple[float, float, int, str]]] = {}
    for one in found.shown:
        x, boxes = 0.0, list[tuple[float, float, int, str]]()
        known = sum(item.size for item in one.drawn)
        stretch = one.size / known if known else 1.0
        for item in one.drawn:
            width = max(LEAST, WIDTH * item.size * stretch / most)
            words = f"{item.sort or one.value}: {item.size:,} bytes"
            boxes.append((round(x, 2), round(max(LEAST, width - GAP), 2), item.kind, words))
            x += width
        scale = WIDTH / x if x > WIDTH else 1.0
        drawn[one.value] = [
            (round(at * scale, 2), round(width * scale, 2), kind, words) for at, width, kind, words in boxes
        ]
    return drawn
