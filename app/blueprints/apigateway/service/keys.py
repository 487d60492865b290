"""API keys and usage plans: who may call, how often, and how much of it is used."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.blueprints.apigateway.service import apis, stages
from app.numbers import told, whole

PAGE = 500
MOST = 10**9 - 1  # requests of a plan
APIS = 50  # whose stages are offered: each costs a call; of others a stage is typed
PERIODS = ("DAY", "WEEK", "MONTH")


@dataclass(frozen=True)
class Key:
    """One API key; its value is asked for only when somebody wants to see it."""

    id: str
    name: str
    enabled: bool
    created: datetime | None
    stages: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """One usage plan; `stages` are pairs of an API's id and a stage."""

    id: str
    name: str
    description: str
    stages: tuple[tuple[str, str], ...]
    rate: float | None
    burst: int | None
    quota: int | None
    period: str


@dataclass(frozen=True)
class Used:
    """What a key used of its plan's quota since the period began."""

    key: str
    name: str
    used: int
    left: int | None


@dataclass(frozen=True)
class Place:
    """A stage that a plan can be for."""

    api: str
    name: str
    stage: str


@dataclass(frozen=True)
class Places:
    """The stages there are; `more` says that there are APIs which were not asked for theirs."""

    places: tuple[Place, ...]
    more: bool = False


@dataclass(frozen=True)
class Keys:
    """All keys and plans of a region."""

    keys: tuple[Key, ...]
    plans: tuple[Plan, ...]


def listed(client: Any) -> Keys:
    """Return keys and plans by name; values are not read."""
    return Keys(
        tuple(sorted(_keys(client), key=lambda one: one.name.lower())),
        tuple(sorted(plans(client), key=lambda one: one.name.lower())),
    )


def _keys(client: Any) -> Iterator[Key]:
    pages = client.get_paginator("get_api_keys").paginate(includeValues=False, PaginationConfig={"PageSize": PAGE})
    for page in pages:
        for one in page.get("items", []):
            yield Key(
                one["id"],
                one.get("name") or one["id"],
                bool(one.get("enabled")),
                one.get("createdDate"),
                tuple(one.get("stageKeys") or ()),
            )


def plans(client: Any) -> Iterator[Plan]:
    """Yield all usage plans."""
    for page in client.get_paginator("get_usage_plans").paginate(PaginationConfig={"PageSize": PAGE}):
        yield from (_plan(one) for one in page.get("items", []))


def _plan(answer: dict[str, Any]) -> Plan:
    throttle, quota = answer.get("throttle") or {}, answer.get("quota") or {}
    return Plan(
        answer["id"],
        answer.get("name") or answer["id"],
        answer.get("description") or "",
        tuple((one.get("apiId", ""), one.get("stage", "")) for one in answer.get("apiStages") or []),
        throttle.get("rateLimit"),
        throttle.get("burstLimit"),
        quota.get("limit"),
        quota.get("period") or "",
    )


def value(client: Any, key: str) -> str:
    """Return the value of a key."""
    found: str = client.get_api_key(apiKey=key, includeValue=True).get("value", "")
    return found


def places(client: Any) -> Places:
    """Return the stages of the first APIs by name: AWS lists stages only for one API at a time."""
    found = apis.listed(client).apis
    made = (Place(one.id, one.name, each.name) for one in found[:APIS] for each in stages.of(client, one.id))
    return Places(tuple(made), len(found) > APIS)


def create_key(client: Any, name: str, plan: str = "") -> str:
    """Make a key, and put it into a plan if one is named; returns its id."""
    made: str = client.create_api_key(name=name, enabled=True)["id"]
    if plan:
        join(client, plan, made)
    return made


def join(client: Any, plan: str, key: str) -> None:
    """Put a key into a plan."""
    client.create_usage_plan_key(usagePlanId=plan, keyId=key, keyType="API_KEY")


def create_plan(client: Any, name: str, stage: tuple[str, str] | None, limits: dict[str, Any]) -> str:
    """Make a plan for a stage; `limits` has throttle and quota as AWS names them."""
    where = {"apiStages": [{"apiId": stage[0], "stage": stage[1]}]} if stage else {}
    made: str = client.create_usage_plan(name=name, **where, **limits)["id"]
    return made


def limits(rate: str, burst: str, quota: str, period: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Return a plan's limits as AWS takes them, and what is wrong with what was typed."""
    most, requests = whole(burst, 1, MOST), whole(quota, 1, MOST)
    wrong = {
        name: told(1, MOST, optional=True)
        for name, text, number in (("burst", burst, most), ("quota", quota, requests))
        if text and number is None
    }
    try:
        if rate and not 0 < float(rate) < 10**6:
            raise ValueError
    except ValueError:
        wrong["rate"] = "Requests per second, above zero, or nothing."
    if bool(rate) != bool(burst) and not wrong:
        wrong["burst"] = "Rate and burst go together."
    if wrong:
        return {}, wrong
    made: dict[str, Any] = {}
    if rate and most:
        made["throttle"] = {"rateLimit": float(rate), "burstLimit": most}
    if requests:
        made["quota"] = {"limit": requests, "period": period if period in PERIODS else "DAY"}
    return made, {}


def attach(client: Any, plan: str, api: str, stage: str) -> None:
    """Let a plan's keys call one more stage."""
    operation = {"op": "add", "path": "/apiStages", "value": f"{api}:{stage}"}
    client.update_usage_plan(usagePlanId=plan, patchOperations=[operation])


def delete_key(client: Any, key: str) -> None:
    """Delete a key."""
    client.delete_api_key(apiKey=key)


def delete_plan(client: Any, plan: Plan) -> None:
    """Delete a plan; AWS wants it to name no stage."""
    for api, stage in plan.stages:
        operation = {"op": "remove", "path": "/apiStages", "value": f"{api}:{stage}"}
        client.update_usage_plan(usagePlanId=plan.id, patchOperations=[operation])
    client.delete_usage_plan(usagePlanId=plan.id)


def usage(client: Any, plan: str, today: date | None = None) -> tuple[Used, ...]:
    """Return what each key of a plan used in the last 30 days, and what is left today."""
    end = today or datetime.now(UTC).date()
    begin = end - timedelta(days=29)
    answer = client.get_usage(usagePlanId=plan, startDate=begin.isoformat(), endDate=end.isoformat())
    keys = client.get_usage_plan_keys(usagePlanId=plan, limit=PAGE).get("items", [])
    days = answer.get("items") or {}
    return tuple(_used(one, days.get(one["id"]) or []) for one in keys)


def _used(key: dict[str, Any], days: list[list[int]]) -> Used:
    """Each day is a pair: what was used, and what was left at its end."""
    left = days[-1][1] if days and len(days[-1]) > 1 else None
    return Used(key["id"], key.get("name") or key["id"], sum(day[0] for day in days if day), left)
