"""The methods that templates call on texts, lists, maps and numbers, named as Java names them."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from embedded.overlays.apigateway import patterns

Method = Callable[..., Any]


def written(value: Any) -> str:
    """Return a value as Velocity writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{written(key)}={written(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(written(one) for one in value) + "]"
    return str(value)


def _put(target: dict[Any, Any], key: Any, value: Any) -> Any:
    before = target.get(key)
    target[key] = value
    return before


def _append(target: list[Any], value: Any) -> bool:
    target.append(value)
    return True


def _entries(target: dict[Any, Any]) -> list[Any]:
    return [{"key": key, "value": value} for key, value in target.items()]


TEXT: dict[str, Method] = {
    "concat": lambda text, more: text + written(more),
    "contains": lambda text, part: written(part) in text,
    "endsWith": lambda text, part: text.endswith(part),
    "equals": lambda text, other: text == other,
    "equalsIgnoreCase": lambda text, other: text.lower() == written(other).lower(),
    "indexOf": lambda text, part: text.find(part),
    "isEmpty": lambda text: not text,
    "lastIndexOf": lambda text, part: text.rfind(part),
    "length": len,
    "matches": lambda text, pattern: patterns.fits(pattern, text),
    "replace": lambda text, old, new: text.replace(old, new),
    "replaceAll": lambda text, pattern, new: patterns.replaced(pattern, re.sub(r"\$(\d)", r"\\\1", new), text),
    "split": lambda text, pattern: patterns.split(pattern, text),
    "startsWith": lambda text, part: text.startswith(part),
    "substring": lambda text, start, end=None: text[start:end],
    "toLowerCase": str.lower,
    "toString": str,
    "toUpperCase": str.upper,
    "trim": str.strip,
}
LIST: dict[str, Method] = {
    "add": _append,
    "contains": lambda items, one: one in items,
    "get": lambda items, index: items[index],
    "isEmpty": lambda items: not items,
    "size": len,
    "toString": written,
}
MAP: dict[str, Method] = {
    "containsKey": lambda target, key: key in target,
    "entrySet": _entries,
    "get": lambda target, key: target.get(key),
    "isEmpty": lambda target: not target,
    "keySet": list,
    "put": _put,
    "remove": lambda target, key: target.pop(key, None),
    "size": len,
    "toString": written,
    "values": lambda target: list(target.values()),
}
OTHER: dict[str, Method] = {
    "equals": lambda value, other: value == other,
    "intValue": int,
    "toString": written,
}
INPUT = ("json", "params", "path")
UTIL = ("base64Decode", "base64Encode", "escapeJavaScript", "parseJson", "urlDecode", "urlEncode")
_ALL: tuple[Iterable[str], ...] = (TEXT, LIST, MAP, OTHER, INPUT, UTIL)
KNOWN = frozenset(name for names in _ALL for name in names)


def of(value: Any) -> dict[str, Method]:
    """Return the methods of a value."""
    for kind, methods in ((str, TEXT), (list, LIST), (dict, MAP)):
        if isinstance(value, kind):
            return methods
    return OTHER
