"""What the emulator lets pass and DynamoDB refuses: checked before it is passed on."""

import re
from typing import Any

from embedded.layers import Below
from embedded.overlays.dynamodb.faults import Fault
from embedded.overlays.dynamodb.tables import call
from embedded.request import Request

_PROTECTED = (
    "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first."
)
# Names at the beginning of a path: not behind a dot, a colon or another part of a name, and not a function.
_NAME = re.compile(r"(?<![.:#\w])(#?\w+)(?!\w|\s*\()")
_WORDS = frozenset(("AND", "OR", "NOT", "BETWEEN", "IN"))


def filtered_names(asked: dict[str, Any]) -> set[str]:
    """Return the attributes that a filter looks at."""
    aliases = asked.get("ExpressionAttributeNames") or {}
    found = {name for name in _NAME.findall(asked.get("FilterExpression") or "") if name.upper() not in _WORDS}
    return {aliases.get(name, name) for name in found} | set(asked.get("QueryFilter") or ())


async def query(request: Request, forward: Below, asked: dict[str, Any]) -> None:
    """Refuse a filter on the keys of what is queried; everything else passes on."""
    names = filtered_names(asked)
    try:
        described = (await call(forward, request, "DescribeTable", {"TableName": asked.get("TableName")}))["Table"]
    except Fault:
        # The emulator says what is wrong.
        return
    indexes = [*described.get("GlobalSecondaryIndexes", ()), *described.get("LocalSecondaryIndexes", ())]
    wanted = asked.get("IndexName")
    source = next((one for one in indexes if one["IndexName"] == wanted), None) if wanted else described
    for key in source["KeySchema"] if source else ():
        if key["AttributeName"] in names:
            said = "QueryFilter" if asked.get("QueryFilter") else "Filter Expression"
            name = key["AttributeName"]
            raise Fault(f"{said} can only contain non-primary key attributes: Primary key attribute: {name}")


async def time_to_live(request: Request, forward: Below, asked: dict[str, Any]) -> None:
    """Refuse to turn on what is on, or off what is off: the attribute does not change by the way."""
    specification = asked.get("TimeToLiveSpecification") or {}
    try:
        found = await call(forward, request, "DescribeTimeToLive", {"TableName": asked.get("TableName")})
    except Fault:
        return
    enabled = found["TimeToLiveDescription"]["TimeToLiveStatus"] == "ENABLED"
    if bool(specification.get("Enabled")) == enabled:
        raise Fault(f"TimeToLive is already {'enabled' if enabled else 'disabled'}")


async def restore(request: Request, forward: Below, asked: dict[str, Any]) -> None:
    """Refuse what was not recorded: only the latest state of a table can be restored, and only with recovery on."""
    source = asked.get("SourceTableName") or str(asked.get("SourceTableArn", "")).rpartition("/")[2]
    try:
        found = await call(forward, request, "DescribeContinuousBackups", {"TableName": source})
    except Fault:
        return
    recovery = found["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    if recovery["PointInTimeRecoveryStatus"] != "ENABLED":
        sentence = f"Point in time recovery is not enabled for table '{source}'"
        raise Fault(sentence, "PointInTimeRecoveryUnavailableException")
    if not asked.get("UseLatestRestorableTime"):
        sentence = "The embedded AWS keeps no earlier states: only UseLatestRestorableTime can be restored"
        raise Fault(sentence, "InvalidRestoreTimeException")


async def create_table(request: Request, forward: Below, asked: dict[str, Any]) -> dict[str, Any]:
    """Make a table; the answer says CREATING, as DynamoDB's does: whoever does not wait learns it here."""
    answer = await call(forward, request, "CreateTable", asked)
    description = answer["TableDescription"]
    description["TableStatus"] = "CREATING"
    for index in description.get("GlobalSecondaryIndexes", ()):
        index["IndexStatus"] = "CREATING"
    return answer


async def update_table(request: Request, forward: Below, asked: dict[str, Any]) -> dict[str, Any]:
    """Change a table; the answer says UPDATING, and what becomes of an index."""
    answer = await call(forward, request, "UpdateTable", asked)
    description = answer["TableDescription"]
    description["TableStatus"] = "UPDATING"
    created = [one["Create"]["IndexName"] for one in asked.get("GlobalSecondaryIndexUpdates") or () if "Create" in one]
    for index in description.get("GlobalSecondaryIndexes", ()):
        if index["IndexName"] in created:
            index.update(IndexStatus="CREATING", Backfilling=True)
    return answer


async def delete_table(request: Request, forward: Below, asked: dict[str, Any]) -> dict[str, Any]:
    """Delete a table, unless it is protected."""
    try:
        return await call(forward, request, "DeleteTable", asked)
    except Fault as fault:
        raise Fault(_PROTECTED) if "protected against deletion" in fault.message else fault from None
