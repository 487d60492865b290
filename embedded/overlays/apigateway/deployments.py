"""Deployments: what an API was at one moment, never changed again; and the stages that show them."""

import copy
import re
from typing import Any

from embedded.book import Record
from embedded.overlays.apigateway.call import Call, new_id, now
from embedded.overlays.apigateway.faults import bad, missing, refused
from embedded.overlays.apigateway.fields import optional, present, text, texts
from embedded.overlays.apigateway.patches import apply

_NOT_HERE = {"cacheClusterEnabled": "A cache", "canarySettings": "A canary", "tracingEnabled": "X-Ray"}
_STAGE = re.compile(r"[a-zA-Z0-9_-]{1,128}")
_VALUE = re.compile(r"[A-Za-z0-9\-._~:/?#&=,]*")
_NAME = re.compile(r"[A-Za-z0-9_]+")


def create(call: Call) -> dict[str, Any]:
    """Keep what the API is now; put it on a stage where one is named, which is made where it is missing."""
    asked, api = call.asked, call.api()
    _check(api)
    for field, what in _NOT_HERE.items():
        if asked.get(field):
            raise refused(what)
    name = optional(asked, "stageName", text, "")
    variables = checked_variables(texts(asked, "variables"))
    if name:
        check_name(name)
    deployment = {
        "id": new_id(6),
        "apiId": api["api"]["id"],
        "createdDate": now(),
        **present(asked, "description"),
        "snapshot": copy.deepcopy(api),
    }
    call.book.put("deployment", call.where, f"{api['api']['id']}/{deployment['id']}", deployment)
    if name:
        found = call.book.find("stage", call.where, f"{api['api']['id']}/{name}")
        stage = copy.deepcopy(found) if found else make_stage(api["api"]["id"], name, {})
        stage.update(deploymentId=deployment["id"], lastUpdatedDate=now())
        if asked.get("stageDescription"):
            stage["description"] = asked["stageDescription"]
        stage.setdefault("variables", {}).update(variables)
        keep_stage(call, stage)
    return view(deployment)


def _check(api: Record) -> None:
    methods = [one for resource in api["resources"].values() for one in resource["resourceMethods"].values()]
    if not methods:
        raise bad("The REST API doesn't contain any methods")
    if any("methodIntegration" not in method for method in methods):
        raise bad("No integration defined for method")


def check_name(name: str) -> None:
    """Raise for what no stage may be called."""
    if not _STAGE.fullmatch(name):
        raise bad("Stage name only allows a-zA-Z0-9_-" if name else "Stage name must not be empty")


def checked_variables(variables: dict[str, str]) -> dict[str, str]:
    """Return stage variables whose names and values AWS takes."""
    for name, value in variables.items():
        if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
            raise bad(
                f"Invalid stage variable {name}: names are alphanumeric with underscores, and values match "
                "[A-Za-z0-9-._~:/?#&=,]+"
            )
    return variables


def make_stage(api: str, name: str, asked: dict[str, Any]) -> Record:
    """Return a new stage."""
    return {
        "apiId": api,
        "stageName": name,
        **present(asked, "description", "documentationVersion"),
        "variables": checked_variables(texts(asked, "variables")),
        "cacheClusterEnabled": False,
        "cacheClusterStatus": "NOT_AVAILABLE",
        "methodSettings": {},
        "tracingEnabled": False,
        "tags": texts(asked, "tags"),
        "createdDate": now(),
        "lastUpdatedDate": now(),
    }


def keep_stage(call: Call, stage: Record) -> None:
    """Keep a stage's record."""
    call.book.put("stage", call.where, f"{stage['apiId']}/{stage['stageName']}", stage)


def view(deployment: Record, *, summary: bool = False) -> dict[str, Any]:
    """Return a deployment as AWS shows it."""
    shown = {name: value for name, value in deployment.items() if name not in ("apiId", "snapshot")}
    if summary:
        shown["apiSummary"] = {
            resource["path"]: {
                verb: {"authorizationType": method["authorizationType"], "apiKeyRequired": method["apiKeyRequired"]}
                for verb, method in resource["resourceMethods"].items()
            }
            for resource in deployment["snapshot"]["resources"].values()
            if resource["resourceMethods"]
        }
    return shown


def find(call: Call) -> Record:
    """Return a copy of the deployment that the path names."""
    api = call.api()["api"]["id"]
    found = call.book.find("deployment", call.where, f"{api}/{call.words['deployment_id']}")
    if found is None:
        raise missing("Deployment identifier")
    return copy.deepcopy(found)


def get(call: Call) -> dict[str, Any]:
    """Return one deployment; with `embed=apisummary` also what it holds."""
    return view(find(call), summary="apisummary" in call.query.get("embed", []))


def get_all(call: Call) -> dict[str, Any]:
    """Return a page of deployments, the newest first."""
    api = call.api()["api"]["id"]
    found = [one for one in call.book.all("deployment", call.where) if one["apiId"] == api]
    return call.page(view(one) for one in reversed(found))


def update(call: Call) -> dict[str, Any]:
    """Change a deployment's description: nothing else of it ever changes."""
    deployment = find(call)
    apply(deployment, call.asked, {"description": text})
    call.book.put("deployment", call.where, f"{deployment['apiId']}/{deployment['id']}", deployment)
    return view(deployment)


def delete(call: Call) -> None:
    """Delete a deployment that no stage shows."""
    deployment = find(call)
    for stage in call.book.all("stage", call.where):
        if stage["apiId"] == deployment["apiId"] and stage["deploymentId"] == deployment["id"]:
            raise bad("Active stages pointing to this deployment must be moved or deleted")
    call.book.drop("deployment", call.where, f"{deployment['apiId']}/{deployment['id']}")
