"""The grammar of commands.

query   = command { "|" command }
command = ("fields" | "display") named { "," named } | "filter" expression
        | "stats" named { "," named } [ "by" named { "," named } ]
        | "sort" key { "," key } | "limit" [ "any" ] number | "dedup" name { "," name }
        | "parse" [ expression ] (text | pattern) [ "as" name { "," name } ] | "unmask" named { "," named }
named   = expression [ "as" name ]
key     = expression [ "asc" | "desc" ]
"""

from collections.abc import Callable
from typing import TypeVar

from embedded.overlays.insights.language.expressions import Expressions
from embedded.overlays.insights.language.functions import ELSEWHERE
from embedded.overlays.insights.language.lexer import QueryError
from embedded.overlays.insights.language.tree import (
    Call,
    Command,
    Dedup,
    Display,
    Expression,
    Field,
    Fields,
    Filter,
    Limit,
    Named,
    Parse,
    Query,
    Sort,
    SortKey,
    Stats,
)

MOST_ROWS = 100_000
T = TypeVar("T")


def parse(source: str) -> Query:
    """Return the syntax tree of a query; QueryError says what is wrong, and where."""
    parser = Parser(source)
    commands = [parser.command()]
    while parser.sign("|"):
        parser.advance()
        commands.append(parser.command())
    if parser.token.kind != "end":
        raise parser.unexpected("'|' or the end of the query")
    _only_limit_after_dedup(commands)
    return Query(source, tuple(commands))


def _only_limit_after_dedup(commands: list[Command]) -> None:
    places = [number for number, command in enumerate(commands) if isinstance(command, Dedup)]
    for command in commands[places[0] + 1 :] if places else []:
        if not isinstance(command, Limit):
            raise QueryError("only limit may follow dedup", command.start, command.end)


class Parser(Expressions):
    """Reads commands."""

    def command(self) -> Command:
        """Read one command."""
        token = self.token
        readers: dict[str, Callable[[int], Command]] = {
            "fields": lambda start: Fields(self._some(self._named), start, self.last_end),
            "display": lambda start: Display(self._some(self._named), start, self.last_end),
            "filter": lambda start: Filter(self.expression(), start, self.last_end),
            "stats": self._stats,
            "sort": lambda start: Sort(self._some(self._key), start, self.last_end),
            "limit": self._limit,
            "dedup": lambda start: Dedup(self._some(self._field), start, self.last_end),
            "unmask": lambda start: Fields(self._some(self._named), start, self.last_end),
        }
        name = token.text.lower() if token.kind == "name" else ""
        if name == "parse":
            return self._parse(token.start)
        if name in ELSEWHERE:
            raise QueryError(f"the command {token.text} is not available in the embedded AWS", token.start, token.end)
        if name not in readers:
            raise self.unexpected("a command such as fields, filter, stats, sort, limit, parse, display or dedup")
        self.advance()
        return readers[name](token.start)

    def _some(self, read: Callable[[], T]) -> tuple[T, ...]:
        found = [read()]
        while self.sign(","):
            self.advance()
            found.append(read())
        return tuple(found)

    def _named(self) -> Named:
        start = self.token.start
        value = self.expression()
        if self.word("as"):
            self.advance()
            return Named(value, self._name())
        if isinstance(value, Field):
            return Named(value, value.name)
        return Named(value, self.lexer.source[start : self.last_end])

    def _name(self) -> str:
        if self.token.kind != "name":
            raise self.unexpected("a name")
        return self.advance().text

    def _field(self) -> Expression:
        token = self.token
        return Field(self._name(), token.start, token.end)

    def _key(self) -> SortKey:
        value = self._column()
        descending = self.word("desc")
        if self.word("asc", "desc"):
            self.advance()
        return SortKey(value, descending)

    def _column(self) -> Expression:
        """Read a sort key; an aggregate is the name of a column of stats."""
        start = self.token.start
        value = self.expression()
        if isinstance(value, Call):
            return Call(value.name, value.arguments, start, self.last_end)
        return value

    def _stats(self, start: int) -> Stats:
        values = self._some(self._named)
        by: tuple[Named, ...] = ()
        if self.word("by"):
            self.advance()
            by = self._some(self._named)
        return Stats(values, by, start, self.last_end)

    def _limit(self, start: int) -> Limit:
        if self.word("any"):
            self.advance()
        token = self.token
        if token.kind != "number" or not token.text.isdigit():
            raise self.unexpected("a number")
        self.advance()
        if not 1 <= int(token.text) <= MOST_ROWS:
            raise QueryError(f"a limit is a number from 1 to {MOST_ROWS}", token.start, token.end)
        return Limit(int(token.text), start, token.end)

    def _parse(self, start: int) -> Parse:
        value: Expression = Field("@message", start, self.token.end)
        at = self.lexer.skip()
        if self.lexer.source[at : at + 1] not in ("'", '"', "/"):
            self.advance()
            name = self.token
            if name.kind != "name":
                raise self.unexpected("a field to parse")
            # The name is looked at, not taken: the pattern after it may begin with a slash.
            value = Field(name.text, name.start, name.end)
        pattern = self.pattern()
        names: tuple[str, ...] = ()
        if self.word("as"):
            self.advance()
            names = self._some(self._name)
        return Parse(value, pattern, names, start, self.last_end)
