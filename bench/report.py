"""One line per figure: what was measured, its limit, and whether it holds."""

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measured figure; `least` and `most` are its limits, None where there is only a number to report."""

    name: str
    value: float
    unit: str
    most: float | None = None
    least: float | None = None
    note: str = ""

    @property
    def holds(self) -> bool:
        """Whether the figure is inside its limits."""
        return (self.most is None or self.value <= self.most) and (self.least is None or self.value >= self.least)

    def line(self) -> str:
        """Return the figure as the report shows it."""
        limit = f"at most {self.most:g}" if self.most is not None else ""
        limit = f"at least {self.least:g}" if self.least is not None else limit
        verdict = ("ok" if self.holds else "MISSED") if limit else ""
        return f"{self.name:<58} {self.value:>9.2f} {self.unit:<7} {limit:<16} {verdict:<7} {self.note}".rstrip()


def show(title: str, figures: Iterable[Figure]) -> list[Figure]:
    """Print figures under a heading and return them."""
    print(f"\n{title}")
    shown = list(figures)
    for figure in shown:
        print("  " + figure.line())
    return shown


def ratios(rounds: int, subject: Callable[[], float], limit: Callable[[], float]) -> tuple[float, float, float]:
    """Run both in turn, `rounds` times, and return the medians: subject, limit, subject over limit in a round."""
    pairs = []
    for number in range(rounds):
        first, second = (subject, limit) if number % 2 else (limit, subject)
        one, other = first(), second()
        pairs.append((one, other) if number % 2 else (other, one))
    return median([s for s, _ in pairs]), median([b for _, b in pairs]), median([s / b for s, b in pairs])


def median(values: Sequence[float]) -> float:
    """Return the median."""
    return float(statistics.median(values))


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` (0 to 1) of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]
