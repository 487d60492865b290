"""The grammar: what a query becomes, and where a wrong one is wrong."""

import pytest

from embedded.overlays.insights.language import QueryError, parse
from embedded.overlays.insights.language.tree import (
    Binary,
    Call,
    Dedup,
    Display,
    Expression,
    Field,
    Fields,
    Filter,
    In,
    Like,
    Limit,
    Number,
    Parse,
    Pattern,
    Period,
    Sort,
    Stats,
    Text,
    Unary,
)


def told(expression: Expression) -> str:
    """Return an expression with all its brackets."""
    match expression:
        case Binary():
            return f"({told(expression.left)} {expression.sign} {told(expression.right)})"
        case Unary():
            return f"({expression.sign} {told(expression.operand)})"
        case Field():
            return expression.name
        case Number():
            return expression.text
        case Text():
            return repr(expression.value)
        case Period():
            return f"{expression.count}{expression.unit}"
        case Call():
            return f"{expression.name}({', '.join(told(a) for a in expression.arguments)})"
        case Like():
            kind = "~" if isinstance(expression.pattern, Pattern) else "contains"
            return f"({told(expression.value)} {'not ' * expression.negated}{kind} {expression.pattern.value})"
        case In():
            items = ", ".join(told(item) for item in expression.items)
            return f"({told(expression.value)} {'not ' * expression.negated}in {items})"
    return "*"


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a + b * c", "(a + (b * c))"),
        ("a - b - c", "((a - b) - c)"),
        ("a / b / c % d", "(((a / b) / c) % d)"),
        ("2 ^ 3 ^ 2", "(2 ^ (3 ^ 2))"),
        ("-a ^ 2", "((- a) ^ 2)"),
        ("(a + b) * c", "((a + b) * c)"),
        ("a = 1 or b = 2 and c = 3", "((a = 1) or ((b = 2) and (c = 3)))"),
        ("not a = 1 and b", "((not (a = 1)) and b)"),
        ("a + 1 > b * 2", "((a + 1) > (b * 2))"),
        ("@message like /x\\/y(?<n>.)/", "(@message ~ x/y(?<n>.))"),
        ("@message not like 'x'", "(@message not contains x)"),
        ("@message =~ /x|y/", "(@message ~ x|y)"),
        ("a in ['x', 1, b]", "(a in 'x', 1, b)"),
        ("a not in [1]", "(a not in 1)"),
        ("AVG( a ) > 1", "(avg(a) > 1)"),
        ("bin(5m) = dateFloor(@timestamp, 1 h)", None),
        ("bin(30seconds)", "bin(30s)"),
        ("`foo-bar` = a.`b c`.d", "(foo-bar = a.b c.d)"),
        ("a.0.b = x[3].y", "(a.0.b = x.3.y)"),
        ("a / b", "(a / b)"),
        ("'it\\'s' = \"a\\\\b\\tc\\d\"", "(\"it's\" = 'a\\\\b\\tc\\\\d')"),
        (".5 + 1e3", "(.5 + 1e3)"),
        ("NOT a LIKE /b/ OR c IN [1]", "((not (a ~ b)) or (c in 1))"),
    ],
)
def test_an_expression_is_read_by_precedence(text: str, tree: str | None) -> None:
    if tree is None:
        with pytest.raises(QueryError):
            parse(f"filter {text}")
        return
    (command,) = parse(f"filter {text}").commands
    assert isinstance(command, Filter)
    assert told(command.condition) == tree


def test_every_command_becomes_a_node() -> None:
    query = parse(
        "fields @timestamp, a+1 as b # the first | not a pipe\n"
        "| filter a like /|/ | parse @message '[*] *' as level, rest\n"
        "# | limit 3\n"
        "| PARSE a /(?<x>.)/ | stats count(*) as n, avg(a) by bin(1h), level | Sort n DESC, level asc\n"
        "| display n | dedup level | limit 5"
    )
    kinds = [Fields, Filter, Parse, Parse, Stats, Sort, Display, Dedup, Limit]
    assert [type(command) for command in query.commands] == kinds
    fields, _, glob, regex, stats, sort, *_ = query.commands
    assert isinstance(fields, Fields) and [item.name for item in fields.items] == ["@timestamp", "b"]
    assert isinstance(glob, Parse) and glob.names == ("level", "rest")
    assert isinstance(regex, Parse) and isinstance(regex.pattern, Pattern)
    assert isinstance(stats, Stats) and [item.name for item in stats.values] == ["n", "avg(a)"]
    assert [item.name for item in stats.by] == ["bin(1h)", "level"]
    assert isinstance(sort, Sort) and [key.descending for key in sort.keys] == [True, False]


def test_a_column_without_a_name_is_called_as_it_is_written() -> None:
    (command,) = parse("fields abs( a-b ),  strlen(c)").commands
    assert isinstance(command, Fields)
    assert [item.name for item in command.items] == ["abs( a-b )", "strlen(c)"]


def test_a_parse_without_a_field_parses_the_message() -> None:
    for pattern in ("'[*]' as a", "/(?<a>.)/"):
        (command,) = parse(f"parse {pattern}").commands
        assert isinstance(command, Parse) and told(command.value) == "@message"


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("fields @message | filtr x", "filtr"),
        ("nonsense", "nonsense"),
        ("fields @message | pattern @message", "pattern"),
        ("fields a | diff", "diff"),
        ("SOURCE logGroups()", "SOURCE"),
        ("filter nosuch(a)", "nosuch"),
        ("filter a == 1", "="),
        ("filter a = 'abc", "'abc"),
        ("filter a like /abc", "/abc"),
        ("fields `abc", "`abc"),
        ("stats count(* by a", "by"),
        ("stats count(*) by bin(5x)", "5x"),
        ("stats count(*) by bin(0m)", "0m"),
        ("filter a not 3", "3"),
        ("filter a in [1, 2", ""),
        ("filter strlen(a, b)", "strlen(a, b)"),
        ("limit ten", "ten"),
        ("limit 0", "0"),
        ("limit 100001", "100001"),
        ("fields a | sort b descending", "descending"),
        ("parse @message", ""),
        ("dedup a | fields b", "fields b"),
        ("filter a ; b", ";"),
        ("filter (a", ""),
        ("fields a b", "b"),
        ("", ""),
        ("fields a |", ""),
        ("| fields a", "|"),
        ("filter a like b", "b"),
        ("fields @message as 'x'", "'x'"),
        ("stats", ""),
    ],
)
def test_an_error_has_its_place(query: str, wrong: str) -> None:
    with pytest.raises(QueryError) as error:
        parse(query)
    assert query[error.value.start : error.value.end] == wrong
    assert error.value.message


@pytest.mark.parametrize(
    "query",
    [
        "filter " + "(" * 5000,
        "filter " + "(" * 4000 + "a" + ")" * 4000,
        "fields " + "abs(" * 2000 + "a",
        "filter " + "not " * 2000 + "(",
        "\x00",
        "filter a = '" + "\\",
        "fields " + "🙂 " * 100,
        "`" * 9999,
        "/" * 9999,
    ],
)
def test_hostile_text_is_an_error_and_nothing_else(query: str) -> None:
    with pytest.raises(QueryError):
        parse(query)


def test_a_long_chain_is_read() -> None:
    query = "filter " + " or ".join(f"a = {n}" for n in range(900))
    assert len(query) < 10_000
    assert parse(query).commands
