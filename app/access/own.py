"""The dashboard's own table is closed to who signs in: in it are accounts, passwords' hashes, sessions and the audit.

Its pages show what each may see of that. Without this an editor could make themself an instructor by the pages of
DynamoDB, and a viewer read everybody's hashes. At one's own computer, where nobody signs in, it is a table as any.
"""

import re
from collections.abc import Iterator
from typing import Any

from app import aws
from app.access.audit import BACKGROUND, actor
from app.problems import Problem, Refused
from app.store import LOCAL

SHAPE = ("Describe", "List")  # operations that tell of a table, not of what is in it
PARTIQL = ("Statements", "TransactStatements")
CLOSED = Problem(
    403,
    "The dashboard's own table",
    "In it are accounts, sessions and the record of who did what: nobody who signs in reads or changes it here. "
    "Nothing was sent.",
    "Use the pages of the menu under your name; they show what you may see.",
    "OwnTable",
)


def keeper(table: str) -> aws.Watcher:
    """Return what keeps people out of a table by the clients that it is shown."""

    def refuse(model: Any, params: dict[str, Any], **_: Any) -> None:
        who = actor.get()
        if who is None or who.id in (LOCAL, BACKGROUND.id) or model.name.startswith(SHAPE):
            return
        if model.service_model.service_name == "dynamodb" and any(_names(text, table) for text in _places(params)):
            raise Refused(CLOSED)

    def watch(events: Any, _region: str, _real: bool, _account: str) -> None:
        events.register_first("before-parameter-build", refuse)

    return watch


def _names(text: str, table: str) -> bool:
    """Whether a parameter is a table's name or its ARN, or that of its index or backup."""
    return text == table or f":table/{table}/" in f"{text}/"


def _places(params: dict[str, Any]) -> Iterator[str]:
    """Yield all by which a call of DynamoDB names tables; a PartiQL statement gives every word of it."""
    yield from (value for value in params.values() if isinstance(value, str))
    yield from params.get("RequestItems") or ()
    for item in params.get("TransactItems") or ():
        yield from (str(one.get("TableName")) for one in item.values())
    statements = [params, *(one for name in PARTIQL for one in params.get(name) or ())]
    for one in statements:
        yield from _words(str(one.get("Statement", "")))


def _words(statement: str) -> Iterator[str]:
    """Yield the words of a statement, those before a dot too: an index is named after its table."""
    for word in re.findall(r"[\w.-]+", statement):
        yield from (word, word.partition(".")[0])
