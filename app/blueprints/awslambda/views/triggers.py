"""The Triggers tab: what invokes a function, a bucket's notification added and removed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError
from flask import request, url_for
from werkzeug.wrappers import Response

from app import aws, respond
from app.blueprints.awslambda.blueprint import bp
from app.blueprints.awslambda.service import buckets, bundles, calls, functions, notifications, policy, settings
from app.blueprints.awslambda.service import code as coding
from app.blueprints.awslambda.service import triggers as service
from app.blueprints.awslambda.service.buckets import Buckets
from app.blueprints.awslambda.service.functions import Function
from app.blueprints.awslambda.service.notifications import EVENTS, Conflict, Notification
from app.blueprints.awslambda.service.triggers import Triggers
from app.blueprints.awslambda.views.common import client, clients, refusal, where
from app.changes import done
from app.roles import EDITOR, needs


@dataclass(frozen=True)
class TriggersPage:
    """What invokes a function, and the form of a new trigger."""

    function: Function
    triggers: Triggers
    buckets: Buckets = Buckets()
    typed: Mapping[str, Any] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)
    recursion: bool = False


@bp.get("/<function>/triggers")
def triggers(function: str) -> Response:
    """Show what invokes a function."""
    return _page(function, {"bucket": request.args.get("bucket", ""), "events": ["s3:ObjectCreated:*"]})


def _page(function: str, typed: Mapping[str, Any], status: int = 200, **more: Any) -> Response:
    found, names = functions.get(client(), function), buckets.listed(aws.client("s3"))
    page = TriggersPage(found, service.of(clients("s3", "apigateway"), found), names, typed, **more)
    return respond.page("awslambda/triggers.html", page, status=status, events=EVENTS)


@bp.post("/<function>/triggers")
@needs(EDITOR)
def add_trigger(function: str) -> Response:
    """Let a bucket invoke a function: `bucket`, `prefix`, `suffix`, `events`; `sure` where it writes there itself."""
    form = request.form
    typed = {name: form.get(name, "").strip() for name in ("bucket", "prefix", "suffix")}
    wanted = [one for one in form.getlist("events") if one in EVENTS]
    whole = {**typed, "events": wanted}
    faults = _faults(typed, wanted)
    if faults:
        return _page(function, whole, 422, faults=faults)
    if not form.get("sure") and _writes_there(function, typed["bucket"], wanted):
        return _page(function, whole, 422, recursion=True)
    found = functions.get(client(), function)
    id = notifications.new_id(function, typed["bucket"], typed["prefix"], typed["suffix"], wanted)
    made = Notification(id, found.arn, tuple(wanted), typed["prefix"], typed["suffix"])
    try:
        service.add(clients("s3"), found, made, typed["bucket"], aws.identity().account)
    except Conflict as error:
        return _page(function, whole, 409, faults={"bucket": str(error)})
    except ClientError as error:
        problem = refusal(error, function)
        return _page(function, whole, problem.status, faults={"bucket": f"{problem.title}. {problem.happened}"})
    said = f"{typed['bucket']} now invokes {function}. Put an object into it to try."
    return done({"id": id}, url_for("awslambda.triggers", function=function), said)


def _faults(typed: Mapping[str, str], events: list[str]) -> dict[str, str]:
    found = {}
    if not typed["bucket"]:
        found["bucket"] = "Choose the bucket."
    if not events:
        found["events"] = "Choose at least one event."
    elif any(
        one.endswith("*") and any(other != one and other.startswith(one[:-1]) for other in events) for one in events
    ):
        found["events"] = "“Any” includes the others: choose it alone."
    for name in ("prefix", "suffix"):
        if len(typed[name].encode()) > 1024:
            found[name] = "At most 1,024 bytes."
        elif "*" in typed[name]:
            found[name] = "There are no wildcards: a * stands for itself. Leave it out."
    return found


def _writes_there(function: str, bucket: str, events: list[str]) -> bool:
    """Whether the code, as far as it can be read, writes into the bucket that is to trigger it."""
    if not any("Created" in one for one in events):
        return False
    try:
        answer = coding.answer(client(), function)
        with bundles.fetch(answer) as held, bundles.opened(held) as archive:
            text = bundles.text_of(archive, functions.read(answer["Configuration"]).module)
    except bundles.Unreadable:
        return False  # not known: the page says of each trigger what AWS does about loops
    found = calls.needs(text, where(), settings.environment(answer["Configuration"]))
    return service.writes_into(found, bucket)


@bp.post("/<function>/triggers/remove")
@needs(EDITOR)
def remove_trigger(function: str) -> Response:
    """Remove a bucket's notification: `bucket`, `id`."""
    found = functions.get(client(), function)
    try:
        went = service.remove(clients("s3"), found, request.form.get("bucket", ""), request.form.get("id", ""))
    except Conflict as error:
        return _page(function, {"events": []}, 409, faults={"whole": str(error)})
    words = "The trigger is removed." if went else "It was removed already."
    return done({"removed": went}, url_for("awslambda.triggers", function=function), words)


@bp.post("/<function>/permissions/remove")
@needs(EDITOR)
def remove_permission(function: str) -> Response:
    """Remove a statement of a function's policy, named by `sid`."""
    try:
        policy.remove(client(), function, request.form.get("sid", ""))
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
    return done({"removed": True}, url_for("awslambda.triggers", function=function), "The permission is removed.")
