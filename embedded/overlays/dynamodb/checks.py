"""What the emulator lets pass and DynamoDB refuses: checked before it is passed on."""

import re
from typing import Any

from embedded.layers import Below
from embedded.overlays.dynamodb.faults import Fault
from embedded.overlays.dynamodb.tables import call
from embedded.request import Request

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
