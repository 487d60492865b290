"""FilterLogEvents, GetLogEvents and the lists of groups and streams, over real calls."""

import json
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.embedded.process import Embedded

MESSAGES = {
    "one": ["ERROR first", "info second", "it's | odd", '{"level": "ERROR", "ms": 12}'],
    "two": ["error third", "[ERROR 401] UNAUTHORIZED", "10.0.0.1 GET 404"],
}


@pytest.fixture(scope="module")
def logs(embedded_aws: Embedded) -> Any:
    """A client, and the group `app` with two streams of known events."""
    client = embedded_aws.client("logs")
    client.create_log_group(logGroupName="app")
    now = int(time.time() * 1000) - 60_000
    for offset, (stream, messages) in enumerate(MESSAGES.items()):
        client.create_log_stream(logGroupName="app", logStreamName=stream)
        events = [{"timestamp": now + n * 10 + offset, "message": m} for n, m in enumerate(messages)]
        client.put_log_events(logGroupName="app", logStreamName=stream, logEvents=events)
    client.begin = now
    return client


def refused(call: Any, **arguments: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as error:
        call(**arguments)
    details = error.value.response["Error"]
    return details["Code"], details["Message"]


IN_ORDER = [
    "ERROR first",
    "error third",
    "info second",
    "[ERROR 401] UNAUTHORIZED",
    "it's | odd",
    "10.0.0.1 GET 404",
    '{"level": "ERROR", "ms": 12}',
]


def filtered(logs: Any, **options: Any) -> list[str]:
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName="app", **options)
    return [event["message"] for page in pages for event in page["events"]]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("", IN_ORDER),
        ("ERROR", ["ERROR first", "[ERROR 401] UNAUTHORIZED", IN_ORDER[6]]),
        ("?ERROR ?info", ["ERROR first", "info second", "[ERROR 401] UNAUTHORIZED", IN_ORDER[6]]),
        ('{ $.level = "ERROR" && $.ms > 10 }', [IN_ORDER[6]]),
        ("[ip, method, status = 4*]", ["10.0.0.1 GET 404"]),
        ("%AUTHORIZED%", ["[ERROR 401] UNAUTHORIZED"]),
        (r"%\d{3}$%", ["10.0.0.1 GET 404"]),
        ("%[Ee]rror|[Ii]nfo%", ["error third", "info second"]),
        ("{ $.level = %^E.*R$% }", [IN_ORDER[6]]),
        ("[..., status = %40[0-9]%]", ["10.0.0.1 GET 404"]),
        ("-%ERROR|error% -info", ["it's | odd", "10.0.0.1 GET 404"]),
    ],
)
def test_a_pattern_finds_in_order_of_time(logs: Any, pattern: str, expected: list[str]) -> None:
    assert filtered(logs, filterPattern=pattern) == expected


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_filtered_events_are_paged_to_the_end(logs: Any, size: int) -> None:
    assert filtered(logs, limit=size) == IN_ORDER
    assert filtered(logs, limit=size, startFromHead=False) == IN_ORDER[::-1]
    assert filtered(logs, limit=size, filterPattern="ERROR") == [m for m in IN_ORDER if "ERROR" in m]
    page = logs.filter_log_events(logGroupName="app", limit=size)
    assert len(page["events"]) == min(size, 7)
    assert ("nextToken" in page) == (size < 7)


def test_filtered_events_of_streams_and_times(logs: Any) -> None:
    assert filtered(logs, logStreamNames=["two"]) == MESSAGES["two"]
    assert filtered(logs, logStreamNamePrefix="o") == MESSAGES["one"]
    assert filtered(logs, logStreamNames=["none"]) == filtered(logs, logStreamNamePrefix="none") == []
    assert filtered(logs, startTime=logs.begin + 11, endTime=logs.begin + 20) == IN_ORDER[3:5]
    identifier = "arn:aws:logs:us-east-1:000000000000:log-group:app"
    assert len(logs.filter_log_events(logGroupIdentifier=identifier)["events"]) == 7
    (event,) = logs.filter_log_events(logGroupName="app", filterPattern="first")["events"]
    assert (event["logStreamName"], event["timestamp"]) == ("one", logs.begin)
    assert event["ingestionTime"] >= logs.begin and event["eventId"]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"filterPattern": "{ $.a"}, "InvalidParameterException"),
        ({"filterPattern": "%(%"}, "InvalidParameterException"),
        ({"filterPattern": "%a**%"}, "InvalidParameterException"),
        ({"nextToken": "nonsense"}, "InvalidParameterException"),
        ({"logGroupName": "none"}, "ResourceNotFoundException"),
        ({"logStreamNames": ["one"], "logStreamNamePrefix": "o"}, "InvalidParameterException"),
        ({"logGroupIdentifier": "app"}, "InvalidParameterException"),
    ],
)
def test_what_cannot_be_filtered(logs: Any, options: dict[str, Any], code: str) -> None:
    assert refused(logs.filter_log_events, **{"logGroupName": "app", **options})[0] == code


