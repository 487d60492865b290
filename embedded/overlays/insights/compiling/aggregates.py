"""Aggregates: the values of stats, which may be combined with each other and with what stats has named already."""

from embedded.overlays.insights.compiling.expressions import Compiler, plain, written
from embedded.overlays.insights.compiling.scope import Scope
from embedded.overlays.insights.compiling.values import JSON, NUMBER, QUOTED, TEXT, TIME, TRUTH, Value, number, text
from embedded.overlays.insights.language.functions import AGGREGATE
from embedded.overlays.insights.language.lexer import QueryError
from embedded.overlays.insights.language.tree import Call, Expression, Field, Number, Star

_SIMPLE = {
    "avg": "avg({0})",
    "sum": "sum({0})",
    "stddev": "stddev_pop({0})",
}


class Aggregating(Compiler):
    """Compiles the values of one stats command; `rows` compiles what stands inside an aggregate."""

    def __init__(self, rows: Compiler, groups: dict[str, Value]) -> None:
        super().__init__(Scope(rows.scope.context, dict(groups), events=False), rows.source)
        self.rows = rows

    def _value(self, expression: Expression) -> Value:
        if isinstance(expression, Call) and expression.name in AGGREGATE:
            return aggregate(self.rows, expression)
        if isinstance(expression, Field) and expression.name not in self.scope.names:
            message = f"{expression.name} must be inside a function such as count or avg, or follow by"
            raise QueryError(message, expression.start, expression.end)
        if isinstance(expression, Call):
            column = written(self.source, expression)
            known = [value for name, value in self.scope.names.items() if plain(name) == column]
            if known:
                return known[0]
        return super()._value(expression)


def aggregate(rows: Compiler, call: Call) -> Value:
    """Return one aggregate as SQL."""
    if call.name == "count" and (not call.arguments or isinstance(call.arguments[0], Star)):
        return Value("CAST(count(*) AS DOUBLE)", NUMBER)
    value = rows.value(call.arguments[0])
    if call.name in _SIMPLE:
        return Value(_SIMPLE[call.name].format(number(value)), NUMBER)
    if call.name == "count":
        return Value(f"CAST(count({value.sql}) AS DOUBLE)", NUMBER)
    if call.name == "count_distinct":
        return Value(f"CAST(count(DISTINCT {text(value)}) AS DOUBLE)", NUMBER)
    if call.name == "pct":
        return _percentile(call, value)
    if call.name in ("earliest", "latest"):
        return _by_time(rows, call, value)
    return _extreme(call.name, value)


def _percentile(call: Call, value: Value) -> Value:
    share = call.arguments[1]
    if not isinstance(share, Number) or not 0 <= float(share.text) <= 100:
        raise QueryError("a percentage from 0 to 100 was expected", share.start, share.end)
    return Value(f"quantile_disc({number(value)}, {float(share.text) / 100})", NUMBER)


def _by_time(rows: Compiler, call: Call, value: Value) -> Value:
    function = "arg_min" if call.name == "earliest" else "arg_max"
    if rows.scope.events:
        moment = "(e.ts, e.id)"
    elif "@timestamp" in rows.scope.names:
        moment = rows.scope.names["@timestamp"].sql
    else:
        raise QueryError(f"{call.name} needs @timestamp, which the stats before it does not have", call.start, call.end)
    return Value(f"{function}({value.sql}, {moment})", TEXT if value.kind == QUOTED else value.kind)


def _extreme(name: str, value: Value) -> Value:
    function = "min" if name in ("min", "sortsfirst") else "max"
    if value.kind in (NUMBER, TIME):
        return Value(f"{function}({value.sql})", value.kind)
    if value.kind == TRUTH:
        return Value(f"{function}({number(value)})", NUMBER)
    shown = text(value)
    if name in ("min", "max"):
        # By number where there are any, else by text.
        return Value(f"coalesce(insights_exact({function}(insights_number({shown}))), {function}({shown}))", TEXT)
    key = f"(insights_number({shown}) IS NOT NULL, coalesce(insights_number({shown}), 0), insights_order({shown}))"
    return Value(f"arg_{function}({shown}, CASE WHEN {shown} IS NOT NULL THEN {key} END)", TEXT)


def grouped(rows: Compiler, expression: Expression) -> Value:
    """Return what stats groups by."""
    value = rows.value(expression)
    return Value(text(value), TEXT) if value.kind in (QUOTED, JSON) else value
