"""Starting, reading and stopping queries: exactly what is sent to AWS, and what becomes of its answers."""

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.stub import ANY

from app.blueprints.logs.service import past, queries, records, saved
from app.blueprints.logs.service.parameters import Parameter
from app.blueprints.logs.service.queries import Answer, Mistake
from app.blueprints.logs.service.times import Range
from app.problems import Refused
from tests.logs.stubs import answering

SPAN = Range(datetime(2026, 11, 24, 10, 0, 0, 500_000, tzinfo=UTC), datetime(2026, 11, 24, 11, 0, 0, 1, tzinfo=UTC))
ASKED = {"startTime": 1795514400, "endTime": 1795518001, "queryString": "limit 1"}


def row(**cells: str) -> list[dict[str, str]]:
    return [{"field": name.replace("at_", "@"), "value": value} for name, value in cells.items()]


def results(status: str, *rows: list[dict[str, str]], **more: Any) -> dict[str, Any]:
    statistics = {"recordsMatched": 2.0, "recordsScanned": 10.0, "bytesScanned": 1500.0}
    return {"status": status, "results": list(rows), "statistics": statistics, **more}


def test_whole_seconds_hold_the_range() -> None:
    with answering(("start_query", {"logGroupNames": ["/a", "/b"], **ASKED}, {"queryId": "q-1"})) as client:
        assert queries.start(client, ["/a", "/b"], "limit 1", SPAN) == "q-1"


def test_groups_of_other_accounts_go_by_their_arns() -> None:
    arn = "arn:aws:logs:us-east-1:123456789012:log-group:/a"
    with answering(("start_query", {"logGroupIdentifiers": [arn], **ASKED}, {"queryId": "q-1"})) as client:
        assert queries.start(client, [arn], "limit 1", SPAN) == "q-1"


def test_a_mistake_has_its_place() -> None:
    details = {
        "queryCompileError": {"message": "unexpected word", "location": {"startCharOffset": 3, "endCharOffset": 9}}
    }
    refusal = {"error": "MalformedQueryException", "message": "no", "more": details}
    with answering(("start_query", ANY, refusal)) as client, pytest.raises(Mistake) as caught:
        queries.start(client, ["/a"], "limit 1", SPAN)
    assert (str(caught.value), caught.value.start, caught.value.end) == ("unexpected word", 3, 9)


def test_a_mistake_without_place_is_told() -> None:
    with (
        answering(("start_query", ANY, {"error": "MalformedQueryException", "message": "no"})) as client,
        pytest.raises(Mistake) as caught,
    ):
        queries.start(client, ["/a"], "limit 1", SPAN)
    assert (str(caught.value), caught.value.start) == ("no", None)


@pytest.mark.parametrize(
    ("code", "status", "title"),
    [
        ("LimitExceededException", 503, "Too many queries at once"),
        ("ThrottlingException", 503, "Too many queries at once"),
        ("ResourceNotFoundException", 404, "No such log group"),
    ],
)
def test_what_aws_refuses_is_told_in_words(code: str, status: int, title: str) -> None:
    with (
        answering(("start_query", ANY, {"error": code, "message": "said"})) as client,
        pytest.raises(Refused) as caught,
    ):
        queries.start(client, ["/a"], "limit 1", SPAN)
    assert (caught.value.problem.status, caught.value.problem.title) == (status, title)
    assert "said" in caught.value.problem.happened


def test_rows_have_columns_kinds_pointers_and_no_credentials() -> None:
    found = results(
        "Complete",
        row(at_timestamp="2026-11-24 10:00:00.000", at_message="password=hunter2", took="1.5", n="3", at_ptr="p1"),
        row(at_timestamp="2026-11-24 10:00:01.000", at_message="12", n="4", extra="x", at_ptr="p2"),
    )
    with answering(("get_query_results", {"queryId": "q"}, found)) as client:
        answer = queries.answer(client, "q")
    assert answer.columns == ("@timestamp", "@message", "took", "n", "extra")
    assert answer.kinds == ("datetime", "text", "float", "integer", "text")
    assert answer.rows[0] == ("2026-11-24 10:00:00.000", "password=••••••", "1.5", "3", None)
    assert answer.rows[1][2] is None and answer.pointers == ["p1", "p2"]
    assert (answer.statistics.matched, answer.statistics.scanned, answer.statistics.bytes) == (2, 10, 1500)
    assert answer.masked == {"password": 1} and not answer.running and not answer.full


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "-2", "0"], "integer"),
        (["007", "8"], "text"),
        (["1.5", "2"], "float"),
        (["NaN", "1"], "text"),
        (["1e3", "2"], "float"),
        (["12345678901234567890"], "text"),
        (["", ""], "text"),
        (["٣"], "text"),
        (["1_000"], "text"),
        (["2026-11-24 10:00:00.000", ""], "datetime"),
    ],
)
def test_kinds_are_what_every_value_is(values: list[str], kind: str) -> None:
    found = results("Complete", *(row(x=value) for value in values))
    with answering(("get_query_results", ANY, found)) as client:
        assert queries.answer(client, "q").kinds == (kind,)


def test_pages_of_rows() -> None:
    rows: list[tuple[str | None, ...]] = [(str(number),) for number in range(7)]
    page = Answer("q", "Complete", ("n",), ("integer",), rows, [f"p{number}" for number in range(7)]).page(2, 3)
    assert page.rows == [("3",), ("4",), ("5",)] and page.pointers == ["p3", "p4", "p5"]


