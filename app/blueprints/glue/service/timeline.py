"""Runs of all jobs over a time. Glue lists runs by job only: each job costs a call, so there are at most JOBS."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from app.blueprints.glue.service import jobs, runs
from app.blueprints.glue.service.runs import Run
from app.problems import Refused

JOBS = 25
OF_JOB = 40
WIDTH = 1000
NARROWEST = 6.0  # of WIDTH: a run of a second is still to be seen
HOURS = {1: "Last hour", 24: "Last day", 168: "Last 7 days", 720: "Last 30 days"}


@dataclass(frozen=True)
class Bar:
    """A run as a bar, in thousandths of the time shown."""

    run: Run
    x: float
    width: float


@dataclass(frozen=True)
class Lane:
    """A job's bars."""

    job: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Timeline:
    """The lanes, and the runs, the newest first; `left_out` counts jobs that were not asked."""

    lanes: tuple[Lane, ...]
    runs: tuple[Run, ...]
    begin: datetime
    end: datetime
    state: str = ""
    search: str = ""
    hours: int = 24
    left_out: int = 0


def look(client: Any, hours: int, state: str = "", search: str = "", now: datetime | None = None) -> Timeline:
    """Return the runs of the jobs whose name has a text, since so many hours, in one state or in all."""
    end = now or datetime.now(UTC)
    begin = end - timedelta(hours=hours)
    every, _ = jobs.every(client)
    names = [one.name for one in every if search.lower() in one.name.lower()]
    lanes, found = list[Lane](), list[Run]()
    for name in names[:JOBS]:
        shown = [one for one in _of(client, name) if _in(one, begin, end) and state in ("", one.state)]
        found += shown
        lanes.append(Lane(name, tuple(_bar(one, begin, end) for one in reversed(shown))))
    found.sort(key=lambda one: one.started or begin, reverse=True)
    return Timeline(tuple(lanes), tuple(found), begin, end, state, search, hours, max(0, len(names) - JOBS))


def _of(client: Any, name: str) -> Sequence[Run]:
    try:
        return runs.of_job(client, name, OF_JOB)
    except Refused:
        return ()  # deleted since the list was made


def _in(run: Run, begin: datetime, end: datetime) -> bool:
    return run.started is not None and run.started <= end and _ended(run, end) >= begin


def _ended(run: Run, end: datetime) -> datetime:
    if run.ended:
        return run.ended
    return (run.started or end) + timedelta(seconds=run.seconds) if run.over else end


def _bar(run: Run, begin: datetime, end: datetime) -> Bar:
    whole = (end - begin).total_seconds()
    first = max(0.0, ((run.started or begin) - begin).total_seconds() / whole)
    last = min(1.0, (_ended(run, end) - begin).total_seconds() / whole)
    width = max((last - first) * WIDTH, NARROWEST)
    return Bar(run, round(min(first * WIDTH, WIDTH - width), 1), round(width, 1))


@dataclass(frozen=True)
class Difference:
    """One fact of two runs."""

    name: str
    values: tuple[str, str]

    @property
    def same(self) -> bool:
        """Whether both have it alike."""
        return self.values[0] == self.values[1]


@dataclass(frozen=True)
class Comparison:
    """Two runs, their facts, and what each was given."""

    runs: tuple[Run, Run]
    facts: tuple[Difference, ...]
    arguments: tuple[Difference, ...]


def compare(left: Run, right: Run) -> Comparison:
    """Return what two runs have alike and what not."""
    pair = (left, right)
    given = [{one.label: one.value for one in run.arguments} for run in pair]
    names = list(dict.fromkeys([*given[0], *given[1]]))
    told = tuple(
        Difference(name, (given[0].get(name, "as the job"), given[1].get(name, "as the job"))) for name in names
    )
    size = [f"{run.workers} × {run.worker}" if run.worker else f"{run.capacity:g} DPU" for run in pair]
    facts = (
        Difference("Job", (left.job, right.job)),
        Difference("State", (left.word, right.word)),
        Difference("Size", (size[0], size[1])),
        Difference("Timeout", (f"{left.timeout} min", f"{right.timeout} min")),
        Difference("Why it failed", (left.error, right.error)),
    )
    return Comparison(pair, tuple(one for one in facts if any(one.values)), told)
