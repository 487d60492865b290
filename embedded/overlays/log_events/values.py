"""Values of filter patterns: numbers, texts with a star at their ends, regular expressions between percent signs."""

import importlib
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_SIGNS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
}
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
# AWS takes letters, digits, these signs and operators; neither brackets nor other signs.
_REGEX = re.compile(r"(?:[A-Za-z0-9:_#=@/;,\-^$?\[\]{}|*+. ]|\\.)+")


class PatternError(Exception):
    """A pattern that is not understood."""


@dataclass(frozen=True)
class Value:
    """What something is compared with."""

    text: str
    number: float | None
    matches: Callable[[str], bool]

    def holds(self, sign: str, found: Any) -> bool:
        """Whether a text, number or truth stands so to this value."""
        if isinstance(found, bool):
            found = "true" if found else "false"
        number = as_number(found)
        if self.number is not None and number is not None:
            return _SIGNS[sign](number, self.number)
        if sign == "=":
            return self.matches(str(found))
        return sign == "!=" and not self.matches(str(found))


def as_number(value: Any) -> float | None:
    """Return a value as a number, None where it is none."""
    if isinstance(value, (int, float)):
        return float(value)
    return float(value) if _NUMBER.fullmatch(str(value)) else None


def read_value(text: str, at: int, stop: str) -> tuple[Value, int]:
    """Read a value that begins at a place; an unquoted one ends before space, && or ||, or what `stop` matches."""
    if text.startswith("%", at):
        end = text.find("%", at + 1)
        if end < 0:
            raise PatternError("a regular expression that is not closed with a %")
        return Value("", None, regex(text[at + 1 : end])), end + 1
    if text.startswith('"', at):
        quoted = re.compile(r'"((?:\\.|[^"\\])*)"').match(text, at)
        if quoted is None:
            raise PatternError("a text that is not closed with a quotation mark")
        return _text(re.sub(r"\\(.)", r"\1", quoted.group(1)), quoted=True), quoted.end()
    bare = re.compile(rf"(?:(?!&&|\|\|)[^\s{stop}])+").match(text, at)
    if bare is None:
        raise PatternError(f"a missing value in {text}")
    return _text(bare.group(), quoted=False), bare.end()


def _text(text: str, *, quoted: bool) -> Value:
    number = None if quoted else as_number(text)
    inner, head, tail = text, text.startswith("*"), len(text) > 1 and text.endswith("*")
    inner = inner[1:] if head else inner
    inner = inner[:-1] if tail else inner
    tests: dict[tuple[bool, bool], Callable[[str], bool]] = {
        (True, True): lambda found: inner in found,
        (True, False): lambda found: found.endswith(inner),
        (False, True): lambda found: found.startswith(inner),
        (False, False): lambda found: found == inner,
    }
    return Value(text, number, tests[head, tail])


def regex(pattern: str) -> Callable[[str], bool]:
    """Return a search for a regular expression, which takes time in proportion to the text, whatever it is."""
    if not _REGEX.fullmatch(pattern):
        raise PatternError(f"the regular expression %{pattern}%: of signs only :_#=@/;,- and operators may be in it")
    re2: Any = importlib.import_module("re2")
    options = re2.Options()
    options.log_errors = False
    try:
        compiled = re2.compile(pattern, options)
    except re2.error as error:
        raise PatternError(f"the regular expression %{pattern}%") from error
    return lambda found: compiled.search(found) is not None
