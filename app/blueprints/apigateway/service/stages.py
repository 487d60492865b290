"""Stages and deployments: what callers reach, and since when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.execute_api import base

PAGE = 500
NAME = r"[A-Za-z0-9_-]{1,128}"
EVERY = "*/*"
# https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
LEVELS = {"OFF": "Nothing", "ERROR": "What failed", "INFO": "Every step of each call"}


@dataclass(frozen=True)
class Settings:
    """The settings of one method of a stage, or of all (`*/*`); None where the account's own limit holds."""

    name: str
    rate: float | None = None
    burst: int | None = None
    logging: str = "OFF"
    data_trace: bool = False
    metrics: bool = False


@dataclass(frozen=True)
class Stage:
    """One stage; `url` is the address under which its root answers."""

    name: str
    deployment: str
    url: str
    description: str
    created: datetime | None
    updated: datetime | None
    variables: dict[str, str]
    settings: tuple[Settings, ...]
    access_log: str = ""
    tracing: bool = False
    log_group: str = ""

    @property
    def of_all(self) -> Settings:
        """The settings of all methods that have none of their own."""
        return next((one for one in self.settings if one.name == EVERY), Settings(EVERY))

    @property
    def logs(self) -> bool:
        """Whether something of it is logged."""
        return any(one.logging != "OFF" for one in self.settings)


@dataclass(frozen=True)
class Deployment:
    """One deployment; `stages` are the stages that serve it now."""

    id: str
    description: str
    created: datetime | None
    stages: tuple[str, ...] = ()


def of(client: Any, api: str) -> tuple[Stage, ...]:
    """Return an API's stages by name; one call, which AWS does not page."""
    found = client.get_stages(restApiId=api).get("item", [])
    return tuple(sorted((_stage(client, api, one) for one in found), key=lambda one: one.name))


def _stage(client: Any, api: str, answer: dict[str, Any]) -> Stage:
    name = answer["stageName"]
    log = (answer.get("accessLogSettings") or {}).get("destinationArn", "")
    return Stage(
        name,
        answer.get("deploymentId", ""),
        base(client, api, name),
        answer.get("description") or "",
        answer.get("createdDate"),
        answer.get("lastUpdatedDate"),
        dict(answer.get("variables") or {}),
        tuple(_settings(key, one) for key, one in sorted((answer.get("methodSettings") or {}).items())),
        log,
        bool(answer.get("tracingEnabled")),
        f"API-Gateway-Execution-Logs_{api}/{name}",
    )


def _settings(name: str, answer: dict[str, Any]) -> Settings:
    return Settings(
        name,
        answer.get("throttlingRateLimit"),
        answer.get("throttlingBurstLimit"),
        answer.get("loggingLevel") or "OFF",
        bool(answer.get("dataTraceEnabled")),
        bool(answer.get("metricsEnabled")),
    )


def deployments(client: Any, api: str, stages: tuple[Stage, ...]) -> tuple[Deployment, ...]:
    """Return an API's deployments, newest first."""
    pages = client.get_paginator("get_deployments").paginate(restApiId=api, PaginationConfig={"PageSize": PAGE})
    found = [
        Deployment(
            one["id"],
            one.get("description") or "",
            one.get("createdDate"),
            tuple(stage.name for stage in stages if stage.deployment == one["id"]),
        )
        for page in pages
        for one in page.get("items", [])
    ]
    return tuple(sorted(found, key=lambda one: (one.created is not None, one.created), reverse=True))


def deploy(client: Any, api: str, stage: str, description: str = "") -> str:
    """Deploy what an API is now to a stage, which is made where it is not there; returns the deployment's id."""
    told = {"description": description} if description else {}
    made: str = client.create_deployment(restApiId=api, stageName=stage, **told)["id"]
    return made


def change(client: Any, api: str, stage: str, operations: list[dict[str, str]]) -> None:
    """Change a stage by patch operations."""
    client.update_stage(restApiId=api, stageName=stage, patchOperations=operations)


def wanted(stage: Stage, variables: dict[str, str], given: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the patch operations that give a stage these variables, and what is `given` for all its methods.

    `rate` and `burst` stay as they are where they are empty; `logging` is a level, `trace` true or false.
    """
    old, every = stage.variables, stage.of_all
    made = [{"op": "remove", "path": f"/variables/{name}"} for name in old if name not in variables]
    made += [
        {"op": "replace", "path": f"/variables/{name}", "value": value}
        for name, value in variables.items()
        if old.get(name) != value
    ]
    for key, path in (("rate", "throttling/rateLimit"), ("burst", "throttling/burstLimit")):
        if given.get(key):
            made.append({"op": "replace", "path": f"/*/*/{path}", "value": given[key]})
    if given.get("logging", every.logging) != every.logging:
        made.append({"op": "replace", "path": "/*/*/logging/loglevel", "value": given["logging"]})
    if given.get("trace", "") not in ("", str(every.data_trace).lower()):
        made.append({"op": "replace", "path": "/*/*/logging/dataTrace", "value": given["trace"]})
    return made
