"""Which calls change something, and who may make them: the last check before a call is sent.

It holds in every thread: what a real account allows is a time, kept by the door; what a person may is a context
variable, which threads that work for a request are given.
"""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

READ_PREFIXES = ("Get", "List", "Head", "Describe", "BatchGet", "Query", "Scan", "Search", "Lookup", "Filter")
# Operations that change nothing although their names do not begin like a read.
ALSO_READS = {"StartQuery", "StopQuery", "SimulatePrincipalPolicy", "SelectObjectContent"}
# PartiQL's operations carry any statement: a SELECT alone, each parameter holding one statement, changes nothing.
PARTIQL = {"ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction"}
# What the dashboard's own table is written by; no other table, and nothing else.
OF_STATE = {"PutItem", "UpdateItem", "DeleteItem", "CreateTable", "UpdateTimeToLive"}
OWN_TABLE = "This table is the dashboard's own: it holds accounts and sessions, and only the dashboard uses it."
VALUES = {"Item", "Key", "ExpressionAttributeValues", "ExclusiveStartKey", "Parameters"}  # data, never names
_SELECT = re.compile(r"\s*SELECT\s", re.IGNORECASE)
Handler = Callable[..., None]

only_reads: ContextVar[str] = ContextVar("trellis_only_reads", default="")  # why who asks may change nothing

signed_in: ContextVar[bool] = ContextVar("trellis_signed_in", default=False)  # not at this computer


class ReadOnly(Exception):
    """A change was asked of an account on which changes are switched off, or by somebody who may only read."""

    def __init__(self, service: str, operation: str, reason: str = ""):
        super().__init__(f"{service}:{operation} changes something, and this account is read-only here")
        self.service = service
        self.operation = operation
        self.reason = reason  # where it is the person, and not the account, that may not


def is_read(operation: str) -> bool:
    """Whether an operation (its API name) only reads."""
    return operation.startswith(READ_PREFIXES) or operation in ALSO_READS


def changes(operation: str, params: dict[str, Any]) -> bool:
    """Whether a call (its API name and parameters) changes something."""
    return not is_read(operation) and not (operation in PARTIQL and _selects(params))


def _selects(params: dict[str, Any]) -> bool:
    """Whether every PartiQL statement of a call is a SELECT; DynamoDB takes one statement in each."""
    several = params.get("Statements") or params.get("TransactStatements") or [params]
    return all(_SELECT.match(str(one.get("Statement", ""))) for one in several)


def refuse_readers(model: Any, params: dict[str, Any], **_: Any) -> None:
    """Refuse a change that somebody asks for who may only read."""
    if (why := only_reads.get()) and changes(model.name, params):
        raise ReadOnly(model.service_model.service_name, model.name, why)


def refuse_until(switched: Callable[[], float]) -> Handler:
    """Return a handler that refuses changes from the time on (epoch seconds) that `switched` tells."""

    def refuse(model: Any, params: dict[str, Any], **_: Any) -> None:
        if changes(model.name, params):
            if time.time() >= switched():
                raise ReadOnly(model.service_model.service_name, model.name)
            refuse_readers(model, params)

    return refuse


def refuse_but(table: str) -> Handler:
    """Return a handler that refuses every change but of one table, the dashboard's own."""

    def refuse(model: Any, params: dict[str, Any], **_: Any) -> None:
        own = params.get("TableName") == table and model.name in OF_STATE
        if changes(model.name, params) and not own:
            raise ReadOnly(model.service_model.service_name, model.name)

    return refuse


def refuse_table(table: str) -> Handler:
    """Return a handler that keeps signed-in people off the dashboard's own table, which holds accounts and sessions.

    What it is may be looked at, what is in it may not: who could read it would know hashes of passwords, and who could
    write it would give themselves any role.
    """

    def refuse(model: Any, params: dict[str, Any], **_: Any) -> None:
        if signed_in.get() and not model.name.startswith(("Describe", "List")) and table in _tables(params):
            raise ReadOnly(model.service_model.service_name, model.name, OWN_TABLE)

    return refuse


def _tables(value: Any, key: str = "") -> str:
    """Return what a call names as tables, as one text: names, ARNs, and statements as a whole."""
    if isinstance(value, dict):
        names = " ".join(value) if key == "RequestItems" else ""
        return " ".join([names, *(_tables(one, str(name)) for name, one in value.items() if name not in VALUES)])
    if isinstance(value, list | tuple):
        return " ".join(_tables(one, key) for one in value)
    return str(value) if key == "Statement" or key.endswith(("TableName", "TableArn", "ResourceArn")) else ""


@contextmanager
def housekeeping() -> Iterator[None]:
    """Let the dashboard write for itself inside the block, as a thumbnail kept for the next, whoever asks."""
    token = only_reads.set("")
    try:
        yield
    finally:
        only_reads.reset(token)
