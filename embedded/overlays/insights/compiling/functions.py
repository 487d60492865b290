"""Functions of one row."""

import ipaddress
from collections.abc import Callable
from typing import TYPE_CHECKING

from embedded.overlays.insights.compiling.values import (
    JSON,
    NUMBER,
    QUOTED,
    TEXT,
    TIME,
    TRUTH,
    Value,
    literal,
    number,
    text,
)
from embedded.overlays.insights.language.functions import MILLISECONDS, MONTHS
from embedded.overlays.insights.language.lexer import QueryError
from embedded.overlays.insights.language.tree import Call, Expression, Period, Text

if TYPE_CHECKING:
    from embedded.overlays.insights.compiling.expressions import Compiler

_NUMERIC: dict[str, str] = {
    "abs": "abs({0})",
    "ceil": "ceil({0})",
    "floor": "floor({0})",
    "log": "CASE WHEN {0} > 0 THEN ln({0}) END",
    "sqrt": "CASE WHEN {0} >= 0 THEN sqrt({0}) END",
}
_TEXTUAL: dict[str, tuple[str, str]] = {
    "isempty": ("(coalesce({0}, '') = '')", TRUTH),
    "isblank": ("(coalesce(regexp_matches({0}, '^\\s*$'), true))", TRUTH),
    "strlen": ("CAST(length({0}) AS DOUBLE)", NUMBER),
    "toupper": ("upper({0})", TEXT),
    "tolower": ("lower({0})", TEXT),
    "replace": ("replace({0}, {1}, {2})", TEXT),
    "strcontains": ("coalesce(contains({0}, {1}), false)", TRUTH),
    "jsonparse": ("CASE WHEN json_valid({0}) THEN CAST({0} AS JSON) END", JSON),
    "isvalidip": ("(insights_v4({0}) OR insights_v6({0}))", TRUTH),
    "isvalidipv4": ("insights_v4({0})", TRUTH),
    "isvalidipv6": ("insights_v6({0})", TRUTH),
}
_SPACE = " || ".join(["' '", *(f"chr({code})" for code in (9, 10, 11, 12, 13))])


def compile_call(compiler: "Compiler", call: Call) -> Value:
    """Return a call as SQL."""
    if call.name in _NUMERIC:
        return Value(_NUMERIC[call.name].format(number(compiler.value(call.arguments[0]))), NUMBER)
    if call.name in _TEXTUAL:
        pattern, kind = _TEXTUAL[call.name]
        return Value(pattern.format(*(text(compiler.value(argument)) for argument in call.arguments)), kind)
    return _SPECIAL[call.name](compiler, call)


def _extreme(compiler: "Compiler", call: Call) -> Value:
    values = ", ".join(number(compiler.value(argument)) for argument in call.arguments)
    return Value(f"{call.name}({values})", NUMBER)


def _trim(compiler: "Compiler", call: Call) -> Value:
    value, *given = (text(compiler.value(argument)) for argument in call.arguments)
    return Value(f"{call.name}({value}, {given[0] if given else _SPACE})", TEXT)


def _substring(compiler: "Compiler", call: Call) -> Value:
    value = text(compiler.value(call.arguments[0]))
    start, *length = (f"TRY_CAST({number(compiler.value(a))} AS BIGINT)" for a in call.arguments[1:])
    rest = f", greatest({length[0]}, 0)" if length else ""
    return Value(f"substring({value}, greatest({start}, 0) + 1{rest})", TEXT)


def _concat(compiler: "Compiler", call: Call) -> Value:
    values = ", ".join(text(compiler.value(argument)) for argument in call.arguments)
    return Value(f"concat({values})", TEXT)


def _coalesce(compiler: "Compiler", call: Call) -> Value:
    values = [compiler.value(argument) for argument in call.arguments]
    kinds = {value.kind for value in values}
    if len(kinds) == 1 and kinds != {QUOTED}:
        return Value(f"coalesce({', '.join(value.sql for value in values)})", values[0].kind)
    return Value(f"coalesce({', '.join(text(value) for value in values)})", TEXT)


def _present(compiler: "Compiler", call: Call) -> Value:
    return Value(f"(NOT ({compiler.is_missing(compiler.value(call.arguments[0]))}))", TRUTH)


def _json_text(compiler: "Compiler", call: Call) -> Value:
    value = compiler.value(call.arguments[0])
    return Value(f"CAST({value.sql} AS VARCHAR)" if value.kind == JSON else text(value), TEXT)


