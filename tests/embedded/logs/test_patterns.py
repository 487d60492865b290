"""Filter patterns, on the examples of AWS's documentation and beyond them."""

import json

import pytest

from embedded.overlays.log_events.patterns import compile_pattern
from embedded.overlays.log_events.values import PatternError

LINES = {
    1: "ERROR WARN message",
    2: "ERROR message",
    3: "WARN message",
    4: "[ERROR 400] BAD REQUEST",
    5: "[ERROR 401] UNAUTHORIZED REQUEST",
    6: "[ERROR 419] MISSING ARGUMENTS",
    7: "info: it's -fine- 100%",
}


@pytest.mark.parametrize(
    ("pattern", "matched"),
    [
        ("", {1, 2, 3, 4, 5, 6, 7}),
        ("  ", {1, 2, 3, 4, 5, 6, 7}),
        ("ERROR", {1, 2, 4, 5, 6}),
        ("error", set()),
        ("ERROR WARN", {1}),
        ("?ERROR ?WARN", {1, 2, 3, 4, 5, 6}),
        ("ERROR -WARN", {2, 4, 5, 6}),
        ('"BAD REQUEST"', {4}),
        ('"ERROR 40" -BAD', {5}),
        ('-"ERROR"', {3, 7}),
        ("-ERROR -WARN", {7}),
        # Optional terms beside others do not count.
        ("?ERROR message", {1, 2, 3}),
        ('"it\'s"', {7}),
        ("100%", {7}),
        ('"\\"none\\""', set()),
    ],
)
def test_terms(pattern: str, matched: set[int]) -> None:
    wanted = compile_pattern(pattern)
    assert {number for number, line in LINES.items() if wanted(line)} == matched


DOCUMENT = {
    "eventType": "UpdateTrail",
    "sourceIPAddress": "111.111.111.111",
    "arrayKey": ["value", "another value"],
    "objectList": [{"name": "a", "id": 1}, {"name": "b", "id": 2}],
    "SomeObject": None,
    "ThisFlag": True,
    "user": {"id": 1, "email": "John.Stiles@example.com", "odd-name": "x"},
    "users": [{"id": 2, "email": "John.Doe@example.com"}, {"id": 3, "email": "Jane.Doe@example.com"}],
    "actions": ["GET", "PUT", "DELETE"],
    "coordinates": [[0, 1, 2], [4, 5, 6], [7, 8, 9]],
    "latency": 500.5,
    "code": "400",
    "a.b": "dotted",
}


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ('{ $.eventType = "UpdateTrail" }', True),
        ("{ $.eventType = UpdateTrail }", True),
        ('{ $.eventType = "Update*" }', True),
        ("{ $.eventType = *Trail }", True),
        ("{ $.eventType = *date* }", True),
        ("{ $.eventType = Up*ail }", False),
        ("{ $.eventType = * }", True),
        ("{ $.nothing = * }", False),
        ('{ $.eventType != "UpdateTrail" }', False),
        ("{ $.sourceIPAddress != 123.123.* }", True),
        ("{ $.sourceIPAddress = 111.111.* }", True),
        ('{ $.arrayKey[0] = "value" }', True),
        ('{ $.arrayKey[2] = "value" }', False),
        ("{ $.objectList[1].id = 2 }", True),
        ("{ $.objectList[*].id = 2 }", True),
        ("{ $.objectList[*].id = 5 }", False),
        ("{ $.objectList[*].id = 1 && $.objectList[*].id = 2 }", True),
        ("{ $.coordinates[*][*] = 1 || $.objectList[*].id = 2 }", True),
        ("{ $.objectList[*].id NOT EXISTS }", False),
        ("{ $.eventType[*] EXISTS }", False),
        ("{ $.SomeObject IS NULL }", True),
        ("{ $.eventType IS NULL }", False),
        ("{ $.SomeOtherObject NOT EXISTS }", True),
        ("{ $.eventType NOT EXISTS }", False),
        ("{ $.eventType EXISTS }", True),
        ("{ $.ThisFlag IS TRUE }", True),
        ("{ $.ThisFlag IS FALSE }", False),
        ('{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }', True),
        ('{ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "GET" }', False),
        (
            '{ $.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = nonmatch && $.actions[2] = nomatch }',
            True,
        ),
        (
            '{ ($.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = no) && $.actions[2] = nomatch }',
            False,
        ),
        # A list or an object matches neither a comparison nor its opposite.
        ("{ $.users = 1 }", False),
        ("{ $.users != 1 }", False),
        ("{ $.latency >= 500 }", True),
        ("{ $.latency < 10e3 }", True),
        ("{ $.latency <= 5e-1 }", False),
        ("{ $.latency > +1000 }", False),
        ("{ $.latency = 500.5 }", True),
        ("{ $.latency != 500.5 }", False),
        ("{ $.code = 400 }", True),
        ("{ $.code = 4* }", True),
        ("{ $.eventType > 5 }", False),
        ("{ $.user.odd-name = x }", True),
        ("{ $.['a.b'] = dotted }", True),
        ("{$.latency>500&&$.latency<501}", True),
    ],
)
def test_json(pattern: str, matches: bool) -> None:
    assert compile_pattern(pattern)(json.dumps(DOCUMENT)) is matches


