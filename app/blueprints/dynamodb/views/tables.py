"""The list of tables, and the form that creates one."""

from typing import Any

from flask import request
from werkzeug.wrappers import Response

from app import respond
from app.blueprints import Status
from app.blueprints.dynamodb.blueprint import bp
from app.blueprints.dynamodb.forms import CreateForm
from app.blueprints.dynamodb.service import creating, prices
from app.blueprints.dynamodb.service import tables as service
from app.blueprints.dynamodb.service.known import KNOWN
from app.blueprints.dynamodb.service.tables import Key
from app.blueprints.dynamodb.views.common import dynamodb, table_url
from app.changes import counted, done
from app.declined import Declined
from app.roles import EDITOR, needs


def status() -> Status:
    """Return DynamoDB's state for the overview."""
    found, more = service.names(dynamodb())
    if not found:
        return Status("No table")
    return Status(f"More than {len(found)} tables" if more else counted(len(found), "table"))


@bp.get("/")
def tables() -> Response:
    """List the tables; while one changes its state the list asks for itself again."""
    return _page(CreateForm())


@bp.post("/")
@needs(EDITOR)
def create_table() -> Response:
    """Create a table; what stands against it appears in the form."""
    form = CreateForm()
    valid = form.validate_on_submit()
    if form.faults() or not valid:
        return _page(form, 422)
    try:
        made = creating.create_table(dynamodb(), wanted(form))
    except Declined as error:
        form.name.errors = [f"AWS refuses: {error}"]
        return _page(form, 422)
    KNOWN.forget(dynamodb(), made.name)  # a table of that name may have been another one a moment ago
    return done(made, table_url(made.name), f"{made.name} is being created.")


def wanted(form: CreateForm) -> creating.Wanted:
    """Return the table that a form describes."""
    partition = Key(str(form.partition.data), form.partition_type.data)
    lines = [line.partition("=") for line in str(form.tags.data or "").splitlines() if line.strip()]
    return creating.Wanted(
        name=str(form.name.data).strip(),
        keys=_keys(partition, form.sort, form.sort_type),
        billing=form.billing.data,
        read_units=form.read_units.data or 0,
        write_units=form.write_units.data or 0,
        indexes=tuple(_index(entry.form, partition) for entry in form.indexes if entry.form.name.data),
        tags=tuple((name.strip(), value.strip()) for name, _, value in lines),
        protected=bool(form.protected.data),
    )


def _keys(partition: Key, sort: Any, kind: Any) -> tuple[Key, ...]:
    return (partition, Key(sort.data, kind.data)) if sort.data else (partition,)


def _index(form: Any, partition: Key) -> creating.WantedIndex:
    own = partition if form.kind.data == "LSI" else Key(form.partition.data, form.partition_type.data)
    names = tuple(name.strip() for name in str(form.attributes.data or "").split(",") if name.strip())
    keys = _keys(own, form.sort, form.sort_type)
    return creating.WantedIndex(form.kind.data, form.name.data, keys, form.projection.data, names)


def _page(form: CreateForm, code: int = 200) -> Response:
    found = service.list_tables(dynamodb(), request.args.get("after", ""))
    shown = request.args.get("round", type=int) is not None
    more: dict[str, Any] = {"poll": respond.polling(), "was_moving": shown, "form": form, "prices": prices}
    return respond.page("dynamodb/tables.html", found, fragment="dynamodb/_tables.html", status=code, **more)