def _unmasked(compiler: "Compiler", call: Call) -> Value:
    """Nothing is masked here."""
    return compiler.value(call.arguments[0])


def _milliseconds(value: Value) -> str:
    return value.sql if value.kind == TIME else f"TRY_CAST({number(value)} AS BIGINT)"


def _period(argument: Expression) -> Period:
    if not isinstance(argument, Period):
        raise QueryError("a period such as 30s, 5m or 1h was expected", argument.start, argument.end)
    return argument


def floored(moment: str, period: Period) -> str:
    """Return the begin of the period that a moment lies in."""
    if period.unit in MONTHS:
        return f"insights_months({moment}, {MONTHS[period.unit] * period.count})"
    length = MILLISECONDS[period.unit] * period.count
    return f"({moment} - {moment} % {length})"


def _bin(compiler: "Compiler", call: Call) -> Value:
    return Value(floored(_milliseconds(compiler.scope.field("@timestamp")), _period(call.arguments[0])), TIME)


def _floor(compiler: "Compiler", call: Call) -> Value:
    moment = _milliseconds(compiler.value(call.arguments[0]))
    return Value(floored(moment, _period(call.arguments[1])), TIME)


def _ceil(compiler: "Compiler", call: Call) -> Value:
    moment, period = _milliseconds(compiler.value(call.arguments[0])), _period(call.arguments[1])
    if period.unit in MONTHS:
        months = MONTHS[period.unit] * period.count
        step = f"epoch_ms(make_timestamp({floored(moment, period)} * 1000) + INTERVAL {months} MONTH)"
    else:
        step = f"{floored(moment, period)} + {MILLISECONDS[period.unit] * period.count}"
    return Value(f"(CASE WHEN {floored(moment, period)} = {moment} THEN {moment} ELSE {step} END)", TIME)


def _from_millis(compiler: "Compiler", call: Call) -> Value:
    return Value(_milliseconds(compiler.value(call.arguments[0])), TIME)


def _to_millis(compiler: "Compiler", call: Call) -> Value:
    value = compiler.value(call.arguments[0])
    return Value(f"CAST({_milliseconds(value)} AS DOUBLE)", NUMBER)


def _now(compiler: "Compiler", _call: Call) -> Value:
    return Value(f"CAST({compiler.scope.context.now // 1000} AS DOUBLE)", NUMBER)


def _in_subnet(compiler: "Compiler", call: Call) -> Value:
    network, wanted = _network(call.arguments[1]), {"isipv4insubnet": 4, "isipv6insubnet": 6}.get(call.name)
    value = text(compiler.value(call.arguments[0]))
    if wanted not in (None, network.version):
        return Value("false", TRUTH)
    if isinstance(network, ipaddress.IPv4Network):
        shift = 32 - network.prefixlen
        same = f"insights_v4_number({value}) >> {shift} = {int(network.network_address) >> shift}"
        return Value(f"(CASE WHEN insights_v4({value}) THEN {same} ELSE false END)", TRUTH)
    whole, bits = divmod(network.prefixlen, 4)
    digits = f"{int(network.network_address):032x}"
    same = f"starts_with(insights_v6_digits({value}), {literal(digits[:whole])})"
    if bits:
        digit = f"instr('0123456789abcdef', insights_v6_digits({value})[{whole + 1}]) - 1"
        same += f" AND ({digit}) >> {4 - bits} = {int(digits[whole], 16) >> (4 - bits)}"
    return Value(f"(CASE WHEN insights_v6({value}) AND NOT contains({value}, '.') THEN {same} ELSE false END)", TRUTH)


def _network(argument: Expression) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    if isinstance(argument, Text):
        try:
            return ipaddress.ip_network(argument.value, strict=False)
        except ValueError:
            pass
    raise QueryError("a quoted subnet such as '192.0.2.0/24' was expected", argument.start, argument.end)


_SPECIAL: dict[str, Callable[["Compiler", Call], Value]] = {
    "greatest": _extreme,
    "least": _extreme,
    "ltrim": _trim,
    "rtrim": _trim,
    "trim": _trim,
    "substr": _substring,
    "concat": _concat,
    "coalesce": _coalesce,
    "ispresent": _present,
    "jsonstringify": _json_text,
    "unmask": _unmasked,
    "bin": _bin,
    "datefloor": _floor,
    "dateceil": _ceil,
    "frommillis": _from_millis,
    "tomillis": _to_millis,
    "now": _now,
    "isipinsubnet": _in_subnet,
    "isipv4insubnet": _in_subnet,
    "isipv6insubnet": _in_subnet,
}
