"""Placeholders `{{name}}` in a query, AWS's own form for those of saved queries, and the values put in their place.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_QueryParameter.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.blueprints.logs.service.pipeline import tokens

PLACE = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]{0,127})\s*\}\}")
MOST = 20


@dataclass(frozen=True)
class Parameter:
    """One placeholder and its value."""

    name: str
    value: str = ""
    given: bool = False


@dataclass(frozen=True)
class Filled:
    """A query with its values; `spans` are where each came to stand, and where its placeholder stood."""

    query: str
    spans: tuple[tuple[int, int, int, int], ...] = ()

    def place(self, at: int) -> int:
        """Return the place in the written query of a place in the filled one."""
        shift = 0
        for start, end, was_start, was_end in self.spans:
            if at < start:
                break
            if at < end:
                return was_start
            shift = was_end - end
        return at + shift


def of(query: str, values: Mapping[str, str]) -> tuple[Parameter, ...]:
    """Return the placeholders of a query, each once; `values` are form fields `p.<name>`."""
    names = dict.fromkeys(match[1] for match in PLACE.finditer(query))
    return tuple(Parameter(name, values.get(f"p.{name}", ""), bool(values.get(f"p.{name}"))) for name in names)


def fill(query: str, found: tuple[Parameter, ...]) -> Filled:
    """Return a query with its values; inside quotes or a pattern a value cannot end what holds it."""
    values = {one.name: one.value for one in found}
    held = [token for token in tokens(query) if token.kind in ("string", "pattern", "name")]
    out, spans, done, length = list[str](), list[tuple[int, int, int, int]](), 0, 0
    for match in PLACE.finditer(query):
        before = query[done : match.start()]
        around = next((one for one in held if one.start < match.start() < one.end), None)
        value = _escaped(values.get(match[1], ""), around.text[0] if around else "")
        start = length + len(before)
        spans.append((start, start + len(value), match.start(), match.end()))
        out += [before, value]
        done, length = match.end(), start + len(value)
    return Filled("".join([*out, query[done:]]), tuple(spans))


def _escaped(value: str, quote: str) -> str:
    if quote == "/":
        return re.sub(r"(?<!\\)/", r"\\/", value)
    return value.replace("\\", "\\\\").replace(quote, f"\\{quote}") if quote in ("'", '"') else value
