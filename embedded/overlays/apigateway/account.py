"""The account's settings, the role that may write logs among them; and tags."""

import json
from typing import Any
from urllib.parse import unquote

from embedded.book import Book, Record, Where
from embedded.emulator import Emulator
from embedded.overlays.apigateway.call import Call
from embedded.overlays.apigateway.faults import bad, missing
from embedded.overlays.apigateway.fields import text, texts
from embedded.overlays.apigateway.patches import change, operations
from embedded.roles import trusts

_TRUST = (
    "The role ARN does not have required permissions configured. Please grant trust permission for API Gateway and add "
    "the required role policy."
)
PRINCIPAL = "apigateway.amazonaws.com"


def role(book: Book, where: Where) -> str:
    """Return the ARN of the role that writes logs, empty when none is set."""
    found = book.find("account", where, "account") or {}
    return str(found.get("cloudwatchRoleArn") or "")


def get(call: Call) -> dict[str, Any]:
    """Return the settings."""
    arn = role(call.book, call.where)
    return {
        **({"cloudwatchRoleArn": arn} if arn else {}),
        "throttleSettings": {"burstLimit": 5000, "rateLimit": 10000.0},
        "features": ["UsagePlans"],
        "apiKeyVersion": "4",
    }


async def update(call: Call) -> dict[str, Any]:
    """Set the role that writes logs, which API Gateway must be allowed to assume."""
    record = dict(call.book.find("account", call.where, "account") or {})
    for op, parts, value in operations(call.asked):
        change(record, op, parts, value, {"cloudwatchRoleArn": text})
    if arn := record.get("cloudwatchRoleArn"):
        await _trusted(call, arn)
    call.book.put("account", call.where, "account", record)
    return get(call)


async def _trusted(call: Call, arn: str) -> None:
    if not arn.startswith("arn:aws:iam::") or ":role/" not in arn:
        raise bad(f"Invalid ARN specified in the request: {arn}")
    if not await trusts(Emulator(call.whole, call.where, 0), arn, PRINCIPAL):
        raise bad(_TRUST)


def _tagged(call: Call) -> tuple[str, str, Record]:
    """Return kind, name and record of what an ARN names."""
    parts = unquote(call.words["resource_arn"]).partition("::/")[2].split("/")
    kinds = {"restapis": "api", "apikeys": "key", "usageplans": "plan"}
    kind, name = kinds.get(parts[0], ""), parts[1] if len(parts) > 1 else ""
    if len(parts) == 4 and parts[2] == "stages":
        kind, name = "stage", f"{name}/{parts[3]}"
    found = call.book.find(kind, call.where, name)
    if found is None:
        raise missing("resource identifier")
    return kind, name, json.loads(json.dumps(found))


def tags(call: Call) -> dict[str, Any]:
    """Return what something is tagged with."""
    kind, _, record = _tagged(call)
    return {"tags": (record["api"] if kind == "api" else record).get("tags", {})}


def tag(call: Call) -> None:
    """Tag something."""
    kind, name, record = _tagged(call)
    (record["api"] if kind == "api" else record).setdefault("tags", {}).update(texts(call.asked, "tags"))
    call.book.put(kind, call.where, name, record)


def untag(call: Call) -> None:
    """Take tags away."""
    kind, name, record = _tagged(call)
    for key in call.query.get("tagKeys", []):
        (record["api"] if kind == "api" else record).setdefault("tags", {}).pop(key, None)
    call.book.put(kind, call.where, name, record)