def test_every_row_follows_the_pages_of_aws() -> None:
    first = results("Complete", row(a="1", b="x"), nextToken="t")
    second = results("Complete", row(b="y"), row(a="3", b="z"))
    calls = (
        ("get_query_results", {"queryId": "q"}, first),
        ("get_query_results", {"queryId": "q", "nextToken": "t"}, second),
    )
    with answering(*calls) as client:
        answer = queries.answer(client, "q")
        assert list(queries.every_row(client, answer)) == [("1", "x"), (None, "y"), ("3", "z")]


def test_asked_too_often_it_runs_on() -> None:
    with answering(("get_query_results", ANY, {"error": "ThrottlingException"})) as client:
        assert queries.answer(client, "q").running


@pytest.mark.parametrize("code", ["ResourceNotFoundException", "InvalidParameterException"])
def test_an_id_of_another_account_is_no_query(code: str) -> None:
    with answering(("get_query_results", ANY, {"error": code})) as client, pytest.raises(Refused) as caught:
        queries.answer(client, "q")
    assert caught.value.problem.status == 404


def test_a_quick_query_is_waited_for() -> None:
    calls = [
        ("get_query_results", {"queryId": "q"}, results(status)) for status in ("Scheduled", "Running", "Complete")
    ]
    with answering(*calls) as client:
        assert queries.settled(client, "q", 5.0).status == "Complete"


def test_a_slow_one_is_not() -> None:
    with answering(("get_query_results", {"queryId": "q"}, results("Running"))) as client:
        assert queries.settled(client, "q", 0.0).running


@pytest.mark.parametrize(
    ("answer", "stopped"),
    [({"success": True}, True), ({"success": False}, False), ({"error": "InvalidParameterException"}, False)],
)
def test_stopping_what_has_ended_is_no_error(answer: dict[str, Any], stopped: bool) -> None:
    with answering(("stop_query", {"queryId": "q"}, answer)) as client:
        assert queries.stop(client, "q") is stopped


def test_a_record_is_laid_out_masked_and_leads_to_its_stream() -> None:
    found = {
        "@message": '{"a": 1, "token": "abcdef"}',
        "a": "1",
        "@log": "1234:/app/shop",
        "@logStream": "s",
        "@timestamp": "1795514400000",
    }
    with answering(("get_log_record", {"logRecordPointer": "p"}, {"logRecord": found})) as client:
        record = records.get(client, "p")
    assert list(record.fields)[:2] == ["@timestamp", "@message"] and "abcdef" not in str(record)
    assert record.pretty.splitlines()[1] == '  "a": 1,'
    assert (record.group, record.stream, record.milliseconds) == ("/app/shop", "s", 1795514400000)


def test_fields_of_several_groups_most_frequent_first() -> None:
    first = {"logGroupFields": [{"name": "b", "percent": 10}, {"name": "a", "percent": 50}]}
    second = {"logGroupFields": [{"name": "b", "percent": 90}]}
    calls = [("get_log_group_fields", {"logGroupName": name}, found) for name, found in (("/a", first), ("/b", second))]
    with answering(*calls) as client:
        assert records.names(client, ["/a", "/b"]) == [{"name": "b", "percent": 90}, {"name": "a", "percent": 50}]


def test_saving_under_a_known_name_replaces() -> None:
    known = {"queryDefinitions": [{"queryDefinitionId": "d-1", "name": "team/errors", "queryString": "old"}]}
    sent = {
        "name": "team/errors",
        "queryString": "filter a = {{x}}",
        "queryDefinitionId": "d-1",
        "logGroupNames": ["/a"],
        "parameters": [{"name": "x", "defaultValue": "1"}],
    }
    calls = (
        ("describe_query_definitions", {"maxResults": 100}, known),
        ("put_query_definition", sent, {"queryDefinitionId": "d-1"}),
    )
    with answering(*calls) as client:
        made = saved.save(client, "team/errors", "filter a = {{x}}", ["/a"], [Parameter("x", "1", True)])
    assert made.id == "d-1"


def test_what_aws_remembers() -> None:
    one = {
        "queryId": "q",
        "queryString": "limit 1",
        "status": "Complete",
        "logGroupName": "/a",
        "createTime": 1795514400000,
    }
    with answering(("describe_queries", {"maxResults": 1000}, {"queries": [one]})) as client:
        found = past.find(client, "q")
    assert found is not None and (found.query, found.group) == ("limit 1", "/a")


def test_fields_of_a_quiet_group_are_those_of_its_last_events() -> None:
    newest = {"logGroupName": "/a", "orderBy": "LastEventTime", "descending": True, "limit": 1}
    calls: tuple[Any, ...] = (
        ("get_log_group_fields", {"logGroupName": "/a"}, {"logGroupFields": []}),
        ("describe_log_streams", newest, {"logStreams": [{"logStreamName": "s", "lastEventTimestamp": 1795514400123}]}),
        (
            "get_log_group_fields",
            {"logGroupName": "/a", "time": 1795514400},
            {"logGroupFields": [{"name": "a", "percent": 7}]},
        ),
    )
    with answering(*calls) as client:
        assert records.names(client, ["/a"]) == [{"name": "a", "percent": 7}]
