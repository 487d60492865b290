"""A deployment from the bundle to the address, each step safe to take again."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.beanstalk import deployer, environments, plan, policies, rights, versions
from app.beanstalk.clients import Clients, Stopped
from app.beanstalk.environments import Event
from app.beanstalk.plan import Order, Plan
from app.beanstalk.policies import Place

Say = Callable[[str], None]


@dataclass(frozen=True)
class Tools:
    """What a deployment uses besides AWS; tests give it a clock that does not wait."""

    say: Say
    sleep: Callable[[float], None] = time.sleep
    progress: Callable[[int], None] = lambda _: None


def carry_out(clients: Clients, order: Order, made: Plan, tools: Tools) -> str:
    """Do what was planned and return the address; raises Stopped where the environment does not become healthy."""
    new = rights.put_roles(clients, made.place, order.access, tools.sleep)
    tools.say(f"Roles: {', '.join(new) if new else 'there already'}")
    rights.put_accounts(clients, made.place, order.accounts)
    for variable, value in rights.put_secrets(clients, made.place).items():
        if variable == "TRELLIS_FIRST_INSTRUCTOR":
            tools.say(f"The first instructor's code, asked for at /sign-in/first: {value}")
    put_version(clients, order, made, tools)
    wanted = plan.wanted(order, made)
    begin = environments.create if made.environment is None else environments.update
    begun = begin(clients, wanted)
    tools.say(f"Environment {order.environment}: {begun['Status'].lower()}. This takes some minutes.")
    return finish(clients, order, tools, made)


def put_version(clients: Clients, order: Order, made: Plan, tools: Tools) -> None:
    """Upload the bundle and make a version of it."""
    where = versions.upload(clients, order.bundle, order.application, made.label, tools.progress)
    tools.say(f"Bundle: s3://{'/'.join(where)}")
    versions.put_application(clients, order.application)
    versions.put_version(clients, order.application, made.label, where, tools.sleep)
    tools.say(f"Version: {made.label}, processed")


def finish(clients: Clients, order: Order, tools: Tools, made: Plan) -> str:
    """Follow an environment to the end of what AWS does with it; return its address, raise Stopped if it is ill."""
    for event in environments.follow(clients, order.application, {"EnvironmentName": order.environment}, tools.sleep):
        tools.say(shown(event))
    found = environments.find(clients, order.application, order.environment)
    if found is None:
        raise Stopped(f"The environment {order.environment} is gone: the events above say why.")
    if found.get("VersionLabel") != made.label:
        raise Stopped(
            f"The environment runs {found.get('VersionLabel') or 'nothing'}, not {made.label}: AWS went back to it. "
            "The events above, and `flask --app application beanstalk logs`, say why."
        )
    ill = environments.health(clients, order.environment)
    if not ill.good:
        causes = "\n  ".join(ill.causes) or "AWS names no cause yet"
        raise Stopped(
            f"The environment is {ill.status.lower()}:\n  {causes}\nSee: flask --app application beanstalk logs"
        )
    return f"{plan.scheme(order)}://{(*order.domains, made.host)[0]}/"


def shown(event: Event) -> str:
    """Return an event as one line."""
    return f"{event.date:%H:%M:%S}  {event.severity:5}  {event.message}"


def write_policies(folder: Path, where: Place, order: Order) -> list[tuple[Path, str]]:
    """Write the IAM policies to files; return each file with its text."""
    folder.mkdir(parents=True, exist_ok=True)
    documents = {
        **_numbered("instance", policies.instance(where, order.access)),
        **({"accounts": policies.assuming(order.accounts)} if order.accounts else {}),
        **_numbered("deployer", deployer.policies(where, order.form)),
    }
    written = []
    for name, document in documents.items():
        path, text = folder / f"{name}.json", json.dumps(document, indent=2)
        path.write_text(text + "\n", encoding="utf-8")
        written.append((path, text))
    return written


def _numbered(name: str, documents: list[dict[str, object]]) -> dict[str, dict[str, object]]:
    return {f"{name}-{number}" if len(documents) > 1 else name: one for number, one in enumerate(documents, 1)}
