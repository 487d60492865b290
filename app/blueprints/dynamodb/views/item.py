"""One item: shown, created, copied, edited, deleted, and what two people did to it at once."""

from dataclasses import dataclass, replace
from typing import Any

from flask import Response as FlaskResponse
from flask import make_response, render_template, request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from app import errors, respond
from app.blueprints.dynamodb.blueprint import bp
from app.blueprints.dynamodb.service import items as service
from app.blueprints.dynamodb.service import merging, wire
from app.blueprints.dynamodb.service.items import Item
from app.blueprints.dynamodb.service.known import KNOWN
from app.blueprints.dynamodb.service.tables import Table
from app.blueprints.dynamodb.views import item_form, item_markup, markup
from app.blueprints.dynamodb.views.common import dynamodb
from app.blueprints.dynamodb.views.item_form import Draft
from app.changes import done
from app.declined import Declined
from app.problems import Problem, refused
from app.roles import EDITOR, VIEWER, needs

LARGEST = 16 * 1024 * 1024  # bytes of the form: an item of 400 KB, twice, as JSON in an address's spelling


@dataclass(frozen=True)
class ItemPage:
    """An item and its form; `old` is what was read, None for a new one; `differences` where somebody changed it."""

    table: Table
    draft: Draft
    old: Item | None = None
    key: tuple[str, ...] = ()
    exists_url: str = ""
    conflict: bool = False
    deleting: bool = False
    current: Item | None = None
    differences: tuple[merging.Difference, ...] = ()

    @property
    def old_text(self) -> str:
        """What was read, as the form carries it."""
        return "" if self.old is None else wire.dynamo_text(self.old)


@bp.url_value_preprocessor
def room(endpoint: str | None, _: Any) -> None:
    """Let an item's form be as large as an item can be; this runs before anything reads the body."""
    if endpoint in ("dynamodb.save_item", "dynamodb.size_item"):
        request.max_form_memory_size = LARGEST


def item_url(table: Table, item: Item) -> str:
    """Return the address of an item's page."""
    texts = [markup.key_text(item[key.name]) for key in table.keys]
    return url_for("dynamodb.item", table=table.name, pk=texts[0], sk=texts[1] if len(texts) > 1 else None)


@bp.get("/<table>/item")
def item(table: str) -> Response:
    """Show an item, a copy of it, or, without a key, the form of a new one."""
    described, view = KNOWN.get(dynamodb(), table), request.args.get("view", "form")
    if "pk" not in request.args:
        return _page(ItemPage(described, item_form.show(described, {}, view)))
    found = _found(described)
    if "copy" in request.args:
        return _page(ItemPage(described, item_form.show(described, found, view)))
    if respond.wants_json():
        return _json(found)
    return _page(_opened(described, found, view))


def _found(table: Table) -> Item:
    texts = [request.args[name] for name in ("pk", "sk") if name in request.args]
    try:
        key = service.typed_key(table, texts)
    except wire.Mistake as error:
        raise BadRequest(f"This address names no item. {error.message}") from error
    found = service.get_item(dynamodb(), table, key)
    if found is None:
        happened = f"There is no item of this key in {table.name}: {' and '.join(texts)}."
        raise refused(404, "No such item", happened, "It may have been deleted: explore the table again.", "NoItem")
    return found


def _opened(table: Table, found: Item, view: str, **more: Any) -> ItemPage:
    key = tuple(markup.key_text(found[key.name]) for key in table.keys)
    return ItemPage(table, item_form.show(table, found, view), found, key, **more)


@bp.post("/<table>/item")
@needs(EDITOR)
def save_item(table: str) -> Response:
    """Save, delete or merge an item, or show what was typed in another view."""
    described, action = KNOWN.get(dynamodb(), table), request.form.get("action", "save")
    old = _old()
    if action == "delete":
        return _delete(described, _needed(old))
    draft = item_form.read(described, request.form)
    if action.startswith("view-"):
        return _other_view(described, draft, old, action.removeprefix("view-"))
    if draft.item is None or draft.fault:
        return _page(_drafted(described, draft, old), 422)
    if action == "merge":
        taken = [request.form[f"a{at}"] for at in range(1000) if request.form.get(f"c{at}") == "mine"]
        draft = item_form.show(described, merging.merged(_needed(old), draft.item, taken), "form")
    return _save(described, draft, old)


def _old() -> Item | None:
    text = request.form.get("old", "")
    try:
        return wire.dynamo_item(text) if text else None
    except wire.Mistake as error:
        raise BadRequest("The form was damaged on its way. Nothing was changed.") from error


