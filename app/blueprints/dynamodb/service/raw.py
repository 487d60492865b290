"""Items as DynamoDB sends them: wire form read by json alone.

botocore's parser walks every value of every attribute by its model, which takes longer than all else on a page of a
hundred items, and gives what json gave it: only binary differs, which is decoded here. Whatever is no success is left
to botocore.
"""

import base64
import json
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any
from weakref import WeakSet

_asked: ContextVar[bool] = ContextVar("trellis_raw", default=False)
_ready: "WeakSet[Any]" = WeakSet()
_HOLDERS = ("Item", "Items", "LastEvaluatedKey", "Attributes")


def call(client: Any, method: str, **parameters: Any) -> dict[str, Any]:
    """Call an operation of DynamoDB's and return its answer, items in wire form with binary as bytes."""
    if client not in _ready:
        client.meta.events.register("before-parse.dynamodb.*", _take, unique_id="trellis-raw")
        _ready.add(client)
    token = _asked.set(True)
    try:
        answer: dict[str, Any] = getattr(client, method)(**parameters)
    finally:
        _asked.reset(token)
    return answer


def _take(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any) -> None:
    if not _asked.get() or response_dict["status_code"] >= 300:
        return
    body = response_dict["body"]
    try:
        found = json.loads(body)
    except ValueError:
        return  # botocore tells what came instead of an answer
    if b'"B"' in body or b'"BS"' in body:
        for name in _HOLDERS:
            if name in found:
                _decode(found[name])
    customized_response_dict.update(found)
    response_dict["body"] = b"{}"


def _decode(holder: Any) -> None:
    for item in holder if isinstance(holder, list) else [holder]:
        for value in item.values():
            _value(value)


def _value(value: dict[str, Any]) -> None:
    for kind, inner in value.items():
        decode = _DECODERS.get(kind)
        if decode is not None:
            value[kind] = decode(inner)


def _list(inner: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for one in inner:
        _value(one)
    return inner


def _map(inner: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    for one in inner.values():
        _value(one)
    return inner


_DECODERS: dict[str, Callable[[Any], Any]] = {
    "B": base64.b64decode,
    "BS": lambda inner: [base64.b64decode(one) for one in inner],
    "L": _list,
    "M": _map,
}
