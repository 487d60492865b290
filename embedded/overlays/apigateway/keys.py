"""API keys."""

import copy
from typing import Any

from embedded.book import Book, Record, Where
from embedded.overlays.apigateway.call import Call, new_id, now
from embedded.overlays.apigateway.faults import bad, clash, missing, refused
from embedded.overlays.apigateway.fields import flag, optional, present, text, texts
from embedded.overlays.apigateway.patches import apply


def create(call: Call) -> dict[str, Any]:
    """Make a key; like on AWS it is off unless `enabled` is sent."""
    asked = call.asked
    if asked.get("stageKeys"):
        raise refused("A key that is bound to stages without a usage plan")
    value = optional(asked, "value", text, "") or new_id(40)
    if not 20 <= len(value) <= 128:
        raise bad("API Key value should be at least 20 characters")
    if by_value(call.book, call.where, value):
        raise clash("API Key already exists")
    key = {
        "id": new_id(),
        "value": value,
        "name": optional(asked, "name", text, ""),
        **present(asked, "customerId", "description"),
        "enabled": optional(asked, "enabled", flag, False),
        "createdDate": now(),
        "lastUpdatedDate": now(),
        "stageKeys": [],
        "tags": texts(asked, "tags"),
    }
    call.book.put("key", call.where, key["id"], key)
    return key


def by_value(book: Book, where: Where, value: str) -> Record | None:
    """Return the key with a value."""
    return next((key for key in book.all("key", where) if key["value"] == value), None)


def find(call: Call, name: str) -> Record:
    """Return a copy of a key."""
    found = call.book.find("key", call.where, name)
    if found is None:
        raise missing("API Key identifier")
    return copy.deepcopy(found)


def view(key: Record, *, value: bool) -> dict[str, Any]:
    """Return a key, its value only where that is asked for."""
    return {name: one for name, one in key.items() if value or name != "value"}


def get(call: Call) -> dict[str, Any]:
    """Return one key."""
    return view(find(call, call.words["api_Key"]), value=call.first("includeValue") == "true")


def get_all(call: Call) -> dict[str, Any]:
    """Return a page of keys, those whose name begins as asked."""
    value, name, customer = call.first("includeValues") == "true", call.first("name"), call.first("customerId")
    keys = [one for one in call.book.all("key", call.where) if one["name"].startswith(name)]
    return call.page(view(one, value=value) for one in keys if customer in ("", one.get("customerId")))


def update(call: Call) -> dict[str, Any]:
    """Change a key; its value stays."""
    key = find(call, call.words["api_Key"])
    apply(key, call.asked, {"name": text, "description": text, "enabled": flag, "customerId": text})
    key["lastUpdatedDate"] = now()
    call.book.put("key", call.where, key["id"], key)
    return view(key, value=False)


def delete(call: Call) -> None:
    """Delete a key, and take it out of its usage plans."""
    key = find(call, call.words["api_Key"])
    for plan in call.book.all("plan", call.where):
        if key["id"] in plan["keys"]:
            left = [one for one in plan["keys"] if one != key["id"]]
            call.book.put("plan", call.where, plan["id"], {**plan, "keys": left})
    call.book.drop("key", call.where, key["id"])
