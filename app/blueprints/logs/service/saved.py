"""Saved queries: AWS's query definitions, so that its console shows them too.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutQueryDefinition.html
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.blueprints.logs.service.parameters import MOST, Parameter
from app.blueprints.logs.service.times import of_milliseconds

LONGEST_NAME = 255
PAGES = 10


@dataclass(frozen=True)
class Saved:
    """One query definition; a name may hold folders, `team/errors`."""

    id: str
    name: str
    query: str
    groups: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    modified: datetime | None = None


def every(client: Any) -> list[Saved]:
    """Return the saved queries by name."""
    found, token = list[Saved](), ""
    for _ in range(PAGES):
        answer = client.describe_query_definitions(maxResults=100, **({"nextToken": token} if token else {}))
        found += [_saved(one) for one in answer.get("queryDefinitions", [])]
        token = answer.get("nextToken", "")
        if not token:
            break
    return sorted(found, key=lambda one: one.name.lower())


def _saved(found: dict[str, Any]) -> Saved:
    return Saved(
        found["queryDefinitionId"],
        found.get("name", ""),
        found.get("queryString", ""),
        tuple(found.get("logGroupNames", ())),
        tuple(Parameter(one["name"], one.get("defaultValue", "")) for one in found.get("parameters", ())),
        of_milliseconds(found.get("lastModified")),
    )


def save(client: Any, name: str, query: str, groups: Sequence[str], parameters: Sequence[Parameter]) -> Saved:
    """Save a query; one of the same name is replaced."""
    asked: dict[str, Any] = {"name": name, "queryString": query}
    same = next((one for one in every(client) if one.name == name), None)
    if same is not None:
        asked["queryDefinitionId"] = same.id
    if groups:
        asked["logGroupNames"] = list(groups)
    if parameters:
        asked["parameters"] = [
            {"name": one.name, **({"defaultValue": one.value} if one.value else {})} for one in parameters[:MOST]
        ]
    made = client.put_query_definition(**asked)
    return Saved(made["queryDefinitionId"], name, query, tuple(groups), tuple(parameters))


def delete(client: Any, definition: str) -> bool:
    """Remove a saved query; tells whether it was there."""
    return bool(client.delete_query_definition(queryDefinitionId=definition).get("success"))
