"""Expressions and references of a template, read one after the other."""

import re
from typing import Any

from embedded.overlays.apigateway.templates.methods import KNOWN
from embedded.overlays.apigateway.templates.nodes import (
    Binary,
    Expression,
    Listed,
    Literal,
    Mapped,
    Negation,
    Quoted,
    Reference,
    Span,
    Step,
)

NAME = re.compile(r"[A-Za-z_][\w-]*")
_SPACE = re.compile(r"\s*")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None}
# From the loosest to the tightest.
_OPERATORS = (
    re.compile(r"\|\||or\b"),
    re.compile(r"&&|and\b"),
    re.compile(r"==|!=|eq\b|ne\b"),
    re.compile(r"<=|>=|<|>|[lg][te]\b"),
    re.compile(r"[+-]"),
    re.compile(r"[*/%]"),
)
_SAME = {"or": "||", "and": "&&", "eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}


class Refused(Exception):
    """Why a template cannot be used."""


class Reader:
    """A place in a template's text."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def match(self, pattern: re.Pattern[str]) -> str | None:
        """Return what stands here and go behind it, or None."""
        found = pattern.match(self.text, self.at)
        if found is None:
            return None
        self.at = found.end()
        return found.group()

    def here(self, word: str) -> bool:
        """Whether a word stands here; then go behind it."""
        if self.text.startswith(word, self.at):
            self.at += len(word)
            return True
        return False

    def space(self) -> None:
        """Go behind white space."""
        self.match(_SPACE)

    def need(self, word: str) -> None:
        """Go behind a word that must stand here."""
        self.space()
        if not self.here(word):
            raise self.wrong(f"`{word}` is missing")

    def wrong(self, why: str) -> Refused:
        """Return the error for this place."""
        line = self.text.count("\n", 0, self.at) + 1
        return Refused(f"line {line}: {why}")

    def reference(self) -> Reference | None:
        """Read `$name.step`, or return None where the dollar is only a dollar."""
        start = self.at
        self.here("$")
        silent = self.here("!")
        braced = self.here("{")
        name = self.match(NAME)
        if name is None:
            self.at = start
            return None
        steps: list[Step] = []
        while (step := self._step()) is not None:
            steps.append(step)
        if braced:
            self.need("}")
        return Reference(name, tuple(steps), silent, self.text[start : self.at])

    def _step(self) -> Step | None:
        start = self.at
        if self.here("["):
            index = self.expression()
            self.need("]")
            return Step("", (index,))
        if not self.here("."):
            return None
        name = self.match(NAME)
        if name is None:
            self.at = start
            return None
        if not self.here("("):
            return Step(name)
        if name not in KNOWN:
            raise self.wrong(f"the method {name}() is not known to the embedded AWS")
        return Step(name, tuple(self._listed(")")))

    def _listed(self, end: str) -> list[Expression]:
        items: list[Expression] = []
        self.space()
        while not self.here(end):
            if items:
                self.need(",")
            items.append(self.expression())
            self.space()
        return items

    def expression(self, level: int = 0) -> Expression:
        """Read an expression; operators of the same level go from left to right."""
        if level == len(_OPERATORS):
            return self._operand()
        left = self.expression(level + 1)
        while True:
            self.space()
            operator = self.match(_OPERATORS[level])
            if operator is None:
                return left
            left = Binary(_SAME.get(operator, operator), left, self.expression(level + 1))

    def _operand(self) -> Expression:
        self.space()
        if self.here("!"):
            return Negation(self._operand())
        if self.here("("):
            inner = self.expression()
            self.need(")")
            return inner
        if self.here("["):
            return self._span_or_list()
        if self.here("{"):
            return self._mapped()
        if self.text.startswith("$", self.at) and (reference := self.reference()):
            return reference
        return self._literal()

    def _literal(self) -> Expression:
        if self.here("'"):
            return Literal(self._until("'"))
        if self.here('"'):
            # Imported here: a text in double quotes is a template, which consists of expressions.
            from embedded.overlays.apigateway.templates.parser import parse

            return Quoted(parse(self._until('"')))
        if number := self.match(_NUMBER):
            return Literal(float(number) if "." in number else int(number))
        word = self.match(NAME)
        if word not in _WORDS:
            raise self.wrong("a value is missing")
        return Literal(_WORDS[word])

    def _until(self, quote: str) -> str:
        """Return the text up to a quote; a doubled quote is one."""
        found = []
        while True:
            end = self.text.find(quote, self.at)
            if end < 0:
                raise self.wrong(f"the closing {quote} is missing")
            found.append(self.text[self.at : end])
            self.at = end + 1
            if not self.here(quote):
                return quote.join(found)

    def _span_or_list(self) -> Expression:
        self.space()
        if self.here("]"):
            return Listed(())
        first = self.expression()
        self.space()
        if self.here(".."):
            last = self.expression()
            self.need("]")
            return Span(first, last)
        self.space()
        if self.here("]"):
            return Listed((first,))
        self.need(",")
        return Listed((first, *self._listed("]")))

    def _mapped(self) -> Mapped:
        pairs: list[tuple[Expression, Expression]] = []
        self.space()
        while not self.here("}"):
            if pairs:
                self.need(",")
            key = self.expression()
            self.need(":")
            pairs.append((key, self.expression()))
            self.space()
        return Mapped(tuple(pairs))
