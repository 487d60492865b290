"""Bad input: queries and messages that are meant to break something."""

import json
import re
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded.overlays.insights.loading import message_kind
from tests.embedded.insights.asking import Asking
from tests.embedded.process import PYTHON, ROOT, Embedded

DEEP: Any = "bottom"
for _ in range(30):
    DEEP = {"d": DEEP}
LARGE = "x" * (256 * 1024 - 26)
MESSAGES = {
    "ansi": "\x1b[31mred\x1b[0m \x07bell",
    "bidi": "user \u202eadmin\u202c \u2066x\u2069",
    "nul": "before\x00after",
    "control": "".join(chr(n) for n in range(1, 32)),
    "emoji": "😀 ä \U0010ffff \ufffd",
    "quotes": "'; DROP TABLE events; -- \" \\ ' || 'x",
    "lines": "first\nsecond\r\nthird",
    "percent": "%s %d {0} ${HOME} $(id)",
    "html": "<script>alert(1)</script>",
    "broken": '{"a": 1',
    "list": "[1, 2]",
    "nan": '{"a": NaN}',
    "deep": json.dumps(DEEP),
    "deepest": "[" * 20_000,
    "deepest object": '{"a":' * 20_000 + "1" + "}" * 20_000,
    "odd keys": json.dumps({"": 1, "a.b": 2, "a/b~c": 3, "'": 4, "`": 5, "a b": 6}),
    "large": LARGE,
    "as": "a" * 30_000 + "!",
}


@pytest.fixture(scope="module")
def hostile(asking: Asking) -> Asking:
    """One stream per message."""
    for number, (name, message) in enumerate(MESSAGES.items()):
        asking.put(name, [(number, message)])
    return asking


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ("{" * 250_000, None),  # each bracket began a search of the whole: minutes
        ("}" + "{" * 1000, None),
        ('took {"a": {"b": 1}} ms', '{"a": {"b": 1}}'),
        ("a } b", None),
        ("no JSON", None),
    ],
)
def test_the_json_in_a_lambdas_message(message: str, found: str | None) -> None:
    assert message_kind(message, "/aws/lambda/f")[1] == found


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_comes_back_as_it_was(hostile: Asking, name: str) -> None:
    answer = hostile.answer(f"fields @message | filter @logStream = '{name}'")
    (row,) = answer["results"]
    assert row[0]["value"] == MESSAGES[name]
    assert hostile.client.get_log_record(logRecordPointer=row[-1]["value"])["logRecord"]["@message"] == MESSAGES[name]
    assert answer["statistics"]["bytesScanned"] == sum(len(message.encode()) for message in MESSAGES.values())


@pytest.mark.parametrize(
    ("query", "value"),
    [
        ("filter @logStream = 'deep' | display " + ".".join("d" * 30) + " as v", "bottom"),
        ("filter @logStream = 'odd keys' | display a.b as v", "2"),
        ("filter @logStream = 'odd keys' | display `a/b~c` as v", "3"),
        ("filter @logStream = 'odd keys' | display `'` as v", "4"),
        ("filter @logStream = 'odd keys' | display `a b` as v", "6"),
        ("filter @logStream = 'broken' | display a as v", None),
        ("filter @logStream = 'nan' | display a as v", "NaN"),
        ("filter @message like '; DROP' | display @logStream as v", "quotes"),
        ("filter @message = '\\'; DROP TABLE events; -- \" \\\\ \\' || \\'x' | display @logStream as v", "quotes"),
        ("filter @message like /^before.after$/ | display @logStream as v", "nul"),
        ("parse @message 'first*third' as v | filter ispresent(v) | display v", "\nsecond\r\n"),
        ("filter strlen(@message) > 200000 | stats count(*) as v", "1"),
    ],
)
def test_odd_content_is_read_rightly(hostile: Asking, query: str, value: str | None) -> None:
    assert hostile.rows(query) == ([{}] if value is None else [{"v": value}])


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|a)*$", "(a*)*b", "(.*a){20}$", "^(([a-z])+.)+[A-Z]([a-z])+$", "(?:a?){30}a{30}"]
)
def test_a_catastrophic_regular_expression_ends(hostile: Asking, pattern: str) -> None:
    # Python's own engine would need longer than the universe has for most of these.
    assert hostile.answer(f"filter @message like /{pattern}/ | stats count(*)")["status"] == "Complete"


@pytest.mark.parametrize("pattern", ["(a{1000}){1000}", "(((a{100}){100}){100})", "[", "(?<n", "a**", "\\", "(?i", "{"])
def test_a_regular_expression_that_is_none_or_too_large_is_malformed(hostile: Asking, pattern: str) -> None:
    try:
        hostile.answer(f"filter @message like /{pattern}/")
    except ClientError as error:
        assert error.response["Error"]["Code"] == "MalformedQueryException"


