"""What the call drawer shows: the calls of a page as code, for templates and for scripts."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from app import aws, carry, codegen
from app.assumed import Assumed
from app.carry import Carried
from app.codegen import AssumedRole, Context, Step
from app.codegen.models import operation
from app.codegen.steps import COPY, UPLOAD

DOCS = "https://docs.aws.amazon.com/boto3/latest/reference/services"
_WORDS = {UPLOAD: ("Upload in parts", "upload_file"), COPY: ("Copy in parts", "copy")}


@dataclass(frozen=True)
class ShownCall:
    """One line of the drawer: a call, or several that belong together (`count`), with its code.

    Times are milliseconds, `offset_ms` counted from the start of the page's first call. `shortened` says that
    the parameters were too long to come along over a redirect, so that the code is not complete.
    """

    service: str
    operation: str
    count: int
    milliseconds: float
    offset_ms: float
    status: int | str | None
    request_id: str | None
    retries: int
    error_code: str | None
    error_message: str | None
    python: str
    command: str
    policy: str
    docs_url: str
    console_url: str = ""
    shortened: bool = False


@dataclass(frozen=True)
class Drawer:
    """The calls of a page as code; `earlier` are those of the form whose redirect led here.

    `earlier_left_out` counts calls of that form that found no room on the way.
    """

    calls: tuple[ShownCall, ...] = ()
    earlier: tuple[ShownCall, ...] = ()
    milliseconds: float = 0.0
    script: str = ""
    commands: str = ""
    policy: str = ""
    failed: int = 0
    earlier_left_out: int = 0


def add(shown: ShownCall) -> None:
    """Put something else than an AWS call, a SQL statement say, into this page's drawer."""
    carry.added().append(shown)


def drawer() -> Drawer:
    """Return this page's drawer; its code takes on the role of the account that was chosen."""
    found, door = _drawer(), aws.door()
    if not isinstance(door, Assumed):
        return found
    role = AssumedRole(door.account.role_arn, door.session, door.account.external_id)
    return replace(
        found,
        calls=tuple(_as(role, one) for one in found.calls),
        earlier=tuple(_as(role, one) for one in found.earlier),
        script=role.python(found.script) if found.script else "",
        commands=role.command(found.commands) + "\n" if found.commands else "",
    )


def _as(role: AssumedRole, call: ShownCall) -> ShownCall:
    python = role.python(call.python) if call.python else ""
    return replace(call, python=python, command=role.command(call.command) if call.command else "")


def _drawer() -> Drawer:
    steps, earlier, added = carry.steps(), carry.carried(), tuple(carry.added())
    found = Drawer()
    if steps or earlier.steps or earlier.added:
        found = build(steps, earlier, Context(aws.identity().account or "*"))
    if not added:
        return found
    return Drawer(
        calls=found.calls + added,
        earlier=found.earlier,
        milliseconds=round(found.milliseconds + sum(one.milliseconds for one in added), 1),
        failed=found.failed + sum(one.error_code is not None for one in added),
        script="\n".join(filter(None, [found.script, *(one.python for one in added)])),
        commands="".join([found.commands, *(f"{one.command}\n" for one in added if one.command)]),
        policy=_united([found.policy, *(one.policy for one in added)]),
        earlier_left_out=found.earlier_left_out,
    )


def _united(policies: Sequence[str]) -> str:
    """Return the policies as one; those with notes before them are no JSON and stay the only one."""
    given = list(dict.fromkeys(filter(None, policies)))
    if len(given) < 2 or given[0].startswith("#"):
        return given[0] if given else ""
    documents = [json.loads(one) for one in given]
    statements = [one for document in documents for one in document["Statement"]]
    unique = [one for place, one in enumerate(statements) if one not in statements[:place]]
    return json.dumps({**documents[0], "Statement": unique}, indent=2)


def build(steps: Sequence[Step], earlier: Carried, context: Context) -> Drawer:
    """Return the drawer of given steps, and of those that the form before them made."""
    calls = _shown(steps, context)
    alone = calls[0] if len(calls) == 1 else None  # the code of the page is then the code of its one call
    return Drawer(
        calls=calls,
        earlier=_shown(earlier.steps, context) + tuple(ShownCall(**one) for one in earlier.added),
        milliseconds=round(sum(step.milliseconds for step in steps), 1),
        script=alone.python if alone else codegen.script(steps),
        commands=f"{alone.command}\n" if alone else codegen.commands(steps),
        policy=alone.policy if alone else codegen.policy_text(steps, context) if steps else "",
        failed=sum(step.last.failed for step in steps),
        earlier_left_out=earlier.left_out,
    )


def as_json(shown: Drawer) -> dict[str, Any]:
    """Return what a script needs to add the calls of its own request to the page's drawer."""
    return {
        "calls": [asdict(call) for call in shown.calls],
        "milliseconds": shown.milliseconds,
        "failed": shown.failed,
    }


def _shown(steps: Sequence[Step], context: Context) -> tuple[ShownCall, ...]:
    start = min((step.call.started for step in steps), default=0.0)
    return tuple(_shown_call(step, start, context) for step in steps)


def _shown_call(step: Step, start: float, context: Context) -> ShownCall:
    last = step.last
    facts = operation(last.service, step.call.operation)
    words, method = _WORDS.get(step.kind, (step.call.operation, facts.method))
    return ShownCall(
        service=last.service,
        operation=words,
        count=step.count,
        milliseconds=round(step.milliseconds, 1),
        offset_ms=round((step.call.started - start) * 1000, 1),
        status=last.status,
        request_id=last.request_id,
        retries=step.retries,
        error_code=last.error_code,
        error_message=last.error_message,
        python=codegen.python(step),
        command=codegen.command(step),
        policy=codegen.policy_text([step], context),
        docs_url=f"{DOCS}/{last.service}/client/{method}.html",
        shortened=step.shortened,
    )
