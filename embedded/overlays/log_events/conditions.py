"""Conditions of filter patterns: `$.a = 1 && ($.b = "x*" || $.c NOT EXISTS)` and the same over the words of a line.

any       = all { "||" all }
all       = single { "&&" single }
single    = "(" any ")" | selector test
test      = ("=" | "!=" | "<" | "<=" | ">" | ">=") value | "IS" ("NULL" | "TRUE" | "FALSE") | ["NOT"] "EXISTS"
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

from embedded.overlays.log_events.values import PatternError, Value, read_value

# What a condition is asked about: a selector's text gives its values, MISSING where there is none. A selector with [*]
# gives those of every item; each test holds where it does for one of them, so that several cost no product of lists.
Look = Callable[[str], Iterable[Any]]
Condition = Callable[[Look], bool]
MISSING: Any = object()
_SPACE = re.compile(r"\s*")
_SELECTOR = re.compile(r"\$(?:\.?\[(?:\d+|\*|'[^']*'|\"[^\"]*\")\]|\.[\w@-]+)+|[A-Za-z_]\w*")
_TEST = re.compile(r"(!=|<=|>=|=|<|>)|(IS)\s+(NULL|TRUE|FALSE)\b|(NOT\s+)?(EXISTS)\b", re.IGNORECASE)
_NAMED = {"NULL": None, "TRUE": True, "FALSE": False}
DEEPEST = 50


class Reader:
    """Reads conditions from a text; `stop` ends an unquoted value."""

    def __init__(self, text: str, stop: str) -> None:
        self.text, self.stop, self.at, self.depth = text, stop, 0, 0
        self.selectors: list[str] = []

    def space(self) -> None:
        """Pass over space."""
        found = _SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def take(self, sign: str) -> bool:
        """Pass over a sign, if it is there."""
        self.space()
        if not self.text.startswith(sign, self.at):
            return False
        self.at += len(sign)
        return True

    def any(self) -> Condition:
        """Read conditions of which one must hold."""
        parts = [self._all()]
        while self.take("||"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else lambda look: any(part(look) for part in parts)

    def _all(self) -> Condition:
        parts = [self._single()]
        while self.take("&&"):
            parts.append(self._single())
        return parts[0] if len(parts) == 1 else lambda look: all(part(look) for part in parts)

    def _single(self) -> Condition:
        if self.take("("):
            self.depth += 1
            if self.depth > DEEPEST:
                raise PatternError("conditions nested so deep")
            inner = self.any()
            if not self.take(")"):
                raise PatternError(f"a bracket that is not closed in {self.text}")
            self.depth -= 1
            return inner
        return self.test(self.selector())

    def selector(self) -> str:
        """Read what is tested."""
        self.space()
        found = _SELECTOR.match(self.text, self.at)
        if found is None:
            raise PatternError(f"a condition that begins with {self.text[self.at : self.at + 20]!r}")
        self.at = found.end()
        self.selectors.append(found.group())
        return found.group()

    def test(self, selector: str) -> Condition:
        """Read how it is tested."""
        self.space()
        found = _TEST.match(self.text, self.at)
        if found is None:
            raise PatternError(f"a condition without an operator after {selector}")
        self.at = found.end()
        sign, _, named, negation, _ = found.groups()
        if sign:
            return compared(selector, sign, self._value())
        if named:
            wanted = _NAMED[named.upper()]
            return lambda look: any(found is wanted for found in look(selector))
        return lambda look: any((found is MISSING) == bool(negation) for found in look(selector))

    def _value(self) -> Value:
        self.space()
        value, self.at = read_value(self.text, self.at, self.stop)
        return value


def compared(selector: str, sign: str, value: Value) -> Condition:
    """Return a comparison; what is missing, a list or an object matches none, not even !=."""

    def holds(found: Any) -> bool:
        if found is MISSING or found is None or isinstance(found, (dict, list)):
            return False
        return value.holds(sign, found)

    return lambda look: any(holds(found) for found in look(selector))
