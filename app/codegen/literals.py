"""Python values as Python source, laid out as a formatter would."""

import math
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from app.codegen.names import body_file, variable_of
from app.recorder import REDACTED, Blob

WIDTH = 88
_NUMBERS = {"integer": "int", "long": "int", "float": "float", "double": "float"}
_NESTED = {"structure", "map", "list"}


class Source:
    """Writes values as source and remembers which imports they need."""

    def __init__(self, parameters: dict[str, Any] | None = None) -> None:
        self.imports: set[str] = set()
        self._parameters = parameters or {}

    def value(self, value: Any, shape: Any = None, path: tuple[str | int, ...] = (), indent: int = 0) -> str:
        """Return the source of a value; `shape` is botocore's, `indent` the column at which it stands."""
        if value == REDACTED and isinstance(value, str):
            return self._secret(shape, path)
        if isinstance(value, Blob):
            return self._file(path)
        if isinstance(value, dict):
            return self._mapping(value, shape, path, indent)
        if isinstance(value, list | tuple):
            inner = getattr(shape, "member", None)
            items = [self.value(v, inner, (*path, i), indent + 4) for i, v in enumerate(value)]
            return bracketed("[", items, "]", indent)
        return self._scalar(value)

    def _mapping(self, value: dict[str, Any], shape: Any, path: tuple[str | int, ...], indent: int) -> str:
        items = []
        for name, item in value.items():
            inner = member_shape(shape, name)
            items.append(f"{string(str(name))}: {self.value(item, inner, (*path, str(name)), indent + 4)}")
        return bracketed("{", items, "}", indent)

    def _secret(self, shape: Any, path: tuple[str | int, ...]) -> str:
        kind = getattr(shape, "type_name", "string")
        if kind == "blob":
            return self._file(path)
        self.imports.add("import os")
        found = f'os.environ["{variable_of(path)}"]'
        if kind in _NESTED:
            self.imports.add("import json")
            return f"json.loads({found})"
        return f"{_NUMBERS[kind]}({found})" if kind in _NUMBERS else found

    def _file(self, path: tuple[str | int, ...]) -> str:
        self.imports.add("from pathlib import Path")
        member = next((part for part in reversed(path) if isinstance(part, str)), "Body")
        return f"Path({string(body_file(self._parameters, member))}).read_bytes()"

    def _scalar(self, value: Any) -> str:
        if isinstance(value, str):
            return string(value)
        if isinstance(value, bytes | bytearray):
            return _double_quoted(repr(bytes(value)), b'"' in value)
        if isinstance(value, datetime | date):
            name = "datetime" if isinstance(value, datetime) else "date"
            self.imports.add(f"from datetime import {name}")
            return f'{name}.fromisoformat("{value.isoformat()}")'
        if isinstance(value, Decimal):
            self.imports.add("from decimal import Decimal")
            return f'Decimal("{value}")'
        if isinstance(value, float) and not math.isfinite(value):
            return f'float("{value}")'
        if value is None or isinstance(value, bool | int | float):
            return repr(value)
        return string(str(value))


def member_shape(shape: Any, name: str) -> Any:
    """Return the shape of one entry of a structure or map, None where the model says nothing."""
    if shape is None:
        return None
    if shape.type_name == "structure":
        return shape.members.get(name)
    return getattr(shape, "value", None)


def string(text: str) -> str:
    """Return a string's source in double quotes where that needs no more escapes; nothing invisible stays raw."""
    return _double_quoted(repr(text), '"' in text)


def _double_quoted(source: str, has_double: bool) -> str:
    quote_at = source.index("'") if "'" in source else -1
    if has_double or quote_at not in (0, 1) or not source.endswith("'"):
        return source
    return f'{source[:quote_at]}"{source[quote_at + 1 : -1]}"'


def bracketed(opening: str, items: Iterable[str], closing: str, indent: int, room: int = 12) -> str:
    """Return items on one line where they fit, else one to a line; `room` is kept for the name before it."""
    parts = list(items)
    flat = opening + ", ".join(parts) + closing
    if "\n" not in flat and indent + room + len(flat) <= WIDTH:
        return flat
    pad = " " * (indent + 4)
    body = "".join(f"{pad}{part},\n" for part in parts)
    return f"{opening}\n{body}{' ' * indent}{closing}"
