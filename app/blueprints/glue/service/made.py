"""What a run made: the objects at its target, and the first rows of the newest."""

import csv
import io
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from botocore.exceptions import ClientError

from app.blueprints.glue.service.places import Place

MOST = 100
HEAD = 64 * 1024
ROWS = 20
WIDEST = 200  # characters of a cell


@dataclass(frozen=True)
class Object:
    """An object at the target; `new` says that it was written since the run began."""

    key: str
    size: int
    modified: datetime
    new: bool


@dataclass(frozen=True)
class Table:
    """First rows of a file; `note` says why there are none."""

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Made:
    """What lies at a target; `preview` is of the newest object."""

    place: Place
    objects: tuple[Object, ...] = ()
    more: bool = False
    shown: str = ""
    preview: Table = Table()
    problem: str = ""


def look(client: Any, place: Place, since: datetime | None) -> Made:
    """Return what lies at a place, what was written since a time first, and the beginning of the newest."""
    try:
        answer = client.list_objects_v2(Bucket=place.bucket, Prefix=place.key, MaxKeys=MOST)
        listed = [_object(one, since) for one in answer.get("Contents", []) if one["Size"] or one["Key"] == place.key]
        found = sorted(listed, key=lambda one: (not one.new, -one.modified.timestamp()))
        top = next((one for one in found if one.size), None)
        preview = head(client, place.bucket, top.key) if top else Table()
    except ClientError as error:
        return Made(place, problem=error.response["Error"].get("Message", "") or str(error))
    return Made(place, tuple(found), bool(answer.get("IsTruncated")), top.key if top else "", preview)


def _object(one: dict[str, Any], since: datetime | None) -> Object:
    # S3 has whole seconds.
    new = since is not None and one["LastModified"] >= since - timedelta(seconds=1)
    return Object(one["Key"], one["Size"], one["LastModified"], new)


def head(client: Any, bucket: str, key: str) -> Table:
    """Return the first rows of an object: CSV, JSON lines, or plain lines."""
    try:
        answer = client.get_object(Bucket=bucket, Key=key, Range=f"bytes=0-{HEAD - 1}")
    except ClientError as error:
        if error.response["Error"]["Code"] == "InvalidRange":
            return Table(note="The object is empty.")
        raise
    data = answer["Body"].read()
    return table(data, key, whole=len(data) < HEAD)


def table(data: bytes, key: str, whole: bool = True) -> Table:
    """Return the beginning of a file as rows; the last line is left out where the file goes on."""
    if data[:4] == b"PAR1":
        return Table(note="Parquet is not shown here: read it with pandas, or with Athena.")
    if data[:2] == b"\x1f\x8b":
        return Table(note="The object is compressed: download it to see its rows.")
    text = decoded(data, whole)
    if text is None:
        return Table(note="The object is not text.")
    if not text.strip():
        return Table(note="The object is empty.")
    lines = text if whole else text.rpartition("\n")[0]
    if text.lstrip()[:1] in "{[" or key.endswith((".json", ".jsonl", ".ndjson")):
        return _json_lines(lines)
    return separated(lines)


def decoded(data: bytes, whole: bool = True) -> str | None:
    """Return bytes as text: UTF-8, with or without its mark, else Windows's own; None where it is no text."""
    if b"\0" in data[:1000]:
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        cut = not whole and error.start > len(data) - 4  # a letter ends with the part that was read
        return data[: error.start].decode("utf-8-sig") if cut else data.decode("cp1252", "replace")


def separated(text: str) -> Table:
    """Return CSV as rows; the first line names the columns."""
    first = text.partition("\n")[0]
    mark = max(",;\t|", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    columns = next(reader, [])
    rows = [_fit([cell[:WIDEST] for cell in row], len(columns)) for _, row in zip(range(ROWS), reader, strict=False)]
    return Table(tuple(columns), tuple(rows))


def _fit(row: list[str], width: int) -> tuple[str, ...]:
    return tuple((row + [""] * width)[: max(width, len(row))])


def _json_lines(text: str) -> Table:
    found = list[dict[str, Any]]()
    lines = (line for line in text.split("\n") if line.strip())  # splitlines() would also part at U+2028 within a text
    for line in islice(lines, ROWS):
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            return Table(note="The object is not JSON lines.")
        found.append(value if isinstance(value, dict) else {"value": value})
    columns = tuple(dict.fromkeys(name for one in found for name in one))
    rows = tuple(tuple(_cell(one, name) for name in columns) for one in found)
    return Table(columns, rows)


def _cell(one: dict[str, Any], name: str) -> str:
    value = one.get(name)
    text = value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)
    return text[:WIDEST]
