"""Saved queries: PutQueryDefinition, DescribeQueryDefinitions, DeleteQueryDefinition."""

import uuid
from typing import Any

from embedded.log_calls import Fault, asked
from embedded.overlays.insights.queries import milliseconds
from embedded.overlays.insights.running import Call, paged

LONGEST_NAME, LONGEST_QUERY, MOST = 255, 10_000, 1000


def put(call: Call) -> dict[str, Any]:
    """Save a query, or save it anew; like AWS, it may be one that does not run."""
    parameters = asked(call.request)
    name, text = str(parameters.get("name", "")), str(parameters.get("queryString", ""))
    if not 1 <= len(name) <= LONGEST_NAME or not 1 <= len(text) <= LONGEST_QUERY:
        raise Fault("InvalidParameterException", "A saved query has a name of 1 to 255 characters, and a query.")
    records = call.queries.records
    number = parameters.get("queryDefinitionId")
    if number is not None and records.definition(*call.owner, str(number)) is None:
        raise Fault("ResourceNotFoundException", f"The specified query definition does not exist: {number}")
    if number is None and len(records.definitions(*call.owner, "")) >= MOST:
        raise Fault("LimitExceededException", f"There are {MOST} saved queries already.")
    kept: dict[str, Any] = {
        "queryDefinitionId": str(number or uuid.uuid4()),
        "name": name,
        "queryString": text,
        "queryLanguage": str(parameters.get("queryLanguage") or "CWLI"),
        "lastModified": milliseconds(),
        "logGroupNames": [str(group) for group in parameters.get("logGroupNames") or ()],
    }
    if parameters.get("parameters"):
        kept["parameters"] = parameters["parameters"]
    records.define(*call.owner, kept["queryDefinitionId"], kept)
    return {"queryDefinitionId": kept["queryDefinitionId"]}


def describe(call: Call) -> dict[str, Any]:
    """List the saved queries by name."""
    parameters = asked(call.request)
    prefix, language = str(parameters.get("queryDefinitionNamePrefix") or ""), parameters.get("queryLanguage")
    found = call.queries.records.definitions(*call.owner, prefix)
    return paged([d for d in found if language in (None, d["queryLanguage"])], parameters, "queryDefinitions", 1000)


def delete(call: Call) -> dict[str, Any]:
    """Delete a saved query."""
    number = str(asked(call.request).get("queryDefinitionId", ""))
    if not call.queries.records.undefine(*call.owner, number):
        raise Fault("ResourceNotFoundException", f"The specified query definition does not exist: {number}")
    return {"success": True}
