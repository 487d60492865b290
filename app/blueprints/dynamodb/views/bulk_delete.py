"""Deletion of what a question selects: counted, the table's name typed, done with progress, reported."""

from dataclasses import dataclass
from typing import Any

from flask import make_response, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app import aws, respond
from app.blueprints.dynamodb.blueprint import bp
from app.blueprints.dynamodb.service import deleting, prices
from app.blueprints.dynamodb.service.asked import Asked, Wrong
from app.blueprints.dynamodb.service.deleting import Count
from app.blueprints.dynamodb.service.known import KNOWN
from app.blueprints.dynamodb.service.said import question
from app.blueprints.dynamodb.service.tables import Table
from app.blueprints.dynamodb.service.work import Facts, Work
from app.blueprints.dynamodb.views import asking
from app.blueprints.dynamodb.views.common import dynamodb
from app.blueprints.dynamodb.views.exports import is_whole
from app.blueprints.dynamodb.views.guarding import ended, guarded, name_of
from app.numbers import whole
from app.problems import refused
from app.roles import EDITOR, needs
from app.security import from_elsewhere
from app.store import new_id, store


@dataclass(frozen=True)
class DeletePage:
    """What would be deleted: the question, its count, and what is wrong with the name that was typed."""

    table: Table
    id: str
    asked: Asked
    count: Count | None
    whole: bool
    error: str = ""

    @property
    def dollars(self) -> str:
        """What deleting costs on AWS on-demand, at one write unit an item of up to 1 KB."""
        return prices.dollars(prices.write(self.count.items if self.count else 0))


@bp.get("/<table>/delete-items")
def delete_items(table: str) -> Response:
    """Count what would be deleted, and ask."""
    described = KNOWN.get(dynamodb(), table)
    if from_elsewhere():  # to count is to read all of them
        happened = "A link of another site led here. Nothing was read, nothing was deleted."
        raise refused(403, "Not from another site", happened, "Open the table, and choose its items there.")
    asked = asking.read(request.args)
    return _page(described, asked)


def _page(table: Table, asked: Asked, error: str = "", counted: Count | None = None) -> Response:
    try:
        count = counted or deleting.count(dynamodb(), table, asked)
    except Wrong as wrong:
        raise refused(422, "This cannot be asked", str(wrong), "Correct it on the page of items.", "Refused") from wrong
    page = DeletePage(table, new_id(), asked, count, is_whole(asked), error)
    fields: dict[str, Any] = {"pairs": asking.pairs(asked), "back": asking.query_string(asked)}
    fields["words"] = question(table, asked)
    if respond.wants_json():
        return respond.page("dynamodb/delete_items.html", page)
    response = make_response(render_template("dynamodb/delete_items.html", page=page, **fields), 422 if error else 200)
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/<table>/delete-items")
@needs(EDITOR)
def run_delete_items(table: str) -> Response:
    """Delete what the question selects, if the table's name was typed."""
    described = KNOWN.get(dynamodb(), table)
    fields = MultiDict(request.form)
    typed, asked = fields.pop("confirm", ""), asking.read(fields)
    if typed != described.name:
        return _page(described, asked, "This is not the table's name.")
    if aws.identity().read_only:
        raise refused(
            403, "Read-only", "Changes are switched off for a real account.", "Look at the items.", "ReadOnly"
        )
    facts = Facts(
        "delete",
        described.name,
        total=whole(fields.get("expect")) or 0,
        options={"question": asking.query_string(asked)},
    )
    work = Work(store("dynamodb-work"), name_of(fields), facts)
    try:
        guarded(work, lambda: deleting.delete(dynamodb(), described, asked, work))
    except Wrong as wrong:
        raise refused(422, "This cannot be asked", str(wrong), "Correct it on the page of items.", "Refused") from wrong
    KNOWN.forget(dynamodb(), described.name)
    return ended(work, f"{facts.written:,} items are deleted from {described.name}.")
