"""Every operator and function, on one event whose values are known."""

import json

import pytest

from tests.embedded.insights.asking import Asking

EVENT = {
    "n": 12.5,
    "zero": 0,
    "minus": -7,
    "text": "  Hello  ",
    "word": "xyZfooxyZ",
    "digits": "42",
    "big": 12345678901234567,
    "yes": True,
    "no": False,
    "nothing": None,
    "empty": "",
    "ip4": "10.1.2.3",
    "ip6": "2001:db8::8:800:200c:417a",
    "mixed": "::ffff:10.1.2.3",
    "foo-bar": "dashed",
    "@at": "sign",
    "a": {"b": [{"c": "deep"}, 5], "d.e": "dotted"},
    "inner": '{"x": {"y": [1, "two"]}, "s": "t"}',
    "odd": 'it\'s "quoted" \\ and | # more',
}


@pytest.fixture(scope="module")
def event(asking: Asking) -> Asking:
    """One event, an hour and a bit after `begin`."""
    asking.begin = 1_700_000_000_000 // 3_600_000 * 3_600_000
    asking.put("one", [(3_723_004, json.dumps(EVENT))])
    return asking


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("10 % 3", "1"),
        ("2 ^ 3", "8"),
        ("1 / 3", "0.3333"),
        ("1 / zero", None),
        ("5 % 0", None),
        ("n - minus", "19.5"),
        ("-n", "-12.5"),
        ("word + 1", None),
        ("digits + 1", "43"),
        ("missing + 1", None),
        ("abs(minus)", "7"),
        ("ceil(n)", "13"),
        ("floor(minus / 2)", "-4"),
        ("greatest(1, n, minus)", "12.5"),
        ("least(1, n, minus)", "-7"),
        ("log(1)", "0"),
        ("log(zero)", None),
        ("sqrt(16)", "4"),
        ("sqrt(minus)", None),
        ("1000000 * 1000000", "1000000000000"),
        ("n = 12.5", "1"),
        ("n = '12.5'", "1"),
        ("n != 12.5", "0"),
        ("n < 100", "1"),
        ("n >= 100", "0"),
        ("digits > 5", "1"),
        ("digits = 42.0", "1"),
        ("word > 5", "0"),
        ("word = 'xyZfooxyZ'", "1"),
        ("word < 'xz'", "1"),
        ("missing = 1", "0"),
        ("missing != 1", "1"),
        ("missing > 1", "0"),
        ("not missing = 1", "1"),
        ("n > 1 and word like 'foo'", "1"),
        ("n > 100 or word like /^xy/", "1"),
        ("word like /FOO/", "0"),
        ("word like /(?i)FOO/", "1"),
        ("word =~ 'foo'", "1"),
        ("word not like 'foo'", "0"),
        ("missing not like 'foo'", "1"),
        ("word like 'fo.'", "0"),
        ("n in [1, 12.5]", "1"),
        ("word in ['foo', 'xyZfooxyZ']", "1"),
        ("word in ['foo']", "0"),
        ("word not in ['foo']", "1"),
        ("ispresent(n)", "1"),
        ("ispresent(missing)", "0"),
        ("ispresent(nothing)", "0"),
        ("ispresent(empty)", "1"),
        ("coalesce(missing, nothing, word)", "xyZfooxyZ"),
        ("coalesce(missing, 5)", "5"),
        ("isempty(empty)", "1"),
        ("isempty(missing)", "1"),
        ("isempty(text)", "0"),
        ("isblank('  \t')", "1"),
        ("isblank(word)", "0"),
        ("concat(word, '-', n)", "xyZfooxyZ-12.5"),
        ("concat('a', missing, 'b')", "ab"),
        ("ltrim(word, 'xyZ')", "fooxyZ"),
        ("rtrim(word, 'xyZ')", "xyZfoo"),
        ("trim(word, 'xyZ')", "foo"),
        ("trim(text)", "Hello"),
        ("ltrim(text)", "Hello  "),
        ("strlen(word)", "9"),
        ("strlen('😀ä')", "2"),
        ("toupper(word)", "XYZFOOXYZ"),
        ("tolower(word)", "xyzfooxyz"),
        ("substr(word, 3)", "fooxyZ"),
        ("substr(word, 3, 3)", "foo"),
        ("substr(word, 99)", ""),
        ('replace("foo", "o", "0")', "f00"),
        ("strcontains(word, 'foo')", "1"),
        ("strcontains(word, 'nope')", "0"),
        ("isValidIp(ip4)", "1"),
        ("isValidIp(word)", "0"),
        ("isValidIp(missing)", "0"),
        ("isValidIpV4(ip6)", "0"),
        ("isValidIpV4('256.1.1.1')", "0"),
        ("isValidIpV4('1.2.3')", "0"),
        ("isValidIpV6(ip6)", "1"),
        ("isValidIpV6(mixed)", "1"),
        ("isValidIpV6('::')", "1"),
        ("isValidIpV6('1::2::3')", "0"),
        ("isValidIpV6('12345::')", "0"),
        ("isIpInSubnet(ip4, '10.0.0.0/8')", "1"),
        ("isIpInSubnet(ip4, '10.1.2.4/30')", "0"),
        ("isIpInSubnet(ip6, '2001:db8::/32')", "1"),
        ("isIpv4InSubnet(ip4, '10.1.2.3/32')", "1"),
        ("isIpv4InSubnet(ip4, '0.0.0.0/0')", "1"),
        ("isIpv4InSubnet(ip6, '10.0.0.0/8')", "0"),
        ("isIpv4InSubnet(ip4, '2001:db8::/32')", "0"),
        ("isIpv6InSubnet(ip6, '2001:db8::8:800:0:0/97')", "1"),
        ("isIpv6InSubnet(ip6, '2001:db8::9:0:0:0/83')", "0"),
        ("isIpv6InSubnet(ip4, '::/0')", "0"),
        ("@timestamp", "2023-11-14 23:02:03.004"),
        ("toMillis(@timestamp)", "1700002923004"),
        ("fromMillis(1700002923004)", "2023-11-14 23:02:03.004"),
        ("bin(1m)", "2023-11-14 23:02:00.000"),
        ("bin(30s)", "2023-11-14 23:02:00.000"),
        ("bin(250ms)", "2023-11-14 23:02:03.000"),
        ("bin(1d)", "2023-11-14 00:00:00.000"),
        ("bin(1mo)", "2023-11-01 00:00:00.000"),
        ("bin(1q)", "2023-10-01 00:00:00.000"),
        ("bin(1y)", "2023-01-01 00:00:00.000"),
        ("datefloor(@timestamp, 1h)", "2023-11-14 23:00:00.000"),
        ("dateceil(@timestamp, 1h)", "2023-11-15 00:00:00.000"),
        ("dateceil(datefloor(@timestamp, 1h), 1h)", "2023-11-14 23:00:00.000"),
        ("dateceil(@timestamp, 1mo)", "2023-12-01 00:00:00.000"),
        ("@timestamp > 1700002923003", "1"),
        ("toMillis(now()) > 0", "1"),
        ("yes", "1"),
        ("no = 0", "1"),
        ("nothing", None),
        ("big", "12345678901234567"),
        ("`foo-bar`", "dashed"),
        ("@@at", "sign"),
        ("@nothing", None),
        ("a.b.0.c", "deep"),
        ("a.b.1", "5"),
        ("a.b[0].c", "deep"),
        ("a.b.2", None),
        ("a.`d.e`", "dotted"),
        ("a", None),
        ("odd", EVENT["odd"]),
        ("'it\\'s'", "it's"),
        ("jsonStringify(jsonParse(inner))", '{"x": {"y": [1, "two"]}, "s": "t"}'),
        ("jsonParse(word)", None),
        ("unmask(word)", "xyZfooxyZ"),
    ],
)
def test_an_expression_has_its_value(event: Asking, expression: str, value: str | None) -> None:
    found = event.rows(f"fields {expression} as v")
    assert found == ([{}] if value is None else [{"v": value}])


