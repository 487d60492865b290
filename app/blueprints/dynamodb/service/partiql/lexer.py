"""PartiQL cut into tokens, in one pass."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.blueprints.dynamodb.service.wire.mistakes import Mistake, line_and_column

_TOKEN = re.compile(
    r"(?P<space>\s+|--[^\n]*|/\*(?:[^*]|\*(?!/))*+\*/)"
    r"|(?P<text>'(?:[^']|'')*+')"
    r'|(?P<quoted>"(?:[^"]|"")*+")'
    r"|(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<word>[A-Za-z_$][A-Za-z0-9_$]*)"
    r"|(?P<sign><<|>>|<=|>=|<>|!=|[-+=<>(),.\[\]{}:;?*])"
)
_OPEN = {"'": "This text is not closed: a ' is missing.", '"': 'This name is not closed: a " is missing.'}


@dataclass(frozen=True)
class Token:
    """One token: its kind (text, quoted, number, word, sign, end), its text and where it begins."""

    kind: str
    text: str
    start: int

    @property
    def word(self) -> str:
        """The keyword that it is, in upper case; empty for all else."""
        return self.text.upper() if self.kind == "word" else ""

    @property
    def plain(self) -> str:
        """A text or name without its quotes."""
        if self.kind not in ("text", "quoted"):
            return self.text
        return self.text[1:-1].replace(self.text[0] * 2, self.text[0])


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens, then one of kind `end`. Raises Mistake where a quote or comment is not closed."""
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise Mistake(_what(text, at), (), *line_and_column(text, at))
        kind = found.lastgroup or ""
        if kind != "space":
            yield Token(kind, found.group(), at)
        at = found.end()
    yield Token("end", "", len(text))


def _what(text: str, at: int) -> str:
    if text.startswith("/*", at):
        return "This comment is not closed: */ is missing."
    return _OPEN.get(text[at], f"PartiQL knows no “{text[at]}” here.")