@pytest.mark.parametrize("message", ["", "plain", "[1]", "1", "{", '{"a": ', "[" * 100_000, "null"])
def test_json_patterns_pass_over_what_is_no_object(message: str) -> None:
    assert compile_pattern("{ $.a NOT EXISTS }")(message) is False


APACHE = [
    '127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534',
    '127.0.0.1 Prod frank [10/Oct/2000:13:35:22 -0700] "GET /about-us/index.html HTTP/1.0" 500 5324',
    '127.0.0.1 Prod frank [10/Oct/2000:13:50:35 -0700] "GET /a.gif HTTP/1.0" 200 4355',
    "short line",
]


@pytest.mark.parametrize(
    ("pattern", "matched"),
    [
        ("[ip, user, username, timestamp, request, status_code, bytes]", {0, 1, 2}),
        ("[ip, user, username, timestamp, request, status_code, bytes > 4000]", {1, 2}),
        ("[ip, user, username, timestamp, request, status_code = 4*, bytes]", {0}),
        ("[ip, user, username, timestamp, request = *html*, status_code = 4*, bytes]", {0}),
        ("[ip, user, username, timestamp, request, status_code = 404 || status_code = 500, bytes]", {0, 1}),
        ("[ip, user, username, timestamp, request, status_code = 4* && bytes > 1000, bytes]", {0}),
        ("[ip, user, username, timestamp, request, status_code != 404, bytes]", {1, 2}),
        ("[..., status_code, bytes < 2000]", {0}),
        ("[ip, user, ..., status_code = 200, bytes]", {2}),
        ("[ip = 127.0.0.1, ...]", {0, 1, 2}),
        ("[first, second]", {3}),
        ("[first=short, second]", {3}),
        ("[, second=line]", {3}),
        ("[...]", {0, 1, 2, 3}),
        ('[ip, user = "Prod", ...]', {0, 1, 2}),
        ("[w1, w2, w3, time = 10/Oct/2000:13:25*, ...]", {0}),
    ],
)
def test_words(pattern: str, matched: set[int]) -> None:
    wanted = compile_pattern(pattern)
    assert {number for number, line in enumerate(APACHE) if wanted(line)} == matched


@pytest.mark.parametrize(
    "pattern",
    [
        "{ $.a = 1",
        "{ $.a }",
        "{ }",
        "{ a = 1 }",
        "{ $.a = 1 && }",
        "{ ($.a = 1 }",
        "{ $.a = 1 ) }",
        "{ $.a ~ 1 }",
        '{ $.a = "x }',
        "{ " + "(" * 500 + " }",
        "[a, b",
        "[a, b = ]",
        "[..., a, ...]",
        "[a, b = 1 && c = 2]",
        '"open',
        "{ $.a = %x(y)% }",
        "%a!b%",
        "x" * 1025,
        "{ $.a = %open }",
    ],
)
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError):
        compile_pattern(pattern)
