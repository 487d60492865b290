"""Words, numbers, texts and signs of a query, each with its place.

A slash begins a regular expression only where the grammar expects a pattern, so the parser asks for one by name.
"""

import re
from dataclasses import dataclass

SKIPPED = re.compile(r"(?:\s+|#[^\n]*)*")
NAME = re.compile(r"[@$A-Za-z_\u0080-\uffff][@$A-Za-z0-9_\u0080-\uffff]*")
NUMBER = re.compile(r"(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?")
UNIT = re.compile(r"[A-Za-z]+")
SIGNS = ("!=", "<=", ">=", "=~", "=", "<", ">", "+", "-", "*", "/", "^", "%", "(", ")", "[", "]", ",", "|", ".")
ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


class QueryError(Exception):
    """A query that is not understood: what is wrong, and from which to which character."""

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.message, self.start, self.end = message, start, end


@dataclass(frozen=True)
class Token:
    """One piece of a query; `kind` is name, number, period, text, sign or end."""

    kind: str
    text: str
    start: int
    end: int
    unit: str = ""


class Lexer:
    """Reads one token after the other."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.position = 0

    def skip(self) -> int:
        """Pass over space and comments and return where the next token begins."""
        found = SKIPPED.match(self.source, self.position)
        self.position = found.end() if found else self.position
        return self.position

    def next(self) -> Token:
        """Return the next token."""
        start = self.skip()
        if start >= len(self.source):
            return Token("end", "", start, start)
        character = self.source[start]
        if character in "'\"":
            return self._quoted(start)
        if character == "`" or NAME.match(self.source, start):
            return self._name(start)
        if NUMBER.match(self.source, start):
            return self._number(start)
        return self._sign(start)

    def pattern(self) -> Token | None:
        """Return the regular expression that begins here, None when something else does."""
        start = self.skip()
        if not self.source.startswith("/", start):
            return None
        at = start + 1
        while at < len(self.source) and self.source[at] != "/":
            at += 2 if self.source[at] == "\\" else 1
        if at >= len(self.source):
            raise QueryError("this regular expression is not closed with a /", start, len(self.source))
        self.position = at + 1
        return Token("pattern", self.source[start + 1 : at].replace("\\/", "/"), start, at + 1)

    def _quoted(self, start: int) -> Token:
        quote, at, pieces = self.source[start], start + 1, []
        while at < len(self.source) and self.source[at] != quote:
            character = self.source[at]
            if character == "\\" and at + 1 < len(self.source):
                at += 1
                following = self.source[at]
                kept = following if following in "'\"\\`" else "\\" + following
                character = ESCAPES.get(following, kept)
            pieces.append(character)
            at += 1
        if at >= len(self.source):
            raise QueryError(f"this text is not closed with a {quote}", start, len(self.source))
        self.position = at + 1
        return Token("text", "".join(pieces), start, at + 1)

    def _name(self, start: int) -> Token:
        """Read a field's name: words and `quoted parts`, joined by dots, with [0] for the items of a list."""
        parts = [self._part(start)]
        while (following := self._joined()) is not None:
            parts.append(following)
        return Token("name", ".".join(parts), start, self.position)

    def _part(self, at: int) -> str:
        if self.source[at] == "`":
            end = self.source.find("`", at + 1)
            if end < 0:
                raise QueryError("this name is not closed with a `", at, len(self.source))
            self.position = end + 1
            return self.source[at + 1 : end]
        found = NAME.match(self.source, at)
        self.position = found.end() if found else at
        return self.source[at : self.position]

    def _joined(self) -> str | None:
        at = self.position
        if index := re.compile(r"\[(\d+)\]").match(self.source, at):
            self.position = index.end()
            return index.group(1)
        if digits := re.compile(r"\.(\d\w*)").match(self.source, at):
            self.position = digits.end()
            return digits.group(1)
        if self.source.startswith(".", at) and (self.source[at + 1 : at + 2] == "`" or NAME.match(self.source, at + 1)):
            return self._part(at + 1)
        return None

    def _number(self, start: int) -> Token:
        found = NUMBER.match(self.source, start)
        end = found.end() if found else start
        unit = UNIT.match(self.source, end)
        self.position = unit.end() if unit else end
        kind = "period" if unit else "number"
        return Token(kind, self.source[start:end], start, self.position, unit.group() if unit else "")

    def _sign(self, start: int) -> Token:
        for sign in SIGNS:
            if self.source.startswith(sign, start):
                self.position = start + len(sign)
                return Token("sign", sign, start, self.position)
        raise QueryError(f"unexpected symbol {self.source[start]!r}", start, start + 1)
