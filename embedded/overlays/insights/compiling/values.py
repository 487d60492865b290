"""What an expression becomes: SQL, and what kind of value that SQL gives.

Log fields are text that may look like a number: which it is, each value decides for itself where it is compared.
A value that is missing is NULL; truths are never NULL.
"""

import json
from dataclasses import dataclass

NUMBER, TEXT, QUOTED, TRUTH, TIME, JSON = "number", "text", "quoted", "truth", "time", "json"
V4 = r"^((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)$"


def _v6() -> str:
    group, tail = "[0-9a-fA-F]{1,4}", V4.strip("^$")
    whole = [f"({group}:){{7}}{group}", f"({group}:){{6}}{tail}"]
    short = [f"(({group}:){{0,{n - 1}}}{group})?::(({group}:){{0,{6 - n}}}({group}|{tail}))?" for n in range(1, 7)]
    return "^(" + "|".join([*whole, *short, f"({group}:){{1,7}}:"]) + ")$"


V6 = _v6()
# A macro puts its argument wherever its name stands: where that is more than once, a list of one holds the value, else
# an expression of some depth would become thousands of times as long.
MACROS = rf"""
CREATE OR REPLACE MACRO insights_number(x) AS TRY_CAST(translate(x, 'nNiI_', 'xxxxx') AS DOUBLE);
CREATE OR REPLACE MACRO insights_text(x) AS list_transform([x], lambda n:
    CASE WHEN NOT isfinite(n) THEN NULL WHEN n = trunc(n) AND abs(n) < 1e15 THEN CAST(CAST(n AS BIGINT) AS VARCHAR)
    WHEN abs(n) < 1e15 THEN rtrim(rtrim(printf('%.4f', n), '0'), '.') ELSE CAST(n AS VARCHAR) END)[1];
CREATE OR REPLACE MACRO insights_exact(x) AS list_transform([x], lambda n: CASE
    WHEN n = trunc(n) AND abs(n) < 1e15 THEN CAST(CAST(n AS BIGINT) AS VARCHAR) ELSE CAST(n AS VARCHAR) END)[1];
CREATE OR REPLACE MACRO insights_time(t) AS
    TRY(strftime(make_timestamp(t * 1000), '%Y-%m-%d %H:%M:%S.%g'));
CREATE OR REPLACE MACRO insights_leaf(x) AS list_transform([x], lambda j:
    CASE WHEN starts_with(j, '"') THEN json_extract_string(j, '$') WHEN j = 'true' THEN '1' WHEN j = 'false' THEN '0'
    WHEN j = 'null' OR starts_with(j, '{{') OR starts_with(j, '[') THEN NULL ELSE CAST(j AS VARCHAR) END)[1];
CREATE OR REPLACE MACRO insights_order(x) AS array_to_string(list_transform(regexp_extract_all(x, '\d+|\D+'),
    lambda c: CASE WHEN c[1] BETWEEN '0' AND '9' THEN '0' || lpad(CAST(length(c) AS VARCHAR), 8, '0') || c ELSE c END),
    '');
CREATE OR REPLACE MACRO insights_months(t, n) AS TRY(epoch_ms(make_timestamp(
    ((year(make_timestamp(t * 1000)) * 12 + month(make_timestamp(t * 1000)) - 1) // n * n) // 12,
    ((year(make_timestamp(t * 1000)) * 12 + month(make_timestamp(t * 1000)) - 1) // n * n) % 12 + 1, 1, 0, 0, 0.0)));
CREATE OR REPLACE MACRO insights_v4(x) AS coalesce(regexp_matches(x, '{V4}'), false);
CREATE OR REPLACE MACRO insights_v6(x) AS coalesce(regexp_matches(x, '{V6}'), false);
CREATE OR REPLACE MACRO insights_v4_number(x) AS
    list_reduce(list_transform(string_split(x, '.'), lambda p: CAST(p AS BIGINT)), lambda a, b: a * 256 + b);
CREATE OR REPLACE MACRO insights_v6_groups(x) AS
    list_transform(list_filter(string_split(x, ':'), lambda g: g <> ''), lambda g: lpad(lower(g), 4, '0'));
CREATE OR REPLACE MACRO insights_v6_digits(x) AS array_to_string(insights_v6_groups(split_part(x, '::', 1)), '')
    || repeat('0000', greatest(0, 8 - len(insights_v6_groups(split_part(x, '::', 1)))
    - len(insights_v6_groups(split_part(x, '::', 2)))))
    || array_to_string(insights_v6_groups(split_part(x, '::', 2)), '');
"""


