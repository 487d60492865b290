"""A PartiQL statement cut into tokens."""

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"(?P<space>\s+|--[^\n]*|/\*.*?\*/)"
    r"|(?P<text>'(?:[^']|'')*')"
    r'|(?P<quoted>"(?:[^"]|"")*")'
    r"|(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<word>[A-Za-z_$][A-Za-z0-9_$]*)"
    r"|(?P<sign><<|>>|<=|>=|<>|!=|[-+=<>(),.\[\]{}:;?*])",
    re.DOTALL,
)
RESERVED = {
    *("SELECT", "FROM", "WHERE", "AND", "OR", "NOT", "IN", "IS", "BETWEEN", "LIKE", "INSERT", "INTO", "UPDATE", "SET"),
    *("REMOVE", "DELETE", "RETURNING", "ORDER", "AS", "EXISTS", "INNER", "NULL", "MISSING", "TRUE", "FALSE"),
}


class Unclear(Exception):
    """A statement that is not understood here: the emulator words the refusal."""


@dataclass(frozen=True)
class Token:
    """One token: what it is (text, quoted, number, word, sign, end), what it says, where it stands."""

    kind: str
    text: str
    start: int

    @property
    def word(self) -> str:
        """The token as a keyword, empty when it is none."""
        return self.text.upper() if self.kind == "word" else ""

    @property
    def plain(self) -> str:
        """A text or a quoted name without its quotes."""
        quote = self.text[0]
        return self.text[1:-1].replace(quote * 2, quote)


def cut(statement: str) -> list[Token]:
    """Return the tokens, with one of kind `end` behind them."""
    tokens: list[Token] = []
    position = 0
    while position < len(statement):
        found = _TOKEN.match(statement, position)
        if found is None or found.lastgroup is None:
            raise Unclear
        text = found.group()
        if found.lastgroup == "number" and text[0] == "." and tokens and tokens[-1].kind in ("word", "quoted"):
            # a.5 is not the number .5 behind a name
            raise Unclear
        if found.lastgroup != "space":
            tokens.append(Token(found.lastgroup, text, position))
        position = found.end()
    return [*tokens, Token("end", "", len(statement))]


class Reader:
    """The tokens of one statement and its parameters, read from left to right."""

    def __init__(self, statement: str, parameters: list[dict[str, object]]) -> None:
        self.statement, self.tokens, self.at = statement, cut(statement), 0
        self.parameters, self.used = parameters, 0

    @property
    def next(self) -> Token:
        """The token that comes next."""
        return self.tokens[self.at]

    @property
    def after(self) -> Token:
        """The token behind the next one."""
        return self.tokens[min(self.at + 1, len(self.tokens) - 1)]

    def take(self) -> Token:
        """Go on by one token and return it."""
        token = self.tokens[self.at]
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def sees(self, *signs: str) -> bool:
        """Whether one of these signs comes next."""
        return self.next.kind == "sign" and self.next.text in signs

    def says(self, *words: str) -> bool:
        """Whether one of these keywords comes next."""
        return self.next.word in words

    def accept(self, *texts: str) -> bool:
        """Go on when one of these signs or keywords comes next."""
        if self.sees(*texts) or self.says(*texts):
            self.take()
            return True
        return False

    def expect(self, text: str) -> None:
        """Go on; the statement is unclear when something else comes next."""
        if not self.accept(text):
            raise Unclear

    def name(self) -> str:
        """Take a name, quoted or not."""
        token = self.take()
        if token.kind == "quoted" and token.plain:
            return token.plain
        if token.kind == "word" and token.word not in RESERVED:
            return token.text
        raise Unclear

    def place(self, token: Token) -> str:
        """Return where a token stands: line:column:length."""
        before = self.statement[: token.start]
        return f"{before.count(chr(10)) + 1}:{token.start - (before.rfind(chr(10)) + 1) + 1}:{len(token.text)}"
