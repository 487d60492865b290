"""What is wrong with a text that should be an item, and where."""

import re
from collections.abc import Iterator, Sequence
from json import JSONDecodeError, loads
from typing import NamedTuple

Step = str | int
MOST_STEPS = 12  # of a path that is told
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)


class Mistake(ValueError):
    """A text or a value that DynamoDB would refuse; `line` and `column` count from 1, 0 where none is known.

    `path` leads to the value: names and, in lists, places.
    """

    def __init__(self, message: str, path: Sequence[Step] = (), line: int = 0, column: int = 0):
        super().__init__(message)
        self.message, self.path, self.line, self.column = message, tuple(path), line, column

    @property
    def where(self) -> str:
        """The path as a person writes it: address.lines[2], empty at the top."""
        return written(self.path)


def written(path: Sequence[Step]) -> str:
    """Return a path as a person writes it, of a very deep one the beginning."""
    parts = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in path[:MOST_STEPS]]
    return "".join(parts).removeprefix(".") + ("…" if len(path) > MOST_STEPS else "")


def placed(error: Mistake, text: str) -> Mistake:
    """Return a mistake with its line and column in the JSON text that it was found in."""
    if error.line:
        return error
    return Mistake(error.message, error.path, *line_and_column(text, _offset(text, error.path)))


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Return the line and column, from 1, of a place in a text."""
    start = text.rfind("\n", 0, offset) + 1
    return text.count("\n", 0, offset) + 1, offset - start + 1


class _Open(NamedTuple):
    path: tuple[Step, ...]
    listed: bool


def _offset(text: str, path: tuple[Step, ...]) -> int:
    """Return where the last value at a path begins: of a name that is there twice, the second."""
    found = 0
    for place, offset in _places(text):
        if place == path:
            found = offset
    return found


def _places(text: str) -> Iterator[tuple[tuple[Step, ...], int]]:
    """Yield the path of every value in a JSON text, and where it begins; depth costs no stack."""
    stack: list[_Open] = []
    here: tuple[Step, ...] = ()
    key: str | None = None
    for match in _TOKEN.finditer(text):
        part = match.group()
        if part in ("}", "]"):
            here = stack.pop().path if stack else ()
        elif part == ",":
            here, key = _next(stack, here)
        elif part == ":":
            continue
        elif stack and not stack[-1].listed and key is None:
            key = _name(part)
            here = (*stack[-1].path, key)
        else:
            yield here, match.start()
            if part in ("{", "["):
                stack.append(_Open(here, part == "["))
                here, key = ((*here, 0), None) if part == "[" else (here, None)


def _next(stack: list[_Open], here: tuple[Step, ...]) -> tuple[tuple[Step, ...], None]:
    if not stack or not stack[-1].listed:
        return here, None
    last = here[-1] if len(here) > len(stack[-1].path) else -1
    return (*stack[-1].path, int(last) + 1), None


def _name(part: str) -> str:
    try:
        return str(loads(part))
    except JSONDecodeError:
        return part.strip('"')
