"""The calls themselves, as boto3 and the AWS CLI see them."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import psutil
import pytest
from botocore.exceptions import ClientError

from tests.embedded.insights.asking import Asking, plain
from tests.embedded.process import Embedded
from tests.processes import command_of


def refused(call: Any, **arguments: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as error:
        call(**arguments)
    details = error.value.response["Error"]
    return details["Code"], details["Message"]


@pytest.fixture(scope="module")
def app(asking: Asking) -> Asking:
    """A group with two streams of JSON."""
    for number, stream in enumerate(("one", "two")):
        events = [(n * 1000 + number, json.dumps({"n": n, "stream": stream})) for n in range(5)]
        asking.put(stream, events)
    return asking


def test_a_query_goes_through_its_states(app: Asking) -> None:
    name = app.start("fields n | filter n > 2 | sort n")
    first = app.client.get_query_results(queryId=name)
    assert first["status"] in ("Scheduled", "Running", "Complete")
    if first["status"] != "Complete":
        assert first["results"] == []
    answer = app.wait(name)
    assert (answer["status"], answer["queryLanguage"]) == ("Complete", "CWLI")
    assert [plain(row) for row in answer["results"]] == [{"n": n} for n in ("3", "3", "4", "4")]
    assert all(row[-1]["field"] == "@ptr" for row in answer["results"])
    (described,) = [q for q in app.client.describe_queries()["queries"] if q["queryId"] == name]
    assert (described["status"], described["logGroupName"]) == ("Complete", app.group)
    assert described["queryString"] == "fields n | filter n > 2 | sort n"
    assert described["bytesScanned"] == answer["statistics"]["bytesScanned"]
    assert name not in [q["queryId"] for q in app.client.describe_queries(status="Running")["queries"]]
    assert name not in [q["queryId"] for q in app.client.describe_queries(logGroupName="other")["queries"]]
    code, message = refused(app.client.stop_query, queryId=name)
    assert (code, "Complete" in message) == ("InvalidParameterException", True)


def test_a_pointer_gives_the_whole_event(app: Asking) -> None:
    (row,) = app.answer("fields n | filter n = 3 and stream = 'two'")["results"]
    record = app.client.get_log_record(logRecordPointer=row[-1]["value"])["logRecord"]
    assert record["@message"] == json.dumps({"n": 3, "stream": "two"})
    assert (record["n"], record["stream"], record["@logStream"]) == ("3", "two", "two")
    assert record["@log"] == f"000000000000:{app.group}"
    assert record["@timestamp"] == str(app.begin + 3001)
    for wrong in ("nonsense", "MDAwMDAwMDAwMDAwL2V1LXdlc3QtMS8x"):
        assert refused(app.client.get_log_record, logRecordPointer=wrong)[0] == "InvalidParameterException"


def test_the_fields_of_a_group(app: Asking, embedded_aws: Embedded) -> None:
    middle = app.begin // 1000
    for names in ({"logGroupName": app.group}, {"logGroupIdentifier": arn(app.group)}):
        found = app.client.get_log_group_fields(time=middle, **names)["logGroupFields"]
        shares = {field["name"]: field["percent"] for field in found}
        assert shares["n"] == shares["@message"] == shares["@ingestionTime"] == 100
    assert app.client.get_log_group_fields(logGroupName=app.group, time=1000)["logGroupFields"] == []
    both = {"logGroupName": app.group, "logGroupIdentifier": app.group}
    assert refused(app.client.get_log_group_fields, **both)[0] == "InvalidParameterException"
    assert refused(app.client.get_log_group_fields, logGroupName="none")[0] == "ResourceNotFoundException"


def arn(group: str, account: str = "000000000000", region: str = "us-east-1") -> str:
    return f"arn:aws:logs:{region}:{account}:log-group:{group}"


def test_groups_by_name_and_by_arn(app: Asking) -> None:
    app.put("x", [(0, "elsewhere")], "second-group")
    query = "stats count(*) by @log"
    expected = [
        {"@log": f"000000000000:{app.group}", "count(*)": "10"},
        {"@log": "000000000000:second-group", "count(*)": "1"},
    ]
    found = app.rows(query, logGroupNames=[app.group, "second-group", app.group])
    assert sorted(found, key=str) == sorted(expected, key=str)
    identifiers = [arn(app.group), "second-group"]
    answer = app.answer(query, logGroupIdentifiers=identifiers)
    assert sorted(map(plain, answer["results"]), key=str) == sorted(expected, key=str)
    assert answer["statistics"]["logGroupsScanned"] == 2
    for other in (arn(app.group, "111111111111"), arn(app.group, region="eu-west-1"), arn("none")):
        code, _ = refused(app.start, query=query, logGroupIdentifiers=[other])
        assert code == "ResourceNotFoundException"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"logGroupNames": ["nosuch"]}, "ResourceNotFoundException"),
        ({"logGroupNames": [f"g{n}" for n in range(51)]}, "InvalidParameterException"),
        ({"startTime": 2000, "endTime": 1000}, "InvalidParameterException"),
        ({"queryLanguage": "SQL"}, "MalformedQueryException"),
        ({"queryLanguage": "PPL"}, "MalformedQueryException"),
        ({"limit": 100_001}, "InvalidParameterException"),
    ],
)
def test_what_cannot_be_started(app: Asking, options: dict[str, Any], code: str) -> None:
    assert refused(app.start, query="fields @message", **options)[0] == code


def test_exactly_one_way_to_name_the_groups(app: Asking) -> None:
    times = {"startTime": 0, "endTime": 1, "queryString": "fields n"}
    assert refused(app.client.start_query, **times)[0] == "InvalidParameterException"
    both = {"logGroupName": app.group, "logGroupNames": [app.group]}
    assert refused(app.client.start_query, **times, **both)[0] == "InvalidParameterException"


def test_times_are_inclusive_seconds(app: Asking) -> None:
    begin = app.begin // 1000
    query = "stats count(*) as n"
    for start, end, count in ((0, 4, "10"), (1, 1, "2"), (4, 9, "2"), (5, 9, None), (-5, -1, None)):
        found = app.rows(query, startTime=begin + start, endTime=begin + end)
        assert found == ([{"n": count}] if count else []), (start, end)


def test_results_come_in_pages(app: Asking) -> None:
    name = app.start("fields n, stream | sort n, stream")
    whole = app.wait(name)["results"]
    pages: list[Any] = []
    token: dict[str, str] = {}
    while True:
        page = app.client.get_query_results(queryId=name, maxItems=4, **token)
        pages.append(page["results"])
        if "nextToken" not in page:
            break
        token = {"nextToken": page["nextToken"]}
    assert [len(page) for page in pages] == [4, 4, 2]
    assert [row for page in pages for row in page] == whole
    wrong = {"queryId": name, "nextToken": "bm9uc2Vuc2U="}
    assert refused(app.client.get_query_results, **wrong)[0] == "InvalidParameterException"
    assert len(app.answer("fields n", limit=3)["results"]) == 3
    assert len(app.answer("fields n | limit 8", limit=3)["results"]) == 3


def test_ten_thousand_rows_are_the_usual_limit(app: Asking) -> None:
    app.put("many", [(n, f"line {n}") for n in range(10_050)], "many")
    answer = app.answer("fields @message", logGroupNames=["many"])
    assert (len(answer["results"]), answer["statistics"]["recordsMatched"]) == (10_000, 10_050)
    name = app.start("fields @message | sort @timestamp | limit 10040", logGroupNames=["many"])
    first = app.wait(name)
    rest = app.client.get_query_results(queryId=name, nextToken=first["nextToken"])
    assert (len(first["results"]), len(rest["results"]), "nextToken" in rest) == (10_000, 40, False)
    assert plain(rest["results"][-1]) == {"@message": "line 10039"}


def test_another_account_and_another_region_see_nothing(app: Asking, embedded_aws: Embedded) -> None:
    name = app.start("fields n")
    (row,) = app.answer("fields n | limit 1")["results"]
    others = [
        embedded_aws.client("logs", aws_access_key_id="111111111111"),
        embedded_aws.client("logs", region_name="eu-west-1"),
    ]
    for other in others:
        assert refused(other.get_query_results, queryId=name)[0] == "ResourceNotFoundException"
        assert refused(other.stop_query, queryId=name)[0] == "ResourceNotFoundException"
        assert refused(other.get_log_record, logRecordPointer=row[-1]["value"])[0] == "InvalidParameterException"
        assert other.describe_queries()["queries"] == []
        # A group of the same name has its own events.
        other.create_log_group(logGroupName=app.group)
        there = Asking(other, app.group, app.begin)
        assert there.rows("stats count(*)") == []
        there.put("one", [(0, "mine")])
        assert there.rows("fields @message") == [{"@message": "mine"}]
    assert app.rows("stats count(*) as n") == [{"n": "10"}]


def test_saved_queries(app: Asking) -> None:
    logs = app.client
    made = logs.put_query_definition(name="errors/one", queryString="filter a", logGroupNames=[app.group])
    number = made["queryDefinitionId"]
    logs.put_query_definition(name="errors/two", queryString="filter b")
    logs.put_query_definition(name="other", queryString="not even a query")
    found = logs.describe_query_definitions(queryDefinitionNamePrefix="errors/")["queryDefinitions"]
    assert [d["name"] for d in found] == ["errors/one", "errors/two"]
    assert (found[0]["queryString"], found[0]["logGroupNames"]) == ("filter a", [app.group])
    logs.put_query_definition(queryDefinitionId=number, name="errors/one", queryString="filter c")
    page = logs.describe_query_definitions(maxResults=1)
    assert page["queryDefinitions"][0]["queryString"] == "filter c"
    assert len(logs.describe_query_definitions(nextToken=page["nextToken"])["queryDefinitions"]) == 2
    assert logs.delete_query_definition(queryDefinitionId=number)["success"]
    assert refused(logs.delete_query_definition, queryDefinitionId=number)[0] == "ResourceNotFoundException"
    again = {"queryDefinitionId": number, "name": "x", "queryString": "y"}
    assert refused(logs.put_query_definition, **again)[0] == "ResourceNotFoundException"


def test_the_command_line_gives_the_same_rows(app: Asking, embedded_aws: Embedded) -> None:
    def aws(*arguments: str) -> Any:
        command = [sys.executable, "-m", "awscli", "logs", *arguments, "--output", "json"]
        env = {**embedded_aws.env, "PYTHONWARNINGS": "ignore"}
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=True, timeout=60)
        return json.loads(done.stdout)

    begin = app.begin // 1000
    query = "filter n > 1 | stats count(*) as c by stream | sort stream"
    times = ("--start-time", str(begin), "--end-time", str(begin + 60))
    started = aws("start-query", "--log-group-name", app.group, *times, "--query-string", query)
    app.wait(started["queryId"])
    answer = aws("get-query-results", "--query-id", started["queryId"])
    assert answer["status"] == "Complete"
    assert [plain(row) for row in answer["results"]] == app.rows(query)
    assert app.rows(query) == [{"stream": "one", "c": "3"}, {"stream": "two", "c": "3"}]


@pytest.fixture
def halted(app: Asking, embedded_aws: Embedded) -> Iterator[psutil.Process]:
    """The process that runs queries, halted so that none of them ends."""
    app.answer("fields n")
    children = psutil.Process(embedded_aws.process.pid).children()
    (worker,) = [child for child in children if "embedded.overlays.insights.worker" in command_of(child)]
    os.kill(worker.pid, signal.SIGSTOP)
    yield worker
    if worker.is_running():
        os.kill(worker.pid, signal.SIGCONT)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGSTOP")
def test_thirty_queries_at_once(app: Asking, halted: psutil.Process) -> None:
    names = [app.start("fields n") for _ in range(30)]
    assert refused(app.start, query="fields n")[0] == "LimitExceededException"
    assert {q["queryId"] for q in app.client.describe_queries(status="Scheduled")["queries"]} == set(names)
    assert app.client.stop_query(queryId=names[0])["success"]
    stopped = app.client.get_query_results(queryId=names[0])
    assert (stopped["status"], stopped["results"]) == ("Cancelled", [])
    more = app.start("fields n")
    os.kill(halted.pid, signal.SIGCONT)
    assert {app.wait(name)["status"] for name in (*names[1:], more)} == {"Complete"}
    assert app.client.get_query_results(queryId=names[0])["status"] == "Cancelled"


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGSTOP")
def test_what_does_not_stop_is_killed_and_the_others_begin_anew(app: Asking, halted: psutil.Process) -> None:
    stopped, other = app.start("fields n"), app.start("stats count(*) as n")
    app.client.stop_query(queryId=stopped)
    answer = app.wait(other)
    assert (answer["status"], [plain(row) for row in answer["results"]]) == ("Complete", [{"n": "10"}])
    assert not halted.is_running()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_query_process_that_dies_is_replaced(app: Asking, halted: psutil.Process) -> None:
    name = app.start("stats count(*) as n")
    os.kill(halted.pid, signal.SIGKILL)
    answer = app.wait(name)
    assert (answer["status"], [plain(row) for row in answer["results"]]) == ("Complete", [{"n": "10"}])


def test_what_was_just_put_is_found(app: Asking) -> None:
    app.client.create_log_group(logGroupName="fresh")
    app.client.create_log_stream(logGroupName="fresh", logStreamName="s")
    for number in range(5):
        event = {"timestamp": int(time.time() * 1000), "message": f"event {number}"}
        app.client.put_log_events(logGroupName="fresh", logStreamName="s", logEvents=[event])
        assert app.rows("stats count(*) as n", logGroupNames=["fresh"]) == [{"n": str(number + 1)}]
