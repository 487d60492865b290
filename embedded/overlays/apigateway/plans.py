"""Usage plans: which keys may call which stages, how fast and how often."""

import copy
from typing import Any

from embedded.book import Record
from embedded.overlays.apigateway import keys, usage
from embedded.overlays.apigateway.call import Call, new_id
from embedded.overlays.apigateway.faults import bad, clash, missing, refused
from embedded.overlays.apigateway.fields import chosen, number, optional, text, texts, whole
from embedded.overlays.apigateway.patches import change, operations

PERIODS = ("DAY", "WEEK", "MONTH")
_RULES = {
    "name": text,
    "description": text,
    "throttle/rateLimit": number,
    "throttle/burstLimit": whole,
    "quota/limit": whole,
    "quota/offset": whole,
    "quota/period": lambda value: chosen(value, PERIODS, "period"),
    "apiStages": text,
}


def create(call: Call) -> dict[str, Any]:
    """Make a usage plan."""
    asked = call.asked
    name = optional(asked, "name", text, "")
    if not name:
        raise bad("Usage Plan name must not be empty")
    if asked.get("productCode"):
        raise refused("A product of AWS Marketplace")
    plan: Record = {"id": new_id(6), "name": name, "apiStages": [], "keys": [], "tags": texts(asked, "tags")}
    if asked.get("description"):
        plan["description"] = text(asked["description"])
    for stage in asked.get("apiStages") or []:
        _add_stage(call, plan, f"{stage.get('apiId')}:{stage.get('stage')}", stage.get("throttle") or {})
    for field in ("throttle", "quota"):
        if asked.get(field):
            plan[field] = dict(asked[field])
    _check(plan)
    _keep(call, plan)
    return view(plan)


def _check(plan: Record) -> None:
    quota, throttle = plan.get("quota"), plan.get("throttle")
    if quota is not None:
        quota["limit"] = whole(quota.get("limit"))
        quota["period"] = chosen(quota.get("period"), PERIODS, "period")
        quota["offset"] = whole(quota.get("offset") or 0)
        if quota["limit"] < 1 or not 0 <= quota["offset"] <= {"DAY": 0, "WEEK": 6, "MONTH": 27}[quota["period"]]:
            raise bad("Usage Plan quota must have a positive limit and an offset within its period")
    if throttle is not None:
        throttle["rateLimit"] = number(throttle.get("rateLimit", 0))
        throttle["burstLimit"] = whole(throttle.get("burstLimit", 0))
        if throttle["rateLimit"] < 0 or throttle["burstLimit"] < 0:
            raise bad("Usage Plan throttle limits must not be negative")


def _keep(call: Call, plan: Record) -> None:
    call.book.put("plan", call.where, plan["id"], plan)


def view(plan: Record) -> dict[str, Any]:
    """Return a plan as AWS shows it; its keys are listed by GetUsagePlanKeys."""
    return {name: value for name, value in plan.items() if name != "keys"}


def find(call: Call) -> Record:
    """Return a copy of the plan that the path names."""
    found = call.book.find("plan", call.where, call.words["usageplanId"])
    if found is None:
        raise missing("Usage Plan ID")
    return copy.deepcopy(found)


def get(call: Call) -> dict[str, Any]:
    """Return one plan."""
    return view(find(call))


def get_all(call: Call) -> dict[str, Any]:
    """Return a page of plans, of those with a key where one is named."""
    key = call.first("keyId")
    return call.page(view(one) for one in call.book.all("plan", call.where) if not key or key in one["keys"])


def update(call: Call) -> dict[str, Any]:
    """Change a plan: its limits, and the stages (`api:stage`) that it lets in."""
    plan = find(call)
    for op, parts, value in operations(call.asked):
        if parts == ["apiStages"] and op == "add":
            _add_stage(call, plan, str(value), {})
        elif parts == ["apiStages"] and op == "remove":
            plan["apiStages"] = [one for one in plan["apiStages"] if f"{one['apiId']}:{one['stage']}" != value]
        elif parts[0] == "apiStages":
            raise refused("A limit for one method of a usage plan")
        elif op == "remove" and parts in (["quota"], ["throttle"]):
            plan.pop(parts[0], None)
        else:
            change(plan, op, parts, value, _RULES)
    _check(plan)
    _keep(call, plan)
    return view(plan)


