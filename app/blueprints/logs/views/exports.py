"""A query's rows as a file: every row that AWS gives, written while its pages are read."""

import json
import re
from collections.abc import Iterator
from typing import Any

from flask import Response as FlaskResponse
from flask import request
from werkzeug.wrappers import Response

from app import exports
from app.blueprints.logs.service import prices, queries
from app.blueprints.logs.service.messages import plain
from app.blueprints.logs.service.queries import Answer
from app.masking import told
from app.problems import refused

NUMBER = re.compile(r"-?[0-9]{1,30}(?:\.[0-9]{1,30})?(?:[eE][+-]?[0-9]{1,3})?")  # what ends otherwise may be a formula
OWN = {"md": "text/markdown", "json": "application/json"}


def wanted() -> str:
    """Return csv, ndjson, md, or json where `download` says that it is to be a file; else nothing."""
    form = request.args.get("format", "")
    if form == "md" or (form == "json" and request.args.get("download")):
        return form
    return exports.asked()


def export(client: Any, query_id: str) -> Response:
    """Answer with all rows of an ended query."""
    form, answer = wanted(), queries.answer(client, query_id)
    if answer.status != "Complete":
        happened = f"The query is {answer.status.lower()}: there is no whole result to write."
        raise refused(409, "Not complete", happened, "Wait for its end, or run it again.", "NotComplete")
    name, rows = f"insights-{query_id[:8]}", queries.every_row(client, answer)
    if form not in OWN:
        return exports.answer(form, answer.columns, _numbers(answer, rows), name)
    lines = _markdown(answer, rows) if form == "md" else _array(answer, rows)
    response = FlaskResponse(exports.gathered(lines), mimetype=OWN[form])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _numbers(answer: Answer, rows: Iterator[tuple[str | None, ...]]) -> Iterator[list[str | None]]:
    """Yield the rows with the cells of columns of numbers known to be numbers, also negative ones."""
    places = [at for at, kind in enumerate(answer.kinds) if kind in ("integer", "float")]
    for row in rows:
        cells = list(row)
        for at in places:
            cell = cells[at]
            cells[at] = exports.Plain(cell) if cell and NUMBER.fullmatch(cell) else cell
        yield cells


def _array(answer: Answer, rows: Iterator[tuple[str | None, ...]]) -> Iterator[str]:
    before = "["
    for row in rows:
        yield f"{before}\n" + json.dumps(_named(answer, row), ensure_ascii=False)
        before = ","
    yield "[]\n" if before == "[" else "\n]\n"


def _markdown(answer: Answer, rows: Iterator[tuple[str | None, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(_escaped(name) for name in answer.columns)} |\n"
    yield f"|{'|'.join(' ---: ' if kind in ('integer', 'float') else ' --- ' for kind in answer.kinds)}|\n"
    for row in rows:
        yield f"| {' | '.join(_escaped(cell or '') for cell in row)} |\n"


def _escaped(text: str) -> str:
    """Return a cell of Markdown: nothing in it is HTML, a link, or the cell's end."""
    shown = plain(text).replace("\n", " ")
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>|#!" else sign for sign in shown)


def _named(answer: Answer, row: tuple[str | None, ...]) -> dict[str, str]:
    pairs = zip(answer.columns, row, strict=True)
    return {name: cell for name, cell in pairs if cell is not None}


def as_json(answer: Answer) -> dict[str, Any]:
    """Return a query's state and rows for a program; a row has only the fields that its event has."""
    return {
        "id": answer.id,
        "status": answer.status,
        "columns": list(answer.columns),
        "rows": [_named(answer, row) for row in answer.rows],
        "statistics": answer.statistics.__dict__,
        "cost": {"dollars": prices.scan(answer.statistics.bytes), "prices_of": prices.AS_OF, "region": "us-east-1"},
        "masked": told(answer.masked),
        "full": answer.full,
    }
