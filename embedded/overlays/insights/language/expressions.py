"""The grammar of expressions, by descent: each method reads one level of precedence.

expression  = conjunction { "or" conjunction }
conjunction = negation { "and" negation }
negation    = "not" negation | comparison
comparison  = sum [ ("=" | "!=" | "<" | "<=" | ">" | ">=") sum
                  | [ "not" ] ("like" | "=~") (text | pattern)
                  | [ "not" ] "in" "[" sum { "," sum } "]" ]
sum         = product { ("+" | "-") product }
product     = power { ("*" | "/" | "%") power }
power       = sign [ "^" power ]
sign        = "-" sign | atom
atom        = number | text | period | name "(" [ "*" | expression { "," expression } ] ")" | name
            | "(" expression ")"
"""

from embedded.overlays.insights.language.functions import AGGREGATE, SCALAR, UNITS
from embedded.overlays.insights.language.lexer import Lexer, QueryError, Token
from embedded.overlays.insights.language.tree import (
    Binary,
    Call,
    Expression,
    Field,
    In,
    Like,
    Number,
    Pattern,
    Period,
    Star,
    Text,
    Unary,
)

COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
DEEPEST = 50
# Of a unit, in a period.
LONGEST = 1_000_000


class Expressions:
    """Reads expressions; `token` is the one that is looked at."""

    def __init__(self, source: str) -> None:
        self.lexer = Lexer(source)
        self.token = self.lexer.next()
        self.last_end = 0
        self._depth = 0

    def advance(self) -> Token:
        """Take the current token and look at the next."""
        taken = self.token
        self.last_end = taken.end
        self.token = self.lexer.next()
        return taken

    def word(self, *words: str) -> bool:
        """Whether the current token is one of these words."""
        token = self.token
        return token.kind == "name" and token.text.lower() in words and self.lexer.source[token.start] != "`"

    def sign(self, *signs: str) -> bool:
        """Whether the current token is one of these signs."""
        return self.token.kind == "sign" and self.token.text in signs

    def expect(self, sign: str) -> Token:
        """Take this sign, or fail."""
        if not self.sign(sign):
            raise self.unexpected(f"{sign!r}")
        return self.advance()

    def unexpected(self, wanted: str) -> QueryError:
        """Return an error at the current token."""
        token = self.token
        found = "the end of the query" if token.kind == "end" else repr(self.lexer.source[token.start : token.end])
        return QueryError(f"{wanted} was expected, not {found}", token.start, max(token.end, token.start + 1))

    def expression(self) -> Expression:
        """Read an expression; one that is nested too deep is refused."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise QueryError(f"expressions may be nested {DEEPEST} deep", self.token.start, self.token.end)
        left = self._conjunction()
        while self.word("or"):
            self.advance()
            right = self._conjunction()
            left = Binary("or", left, right, left.start, right.end)
        self._depth -= 1
        return left

    def _conjunction(self) -> Expression:
        left = self._negation()
        while self.word("and"):
            self.advance()
            right = self._negation()
            left = Binary("and", left, right, left.start, right.end)
        return left

    def _negation(self) -> Expression:
        negations: list[Token] = []
        while self.word("not"):
            negations.append(self.advance())
        found = self._comparison()
        for token in reversed(negations):
            found = Unary("not", found, token.start, found.end)
        return found

    def _comparison(self) -> Expression:
        left = self._sum()
        if self.sign(*COMPARISONS):
            sign = self.advance().text
            right = self._sum()
            return Binary(sign, left, right, left.start, right.end)
        negated = self.word("not")
        if negated:
            self.advance()
        if self.word("like") or self.sign("=~"):
            pattern = self.pattern()
            return Like(left, pattern, negated, left.start, pattern.end)
        if self.word("in"):
            return self._in(left, negated)
        if negated:
            raise self.unexpected("'like' or 'in'")
        return left

    def pattern(self) -> Text | Pattern:
        """Read a text or a regular expression after the current token, which is taken."""
        self.last_end = self.token.end
        # The token that is looked at is the word before the pattern: only now is the slash read, as a pattern.
        found = self.lexer.pattern()
        if found is not None:
            self.last_end = found.end
            self.token = self.lexer.next()
            return Pattern(found.text, found.start, found.end)
        self.token = self.lexer.next()
        if self.token.kind != "text":
            raise self.unexpected("a quoted text or a /regular expression/")
        token = self.advance()
        return Text(token.text, token.start, token.end)

    def _in(self, value: Expression, negated: bool) -> Expression:
        self.advance()
        self.expect("[")
        items = [self._sum()]
        while self.sign(","):
            self.advance()
            items.append(self._sum())
        end = self.expect("]").end
        return In(value, tuple(items), negated, value.start, end)

    def _sum(self) -> Expression:
        left = self._product()
        while self.sign("+", "-"):
            sign = self.advance().text
            right = self._product()
            left = Binary(sign, left, right, left.start, right.end)
        return left

    def _product(self) -> Expression:
        left = self._power()
        while self.sign("*", "/", "%"):
            sign = self.advance().text
            right = self._power()
            left = Binary(sign, left, right, left.start, right.end)
        return left

    def _power(self) -> Expression:
        factors = [self._signed()]
        while self.sign("^"):
            self.advance()
            factors.append(self._signed())
        found = factors.pop()
        while factors:
            left = factors.pop()
            found = Binary("^", left, found, left.start, found.end)
        return found

    def _signed(self) -> Expression:
        signs: list[Token] = []
        while self.sign("-"):
            signs.append(self.advance())
        found = self._atom()
        for token in reversed(signs):
            found = Unary("-", found, token.start, found.end)
        return found

    def _atom(self) -> Expression:
        token = self.token
        if token.kind == "number":
            self.advance()
            return Number(token.text, token.start, token.end)
        if token.kind == "text":
            self.advance()
            return Text(token.text, token.start, token.end)
        if token.kind == "period":
            return self._period(self.advance())
        if self.sign("("):
            self.advance()
            inner = self.expression()
            self.expect(")")
            return inner
        if token.kind != "name":
            raise self.unexpected("a field, a value or a function")
        self.advance()
        return self._call(token) if self.sign("(") else Field(token.text, token.start, token.end)

    def _period(self, token: Token) -> Period:
        unit = UNITS.get(token.unit.lower())
        if unit is None or not token.text.isdigit() or not 0 < int(token.text[:10]) <= LONGEST:
            raise QueryError(f"{token.text}{token.unit} is not a period such as 30s, 5m or 1h", token.start, token.end)
        return Period(int(token.text), unit, token.start, token.end)

    def _call(self, name: Token) -> Call:
        known = {**SCALAR, **AGGREGATE}.get(name.text.lower())
        if known is None:
            raise QueryError(f"there is no function {name.text}", name.start, name.end)
        self.advance()
        arguments = self._arguments(name)
        end = self.expect(")").end
        least, most = known
        if not least <= len(arguments) <= most:
            wanted = str(least) if least == most else f"{least} to {most}"
            raise QueryError(f"{name.text} takes {wanted} arguments, not {len(arguments)}", name.start, end)
        return Call(name.text.lower(), tuple(arguments), name.start, end)

    def _arguments(self, name: Token) -> list[Expression]:
        if self.sign(")"):
            return []
        if self.sign("*") and name.text.lower() == "count":
            star = self.advance()
            return [Star(star.start, star.end)]
        found = [self.expression()]
        while self.sign(","):
            self.advance()
            found.append(self.expression())
        return found