def test_a_regular_expression_cannot_hang(logs: Any) -> None:
    logs.create_log_group(logGroupName="long")
    logs.create_log_stream(logGroupName="long", logStreamName="s")
    entry = {"timestamp": int(time.time() * 1000), "message": "a" * 250_000}
    logs.put_log_events(logGroupName="long", logStreamName="s", logEvents=[entry])
    # Without brackets the time of a backtracking engine still grows with the sixth power here.
    found = logs.filter_log_events(logGroupName="long", filterPattern="%a*a*a*a*a*a*b%")
    assert found["events"] == []


@pytest.mark.parametrize("size", [1, 2, 3, 4, 10])
def test_a_stream_is_read_both_ways(logs: Any, size: int) -> None:
    def pages(token: str, **first: Any) -> list[list[str]]:
        found: list[list[str]] = []
        given = first
        while True:
            page = logs.get_log_events(logGroupName="app", logStreamName="one", limit=size, **given)
            if page[token] == given.get("nextToken"):
                return found
            found.append([event["message"] for event in page["events"]])
            given = {"nextToken": page[token]}

    ahead = pages("nextForwardToken", startFromHead=True)
    assert [message for page in ahead for message in page] == MESSAGES["one"]
    back = pages("nextBackwardToken")
    assert [message for page in reversed(back) for message in page] == MESSAGES["one"]


def test_a_stream_between_times(logs: Any) -> None:
    within = {"startTime": logs.begin + 10, "endTime": logs.begin + 20}
    page = logs.get_log_events(logGroupName="app", logStreamName="one", startFromHead=True, **within)
    # The end does not belong to the range, unlike in FilterLogEvents.
    assert [event["message"] for event in page["events"]] == ["info second"]
    code, _ = refused(logs.get_log_events, logGroupName="app", logStreamName="none")
    assert code == "ResourceNotFoundException"
    wrong = {"logGroupName": "app", "logStreamName": "one", "nextToken": "x/y"}
    assert refused(logs.get_log_events, **wrong)[0] == "InvalidParameterException"


def test_late_events_take_their_place(logs: Any) -> None:
    logs.create_log_group(logGroupName="late")
    logs.create_log_stream(logGroupName="late", logStreamName="s")
    for offset in (5, 1, 3, 1):
        entry = {"timestamp": logs.begin + offset, "message": str(offset)}
        logs.put_log_events(logGroupName="late", logStreamName="s", logEvents=[entry])
    page = logs.get_log_events(logGroupName="late", logStreamName="s", startFromHead=True)
    assert [event["message"] for event in page["events"]] == ["1", "1", "3", "5"]
    (stream,) = logs.describe_log_streams(logGroupName="late")["logStreams"]
    assert (stream["firstEventTimestamp"], stream["lastEventTimestamp"]) == (logs.begin + 1, logs.begin + 5)


def test_sizes_are_those_of_the_messages(logs: Any) -> None:
    sizes = {stream: sum(len(message.encode()) for message in messages) for stream, messages in MESSAGES.items()}
    streams = logs.describe_log_streams(logGroupName="app")["logStreams"]
    assert {stream["logStreamName"]: stream["storedBytes"] for stream in streams} == sizes
    (group,) = logs.describe_log_groups(logGroupNamePrefix="app")["logGroups"]
    assert group["storedBytes"] == sum(sizes.values())


