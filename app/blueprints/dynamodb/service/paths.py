"""Paths into items: `a.b[0]`, with double quotes around a name that has points, brackets, commas or quotes itself."""

import re
from collections.abc import Sequence

Step = str | int
_PART = re.compile(r'\s*(?:"(?P<quoted>(?:[^"]|"")*)"|(?P<plain>[^.\[\],"]+))\s*|\[(?P<place>[0-9]{1,9})\]\s*')
_SPECIAL = re.compile(r'[.\[\],"]|^\s|\s$')


class BadPath(ValueError):
    """A text that is no path; the message says why."""


def parse(text: str) -> tuple[Step, ...]:
    """Return the names and places of a path. Raises BadPath."""
    steps, rest = _steps(text, 0)
    if rest < len(text):
        raise BadPath(f"The path {text} cannot be read from “{text[rest:][:20]}” on.")
    return steps


def parse_list(text: str) -> list[tuple[Step, ...]]:
    """Return paths separated by commas or line ends. Raises BadPath."""
    found, at = list[tuple[Step, ...]](), 0
    text = text.strip().replace("\r\n", ",").replace("\n", ",")
    while at < len(text):
        if text[at] in ", ":
            at += 1
            continue
        steps, at = _steps(text, at)
        if at < len(text) and text[at] != ",":
            raise BadPath(f"The list of attributes cannot be read from “{text[at:][:20]}” on.")
        found.append(steps)
    return found


def _steps(text: str, at: int) -> tuple[tuple[Step, ...], int]:
    steps, named = list[Step](), True
    while at < len(text):
        found = _PART.match(text, at)
        if found is None or (found["place"] is None) != named or (found["plain"] or "x").isspace():
            break
        steps.append(int(found["place"]) if found["place"] else _name(found))
        at, named = found.end(), False
        if at < len(text) and text[at] == ".":
            at, named = at + 1, True
    if named:
        raise BadPath("A path begins with an attribute's name." if not steps else f"{text}: a name follows each point.")
    return tuple(steps), at


def _name(found: re.Match[str]) -> str:
    if found["quoted"] is not None:
        return found["quoted"].replace('""', '"')
    return found["plain"].strip()


def written(steps: Sequence[Step]) -> str:
    """Return a path as `parse` reads it."""
    text = ""
    for step in steps:
        if isinstance(step, int):
            text += f"[{step}]"
            continue
        name = '"' + step.replace('"', '""') + '"' if _SPECIAL.search(step) else step
        text += f".{name}" if text else name
    return text
