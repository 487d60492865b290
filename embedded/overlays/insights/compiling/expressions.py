"""Expressions: operators and names; functions.py and aggregates.py have the functions."""

from embedded.overlays.insights.compiling import functions, patterns
from embedded.overlays.insights.compiling.scope import Scope
from embedded.overlays.insights.compiling.values import (
    NUMBER,
    QUOTED,
    TEXT,
    TRUTH,
    Value,
    compared,
    joined,
    literal,
    number,
    text,
    truth,
)
from embedded.overlays.insights.language.functions import AGGREGATE
from embedded.overlays.insights.language.lexer import QueryError
from embedded.overlays.insights.language.tree import (
    Binary,
    Call,
    Expression,
    Field,
    In,
    Like,
    Number,
    Text,
    Unary,
)

DEEPEST = 150


class Compiler:
    """Compiles the expressions of one scope."""

    def __init__(self, scope: Scope, source: str) -> None:
        self.scope, self.source = scope, source
        self._depth = 0

    def value(self, expression: Expression) -> Value:
        """Return an expression as SQL."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise QueryError("this expression is too long", expression.start, expression.end)
        try:
            return self._value(expression)
        finally:
            self._depth -= 1

    def condition(self, expression: Expression) -> str:
        """Return an expression as a condition."""
        return truth(self.value(expression))

    def _value(self, expression: Expression) -> Value:
        match expression:
            case Number():
                return Value(f"CAST({expression.text} AS DOUBLE)", NUMBER)
            case Text():
                return Value(literal(expression.value), QUOTED)
            case Field():
                return self.scope.field(expression.name)
            case Unary():
                return self._unary(expression)
            case Binary():
                return self._binary(expression)
            case Like():
                return self._like(expression)
            case In():
                return self._in(expression)
            case Call():
                return self._call(expression)
        raise QueryError("this cannot stand here", expression.start, expression.end)

    def _unary(self, expression: Unary) -> Value:
        if expression.sign == "not":
            return Value(f"(NOT {self.condition(expression.operand)})", TRUTH)
        return Value(f"(- {number(self.value(expression.operand))})", NUMBER)

    def _binary(self, expression: Binary) -> Value:
        if expression.sign in ("and", "or"):
            parts = [self.condition(part) for part in flat(expression, expression.sign)]
            return Value(joined(parts, expression.sign.upper()), TRUTH)
        left, right = self.value(expression.left), self.value(expression.right)
        if expression.sign in ("=", "!=", "<", "<=", ">", ">="):
            return Value(f"({compared(expression.sign, left, right)})", TRUTH)
        return Value(arithmetic(expression.sign, number(left), number(right)), NUMBER)

    def _like(self, expression: Like) -> Value:
        value = text(self.value(expression.value))
        if isinstance(expression.pattern, Text):
            function, wanted = "contains", expression.pattern.value
        else:
            function, wanted = patterns.condition(expression.pattern)
        negation = "NOT " if expression.negated else ""
        return Value(f"({negation}coalesce({function}({value}, {literal(wanted)}), false))", TRUTH)

    def _in(self, expression: In) -> Value:
        value = self.value(expression.value)
        tests = self._memberships(value, expression.items)
        negation = "NOT " if expression.negated else ""
        return Value(f"({negation}{joined(tests, 'OR')})", TRUTH)

    def _memberships(self, value: Value, items: tuple[Expression, ...]) -> list[str]:
        """Return conditions of which one must hold; literals, which may be many, make two lists."""
        others = [item for item in items if value.kind != TEXT or not isinstance(item, Number | Text)]
        tests = [compared("=", value, self.value(item)) for item in others]
        for kind, found in ((Number, number(value)), (Text, text(value))):
            listed = ", ".join(self.value(item).sql for item in items if isinstance(item, kind) and item not in others)
            if listed:
                tests.append(f"coalesce({found} IN ({listed}), false)")
        return tests

    def _call(self, expression: Call) -> Value:
        column = written(self.source, expression)
        for name, known in self.scope.names.items():
            if plain(name) == column:
                return known
        if expression.name in AGGREGATE:
            raise QueryError(f"{expression.name} can be used in stats only", expression.start, expression.end)
        return functions.compile_call(self, expression)

    def is_missing(self, value: Value) -> str:
        """Return the condition that a value is not there."""
        return f"{value.sql} IS NULL" if value.kind in (NUMBER, TEXT, QUOTED) else f"({text(value)}) IS NULL"


def arithmetic(sign: str, left: str, right: str) -> str:
    """Return a calculation; what cannot be calculated is missing."""
    if sign == "/":
        return f"({left} / nullif({right}, 0))"
    if sign == "%":
        return f"({left} % nullif({right}, 0))"
    return f"pow({left}, {right})" if sign == "^" else f"({left} {sign} {right})"


def flat(expression: Expression, sign: str) -> list[Expression]:
    """Return the parts of a chain of `and` or `or`, however long it is."""
    found: list[Expression] = []
    while isinstance(expression, Binary) and expression.sign == sign:
        found.append(expression.right)
        expression = expression.left
    return [expression, *reversed(found)]


def written(source: str, expression: Expression) -> str:
    """Return an expression as the query has it, without space."""
    return plain(source[expression.start : expression.end])


def plain(name: str) -> str:
    """Return a name without space, in small letters."""
    return "".join(name.split()).lower()
