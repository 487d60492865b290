"""How a run is asked for by a form: what was typed, and what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.blueprints.glue.service import places, prices
from app.blueprints.glue.service.arguments import Argument, full, kind, to_send
from app.blueprints.glue.service.jobs import Job
from app.blueprints.glue.service.runs import Run, Wanted
from app.masking import names_secret
from app.numbers import told, whole
from app.problems import Problem

LONGEST_TIMEOUT = 7 * 24 * 60
MOST_WORKERS = 299
MOST_ARGUMENTS = 200


@dataclass(frozen=True)
class Asked:
    """The start form: what it holds; `faults` by field, `problem` what AWS or the form says as a whole."""

    arguments: tuple[Argument, ...]
    capacity: str = ""
    worker: str = ""
    workers: str = ""
    timeout: str = ""
    repeat: str = ""
    extra: tuple[tuple[str, str], ...] = ()
    faults: Mapping[str, str] = field(default_factory=dict)
    problem: Problem | None = None

    @property
    def units(self) -> float:
        """DPUs, as far as the form says them rightly."""
        try:
            return prices.WORKERS.get(self.worker, 0) * int(self.workers) if self.worker else float(self.capacity)
        except ValueError:
            return 0.0

    @property
    def same_place(self) -> bool:
        """Whether the run writes where it reads."""
        pairs = [(one.name, one.value) for one in self.arguments]
        source, target = places.source(pairs), places.target(pairs)
        return bool(source and target and places.same(source.address, target.address))


def blank(job: Job, run: Run | None = None) -> Asked:
    """Return the form of a job: its defaults, or what a run was given; secrets stay empty."""
    values = {one.name: one for one in job.arguments}
    if run:
        values |= {one.name: one for one in run.arguments}
    of = run or job
    return Asked(
        tuple(Argument(one.name, "" if one.secret else one.value, one.kind, one.glues) for one in values.values()),
        f"{of.capacity:g}",
        of.worker,
        str(of.workers or ""),
        str(of.timeout or ""),
        run.id if run else "",
    )


def typed(job: Job, fields: Mapping[str, str], extra: Sequence[tuple[str, str]]) -> tuple[Asked, dict[str, str]]:
    """Return the form as it was sent, with its faults, and the arguments that are typed by their full names.

    `fields` are the form's own; `extra` pairs of names and values.
    """
    named = {full(name[4:]): value.replace("\r\n", "\n") for name, value in fields.items() if name.startswith("arg.")}
    kinds = {one.name: one.kind for one in job.arguments}
    shown = tuple(
        Argument(name, "" if names_secret(name) else value, kinds.get(name) or kind(name, value))
        for name, value in ({one.name: one.value for one in job.arguments if not one.secret} | named).items()
    )
    added = [(name.strip(), value) for name, value in extra if name.strip() or value]
    faults = _faults(job, fields, named, added)
    named |= {full(name): value for name, value in added if name}
    kept = tuple((name, "" if names_secret(name) else value) for name, value in added)
    asked = Asked(
        shown,
        fields.get("capacity", "").strip(),
        fields.get("worker", "").strip(),
        fields.get("workers", "").strip(),
        fields.get("timeout", "").strip(),
        fields.get("repeat", "").strip(),
        kept,
        faults,
    )
    return asked, named


def _faults(
    job: Job,
    fields: Mapping[str, str],
    named: Mapping[str, str],
    added: Sequence[tuple[str, str]],
) -> dict[str, str]:
    faults = {}
    if fields.get("timeout") and whole(fields["timeout"], 1, LONGEST_TIMEOUT) is None:
        faults["timeout"] = told(1, LONGEST_TIMEOUT, "minutes")
    if fields.get("worker"):
        if fields["worker"] not in prices.WORKERS:
            faults["worker"] = "AWS has no such worker type."
        if whole(fields.get("workers"), 1, MOST_WORKERS) is None:
            faults["workers"] = told(1, MOST_WORKERS)
    if job.shell and fields.get("capacity") and fields["capacity"] not in [f"{one:g}" for one in prices.SHELL]:
        faults["capacity"] = "A Python shell job has 0.0625 or 1 DPU."
    if len(named) + len(added) > MOST_ARGUMENTS:
        faults["extra"] = f"More than {MOST_ARGUMENTS} arguments."
    for name, _ in added:
        if not name:
            faults["extra"] = "Give each further argument a name."
        elif full(name) in named:
            faults["extra"] = f"{full(name)} is there twice."
    return faults


def wanted(
    job: Job, defaults: Mapping[str, str], asked: Asked, named: Mapping[str, str], kept: Mapping[str, str]
) -> Wanted:
    """Return how to start the run: only what differs from the job."""
    sent = to_send(defaults, named, kept)
    timeout = int(asked.timeout) if asked.timeout and int(asked.timeout) != job.timeout else 0
    if job.shell:
        capacity = float(asked.capacity or 0)
        return Wanted(sent, capacity if capacity != job.capacity else 0.0, timeout=timeout)
    if asked.worker and (asked.worker, asked.workers) != (job.worker, str(job.workers)):
        return Wanted(sent, worker=asked.worker, workers=int(asked.workers), timeout=timeout)
    return Wanted(sent, timeout=timeout)
