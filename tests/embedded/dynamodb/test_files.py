"""Which large tables are written anew."""

from types import SimpleNamespace
from typing import Any

from embedded import host_items
from embedded.host_items import Items
from embedded.host_tables import LARGE, Tables


def table(word: str) -> dict[str, Any]:
    items = Items()
    for number in range(LARGE + 1):
        host_items.Partition(items, [("", {"word": {"S": word}})])
        items[str(number)] = {"": {"id": {"S": str(number)}, "word": {"S": word}}}
    return {"TableName": "mine", "items": items, "ItemCount": LARGE + 1}


def test_a_table_that_is_made_anew_between_two_saves_is_written() -> None:
    data = {("1", "us-east-1", "mine"): table("old")}
    tables = Tables(SimpleNamespace(_tables=SimpleNamespace(_data=data)), lambda _file: None)
    files = tables.changed()
    assert tables.saved(files)
    assert tables.changed() == []
    # As many items, put as often.
    data["1", "us-east-1", "mine"] = table("new")
    assert tables.changed() == files
    payload = tables.serialise(files[0])
    assert payload is not None
    assert b"new" in payload