@dataclass(frozen=True)
class Value:
    """SQL and its kind: number (DOUBLE), text, quoted (a text of the query), truth, time (milliseconds) or JSON."""

    sql: str
    kind: str


def joined(parts: list[str], word: str) -> str:
    """Return conditions joined by AND or OR, halves in halves: a long chain would be nested too deep for DuckDB."""
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    return f"({joined(parts[:middle], word)} {word} {joined(parts[middle:], word)})"


def literal(text: str) -> str:
    """Return a text as SQL."""
    return "'" + text.replace("'", "''") + "'"


def number(value: Value) -> str:
    """Return a value as a number: NULL where it is none."""
    if value.kind == NUMBER:
        return value.sql
    if value.kind == TIME:
        return f"CAST({value.sql} AS DOUBLE)"
    if value.kind == TRUTH:
        return f"CAST({value.sql} AS DOUBLE)"
    return f"insights_number({text(value)})"


def text(value: Value) -> str:
    """Return a value as it is shown."""
    if value.kind in (TEXT, QUOTED):
        return value.sql
    if value.kind == NUMBER:
        return f"insights_text({value.sql})"
    if value.kind == TIME:
        return f"insights_time({value.sql})"
    if value.kind == TRUTH:
        return f"CASE WHEN {value.sql} THEN '1' ELSE '0' END"
    return f"coalesce(insights_leaf({value.sql}), CAST({value.sql} AS VARCHAR))"


def cell(name: str, value: Value) -> str:
    """Return a value as JSON, the way results have it; NULL where it is missing."""
    head = f'{{"field": {json.dumps(name, ensure_ascii=False)}, "value": '
    return f"{literal(head)} || to_json({text(value)}) || '}}'"


def truth(value: Value) -> str:
    """Return a value as a condition: a number but zero, a text but the empty one and 0."""
    if value.kind == TRUTH:
        return value.sql
    if value.kind in (NUMBER, TIME):
        return f"coalesce({value.sql} <> 0, false)"
    return f"coalesce({text(value)} NOT IN ('', '0'), false)"


def order(value: Value, descending: bool) -> str:
    """Return the terms of ORDER BY: texts before numbers, digits in a text by their number, what is missing last."""
    way = "DESC" if descending else "ASC"
    if value.kind in (NUMBER, TIME, TRUTH):
        return f"{value.sql} {way} NULLS LAST"
    shown = text(value)
    terms = (
        f"(insights_number({shown}) IS NOT NULL)",
        f"insights_number({shown})",
        # Numbers that are equal stay in the order that they are in.
        f"CASE WHEN insights_number({shown}) IS NULL THEN insights_order({shown}) END",
    )
    return ", ".join([f"({shown} IS NULL)", *(f"{term} {way} NULLS LAST" for term in terms)])


def compared(sign: str, left: Value, right: Value) -> str:
    """Return a comparison: by number where both are numbers; with something missing only != is true."""
    if sign == "!=":
        return f"NOT {compared('=', left, right)}"
    static = (NUMBER, TRUTH)
    if left.kind in static or right.kind in static or left.kind == right.kind == TIME:
        return f"coalesce({number(left)} {sign} {number(right)}, false)"
    words = f"{text(left)} {sign} {text(right)}"
    if sign == "=" and QUOTED in (left.kind, right.kind):
        return f"coalesce({words}, false)"
    return f"coalesce({number(left)} {sign} {number(right)}, {words}, false)"
