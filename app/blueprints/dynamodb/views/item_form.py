"""The form of an item as it was sent: fields or one of two JSON texts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from werkzeug.datastructures import MultiDict

from app.blueprints.dynamodb.service import fields as shaping
from app.blueprints.dynamodb.service import items as service
from app.blueprints.dynamodb.service import wire
from app.blueprints.dynamodb.service.fields import Field
from app.blueprints.dynamodb.service.items import Item
from app.blueprints.dynamodb.service.tables import Table

VIEWS = {"form": "Form", "json": "JSON", "dynamodb": "DynamoDB JSON"}
MOST_FIELDS = 2000
MOST_NAMED = 10  # wrong fields


@dataclass(frozen=True)
class Draft:
    """An item being written: `text` in the JSON views, `fields` in the form; `item` where it can be read.

    `fault` says what is wrong with all of it, `line` and `column` where in the text.
    """

    view: str
    text: str = ""
    fields: Sequence[Field] = field(default_factory=tuple)
    item: Item | None = None
    fault: str = ""
    line: int = 0
    column: int = 0

    @cached_property
    def size(self) -> int | None:
        """The bytes that DynamoDB counts, None for what cannot be read."""
        return None if self.item is None else wire.item_size(self.item)

    @property
    def told(self) -> str:
        """What is wrong in one line; of several fields only the names, since each has its own words beside it."""
        wrong = [one.name for one in self.fields if one.fault]
        more = ", …" if len(wrong) > MOST_NAMED else ""
        return (
            self.fault
            if len(wrong) < 2
            else f"{len(wrong)} attributes are wrong: {', '.join(wrong[:MOST_NAMED])}{more}."
        )


def show(table: Table, item: Item, view: str) -> Draft:
    """Return an item as a view has it; what a form cannot hold is shown as DynamoDB JSON."""
    if view not in VIEWS:
        view = "form"
    if view == "form" and not shaping.can_show(item):
        note = "The form cannot hold this item: a name has control characters, or there are too many attributes."
        return Draft("dynamodb", wire.dynamo_text(item, 2), item=item, fault=note)
    if view == "form":
        return Draft(view, fields=shaping.fields(item, table.keys), item=item)
    return Draft(view, (wire.plain_text if view == "json" else wire.dynamo_text)(item, 2), item=item)


def read(table: Table, sent: MultiDict[str, str]) -> Draft:
    """Return what was sent, with its mistakes."""
    view = sent.get("view", "form")
    draft = _from_fields(table, sent) if view == "form" else _from_text(view, sent.get("text", ""))
    if draft.item is None or draft.fault:
        return draft
    try:
        service.check(table, draft.item)
    except wire.Mistake as error:
        return Draft(
            draft.view, draft.text, _beside(draft.fields, error), draft.item, _said(error), error.line, error.column
        )
    return draft


def _beside(given: Sequence[Field], error: wire.Mistake) -> Sequence[Field]:
    """Put a mistake beside the field that it is about."""
    name = error.path[0] if error.path else None
    return [Field(f.name, f.type, f.text, f.key, f.quoted, error.message if f.name == name else f.fault) for f in given]


def _said(error: wire.Mistake) -> str:
    place = f"Line {error.line}, column {error.column}: " if error.line else ""
    where = f" (at {error.where})" if error.where and error.line else ""
    return f"{place}{error.message}{where}"


def _from_text(view: str, text: str) -> Draft:
    view = view if view in VIEWS else "dynamodb"
    try:
        item = wire.plain_item(text) if view == "json" else wire.dynamo_item(text)
    except wire.Mistake as error:
        return Draft(view, text, fault=_said(error), line=error.line, column=error.column)
    return Draft(view, text, item=item)


def _from_fields(table: Table, sent: MultiDict[str, str]) -> Draft:
    keys = [key.name for key in table.keys]
    given = list[Field]()
    for at in range(MOST_FIELDS):
        if f"n{at}" not in sent:
            break
        name, kind = sent[f"n{at}"], sent.get(f"t{at}", "S")
        if name:
            known = kind if kind in wire.TYPES else "S"
            given.append(Field(name, known, sent.get(f"v{at}", ""), name in keys, f"q{at}" in sent))
    item, told = shaping.item(given)
    faults = [f"{one.name}: {one.fault}" for one in told if one.fault]
    return Draft("form", fields=told, item=None if faults else item, fault=" ".join(faults))
