"""A run that is over: what failed where, what to do, what it made."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.blueprints.glue.service import advice, failing, follow, made, output, places, scripts
from app.blueprints.glue.service.advice import Advice
from app.blueprints.glue.service.failing import Failure
from app.blueprints.glue.service.jobs import Job
from app.blueprints.glue.service.made import Made
from app.blueprints.glue.service.runs import Run


@dataclass(frozen=True)
class After:
    """What is told of a run that is over; None is what there is nothing to tell of."""

    run: Run
    script: str
    failure: Failure | None = None
    advice: Advice | None = None
    made: Made | None = None
    problem: str = ""


def look(clients: Mapping[str, Any], job: Job, run: Run) -> After:
    """Return what is to be told; `clients` are those of s3 and logs."""
    failure, problem = None, ""
    if run.state in ("FAILED", "ERROR"):
        errors = [one.text for one in output.read(clients["logs"], follow.group(run), run.id, "error").lines]
        script = scripts.get(clients["s3"], job.script)
        failure, problem = failing.find(run.error, errors, job.script, script.text), script.problem
    given = {one.name: one.value for one in (*job.arguments, *run.arguments)}
    target = places.target(given.items())
    lies = made.look(clients["s3"], target, run.started) if target else None
    return After(run, job.script, failure, advice.on(run.state, run.error), lies, problem)
