"""The stages of a query one by one: what each does, how many rows it was given and how many it gave.

What the whole query's own figures tell is not asked again; the rest is counted by shortened queries, which scan anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.blueprints.logs.service.pipeline import Stage, stages
from app.blueprints.logs.service.queries import MOST_ROWS, Answer
from app.blueprints.logs.service.sentences import sentence, text
from app.numbers import whole

KEEPING = {"fields", "display", "sort", "parse", "unmask"}  # as many rows after as before
ENDING = {"stats", "dedup", "limit", "head", "pattern", "diff", "anomaly", "join", "lookup", "unnest"}
FINEST = 60  # slices of a histogram
SLICES = (1, 5, 10, 30, 60, 300, 600, 900, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 86400, 7 * 86400)


@dataclass(frozen=True)
class Step:
    """A stage; `before` and `after` are rows, None where nobody has counted. `query` would count them.

    `counts` says that the shortened query answers with one number, not with rows to be counted; `least` that there
    may be more.
    """

    text: str
    sentence: str
    command: str
    before: int | None = None
    after: int | None = None
    query: str = ""
    counts: bool = False
    least: bool = False


def plan(query: str, answer: Answer | None = None) -> list[Step]:
    """Return the stages of a query; `answer` is what the whole of it gave."""
    found = stages(query)
    ended = answer if answer is not None and answer.status == "Complete" else None
    known = _known(found, ended) if ended else [None] * len(found)
    steps, rows = list[Step](), ended.statistics.scanned if ended else None
    for at, stage in enumerate(found):
        counts = not any(one.command in ENDING for one in found[: at + 1])
        shortened = f"{query[: stage.end]}\n| stats count(*) as rows" if counts else query[: stage.end]
        asked = shortened if ended and known[at] is None else ""
        least = not counts and (known[at] or 0) >= MOST_ROWS
        steps.append(Step(stage.text, sentence(stage), stage.command, rows, known[at], asked, counts, least))
        rows = known[at]
    return steps


def _known(found: list[Stage], ended: Answer) -> list[int | None]:
    """Return the rows after each stage, as far as the whole query's own figures tell."""
    filters = [at for at, stage in enumerate(found) if stage.command == "filter"]
    after, rows = list[int | None](), ended.statistics.scanned or None
    for at, stage in enumerate(found):
        entire = not any(one.command in ENDING for one in found[:at])
        size = whole(text(stage.tokens))
        if stage.command in ("limit", "head") and rows is not None and size is not None:
            rows = min(rows, size)
        elif stage.command == "filter" and filters == [at] and entire:
            rows = ended.statistics.matched
        elif stage.command not in KEEPING:
            rows = None
        after.append(rows)
    if after and after[-1] is None:
        after[-1] = len(ended.rows)
    for at in range(len(found) - 1, 0, -1):  # what keeps every row tells what it was given
        if after[at - 1] is None and found[at].command in KEEPING:
            after[at - 1] = after[at]
    return after


def filled(steps: list[Step], counts: Mapping[int, Answer]) -> list[Step]:
    """Return the steps with what the shortened queries counted, by the place of their stage."""
    out, rows = list[Step](), steps[0].before if steps else None
    for at, step in enumerate(steps):
        after = step.after
        if after is None and at in counts and counts[at].status == "Complete":
            after = _counted(counts[at], step.counts)
        elif after is None and step.command in KEEPING:
            after = rows
        elif after is None and step.command in ("limit", "head") and rows is not None:
            size = whole(step.text.split()[-1])
            after = None if size is None else min(rows, size)
        out.append(
            replace(step, before=rows, after=after, least=step.least or (not step.counts and (after or 0) >= MOST_ROWS))
        )
        rows = after
    return out


def _counted(answer: Answer, counts: bool) -> int:
    if not counts:
        return len(answer.rows)
    return int(float(answer.rows[0][0] or 0)) if answer.rows and answer.rows[0] else 0


def needed(steps: list[Step]) -> dict[int, str]:
    """Return the shortened queries that are still to be run, by the place of their stage."""
    can = {at: step.query for at, step in enumerate(steps) if step.query}
    return {at: query for at, query in can.items() if steps[at].command not in KEEPING | {"limit", "head"}}


def histogram(query: str, seconds: float) -> tuple[str, int]:
    """Return the query that counts the matches over time, and how many seconds each slice has."""
    kept = 0
    for stage in stages(query):
        if stage.command in ENDING | {"sort", "display"}:
            break
        kept = stage.end
    size = next((size for size in SLICES if seconds / size <= FINEST), SLICES[-1])
    unit = next(
        f"{size // length}{name}"
        for length, name in ((86400, "d"), (3600, "h"), (60, "m"), (1, "s"))
        if size % length == 0
    )
    before = f"{query[:kept]}\n| " if kept else ""
    return f"{before}stats count(*) as events by bin({unit})", size
