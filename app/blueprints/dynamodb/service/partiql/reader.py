"""The tokens of one statement, read from left to right."""

from collections.abc import Sequence

from app.blueprints.dynamodb.service.partiql.lexer import Token
from app.blueprints.dynamodb.service.wire.mistakes import Mistake, line_and_column

KEYWORDS = frozenset(
    "SELECT FROM WHERE AND OR NOT IN IS BETWEEN LIKE INSERT INTO VALUE VALUES UPDATE SET REMOVE DELETE RETURNING "  # noqa: SIM905 shorter
    "ORDER BY AS EXISTS NULL MISSING TRUE FALSE ASC DESC LIMIT GROUP HAVING".split()
)


class Reader:
    """A place in a statement's tokens; `first` is the number of the first parameter in the whole text."""

    def __init__(self, text: str, found: Sequence[Token], first: int):
        self._text, self._found, self._at = text, found, 0
        self.parameter = first

    @property
    def next(self) -> Token:
        """The token that comes next."""
        return self._found[self._at]

    @property
    def after(self) -> Token:
        """The token behind it."""
        return self._found[min(self._at + 1, len(self._found) - 1)]

    def take(self) -> Token:
        """Return the next token and go on."""
        token = self.next
        self._at = min(self._at + 1, len(self._found) - 1)
        return token

    def sees(self, *texts: str) -> bool:
        """Whether one of these signs or keywords comes next."""
        return (self.next.word or (self.next.text if self.next.kind == "sign" else None)) in texts

    def accept(self, *texts: str) -> bool:
        """Go on where one of these comes next."""
        if self.next.kind != "end" and self.sees(*texts):
            self.take()
            return True
        return False

    def expect(self, *texts: str) -> Token:
        """Take one of these. Raises Mistake where something else comes."""
        if self.next.kind == "end" or not self.sees(*texts):
            raise self.wrong(" or ".join(texts))
        return self.take()

    def name(self, what: str) -> str:
        """Take a name, quoted or plain. Raises Mistake."""
        token = self.next
        if token.kind == "quoted" or (token.kind == "word" and token.word not in KEYWORDS):
            return self.take().plain
        if token.kind == "word":
            raise self.wrong(what, f" ({token.text} is a keyword: as a name it stands in double quotes)")
        raise self.wrong(what)

    def wrong(self, wanted: str, more: str = "") -> Mistake:
        """Return the mistake that something else was wanted here."""
        token = self.next
        found = "the statement ends" if token.kind == "end" else f"there is {token.text[:40]}"
        place = line_and_column(self._text, min(token.start, len(self._text)))
        return Mistake(f"Here {wanted} is wanted, and {found}{more}.", (), *place)
