"""Stages: which deployment they show, their variables, their limits and their logs."""

import copy
import re
from typing import Any

from embedded.book import Record
from embedded.overlays.apigateway import account
from embedded.overlays.apigateway.call import Call, now
from embedded.overlays.apigateway.deployments import check_name, checked_variables, keep_stage, make_stage
from embedded.overlays.apigateway.faults import bad, clash, missing, refused
from embedded.overlays.apigateway.fields import Convert, chosen, flag, number, text, whole
from embedded.overlays.apigateway.patches import change, operations, wrong_path

_RULES = {
    "deploymentId": text,
    "description": text,
    "variables/*": text,
    "accessLogSettings/destinationArn": text,
    "accessLogSettings/format": text,
}
_GROUP = re.compile(r"arn:aws[\w-]*:logs:[\w-]+:\d{12}:log-group:[^:]+")
_NOT_HERE = {
    "cacheClusterEnabled": "A cache",
    "tracingEnabled": "X-Ray",
    "clientCertificateId": "A client certificate",
    "canarySettings": "A canary",
    "webAclArn": "A web ACL",
}
# A method's settings by the paths of UpdateStage: `/{resource}/{verb}/throttling/rateLimit`.
_SETTINGS: dict[str, tuple[str, Convert]] = {
    "logging/loglevel": ("loggingLevel", lambda value: chosen(value, ("OFF", "ERROR", "INFO"), "logging level")),
    "logging/dataTrace": ("dataTraceEnabled", flag),
    "throttling/burstLimit": ("throttlingBurstLimit", whole),
    "throttling/rateLimit": ("throttlingRateLimit", number),
    "metrics/enabled": ("metricsEnabled", flag),
    "caching/enabled": ("cachingEnabled", flag),
}
_DEFAULTS = {
    "metricsEnabled": False,
    "loggingLevel": "OFF",
    "dataTraceEnabled": False,
    "throttlingBurstLimit": 5000,
    "throttlingRateLimit": 10000.0,
    "cachingEnabled": False,
    "cacheTtlInSeconds": 300,
    "cacheDataEncrypted": False,
    "requireAuthorizationForCacheControl": True,
    "unauthorizedCacheControlHeaderStrategy": "SUCCEED_WITH_RESPONSE_HEADER",
}


def create(call: Call) -> dict[str, Any]:
    """Make a stage that shows a deployment."""
    asked, api = call.asked, call.api()["api"]["id"]
    name = text(asked.get("stageName"))
    check_name(name)
    if call.book.find("stage", call.where, f"{api}/{name}"):
        raise clash("Stage already exists")
    for field, what in _NOT_HERE.items():
        if asked.get(field):
            raise refused(what)
    stage = make_stage(api, name, asked)
    stage["deploymentId"] = _deployment(call, api, text(asked.get("deploymentId")))
    keep_stage(call, stage)
    return view(stage)


def _deployment(call: Call, api: str, name: str) -> str:
    if call.book.find("deployment", call.where, f"{api}/{name}") is None:
        raise bad("Deployment id does not exist")
    return name


def view(stage: Record) -> dict[str, Any]:
    """Return a stage as AWS shows it."""
    return {name: value for name, value in stage.items() if name != "apiId" and not (name == "variables" and not value)}


def find(call: Call) -> Record:
    """Return a copy of the stage that the path names."""
    api = call.api()["api"]["id"]
    found = call.book.find("stage", call.where, f"{api}/{call.words['stage_name']}")
    if found is None:
        raise missing("stage identifier")
    return copy.deepcopy(found)


def get(call: Call) -> dict[str, Any]:
    """Return one stage."""
    return view(find(call))


def get_all(call: Call) -> dict[str, Any]:
    """Return every stage, or those that show one deployment."""
    api, wanted = call.api()["api"]["id"], call.first("deploymentId")
    stages = [one for one in call.book.all("stage", call.where) if one["apiId"] == api]
    return {"item": [view(one) for one in stages if wanted in ("", one["deploymentId"])]}


def update(call: Call) -> dict[str, Any]:
    """Change a stage; to another deployment, back to an older one too."""
    stage = find(call)
    for op, parts, value in operations(call.asked):
        _change(stage, op, parts, value)
    _deployment(call, stage["apiId"], stage["deploymentId"])
    checked_variables(stage.get("variables", {}))
    _check_logs(call, stage)
    stage["lastUpdatedDate"] = now()
    keep_stage(call, stage)
    return view(stage)


def _change(stage: Record, op: str, parts: list[str], value: Any) -> None:
    if parts[0] in _NOT_HERE and str(value).lower() not in ("none", "false", ""):
        raise refused(_NOT_HERE[parts[0]])
    if parts[0] in _NOT_HERE:
        return
    if op == "remove" and parts == ["accessLogSettings"]:
        stage.pop("accessLogSettings", None)
    elif parts[0] in {name.partition("/")[0] for name in _RULES} and parts != ["accessLogSettings"]:
        change(stage, op, parts, value, _RULES)
    else:
        _setting(stage, op, parts, value)


def _setting(stage: Record, op: str, parts: list[str], value: Any) -> None:
    """Change the settings of one method, or of all (`*/*`)."""
    if op == "remove" and len(parts) == 2:
        stage["methodSettings"].pop("/".join(parts), None)
        return
    known = _SETTINGS.get("/".join(parts[2:]))
    if known is None or len(parts) != 4 or op == "remove":
        raise wrong_path(op, parts, {**_RULES, "{resource}/{method}/throttling/rateLimit": number})
    field, convert = known
    # The key of a method is its path without the first slash: `~1sum/POST` is `sum/POST`.
    key = f"{parts[0].lstrip('/') or '/'}/{parts[1]}" if parts[0] != "/" else f"/{parts[1]}"
    found = convert(value)
    if field in ("metricsEnabled", "cachingEnabled") and found:
        raise refused("A cache" if field == "cachingEnabled" else "Detailed metrics")
    stage["methodSettings"].setdefault(key, dict(_DEFAULTS))[field] = found


def _check_logs(call: Call, stage: Record) -> None:
    settings = stage.get("accessLogSettings")
    levels = {one["loggingLevel"] for one in stage["methodSettings"].values()}
    if (settings or levels - {"OFF"}) and not account.role(call.book, call.where):
        raise bad("CloudWatch Logs role ARN must be set in account settings to enable logging")
    if not settings:
        return
    arn = settings["destinationArn"] = settings.get("destinationArn", "").removesuffix(":*")
    if not _GROUP.fullmatch(arn):
        raise bad(f"Invalid ARN specified in the request. ARN is not the one of a log group: {arn}")
    layout = settings.get("format", "")
    if "$context.requestId" not in layout and "$context.extendedRequestId" not in layout:
        raise bad("Access Log format must contain either $context.requestId or $context.extendedRequestId")
    if "\n" in layout.rstrip("\n"):
        raise bad("Access Log format must be single line, new line character is allowed only at end of the format")


def delete(call: Call) -> None:
    """Delete a stage; usage plans must let it go first."""
    stage = find(call)
    for plan in call.book.all("plan", call.where):
        if any((one["apiId"], one["stage"]) == (stage["apiId"], stage["stageName"]) for one in plan["apiStages"]):
            raise bad(f"Please remove all usage plan associations before deleting this stage: {plan['name']}")
    call.book.drop("stage", call.where, f"{stage['apiId']}/{stage['stageName']}")


def nothing_cached(call: Call) -> None:
    """Empty a cache: there is none, so that it is empty."""
    find(call)