def _needed(old: Item | None) -> Item:
    if old is None:
        raise BadRequest("The form does not say what was read. Nothing was changed.")
    return old


def _save(table: Table, draft: Draft, old: Item | None) -> Response:
    wanted = draft.item or {}
    page = _drafted(table, draft, old)
    try:
        if old is None:
            service.create(dynamodb(), table, wanted)
            return done(_told(table, wanted), item_url(table, wanted), "The item is created.")
        if service.key_of(table, wanted) != service.key_of(table, old):
            return _page(
                _wrong(page, "The key names the item and cannot change: copy the item, then delete this one."), 422
            )
        changed = service.update(dynamodb(), table, old, wanted)
    except service.Exists:
        return _page(_wrong(page, "There is an item of this key already.", exists_url=item_url(table, wanted)), 409)
    except service.Conflict as error:
        return _conflict(table, draft, _needed(old), error.current)
    except (Declined, service.TooMany) as error:
        return _page(_wrong(page, f"AWS refuses: {error}" if isinstance(error, Declined) else str(error)), 422)
    said = (
        f"{len(changed)} {'attribute is' if len(changed) == 1 else 'attributes are'} changed."
        if changed
        else "Nothing was changed."
    )
    return done(_told(table, wanted), item_url(table, wanted), said)


def _delete(table: Table, old: Item) -> Response:
    try:
        service.delete(dynamodb(), table, old)
    except service.Conflict as error:
        if error.current is not None:
            return _conflict(table, item_form.show(table, old, "form"), old, error.current, deleting=True)
    return done(_told(table, old), url_for("dynamodb.items", table=table.name), "The item is deleted.")


def _conflict(table: Table, draft: Draft, old: Item, current: Item | None, deleting: bool = False) -> Response:
    """Show both versions, attribute by attribute."""
    mine = draft.item or {}
    found = tuple(merging.differences(old, current, mine)) if current is not None else ()
    key = tuple(markup.key_text(old[key.name]) for key in table.keys)
    shown = item_form.show(table, mine, "dynamodb")
    page = ItemPage(table, shown, current, key, conflict=True, deleting=deleting, current=current, differences=found)
    return _page(page, 409)


def _drafted(table: Table, draft: Draft, old: Item | None, **more: Any) -> ItemPage:
    key = tuple(markup.key_text(old[key.name]) for key in table.keys) if old else ()
    return ItemPage(table, draft, old, key, **more)


def _wrong(page: ItemPage, fault: str, **more: Any) -> ItemPage:
    return replace(page, draft=replace(page.draft, fault=fault), **more)


def _other_view(table: Table, draft: Draft, old: Item | None, view: str) -> Response:
    if draft.item is None:
        return _page(_drafted(table, draft, old), 422)
    return _page(_drafted(table, item_form.show(table, draft.item, view), old))


@bp.post("/<table>/item/size")
@needs(VIEWER)
def size_item(table: str) -> str:
    """Return the size of what is typed, and what is wrong with it: no call of AWS's, for every pause in typing."""
    draft = item_form.read(KNOWN.get(dynamodb(), table), request.form)
    return render_template("dynamodb/_size.html", draft=draft, most=wire.MOST_BYTES)


def _page(page: ItemPage, status: int = 200) -> Response:
    if respond.wants_json() and status >= 400:
        said, code = page.draft.fault or "Somebody changed it meanwhile.", "Conflict" if page.conflict else "Refused"
        problem = Problem(status, "Not saved", said, "Correct it, or read it again.", code)
        return errors.as_response(problem)
    more: dict[str, Any] = {"views": item_form.VIEWS, "most": wire.MOST_BYTES, "write_units": wire.write_units}
    more |= {"attributes": item_markup.attributes, "blank": item_markup.blank}
    response = make_response(render_template("dynamodb/item.html", page=page, **more), status)
    response.headers["Cache-Control"] = "no-store"
    response.vary.update(["Accept", "Cookie"])
    return response


def _told(table: Table, item: Item) -> dict[str, Any]:
    return {"table": table.name, "url": item_url(table, item), "size": wire.item_size(item)}


def _json(found: Item) -> FlaskResponse:
    text = f'{{"item": {wire.dynamo_text(found)}, "size": {wire.item_size(found)}}}'
    return FlaskResponse(text, mimetype="application/json", headers={"Cache-Control": "no-store"})
