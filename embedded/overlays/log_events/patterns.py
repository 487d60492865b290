"""Filter patterns: what matches a log event's message.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from embedded.overlays.log_events.conditions import MISSING, Condition, Reader
from embedded.overlays.log_events.values import PatternError, regex

Match = Callable[[str], bool]
LONGEST, MOST_REGEXES = 1024, 2
_TERM = re.compile(r'\s*([?-]?)\s*(?:"((?:\\.|[^"\\])*)"|%([^%]*)%|([^\s"]+))')
_STEP = re.compile(r"\.?\[(\d+|\*|'[^']*'|\"[^\"]*\")\]|\.([\w@-]+)")
_WORD = re.compile(r'"((?:\\.|[^"\\])*)"|\[([^\]]*)\]|(\S+)')


def compile_pattern(pattern: str) -> Match:
    """Return what a filter pattern matches; PatternError where it is none."""
    text = pattern.strip()
    if len(pattern) > LONGEST:
        raise PatternError(f"a filter pattern of more than {LONGEST} characters")
    if text.startswith("{"):
        return _json(text)
    if text.startswith("["):
        return _words(text)
    return _terms(text)


def _terms(text: str) -> Match:
    """All plain terms, none with a minus; of those with a `?` one, and they count only where there are no others."""
    sides: dict[str, list[Match]] = {"": [], "?": [], "-": []}
    at, regexes = 0, 0
    while at < len(text.rstrip()):
        found = _TERM.match(text, at)
        if found is None:
            raise PatternError(f"the filter pattern {text}")
        sign, quoted, expression, plain = found.groups()
        regexes += expression is not None
        sides[sign].append(regex(expression) if expression is not None else _contains(quoted, plain))
        at = found.end()
    if regexes > MOST_REGEXES:
        raise PatternError(f"more than {MOST_REGEXES} regular expressions in a filter pattern")
    if not sides[""] and not sides["-"]:
        return lambda message: not sides["?"] or any(term(message) for term in sides["?"])
    return lambda message: all(t(message) for t in sides[""]) and not any(t(message) for t in sides["-"])


def _contains(quoted: str | None, plain: str) -> Match:
    term = plain if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
    return lambda message: term in message


def _json(text: str) -> Match:
    if not text.endswith("}"):
        raise PatternError(f"the filter pattern {text}: it is not closed with a }}")
    reader = Reader(text[1:-1], "()")
    condition = _whole(reader)
    steps = {selector: _steps(selector) for selector in reader.selectors}

    def matches(message: str) -> bool:
        try:
            document = json.loads(message)
        except (ValueError, RecursionError):
            return False
        if not isinstance(document, dict):
            return False
        return condition(lambda selector: _values(document, steps[selector]))

    return matches


def _whole(reader: Reader) -> Condition:
    condition = reader.any()
    reader.space()
    if reader.at != len(reader.text):
        raise PatternError(f"{reader.text[reader.at :]!r} in a filter pattern")
    return condition


def _steps(selector: str) -> list[str | int]:
    if not selector.startswith("$"):
        raise PatternError(f"the selector {selector}: it begins with $.")
    found = [(index, name) for index, name in _STEP.findall(selector)]
    return [int(i) if i.isdigit() else i.strip("'\"") if i else name for i, name in found]


def _values(document: Any, steps: list[str | int]) -> Iterator[Any]:
    """Yield what stands at a place, MISSING where nothing does; a [*] goes through the items of a list."""
    for number, step in enumerate(steps):
        if step == "*" and isinstance(document, list):
            for item in document:
                yield from _values(item, steps[number + 1 :])
            return
        if step == "*":
            return
        document = _inside(document, step)
    yield document


def _inside(document: Any, step: str | int) -> Any:
    if isinstance(step, int):
        return document[step] if isinstance(document, list) and step < len(document) else MISSING
    return document.get(step, MISSING) if isinstance(document, dict) else MISSING


def _words(text: str) -> Match:
    if not text.endswith("]"):
        raise PatternError(f"the filter pattern {text}: it is not closed with a ]")
    names: list[str | None] = []
    conditions: list[Condition] = []
    selectors: list[str] = []
    for part in _parts(text[1:-1]):
        if part in ("...", "…"):
            names.append(None)
            continue
        reader = Reader(part, "(),")
        names.append(reader.selector() if part else "")
        if part != names[-1]:
            reader.at, reader.selectors = 0, []
            conditions.append(_whole(reader))
            selectors += reader.selectors
    if names.count(None) > 1 or set(selectors) - set(names):
        raise PatternError(f"the filter pattern {text}: one ... at most, and conditions over words that are named")
    return lambda message: _fit(names, conditions, _cut(message))


def _parts(text: str) -> list[str]:
    """Return the parts between the commas, but not those inside quotes or %patterns%."""
    pieces = re.findall(r'"(?:\\.|[^"\\])*"|%[^%]*%|,|[^,"%]+|.', text, re.DOTALL)
    found = [""]
    for piece in pieces:
        if piece == ",":
            found.append("")
        else:
            found[-1] += piece
    return [part.strip() for part in found]


def _cut(message: str) -> list[str]:
    """Return the words of a line; what stands in quotes or square brackets is one."""
    return [quoted or bracketed or plain for quoted, bracketed, plain in _WORD.findall(message)]


def _fit(names: list[str | None], conditions: list[Condition], words: list[str]) -> bool:
    if None in names:
        gap, missing = names.index(None), len(words) - (len(names) - 1)
        if missing < 0:
            return False
        names = [*names[:gap], *[""] * missing, *names[gap + 1 :]]
    if len(names) != len(words):
        return False
    known = dict(zip(names, words, strict=True))
    return all(condition(lambda selector: (known.get(selector, MISSING),)) for condition in conditions)
