"""API keys and usage plans."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError
from flask import request, url_for
from werkzeug.wrappers import Response

from app import respond
from app.blueprints.apigateway.blueprint import bp
from app.blueprints.apigateway.service import keys as service
from app.blueprints.apigateway.service.keys import Plan, Used
from app.blueprints.apigateway.views.common import gateway, refusal
from app.changes import done
from app.problems import refused
from app.roles import EDITOR, needs


@bp.get("/keys")
def keys() -> Response:
    """Show keys and plans; no value is read."""
    return _shown()


def _shown(faults: dict[str, str] | None = None, code: int = 200) -> Response:
    more: dict[str, Any] = {"faults": faults or {}, "typed": request.form, "place": request.args.get("place", "")}
    if respond.wants_json() and faults:
        return respond.page("", {"faults": faults}, status=code)
    return respond.page("apigateway/keys.html", service.listed(gateway()), status=code, **more)


@bp.get("/keys/places")
def places() -> Response:
    """Show the stages for which a plan can be; as a fragment, the choices of its field."""
    return respond.page("apigateway/places.html", service.places(gateway()), fragment="apigateway/_places.html")


@dataclass(frozen=True)
class Revealed:
    """A key's value, shown because somebody asked."""

    id: str
    value: str


@bp.post("/keys/<key>/value")
@needs(EDITOR)
def reveal(key: str) -> Response:
    """Show the value of a key."""
    found = Revealed(key, service.value(gateway(), key))
    return respond.page("apigateway/value.html", found, fragment="apigateway/_value.html")


@bp.post("/keys")
@needs(EDITOR)
def create_key() -> Response:
    """Make a key: `name`, and the `plan` it belongs to."""
    name, plan = request.form.get("name", "").strip(), request.form.get("plan", "")
    if not name:
        return _shown({"name": "Give the key a name."}, 422)
    try:
        made = service.create_key(gateway(), name, plan)
    except ClientError as error:
        problem = refusal(error)
        return _shown({"name": problem.happened}, problem.status)
    return done({"id": made}, url_for("apigateway.keys"), f"The key {name} is made.")


@bp.post("/keys/<key>/delete")
@needs(EDITOR)
def delete_key(key: str) -> Response:
    """Delete a key whose name was typed."""
    found = next((one for one in service.listed(gateway()).keys if one.id == key), None)
    if found is None:
        raise refused(404, "No such key", "There is no API key of this id.", "Look at the list.")
    if request.form.get("confirm", "").strip() != found.name:
        return _shown({f"confirm-{key}": f"Type {found.name}. Nothing was deleted."}, 422)
    service.delete_key(gateway(), key)
    return done({"deleted": key}, url_for("apigateway.keys"), f"The key {found.name} is deleted.")


@bp.post("/plans")
@needs(EDITOR)
def create_plan() -> Response:
    """Make a usage plan: `plan_name`, `place` (`api:stage`), `rate`, `burst`, `quota`, `period`."""
    form = request.form
    name, place = form.get("plan_name", "").strip(), form.get("place", "").strip()
    texts = [form.get(one, "").strip() for one in ("rate", "burst", "quota", "period")]
    limits, wrong = service.limits(texts[0], texts[1], texts[2], texts[3])
    api, colon, stage = place.partition(":")
    if not name:
        wrong["plan_name"] = "Give the plan a name."
    if place and not (api and colon and stage):
        wrong["place"] = "An API's id, a colon and a stage."
    if wrong:
        return _shown(wrong, 422)
    try:
        made = service.create_plan(gateway(), name, (api, stage) if place else None, limits)
    except ClientError as error:
        problem = refusal(error)
        return _shown({"plan_name": problem.happened}, problem.status)
    return done({"id": made}, url_for("apigateway.keys"), f"The plan {name} is made.")


def _plan(plan: str) -> Plan:
    found = next((one for one in service.plans(gateway()) if one.id == plan), None)
    if found is None:
        raise refused(404, "No such plan", "There is no usage plan of this id.", "Look at the list.")
    return found


@bp.post("/plans/<plan>")
@needs(EDITOR)
def change_plan(plan: str) -> Response:
    """Put a `key` into a plan, let it call one more `place`, or delete it (`confirm` is its name)."""
    found, form = _plan(plan), request.form
    action = form.get("action", "")
    try:
        if action == "join":
            service.join(gateway(), plan, form.get("key", ""))
        elif action == "attach" and ":" in form.get("place", ""):
            api, _, stage = form.get("place", "").strip().partition(":")
            service.attach(gateway(), plan, api, stage)
        elif action == "delete" and form.get("confirm", "").strip() == found.name:
            service.delete_plan(gateway(), found)
        else:
            return _shown({f"plan-{plan}": "Nothing was changed: see what was typed."}, 422)
    except ClientError as error:
        problem = refusal(error)
        return _shown({f"plan-{plan}": problem.happened}, problem.status)
    word = {"join": "takes the key", "attach": "covers the stage", "delete": "is deleted"}[action]
    return done({"plan": plan, "action": action}, url_for("apigateway.keys"), f"The plan {found.name} {word}.")


@dataclass(frozen=True)
class Usage:
    """What the keys of a plan used."""

    plan: Plan
    used: tuple[Used, ...]


@bp.get("/plans/<plan>/usage")
def usage(plan: str) -> Response:
    """Show what each key of a plan used in the last 30 days."""
    found = Usage(_plan(plan), service.usage(gateway(), plan))
    return respond.page("apigateway/usage.html", found, fragment="apigateway/_usage.html")