@pytest.mark.parametrize(
    ("path", "value"), [("j.x.y.0", "1"), ("j.x.y.1", "two"), ("j.s", "t"), ("j.x.z", None), ("j.x", '{"y":[1,"two"]}')]
)
def test_parsed_json_has_attributes(event: Asking, path: str, value: str | None) -> None:
    found = event.rows(f"fields jsonParse(inner) as j | display {path} as v")
    assert found == ([{}] if value is None else [{"v": value}])


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("fields isIpv4InSubnet(ip4, ip6)", "ip6"),
        ("fields isIpv4InSubnet(ip4, 'x')", "'x'"),
        ("fields bin(5)", "5"),
        ("fields datefloor(@timestamp, n)", "n"),
        ("filter count(*) > 1", "count(*)"),
        ("stats avg(n) + n", "n"),
        ("stats pct(n, 101)", "101"),
        ("stats pct(n, word)", "word"),
        ("stats max(avg(n))", "avg(n)"),
        ("filter word like /(/", "/(/"),
        ("filter word like /(?=a)/", "/(?=a)/"),
        ("filter word like /(a)\\1/", "/(a)\\1/"),
        ("parse word /a(b)/", "/a(b)/"),
        ("parse word '* *' as a", "parse word '* *' as a"),
        ("stats count(*) as c | stats earliest(c)", "earliest(c)"),
        ("fields 5m", "5m"),
    ],
)
def test_what_cannot_be_compiled_has_its_place(event: Asking, query: str, wrong: str) -> None:
    with pytest.raises(event.client.exceptions.MalformedQueryException) as error:
        event.start(query)
    location = error.value.response["queryCompileError"]["location"]
    assert query[location["startCharOffset"] : location["endCharOffset"]] == wrong
