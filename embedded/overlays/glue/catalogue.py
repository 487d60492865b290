"""Lists of the Data Catalog: the emulator keeps the records; pages, patterns and expressions are done here."""

import asyncio
import re
from collections.abc import Callable, Mapping
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from embedded.book import Record
from embedded.overlays.glue.asked import Fault, invalid, page, required
from embedded.overlays.glue.call import Call

_PAGING = ("MaxResults", "NextToken", "Expression", "Segment")
_NUMBERS = ("tinyint", "smallint", "int", "bigint", "float", "double", "decimal")
_COMPARED: dict[str, Callable[[Any, Any], bool]] = {"=": eq, "<>": ne, "!=": ne, "<": lt, ">": gt, "<=": le, ">=": ge}
_CONDITION = re.compile(r"\s*\(?\s*`?(\w+)`?\s*(<>|!=|<=|>=|=|<|>)\s*(?:'([^']*)'|\"([^\"]*)\"|([\d.+-]+))\s*\)?\s*")
LONGEST_PATTERN = 2048


async def databases(call: Call) -> Record:
    """GetDatabases."""
    answer = await _ask(call, "GetDatabases", call.asked)
    found, token = page(answer["DatabaseList"], call.asked, 100)
    return {"DatabaseList": found, **token}


async def tables(call: Call) -> Record:
    """GetTables: those whose name the pattern matches as a whole."""
    await _ask(call, "GetDatabase", {"Name": required(call.asked, "DatabaseName")})
    found = (await _ask(call, "GetTables", call.asked))["TableList"]
    if call.asked.get("Expression"):
        matches = _pattern(str(call.asked["Expression"]))
        found = await asyncio.to_thread(lambda: [table for table in found if matches(table["Name"])])
    part, token = page(found, call.asked, 100)
    return {"TableList": part, **token}


async def partitions(call: Call) -> Record:
    """GetPartitions: those for which the expression is true."""
    names = {field: required(call.asked, field) for field in ("DatabaseName", "TableName")}
    table = (await _ask(call, "GetTable", {"DatabaseName": names["DatabaseName"], "Name": names["TableName"]}))["Table"]
    found = (await _ask(call, "GetPartitions", call.asked))["Partitions"]
    if call.asked.get("Expression"):
        wanted = condition(str(call.asked["Expression"]), table.get("PartitionKeys") or [])
        found = [one for one in found if wanted(one["Values"])]
    part, token = page(found, call.asked)
    return {"Partitions": part, **token}


async def create_partition(call: Call) -> Record:
    """CreatePartition and BatchCreatePartition: of a table that exists, with a value for each key."""
    names = {field: required(call.asked, field) for field in ("DatabaseName", "TableName")}
    table = (await _ask(call, "GetTable", {"DatabaseName": names["DatabaseName"], "Name": names["TableName"]}))["Table"]
    several = "PartitionInputList" in call.asked
    given = call.asked["PartitionInputList"] if several else [call.asked.get("PartitionInput") or {}]
    for one in given:
        if len(one.get("Values") or []) != len(table.get("PartitionKeys") or []):
            raise invalid("The number of partition keys do not match the number of partition values")
    operation = "BatchCreatePartition" if several else "CreatePartition"
    return dict(await _ask(call, operation, call.asked, whole=True))


def condition(text: str, keys: list[Mapping[str, str]]) -> Callable[[list[str]], bool]:
    """Return what an expression means: comparisons of keys with values, joined by AND."""
    places = {key["Name"].lower(): (number, key.get("Type", "string")) for number, key in enumerate(keys)}
    tests: list[tuple[int, Callable[[Any, Any], bool], Callable[[str], Any], Any]] = []
    for part in re.split(r"(?i)\s+and\s+", text.strip()):
        told = _CONDITION.fullmatch(part)
        if told is None or told.group(1).lower() not in places:
            raise invalid(f"The embedded AWS does not understand the expression {text[:200]!r}: key = 'value' AND ...")
        number, kind = places[told.group(1).lower()]
        read: Callable[[str], Any] = float if kind.startswith(_NUMBERS) else str
        value = next(found for found in told.groups()[2:] if found is not None)
        try:
            tests.append((number, _COMPARED[told.group(2)], read, read(value)))
        except ValueError as error:
            raise invalid(f"{value!r} is not a value for {told.group(1)} ({kind}).") from error
    return lambda values: all(compare(read(values[number]), value) for number, compare, read, value in tests)


def _pattern(text: str) -> Callable[[str], Any]:
    if len(text) > LONGEST_PATTERN:
        raise invalid(f"Expression has at most {LONGEST_PATTERN} characters.")
    try:
        return re.compile(text).fullmatch
    except re.error as error:
        raise invalid(f"Expression is not a regular expression: {error}.") from error


async def _ask(call: Call, operation: str, asked: Mapping[str, Any], *, whole: bool = False) -> Any:
    fields = asked if whole else {name: value for name, value in asked.items() if name not in _PAGING}
    status, answer = await call.emulator.json("glue", f"AWSGlue.{operation}", fields)
    if status != 200:
        raise Fault(str(answer.get("__type", "InternalServiceException")), str(answer.get("message", "")))
    return answer
