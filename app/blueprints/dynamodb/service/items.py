"""One item: read, create, change, delete, and never over somebody else's change.

DynamoDB has no version of an item that one could name. A change is therefore an UpdateItem of the attributes that were
edited, on the condition that every attribute still is what was read: attributes that were not edited are never written,
so that nothing of anybody's is lost even where a condition cannot hold them all (4 KB, 300 operators).
"""

from collections.abc import Sequence
from typing import Any

from botocore.exceptions import ClientError

from app.blueprints.dynamodb.service import raw, wire
from app.blueprints.dynamodb.service.asking import asked
from app.blueprints.dynamodb.service.expressions import Words
from app.blueprints.dynamodb.service.tables import Table

Item = dict[str, dict[str, Any]]
MOST_TERMS = 145  # comparisons of one condition: each counts twice, with its AND, and 300 are allowed


class Conflict(Exception):
    """The item is not what was read: `current` is what it is now, None where it is gone."""

    def __init__(self, current: Item | None):
        super().__init__("The item was changed by somebody else meanwhile.")
        self.current = current


class Exists(Exception):
    """There is an item of this key already."""


class TooMany(ValueError):
    """More attributes were changed at once than one request can hold."""


def key_of(table: Table, item: Item) -> Item:
    """Return the key of an item."""
    return {key.name: item[key.name] for key in table.keys}


def typed_key(table: Table, texts: Sequence[str]) -> Item:
    """Return the key that an address names. Raises wire.Mistake for a text that does not fit its type."""
    if len(texts) != len(table.keys):
        raise wire.Mistake(f"A key of {table.name} is {' and '.join(key.name for key in table.keys)}.")
    found = {key.name: wire.from_cell(text, key.type) for key, text in zip(table.keys, texts, strict=True)}
    wire.check_key(found, checks(table))
    return found


def checks(table: Table, indexes: bool = False) -> list[wire.Key]:
    """Return what the keys of a table, and of its indexes, ask of an item."""
    found = [wire.Key(key.name, key.type, role) for key, role in zip(table.keys, ("HASH", "RANGE"), strict=False)]
    for index in table.indexes if indexes else ():
        found += [wire.Key(key.name, key.type, role, index.name)
                  for key, role in zip(index.keys, ("HASH", "RANGE"), strict=False)]  # fmt: skip
    return found


def check(table: Table, item: Item) -> None:
    """Raise wire.Mistake where DynamoDB would refuse an item."""
    wire.check_key(item, checks(table, indexes=True))
    size = wire.item_size(item)
    if size > wire.MOST_BYTES:
        raise wire.Mistake(f"The item has {size:,} bytes: DynamoDB takes at most {wire.MOST_BYTES:,} (400 KB).")


def get_item(client: Any, table: Table, key: Item) -> Item | None:
    """Return the item of a key as it is now, None where there is none."""
    answer = raw.call(client, "get_item", TableName=table.name, Key=key, ConsistentRead=True)
    found: Item | None = answer.get("Item")
    return found


def create(client: Any, table: Table, item: Item) -> None:
    """Put a new item. Raises Exists where its key is taken, Declined where DynamoDB does not take it."""
    words = Words()
    condition = f"attribute_not_exists({words.name(table.keys[0].name)})"
    try:
        asked(client.put_item, TableName=table.name, Item=item, ConditionExpression=condition, **words.parameters())
    except client.exceptions.ConditionalCheckFailedException as error:
        raise Exists from error


def update(client: Any, table: Table, old: Item, new: Item) -> list[str]:
    """Change an item that was read as `old` into `new`; returns the names of the attributes that were written.

    Raises Conflict where it is not `old` any more, TooMany, Declined where DynamoDB does not take it.
    """
    changed = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    if not changed:
        return []
    if len(changed) > MOST_TERMS - 1:
        raise TooMany(
            f"{len(changed)} attributes are changed, and one request holds {MOST_TERMS - 1} changes: save in steps."
        )
    words = Words()
    parts = {
        "UpdateExpression": _changes(words, new, changed),
        "ConditionExpression": _same(words, table, old, changed),
    }
    _conditional(client, "update_item", table, old, **parts, **words.parameters())
    return changed


def delete(client: Any, table: Table, old: Item) -> None:
    """Delete an item that was read as `old`. Raises Conflict where it is not that any more."""
    if len(old) > MOST_TERMS and get_item(client, table, key_of(table, old)) != old:
        raise Conflict(get_item(client, table, key_of(table, old)))
    words = Words()
    condition = _same(words, table, old, [])
    _conditional(client, "delete_item", table, old, ConditionExpression=condition, **words.parameters())


def _changes(words: Words, new: Item, changed: Sequence[str]) -> str:
    sets = [f"{words.name(name)} = {words.value(new[name])}" for name in changed if name in new]
    gone = [words.name(name) for name in changed if name not in new]
    return " ".join([*(["SET " + ", ".join(sets)] if sets else []), *(["REMOVE " + ", ".join(gone)] if gone else [])])


def _same(words: Words, table: Table, old: Item, changed: Sequence[str]) -> str:
    """Return the condition that an item still is what was read: what is changed first, then what else fits."""
    keys = {key.name for key in table.keys}
    terms = [f"attribute_exists({words.name(table.keys[0].name)})"]
    for name in [*changed, *[name for name in old if name not in changed and name not in keys]][: MOST_TERMS - 1]:
        word = words.name(name)
        terms.append(f"{word} = {words.value(old[name])}" if name in old else f"attribute_not_exists({word})")
    return " AND ".join(terms)


def _conditional(client: Any, method: str, table: Table, old: Item, **given: Any) -> None:
    key = key_of(table, old)
    try:
        asked(getattr(client, method), TableName=table.name, Key=key, **given)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") != "ConditionalCheckFailedException":
            raise
        raise Conflict(get_item(client, table, key)) from error
