"""One step of a plan, as both readers of plans write it."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Node:
    """One step: what it does in words, on which table, by which index, and what is worth a warning.

    `estimated` and `actual` are rows in all, `milliseconds` the time with everything below; None where unknown.
    """

    what: str
    table: str = ""
    index: str = ""
    condition: str = ""
    estimated: float | None = None
    actual: float | None = None
    cost: float | None = None
    milliseconds: float | None = None
    warnings: tuple[str, ...] = ()
    children: tuple["Node", ...] = ()

    def walk(self) -> Iterator["Node"]:
        """Yield this step and every one below it."""
        yield self
        for child in self.children:
            yield from child.walk()


def misjudged(table: str, estimated: float | None, actual: float | None) -> tuple[str, ...]:
    """Warn where the server expected far more or fewer rows than there were."""
    if estimated is None or actual is None or max(estimated, actual) < 1000:
        return ()
    if max(estimated, 1) > 10 * max(actual, 1) or max(actual, 1) > 10 * max(estimated, 1):
        where = f" of {table}" if table else ""
        return (f"It expected {estimated:,.0f} rows{where} and found {actual:,.0f}: refresh the statistics (ANALYZE).",)
    return ()
