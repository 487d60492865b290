"""Lines of a source near where an exception passed, as a page marks them."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One line; `failed` is where the exception passed last, `passed` one on the way there."""

    number: int
    text: str
    failed: bool = False
    passed: bool = False


def around(text: str, passed: Sequence[int], distance: int) -> tuple[Line, ...]:
    """Return the lines at most so far from those that an exception passed, the failing one last among them."""
    near = {number for one in passed for number in range(one - distance, one + distance + 1)}
    return tuple(
        Line(number, line, number == passed[-1], number in passed)
        for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1)
        if number in near
    )
