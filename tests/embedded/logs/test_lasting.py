"""Events outlive a crash, a restart, and an older state; the copy that queries run on is never the truth."""

import io
import json
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from embedded.state import Store
from tests.embedded.insights.asking import Asking
from tests.embedded.process import Embedded

PRINTS = """
def handler(event, context):
    print('{"seen": %d}' % event["n"])
"""
Fresh = Callable[..., Embedded]


def asking(running: Embedded, begin: int | None = None) -> Asking:
    made = Asking(running.client("logs"), "app")
    return made if begin is None else Asking(made.client, "app", begin)


def test_events_outlive_a_kill_at_once(fresh: Fresh) -> None:
    running = fresh()
    first = asking(running)
    first.put("one", [(n, json.dumps({"n": n})) for n in range(50)])
    assert first.rows("stats sum(n) as s") == [{"s": "1225"}]
    saved = first.client.put_query_definition(name="saved", queryString="fields n")["queryDefinitionId"]
    first.put("two", [(99, json.dumps({"n": 1000}))])
    running.kill()

    again = asking(fresh(), first.begin)
    assert again.rows("stats sum(n) as s, count_distinct(@logStream) as streams") == [{"s": "2225", "streams": "2"}]
    (group,) = again.client.describe_log_groups()["logGroups"]
    assert (group["logGroupName"], group["storedBytes"] > 0) == ("app", True)
    streams = again.client.describe_log_streams(logGroupName="app")["logStreams"]
    assert [(s["logStreamName"], s["lastEventTimestamp"] - first.begin) for s in streams] == [("one", 49), ("two", 99)]
    assert [d["queryDefinitionId"] for d in again.client.describe_query_definitions()["queryDefinitions"]] == [saved]
    # More can be put into what came back.
    entry = {"timestamp": first.begin + 200, "message": '{"n": 1}'}
    again.client.put_log_events(logGroupName="app", logStreamName="two", logEvents=[entry])
    assert again.rows("stats sum(n) as s") == [{"s": "2226"}]


def test_queries_outlive_a_restart(fresh: Fresh) -> None:
    running = fresh()
    first = asking(running)
    first.put("one", [(n, f"line {n}") for n in range(5)])
    name = first.start("fields @message | sort @timestamp")
    rows = first.wait(name)["results"]
    running.stop()
    again = asking(fresh(), first.begin)
    answer = again.client.get_query_results(queryId=name)
    assert (answer["status"], answer["results"]) == ("Complete", rows)
    assert again.client.get_log_record(logRecordPointer=rows[0][-1]["value"])["logRecord"]["@message"] == "line 0"


def test_what_was_deleted_before_a_kill_stays_away(fresh: Fresh) -> None:
    running = fresh()
    first = asking(running)
    first.put("one", [(0, "kept")])
    first.put("two", [(1, "deleted")])
    first.put("x", [(2, "whole group")], "other")
    assert first.rows("stats count(*) as n") == [{"n": "2"}]
    first.client.delete_log_stream(logGroupName="app", logStreamName="two")
    first.client.delete_log_group(logGroupName="other")
    assert first.rows("fields @message") == [{"@message": "kept"}]
    running.kill()
    again = asking(fresh(), first.begin)
    assert again.rows("fields @message") == [{"@message": "kept"}]
    messages = again.client.filter_log_events(logGroupName="app")["events"]
    assert [event["message"] for event in messages] == ["kept"]


@pytest.mark.parametrize("damage", [b"", b"not a database at all" * 1000])
def test_a_damaged_copy_is_made_anew(fresh: Fresh, damage: bytes) -> None:
    running = fresh()
    first = asking(running)
    first.put("one", [(n, f"line {n}") for n in range(5)])
    assert first.rows("stats count(*) as n") == [{"n": "5"}]
    running.stop()
    copy = running.home / "state" / "insights" / "events.duckdb"
    assert copy.stat().st_size > 0
    copy.write_bytes(damage)
    assert asking(fresh(), first.begin).rows("stats count(*) as n") == [{"n": "5"}]


def test_a_copy_of_another_store_is_not_used(fresh: Fresh) -> None:
    running = fresh()
    first = asking(running)
    first.put("one", [(n, f"line {n}") for n in range(5)])
    assert first.rows("stats count(*) as n") == [{"n": "5"}]
    running.stop()
    state: Path = running.home / "state"
    (state / "events.db").write_bytes(b"damaged " * 1000)
    again = asking(fresh(), first.begin)
    # The groups are in the emulator's own state; the events that could not be read are set aside.
    assert again.rows("stats count(*) as n") == []
    assert (state / "events.damaged").exists()
    again.client.create_log_stream(logGroupName="app", logStreamName="later")
    entry = {"timestamp": first.begin, "message": "new"}
    again.client.put_log_events(logGroupName="app", logStreamName="later", logEvents=[entry])
    assert again.rows("fields @message") == [{"@message": "new"}]


def test_events_of_an_older_state_move_to_the_store(fresh: Fresh) -> None:
    running = fresh()
    first = asking(running)
    first.put("one", [(0, "before")])
    running.stop()
    state = running.home / "state"
    store = Store(state)
    kept: Any = json.loads(store.load("cloudwatch_logs") or b"")
    text = json.dumps(kept)
    at = first.begin + 5
    old = {"timestamp": at, "message": "from an older state", "ingestionTime": at, "eventId": "x"}
    assert text.count('"events": []') == 1
    store.write("cloudwatch_logs", text.replace('"events": []', json.dumps({"events": [old]})[1:-1]).encode())
    again = asking(fresh(), first.begin)
    assert again.rows("fields @message | sort @timestamp") == [
        {"@message": "before"},
        {"@message": "from an older state"},
    ]


def test_what_lambda_writes_is_found(fresh: Fresh) -> None:
    running = fresh()
    client = running.client("lambda")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("m.py", PRINTS)
    client.create_function(
        FunctionName="Printer",
        Runtime="python3.12",
        Role=running.role("functions"),
        Handler="m.handler",
        Code={"ZipFile": packed.getvalue()},
    )
    for number in (1, 2):
        client.invoke(FunctionName="Printer", Payload=json.dumps({"n": number}))
    logs = running.client("logs")
    found = Asking(logs, "/aws/lambda/Printer", int(time.time()) * 1000)
    assert found.rows("filter ispresent(seen) | stats sum(seen) as s") == [{"s": "3"}]
    reports = found.rows('filter @type = "REPORT" | stats count(*) as n, count_distinct(@requestId) as ids')
    assert reports == [{"n": "2", "ids": "2"}]
    (group,) = logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/Printer")["logGroups"]
    assert group["storedBytes"] > 0
    running.kill()
    again = Asking(fresh().client("logs"), "/aws/lambda/Printer", found.begin)
    assert again.rows("filter ispresent(seen) | stats sum(seen) as s") == [{"s": "3"}]


def test_state_files_hold_no_events(fresh: Fresh) -> None:
    running = fresh()
    first = asking(running)
    first.put("one", [(n, f"a line that is long enough to be seen {n}") for n in range(100)])
    running.stop()
    state = running.home / "state"
    for path in state.glob("*.state"):
        assert b"long enough to be seen" not in path.read_bytes()
    for path in (state / "events.db", state / "insights"):
        assert path.stat().st_mode & 0o077 == 0