def test_halves_of_surrogate_pairs_are_replaced(logs: Any, embedded_aws: Embedded) -> None:
    logs.create_log_group(logGroupName="halves")
    logs.create_log_stream(logGroupName="halves", logStreamName="s")
    entry = {"timestamp": int(time.time() * 1000), "message": "a\ud800b 😀"}
    logs.put_log_events(logGroupName="halves", logStreamName="s", logEvents=[entry])
    (event,) = logs.filter_log_events(logGroupName="halves")["events"]
    assert event["message"].startswith("a") and event["message"].endswith("b 😀")
    assert json.dumps(event["message"]).count("\\ud800") == 0


def test_retention_hides_what_is_too_old(logs: Any) -> None:
    logs.create_log_group(logGroupName="kept")
    logs.create_log_stream(logGroupName="kept", logStreamName="s")
    now = int(time.time() * 1000)
    entries = [{"timestamp": now - days * 86_400_000, "message": f"{days} days"} for days in (10, 4, 0)]
    logs.put_log_events(logGroupName="kept", logStreamName="s", logEvents=entries)
    logs.put_retention_policy(logGroupName="kept", retentionInDays=5)
    assert [e["message"] for e in logs.filter_log_events(logGroupName="kept")["events"]] == ["4 days", "0 days"]
    page = logs.get_log_events(logGroupName="kept", logStreamName="s", startFromHead=True)
    assert [event["message"] for event in page["events"]] == ["4 days", "0 days"]
    name = logs.start_query(logGroupName="kept", startTime=0, endTime=now // 1000, queryString="stats count(*) as n")
    while (answer := logs.get_query_results(queryId=name["queryId"]))["status"] in ("Scheduled", "Running"):
        time.sleep(0.01)
    assert answer["results"] == [[{"field": "n", "value": "2"}]]


def test_what_is_deleted_is_gone_and_does_not_come_back(logs: Any) -> None:
    def put(stream: str, message: str) -> None:
        logs.create_log_stream(logGroupName="gone", logStreamName=stream)
        entry = {"timestamp": int(time.time() * 1000), "message": message}
        logs.put_log_events(logGroupName="gone", logStreamName=stream, logEvents=[entry])

    def messages() -> list[str]:
        return [event["message"] for event in logs.filter_log_events(logGroupName="gone")["events"]]

    logs.create_log_group(logGroupName="gone")
    put("a", "one")
    put("b", "two")
    logs.delete_log_stream(logGroupName="gone", logStreamName="a")
    assert messages() == ["two"]
    put("a", "three")
    assert sorted(messages()) == ["three", "two"]
    logs.delete_log_group(logGroupName="gone")
    assert refused(logs.filter_log_events, logGroupName="gone")[0] == "ResourceNotFoundException"
    logs.create_log_group(logGroupName="gone")
    assert messages() == []
    put("a", "four")
    assert messages() == ["four"]


@pytest.mark.parametrize("pattern", ["ERROR", "{ $.a = 1 }", "[a, b]"])
def test_patterns_of_filters_that_forward_are_refused(logs: Any, pattern: str) -> None:
    metric = [{"metricName": "m", "metricNamespace": "n", "metricValue": "1"}]
    options = {"logGroupName": "app", "filterName": "f", "filterPattern": pattern, "metricTransformations": metric}
    code, message = refused(logs.put_metric_filter, **options)
    assert (code, "forward" in message) == ("InvalidParameterException", True)


def test_who_began_at_the_end_of_an_empty_stream_reads_what_comes(logs: Any) -> None:
    logs.create_log_group(logGroupName="begun-empty")
    logs.create_log_stream(logGroupName="begun-empty", logStreamName="s")
    place = {"logGroupName": "begun-empty", "logStreamName": "s"}
    token = logs.get_log_events(**place)["nextForwardToken"]
    assert logs.get_log_events(**place, startFromHead=True, nextToken=token)["events"] == []
    now = int(time.time() * 1000)
    logs.put_log_events(**place, logEvents=[{"timestamp": now, "message": "first"}])
    page = logs.get_log_events(**place, startFromHead=True, nextToken=token)
    assert [event["message"] for event in page["events"]] == ["first"]
    assert logs.get_log_events(**place, startFromHead=True, nextToken=page["nextForwardToken"])["events"] == []
