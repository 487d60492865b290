"""A whole result as a file, streamed while the database sends it."""

import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import cast

from flask import Response as FlaskResponse
from flask import request
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from app.blueprints.rds.blueprint import bp
from app.blueprints.rds.service import parameters
from app.blueprints.rds.views.connected import Connected, connected
from app.problems import refused
from app.roles import VIEWER, needs
from app.sql import export as exporting
from app.sql import page as paging
from app.sql import statements, table_export
from app.sql.csv_cells import Csv
from app.sql.errors import SyntaxMistake
from app.sql.export import Format
from app.sql.options import TOKEN
from app.sql.page import Query
from app.sql.target import Target

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
MOST = 5  # files at a time, of one login and database, in one process
_running: Counter[Target] = Counter()
_lock = threading.Lock()
ALWAYS = ("csv", "ndjson", "parquet")


def wanted() -> str:
    """Return the format of the file that this request asks for; JSON is one only with `download`."""
    form = request.values.get("format", "")
    return form if form in ALWAYS or (form == "json" and request.values.get("download")) else ""


def export(identifier: str, fields: Mapping[str, str]) -> Response:
    """Answer with every row of one reading statement. Raises a SqlError before the first byte."""
    form = wanted()
    there = connected(identifier, fields.get("database", ""))
    script = statements.split(fields.get("sql", "").replace("\r\n", "\n"), there.target.dialect)
    if len(script) != 1:
        raise SyntaxMistake("A file holds the rows of one statement.", remedy="Export one statement at a time.")
    values = parameters.values(parameters.of(script, fields), there.target.dialect)
    csv, token, target = _csv(fields), _token(fields), there.target
    with place(target) as held:
        stream = held(exporting.export(target, script[0], cast(Format, form), values, csv=csv, token=token))
    return _file(stream, identifier, form)


def export_table(there: Connected, query: Query) -> Response:
    """Answer with every row of a table that fits the filters, in its order. Raises a SqlError before the first byte."""
    form, target, csv = cast(Format, wanted()), there.target, _csv(request.args)
    with place(target) as held:
        if query.filters or query.sort:
            text, values = paging.build(query, (query.sort,) if query.sort else (), target.dialect, whole=True)
            (statement,) = statements.split(text, target.dialect)
            stream = exporting.export(target, statement, form, values, csv=csv)
        else:
            stream = table_export.export_table(target, query.schema, query.table, form, csv=csv)
        return _file(held(stream), query.table, form)


def _file(stream: Iterator[bytes], named: str, form: str) -> Response:
    response = FlaskResponse(stream, content_type=exporting.TYPES[form])
    name = re.sub(r"[^A-Za-z0-9-]+", "-", f"{named}-{datetime.now(UTC):%Y%m%d-%H%M%S}")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    response.headers["Cache-Control"] = "no-store"
    return response


class _Held:
    """A file's bytes, and its place among those being written: left at the end, at an error, or when closed."""

    def __init__(self, stream: Iterator[bytes], target: Target):
        self._stream, self._target, self._left = stream, target, False

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._stream)
        except BaseException:
            self._leave()
            raise

    def close(self) -> None:
        """Stop the query too; the server calls it also where nobody read a byte."""
        try:
            getattr(self._stream, "close", bool)()
        finally:
            self._leave()

    def _leave(self) -> None:
        if not self._left:
            self._left = True
            _leave(self._target)


@contextmanager
def place(target: Target) -> Iterator[Callable[[Iterator[bytes]], Iterator[bytes]]]:
    """Take one of the places for files; what it yields holds the place until a stream's end, an error gives it back."""
    _enter(target)
    try:
        yield lambda stream: _Held(stream, target)
    except BaseException:
        _leave(target)
        raise


def _enter(target: Target) -> None:
    """Take one of the places for files: slow readers must leave connections to those who query."""
    with _lock:
        if _running[target] >= MOST:
            happened = f"{MOST} files of {target.host} are being written already."
            raise refused(503, "Too many exports", happened, "Wait until one of them is done.", "TooManyExports")
        _running[target] += 1


def _leave(target: Target) -> None:
    with _lock:
        _running[target] -= 1
        if not _running[target]:
            del _running[target]


def _csv(fields: Mapping[str, str]) -> Csv:
    """Formulas are made harmless unless `exact` asks for every byte as it is."""
    delimiter = DELIMITERS.get(fields.get("delimiter", "comma"))
    if delimiter is None:
        raise BadRequest(f"The delimiter is one of {', '.join(DELIMITERS)}.")
    return Csv(delimiter, guard="exact" not in fields)


def _token(fields: Mapping[str, str]) -> str:
    token = fields.get("run", "")
    if not TOKEN.fullmatch(token):
        raise BadRequest("A run's name is letters, digits and hyphens.")
    return token


@bp.post("/<identifier>/export")
@needs(VIEWER)
def export_file(identifier: str) -> Response:
    """Answer with a file for a script that is too long for an address."""
    if not wanted():
        raise BadRequest("The format is csv, json, ndjson or parquet.")
    return export(identifier, request.form)
