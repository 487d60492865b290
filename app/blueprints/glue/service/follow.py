"""One look at a run: its state, and what it printed since the look before; two calls, whichever stream is due."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.blueprints.glue.service import output, runs
from app.blueprints.glue.service.output import PARTS, Lines
from app.blueprints.glue.service.runs import Run

FALLBACK = "/aws-glue/jobs"
MOST_DRAINS = 60  # looks at what a run that is over has left to read: 30,000 lines


@dataclass(frozen=True)
class Place:
    """How far the looks have come: each stream's token, percent (None: not told), streams not read to the end."""

    round: int = 0
    tokens: Mapping[str, str] = field(default_factory=dict)
    percent: float | None = None
    left: tuple[str, ...] = PARTS
    drains: int = 0


@dataclass(frozen=True)
class Look:
    """What a look saw; `more` says that another one is worth it."""

    run: Run
    lines: Mapping[str, Lines]
    place: Place

    @property
    def more(self) -> bool:
        """Whether the run goes on, or has printed what was not read yet."""
        return not self.run.over or bool(self.place.left)

    @property
    def cut(self) -> bool:
        """Whether the run printed so much that the rest is left to Insights."""
        return self.place.drains > MOST_DRAINS

    @property
    def percent(self) -> float | None:
        """How far the run is, in percent; None where the script does not say."""
        return self.place.percent


def first(glue: Any, logs: Any, job: str, run_id: str) -> Look:
    """Look at a run for the first time: its state and the end of both streams."""
    run = runs.get(glue, job, run_id)
    lines = {part: output.read(logs, group(run), run_id, part) for part in PARTS}
    tokens = {part: one.token for part, one in lines.items()}
    place = Place(1, tokens, output.progress(lines["output"].lines), () if run.over else PARTS)
    return Look(run, lines, place)


def again(glue: Any, logs: Any, job: str, run_id: str, before: Place) -> Look:
    """Look at a run again: its state, and one stream; both in turn, and to their ends when the run is over."""
    run = runs.get(glue, job, run_id)
    part = before.left[0] if run.over and before.left else PARTS[before.round % 2]
    lines = output.read(logs, group(run), run_id, part, before.tokens.get(part, ""))
    left = before.left
    drains = before.drains + run.over
    if run.over and lines.drained:
        left = tuple(one for one in left if one != part)
    if drains > MOST_DRAINS:
        left = ()
    said = output.progress(lines.lines) if part == "output" else None
    percent = before.percent if said is None else said
    tokens = {**before.tokens, part: lines.token}
    return Look(run, {part: lines}, Place(before.round + 1, tokens, percent, left, drains))


def group(run: Run) -> str:
    """Return the beginning of the names of a run's log groups."""
    return run.log_group or FALLBACK
