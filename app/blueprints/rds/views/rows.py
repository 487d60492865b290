"""Edit one row: a form with a field for each column, whose old values travel with it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import flash, redirect, request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from app import respond
from app.blueprints.rds.blueprint import bp
from app.blueprints.rds.service import keys
from app.blueprints.rds.service import rows as service
from app.blueprints.rds.service.cells import plain_text
from app.blueprints.rds.service.rows import Row
from app.blueprints.rds.views import deeds, snippets
from app.blueprints.rds.views.common import problem_of
from app.blueprints.rds.views.connected import Connected, connected
from app.problems import Problem
from app.roles import EDITOR, needs
from app.sql.edit import Edit
from app.sql.errors import Conflict, SqlError
from app.sql.values import Cell, Cut


@dataclass(frozen=True)
class Input:
    """One field of the form: `text` as it stands there, `long` for an area of lines, `cut` for a large cell."""

    name: str
    type: str
    text: str
    null: bool
    nullable: bool
    fixed: bool
    primary: bool
    long: bool
    help: str
    cut: bool = False
    texts: bool = False  # whether an empty text is a value of it


@dataclass(frozen=True)
class RowPage:
    """The form of one row; `old` is what the person saw, `key` names it, empty for a new one."""

    instance: str
    database: str
    schema: str
    table: str
    key: str
    old: str
    inputs: tuple[Input, ...]
    back: str
    problem: Problem | None = None


@bp.get("/<identifier>/row")
def edit_row(identifier: str) -> Response:
    """Show the form of a row, or of a new one where no key is given."""
    there, key = connected(identifier, request.args.get("database", "")), request.args.get("key", "")
    row = _row(there, key)
    if row.found:
        snippets.show_one(there, row.found)
    old = keys.dump([None if field.fixed else field.old for field in row.fields]) if key else ""
    return respond.page("rds/row.html", _page(there, row, key, old, [_input(field) for field in row.fields]))


@bp.post("/<identifier>/row")
@needs(EDITOR)
def save_row(identifier: str) -> Response:
    """Insert, change or delete a row, as long as it is what the person saw."""
    there = connected(identifier, request.form.get("database", ""), write=True)
    key = request.form.get("key", "")
    row = _row(there, key)
    try:
        done, told = _written(there, row, key, request.form.get("action", "save"))
    except SqlError as error:
        inputs = [_sent(place, _input(field)) for place, field in enumerate(row.fields)]
        page = _page(there, row, key, request.form.get("old", ""), inputs, problem_of(error))
        return respond.page("rds/row.html", page, status=409 if isinstance(error, Conflict) else 422)
    snippets.show_one(there, done, write=True)
    deeds.note(there, there.target.database, f"{done.statement.word} 1")
    flash(told, "done")
    return redirect(_back(there), 303)


def _written(there: Connected, row: Row, key: str, action: str) -> tuple[Edit, str]:
    if not key:
        return service.insert(there.target, row, _values(there, row, every=True)), "The row is inserted."
    seen = _as_seen(row)
    if action == "delete":
        return service.delete(there.target, seen), "The row is deleted."
    return service.update(there.target, seen, _values(there, seen, every=False)), "The row is changed."


def _row(there: Connected, key: str) -> Row:
    schema, table = request.values.get("schema", ""), request.values.get("table", "")
    if not key:
        return service.blank(there.target, schema, table)
    return service.load(there.target, schema, table, _loaded(key))


def _loaded(text: str) -> tuple[object, ...]:
    try:
        return keys.load(text)
    except ValueError as error:
        raise BadRequest("The address of this row is damaged.") from error


def _as_seen(row: Row) -> Row:
    """Return the row as the person saw it, not as it is now."""
    old = _loaded(request.form.get("old", ""))
    if len(old) != len(row.fields):
        raise Conflict("The table was changed since you opened the row.")
    pairs = zip(row.fields, old, strict=True)
    return replace(row, fields=tuple(field if field.fixed else replace(field, old=value) for field, value in pairs))  # type: ignore[arg-type]


def _values(there: Connected, row: Row, every: bool) -> dict[str, object]:
    """Return what the form changes; of a new row, every column that was filled in."""
    found: dict[str, object] = {}
    for place, field in enumerate(row.fields):
        if field.fixed or f"v{place}" not in request.form:
            continue
        text, null = request.form[f"v{place}"].replace("\r\n", "\n"), f"n{place}" in request.form
        if every and not text and not null and f"e{place}" not in request.form:
            continue
        if every or text != _text(field.old) or null != (field.old is None):
            found[field.name] = None if null else service.typed(field, text, there.target.dialect)
    return found


def _text(cell: Cell) -> str:
    if cell is None or isinstance(cell, Cut):
        return ""
    return f"0x{cell.hex()}" if isinstance(cell, bytes) else plain_text(cell)


def _input(field: service.Field) -> Input:
    text = _text(field.old)
    told = field.type + ("" if field.nullable else ", not NULL")
    if field.generated or field.default:
        told += f", default {field.default}" if field.default else ", made by the database"
    if field.fixed:
        told += ": too large or of a kind that is not edited here"
    return Input(
        field.name,
        field.type,
        text,
        field.old is None and field.nullable,
        field.nullable,
        field.fixed,
        field.primary,
        "\n" in text or len(text) > 80 or field.kind == "json",
        told,
        isinstance(field.old, Cut),
        any(word in field.type.lower() for word in ("char", "text")),
    )


def _sent(place: int, shown: Input) -> Input:
    if f"v{place}" not in request.form:
        return shown
    return replace(shown, text=request.form[f"v{place}"], null=f"n{place}" in request.form)


def _page(
    there: Connected, row: Row, key: str, old: str, inputs: Sequence[Input], problem: Problem | None = None
) -> RowPage:
    where = row.structure
    name = there.instance.identifier
    found = tuple(replace(one, null=one.null and bool(key)) for one in inputs) if problem is None else tuple(inputs)
    return RowPage(name, there.target.database, where.schema, where.name, key, old, found, _back(there), problem)


def _back(there: Connected) -> str:
    schema, table = (request.values.get(name) or None for name in ("schema", "table"))
    database = there.target.database or None
    return url_for("rds.table", identifier=there.instance.identifier, database=database, schema=schema, table=table)