def _add_stage(call: Call, plan: Record, name: str, throttle: dict[str, Any]) -> None:
    api, _, stage = name.partition(":")
    if throttle:
        raise refused("A limit for one method of a usage plan")
    if call.book.find("stage", call.where, f"{api}/{stage}") is None:
        raise missing(f"API Stage {api}:{stage}")
    if all((one["apiId"], one["stage"]) != (api, stage) for one in plan["apiStages"]):
        plan["apiStages"].append({"apiId": api, "stage": stage})


def delete(call: Call) -> None:
    """Delete a plan that lets no stage in any more."""
    plan = find(call)
    if plan["apiStages"]:
        raise bad("Cannot delete usage plan with API stages associated; remove the associations first.")
    call.book.drop("plan", call.where, plan["id"])


def add_key(call: Call) -> dict[str, Any]:
    """Put a key into a plan; in one plan at most for any one stage."""
    plan = find(call)
    chosen(call.asked.get("keyType"), ("API_KEY",), "key type")
    key = keys.find(call, text(call.asked.get("keyId")))
    if key["id"] in plan["keys"]:
        raise clash(f"API Key {key['id']} is already part of usage plan {plan['id']}")
    stages = {(one["apiId"], one["stage"]) for one in plan["apiStages"]}
    for other in call.book.all("plan", call.where):
        shared = stages & {(one["apiId"], one["stage"]) for one in other["apiStages"]}
        if key["id"] in other["keys"] and shared:
            raise clash(f"API Key {key['id']} is subscribed to a stage of this plan by usage plan {other['id']}")
    _keep(call, {**plan, "keys": [*plan["keys"], key["id"]]})
    return _key_view(key)


def _key_view(key: Record) -> dict[str, Any]:
    return {"id": key["id"], "type": "API_KEY", "value": key["value"], "name": key["name"]}


def get_keys(call: Call) -> dict[str, Any]:
    """Return a page of a plan's keys."""
    plan = find(call)
    found = [keys.find(call, one) for one in plan["keys"]]
    return call.page(_key_view(one) for one in found if one["name"].startswith(call.first("name")))


def _key(call: Call) -> tuple[Record, str]:
    plan = find(call)
    if call.words["keyId"] not in plan["keys"]:
        raise missing("API Key identifier")
    return plan, call.words["keyId"]


def get_key(call: Call) -> dict[str, Any]:
    """Return one key of a plan."""
    return _key_view(keys.find(call, _key(call)[1]))


def remove_key(call: Call) -> None:
    """Take a key out of a plan."""
    plan, name = _key(call)
    _keep(call, {**plan, "keys": [one for one in plan["keys"] if one != name]})


def get_usage(call: Call) -> dict[str, Any]:
    """Return, for each key and day, what was used and what was left."""
    plan = find(call)
    start, end, only = call.first("startDate"), call.first("endDate"), call.first("keyId")
    wanted = [one for one in plan["keys"] if only in ("", one)]
    values = {one: usage.days(call.book, call.where, plan, one, start, end) for one in wanted}
    return {"usagePlanId": plan["id"], "startDate": start, "endDate": end, "values": values}


def update_usage(call: Call) -> dict[str, Any]:
    """Set what is left to a key in this period."""
    plan, key = _key(call)
    if "quota" not in plan:
        raise bad("Usage Plan does not have a quota")
    for op, parts, value in operations(call.asked):
        if (op, parts) != ("replace", ["remaining"]):
            raise bad(f"Invalid patch path  '/{'/'.join(parts)}' specified for op '{op}'. Must be one of: [/remaining]")
        usage.set_left(call.book, call.where, plan, key, whole(value))
    today = usage.today().isoformat()
    values = {key: usage.days(call.book, call.where, plan, key, today, today)}
    return {"usagePlanId": plan["id"], "startDate": today, "endDate": today, "values": values}
