"""The Configuration tab: settings, variables, tags, concurrency, asynchronous events."""

from dataclasses import dataclass, field, replace
from typing import Any

from botocore.exceptions import ClientError
from flask import request, url_for
from werkzeug.wrappers import Response

from app import aws, respond, role_policies
from app.blueprints.awslambda.blueprint import bp
from app.blueprints.awslambda.service import drafts, functions, needs, variables
from app.blueprints.awslambda.service import settings as service
from app.blueprints.awslambda.service.functions import RUNTIMES, Function
from app.blueprints.awslambda.service.settings import AGES, Asynchronous, Concurrency, Typed
from app.blueprints.awslambda.views.common import client, refusal
from app.changes import done
from app.declined import Taken
from app.masking import WHOLE
from app.numbers import told, whole
from app.problems import Problem
from app.roles import EDITOR
from app.roles import needs as role_needs

FIELDS = ("memory", "timeout", "storage", "handler", "runtime", "description", "role", "layers", "revision")


@dataclass(frozen=True)
class ConfigurationPage:
    """All that can be set of a function."""

    function: Function
    typed: Typed
    tags: dict[str, str] = field(default_factory=dict)
    no_tags: str = ""
    concurrency: Concurrency = Concurrency()
    asynchronous: Asynchronous = Asynchronous()
    roles: tuple[str, ...] = ()
    no_roles: str = ""
    problem: Problem | None = None
    revealed: bool = False


@bp.get("/<function>/configuration")
def configuration(function: str) -> Response:
    """Show a function's settings, secrets masked."""
    found = functions.get(client(), function)
    return _page(found, service.as_typed(found))


def _page(found: Function, typed: Typed, status: int = 200, **more: Any) -> Response:
    tags, no_tags = service.tags(client(), found.arn)
    roles, no_roles = role_policies.listed(aws.client("iam"), needs.PRINCIPAL)
    page = ConfigurationPage(
        found,
        typed,
        tags,
        no_tags,
        service.concurrency(client(), found.name),
        service.asynchronous(client(), found.name),
        tuple(roles),
        no_roles,
        **more,
    )
    runtimes = tuple(dict.fromkeys([found.runtime, *RUNTIMES]))
    return respond.page("awslambda/configuration.html", page, status=status, runtimes=runtimes, mask=WHOLE)


@bp.post("/<function>/configuration")
@role_needs(EDITOR)
def configure(function: str) -> Response:
    """Write the settings; `variable_name` and `variable_value` are pairs, a masked value stays as it is."""
    raw = functions.raw(client(), function)
    found, kept = functions.read(raw), service.environment(raw)
    values = {name: request.form.get(name, "").strip() for name in FIELDS}
    names, texts = request.form.getlist("variable_name"), request.form.getlist("variable_value")
    environment, wrong = variables.typed(names, texts, kept)
    faults = service.faults(values, (found.runtime, *RUNTIMES))
    if wrong:
        faults["variables"] = wrong
    hidden = [WHOLE if variables.is_secret(n, t) and t else t for n, t in zip(names, texts, strict=False)]
    typed = Typed(values, tuple(names), tuple(hidden if not faults else texts), faults)
    if faults:
        return _page(found, typed, 422)
    try:
        values["role"] = drafts.arn_of(aws.client("iam"), values["role"]) if values["role"] else found.role
        service.update(client(), function, values, environment, values["revision"])
    except Taken as error:
        return _page(found, replace(typed, faults={"role": str(error)}), 422)
    except ClientError as error:
        problem = refusal(error, function)
        return _page(found, typed, problem.status, problem=problem)
    return done({"function": function}, _here(function), "The settings are written.")


def _here(function: str) -> str:
    return url_for("awslambda.configuration", function=function)


@bp.post("/<function>/reveal")
@role_needs(EDITOR)
def reveal(function: str) -> Response:
    """Show the variables with their secrets, once: nothing keeps them."""
    raw = functions.raw(client(), function)
    shown = variables.shown(service.environment(raw), reveal=True)
    found = functions.read(raw)
    typed = replace(
        service.as_typed(found), names=tuple(one.name for one in shown), texts=tuple(one.value for one in shown)
    )
    return _page(found, typed, revealed=True)


@bp.post("/<function>/tags")
@role_needs(EDITOR)
def tag(function: str) -> Response:
    """Make the tags those of the form: pairs of `tag_name` and `tag_value`."""
    found = functions.get(client(), function)
    names, values = request.form.getlist("tag_name"), request.form.getlist("tag_value")
    wanted = {name.strip(): value.strip() for name, value in zip(names, values, strict=False) if name.strip()}
    fault = service.tag_fault(wanted)
    if fault:
        typed = service.as_typed(found)
        return _page(found, replace(typed, faults={"tags": fault}), 422)
    there, _ = service.tags(client(), found.arn)
    service.set_tags(client(), found.arn, wanted, there)
    return done({"tags": wanted}, _here(function), "The tags are written.")


@bp.post("/<function>/concurrency")
@role_needs(EDITOR)
def reserve(function: str) -> Response:
    """Reserve `reserved` invocations at once; an empty field gives them back."""
    text = request.form.get("reserved", "").strip()
    found = functions.get(client(), function)
    number = whole(text, 0, 100_000)
    if text and number is None:
        typed = replace(service.as_typed(found), faults={"reserved": told(0, 100_000, optional=True)})
        return _page(found, typed, 422)
    try:
        service.reserve(client(), function, number)
    except ClientError as error:
        problem = refusal(error, function)
        return _page(found, replace(service.as_typed(found), faults={"reserved": problem.happened}), problem.status)
    words = "Nothing is reserved any more." if number is None else f"{number:,} reserved."
    return done({"reserved": text}, _here(function), words)


@bp.post("/<function>/asynchronous")
@role_needs(EDITOR)
def set_asynchronous(function: str) -> Response:
    """Set what Lambda does with asynchronous events: `retries`, `age` in seconds."""
    retries, age = whole(request.form.get("retries"), 0, 2), whole(request.form.get("age"), *AGES)
    found = functions.get(client(), function)
    faults = {}
    if retries is None:
        faults["retries"] = "0, 1 or 2."
    if age is None:
        faults["age"] = told(*AGES, "seconds")
    if retries is None or age is None:
        return _page(found, replace(service.as_typed(found), faults=faults), 422)
    service.set_asynchronous(client(), function, retries, age)
    return done({"retries": retries, "age": age}, _here(function), "Asynchronous events are treated so now.")