@pytest.mark.parametrize(
    "query",
    [
        "filter " + " or ".join(f"n{n} = {n}" for n in range(120)),
        "fields " + ", ".join(f"f{n}" for n in range(1500)),
        "filter a in [" + ", ".join(str(n) for n in range(1500)) + "]",
        "fields " + "abs(" * 40 + "n" + ")" * 40,
        "filter @message like '" + "x" * 9000 + "'",
        " | ".join(f"fields a{n} as b{n}" for n in range(300)),
        "fields `" + "x" * 9000 + "`",
        "fields concat(" + ", ".join(["@message"] * 40) + ")",
    ],
)
def test_a_long_query_is_answered(hostile: Asking, query: str) -> None:
    assert len(query) <= 10_000
    assert hostile.answer(query + " | limit 1")["status"] == "Complete"


@pytest.mark.parametrize(
    "query",
    [
        "fields " + " + ".join(["1"] * 2400),
        "filter " + "(" * 9000,
        "filter a like /" + "x" * 9980,
        "x" * 10_000,
    ],
)
def test_a_query_that_is_too_much_is_malformed(hostile: Asking, query: str) -> None:
    assert len(query) <= 10_000
    with pytest.raises(hostile.client.exceptions.MalformedQueryException):
        hostile.start(query)


def test_a_query_of_more_than_ten_thousand_characters_is_refused(hostile: Asking) -> None:
    with pytest.raises(ClientError) as error:
        hostile.start("fields @message #" + "x" * 10_000)
    assert error.value.response["Error"]["Code"] == "InvalidParameterException"


@pytest.mark.parametrize(
    "query",
    [
        "fields 9999999999999999999999 * 9999999999999999999999 as v",
        "fields 10 ^ 400 as v",
        "fields log(0-1) as v, sqrt(0-1) as w",
        "fields substr(@message, 99999999999999999999, 5) as v",
        "fields substr(@message, 0-5, 0-7) as v",
        "fields fromMillis(99999999999999999999) as v",
        "fields fromMillis(0-1) as v, bin(1y)",
        "fields datefloor(fromMillis(0-100000), 1h) as v",
        "fields fromMillis(999999999999999) as v",
        "fields toMillis(@message) as v, dateceil(@message, 1mo) as w",
        "stats pct(@message, 50), stddev(@message), avg(@message) by @logStream",
        "stats count(*) by bin(999999d)",
        "stats count(*) by bin(999999y)",
        "sort @message desc",
        "dedup @message",
        "fields jsonParse(@message) as j | display j.d.d, jsonStringify(j)",
        "stats sortsFirst(@message), max(@message), earliest(@message)",
        "fields isValidIp(@message), isIpInSubnet(@message, '::/1')",
    ],
)
def test_extreme_values_do_not_fail(hostile: Asking, query: str) -> None:
    assert hostile.answer(query)["status"] == "Complete"


def test_a_group_that_goes_during_the_run(hostile: Asking) -> None:
    hostile.put("s", [(n, f"event {n}") for n in range(1000)], "short-lived")
    name = hostile.start("filter @message like /event/ | stats count(*)", logGroupNames=["short-lived"])
    hostile.client.delete_log_group(logGroupName="short-lived")
    assert hostile.wait(name)["status"] == "Complete"
    with pytest.raises(hostile.client.exceptions.ResourceNotFoundException):
        hostile.start("fields @message", logGroupNames=["short-lived"])


def test_the_server_answers_others_meanwhile(hostile: Asking, embedded_aws: Embedded) -> None:
    names = [hostile.start("filter @message like /(.*a){20}$/ | sort @message") for _ in range(6)]
    embedded_aws.client("s3").list_buckets()
    assert {hostile.wait(name)["status"] for name in names} == {"Complete"}


def test_bodies_that_are_no_parameters(hostile: Asking, embedded_aws: Embedded) -> None:
    for arguments in ({"startTime": 0, "endTime": 10**15}, {"startTime": 10**14, "endTime": 10**14}):
        with pytest.raises(ClientError) as error:
            hostile.start("fields @message", **arguments)
        assert error.value.response["Error"]["Code"] == "InvalidParameterException"
    assert re.fullmatch(r"[0-9a-f-]{36}", hostile.start("fields @message", startTime=0, endTime=int(time.time())))


CONFINED = """
import sys
from pathlib import Path
import duckdb
from embedded.events.store import EventStore
from embedded.overlays.insights.loading import open_copy

state = Path(sys.argv[1])
store = EventStore(state)
copy = open_copy(state)
outside = state / "outside.txt"
outside.write_text("secret")
for statement in (
    f"SELECT * FROM read_text('{outside}')",
    f"COPY (SELECT 1) TO '{state / 'made.csv'}'",
    f"ATTACH '{state / 'other.db'}'",
    "SET enable_external_access = true",
    "INSTALL httpfs",
):
    try:
        copy.execute(statement)
    except duckdb.Error as error:
        print(type(error).__name__)
store.close()
"""


def test_the_engine_reaches_no_file_but_its_own(tmp_path: Path) -> None:
    command = [str(PYTHON), "-c", CONFINED, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    refused = ["PermissionException"] * 3 + ["InvalidInputException", "PermissionException"]
    assert done.stdout.split() == refused, done.stderr
