"""What a file in S3 holds: format, columns and their types in Glue's names, from its first bytes.

https://docs.aws.amazon.com/glue/latest/dg/add-classifier.html
"""

import csv
import io
import json
import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

SAMPLE = 1024 * 1024
ROWS = 1000
DELIMITERS = (",", "|", "\t", ";", "\x01")
_WHOLE = re.compile(r"[+-]?\d{1,18}")
_REAL = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_HEADER = re.compile(r"[\w .\-/()%#]{1,150}")


@dataclass(frozen=True)
class Found:
    """What a file is."""

    kind: str
    columns: list[tuple[str, str]]
    details: dict[str, str] = field(default_factory=dict)


def unpacked(data: bytes, key: str) -> bytes:
    """Return the beginning of what a file holds, also of one that is packed with gzip."""
    if key.endswith(".gz") or data[:2] == b"\x1f\x8b":
        try:
            data = zlib.decompressobj(31).decompress(data, SAMPLE)
        except zlib.error:
            return b""
    return data


def classify(data: bytes, whole: bool) -> Found | None:
    """Return what text is; None when no classifier knows it. `whole`: nothing follows these bytes."""
    text = data.decode("utf-8-sig", "replace")
    if not whole:
        # The last line may be cut off.
        text = text.rpartition("\n")[0] or text
    if not text.strip():
        return None
    return _json(text) or _csv(text)


def _json(text: str) -> Found | None:
    if text.lstrip()[:1] not in ("{", "["):
        return None
    rows: list[dict[str, Any]] = []
    for line in text.splitlines()[:ROWS]:
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError:
            return _one_json(text)
        rows += [one for one in (row if isinstance(row, list) else [row]) if isinstance(one, dict)]
    names = {name: None for row in rows for name in row}
    columns = [(name, merged(json_type(row[name]) for row in rows if name in row)) for name in names]
    return Found("json", columns) if columns else None


def _one_json(text: str) -> Found | None:
    """Read a document that goes over several lines."""
    try:
        told = json.loads(text)
    except ValueError:
        return None
    if isinstance(told, list):
        rows = [row for row in told if isinstance(row, dict)]
        names = {name: None for row in rows for name in row}
        return Found("json", [(name, merged(json_type(row[name]) for row in rows if name in row)) for name in names])
    return Found("json", [(name, json_type(value)) for name, value in told.items()])


def json_type(value: Any) -> str:
    """Return the type of a value of JSON."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "int" if -(2**31) <= value < 2**31 else "bigint"
    if isinstance(value, float):
        return "double"
    if isinstance(value, list):
        return f"array<{merged(map(json_type, value))}>"
    if isinstance(value, dict):
        parts = (f"{name}:{json_type(part) or 'string'}" for name, part in value.items())
        return f"struct<{','.join(parts)}>"
    return "string"


def merged(types: Iterable[str]) -> str:
    """Return the one type for several: the wider number, else a text."""
    kinds = {kind for kind in types if kind}
    if len(kinds) == 1:
        return kinds.pop()
    for wide, narrow in (("bigint", {"int", "bigint"}), ("double", {"int", "bigint", "double"})):
        if kinds and kinds <= narrow:
            return wide
    return "string"


def _csv(text: str) -> Found | None:
    for delimiter in DELIMITERS:
        try:
            rows = list(islice(csv.reader(io.StringIO(text), delimiter=delimiter), ROWS))
        except csv.Error:
            continue
        rows = [row for row in rows if row]
        # Glue asks for two columns and two rows at least.
        if len(rows) < 2 or len(rows[0]) < 2:
            continue
        if sum(1 for row in rows[1:] if len(row) == len(rows[0])) * 2 < len(rows) - 1:
            continue
        return _table(rows, delimiter, '"' in text)
    return None


def _table(rows: Sequence[Sequence[str]], delimiter: str, quoted: bool) -> Found:
    names, body = rows[0], rows[1:]
    types = [column_type(row[number] for row in body if number < len(row)) for number in range(len(names))]
    header = is_header(names, types)
    if not header:
        types = [column_type(row[number] for row in rows if number < len(row)) for number in range(len(names))]
    labels = distinct(names) if header else [f"col{number}" for number in range(len(names))]
    details = {"delimiter": delimiter, "areColumnsQuoted": str(quoted).lower(), "columnsOrdered": "true"}
    if header:
        details["skip.header.line.count"] = "1"
    return Found("csv", list(zip(labels, types, strict=True)), details)


def is_header(names: Sequence[str], types: Sequence[str]) -> bool:
    """Whether a first row names the columns: texts only, while another row has something else, as Glue decides."""
    texts = all(_HEADER.fullmatch(name.strip()) and column_type([name]) == "string" for name in names)
    return texts and any(kind != "string" for kind in types)


def column_type(values: Iterable[str]) -> str:
    """Return the type of a column of CSV."""
    kinds = set()
    for value in values:
        if not value:
            continue
        kind = "bigint" if _WHOLE.fullmatch(value) else "double" if _REAL.fullmatch(value) else "string"
        kinds.add(kind)
        if kind == "string":
            break
    return merged(kinds)


def distinct(names: Sequence[str]) -> list[str]:
    """Return names in lower case, each once: the second of two gets a number."""
    found: list[str] = []
    for name in names:
        plain = name.strip().lower()
        number, label = 0, plain
        while label in found:
            number += 1
            label = f"{plain}#{number}"
        found.append(label)
    return found
