"""Events and groups: what is sent to AWS, and what becomes of its answers."""

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.stub import ANY

from app.blueprints.logs.service import events, groups
from app.blueprints.logs.service.events import BadPattern, Wanted
from app.blueprints.logs.service.times import Range
from app.problems import Refused
from tests.logs.stubs import answering

SPAN = Range(datetime(2026, 11, 24, 10, tzinfo=UTC), datetime(2026, 11, 24, 11, tzinfo=UTC))
START, END = 1795514400000, 1795518000000


def event(at: int, message: str = "m", **more: Any) -> dict[str, Any]:
    return {"timestamp": at, "message": message, "ingestionTime": at, **more}


def page(count: int, **more: Any) -> dict[str, Any]:
    found = [event(START + number) for number in range(count)]
    return {"events": found, "nextForwardToken": "f/1", "nextBackwardToken": "b/1", **more}


def test_the_newest_events_of_a_stream() -> None:
    sent = {"logGroupName": "/g", "logStreamName": "s", "limit": events.PAGE, "startFromHead": False}
    with answering(("get_log_events", sent, page(events.PAGE))) as client:
        found = events.read(client, Wanted("/g", "s", newest=True))
    assert len(found.events) == events.PAGE and (found.earlier, found.later) == ("b/1", "")


def test_a_range_of_a_stream_begins_at_its_head() -> None:
    sent = {
        "logGroupName": "/g",
        "logStreamName": "s",
        "limit": events.PAGE,
        "startTime": START,
        "endTime": END,
        "startFromHead": True,
    }
    with answering(("get_log_events", sent, page(3))) as client:
        found = events.read(client, Wanted("/g", "s", range=SPAN))
    assert (found.earlier, found.later, found.searched) == ("", "", "stream")


def test_a_pattern_is_asked_of_the_filter_and_empty_parts_are_passed() -> None:
    sent = {"logGroupName": "/g", "limit": events.PAGE, "startTime": START, "endTime": END, "filterPattern": "ERROR"}
    late = {"events": [event(START + 2, "b", logStreamName="s"), event(START + 1, "token=abcdefg", logStreamName="t")]}
    calls = (
        ("filter_log_events", sent, {"events": [], "nextToken": "1"}),
        ("filter_log_events", {**sent, "nextToken": "1"}, {**late, "nextToken": "2"}),
    )
    with answering(*calls) as client:
        found = events.read(client, Wanted("/g", pattern="ERROR", range=SPAN))
    assert [(one.message, one.stream) for one in found.events] == [("token=••••••", "t"), ("b", "s")]
    assert found.later == "2" and not found.more and found.masked == {"token": 1}


def test_nothing_found_so_far_is_not_nothing() -> None:
    calls = [
        ("filter_log_events", ANY, {"events": [], "nextToken": str(number)}) for number in range(events.EMPTY_PAGES)
    ]
    with answering(*calls) as client:
        found = events.read(client, Wanted("/g", range=SPAN))
    assert not found.events and found.more and found.later == str(events.EMPTY_PAGES - 1)


def test_a_pattern_that_aws_does_not_understand() -> None:
    refusal = {"error": "InvalidParameterException", "message": "Invalid filter pattern"}
    with answering(("filter_log_events", ANY, refusal)) as client, pytest.raises(BadPattern, match="Invalid"):
        events.read(client, Wanted("/g", pattern="{ broken", range=SPAN))


def test_a_stream_that_is_gone_is_named() -> None:
    with (
        answering(("get_log_events", ANY, {"error": "ResourceNotFoundException"})) as client,
        pytest.raises(Refused) as caught,
    ):
        events.read(client, Wanted("/g", "gone", newest=True))
    assert caught.value.problem.status == 404 and "gone" in caught.value.problem.happened


def test_around_a_moment() -> None:
    before = {
        "logGroupName": "/g",
        "logStreamName": "s",
        "endTime": START,
        "limit": events.AROUND,
        "startFromHead": False,
    }
    after = {
        "logGroupName": "/g",
        "logStreamName": "s",
        "startTime": START,
        "limit": events.AROUND,
        "startFromHead": True,
    }
    calls = (("get_log_events", before, page(1)), ("get_log_events", after, page(events.AROUND)))
    with answering(*calls) as client:
        found = events.around(client, "/g", "s", START)
    assert len(found.events) == 1 + events.AROUND and (found.earlier, found.later) == ("", "f/1")


def test_one_event_is_found_again_among_those_of_its_millisecond() -> None:
    twins = {"events": [event(START, "one"), event(START, "two " * 60_000)]}
    with answering(
        ("get_log_events", ANY, twins), ("get_log_events", ANY, twins), ("get_log_events", ANY, twins)
    ) as client:
        [one, two] = events.read(client, Wanted("/g", "s", newest=True)).events
        again = events.whole(client, "/g", "s", START, two.digest)
        assert again is not None and again.message == two.message and one.digest != two.digest
        assert events.whole(client, "/g", "s", START, "0" * 12) is None


def group(name: str, **more: Any) -> dict[str, Any]:
    arn = f"arn:aws:logs:us-east-1:1:log-group:{name}"
    return {"logGroupName": name, "arn": f"{arn}:*", "logGroupArn": arn, "creationTime": START, **more}


def test_facts_that_a_search_does_not_give_are_asked_for() -> None:
    plain = {"logGroups": [group("/b"), group("/a")], "nextToken": "n"}
    facts = {"logGroups": [group("/a", storedBytes=5), group("/b", storedBytes=7_000_000_000, retentionInDays=30)]}
    arns = [f"arn:aws:logs:us-east-1:1:log-group:{name}" for name in ("/b", "/a")]
    calls = (
        ("describe_log_groups", {"limit": 50, "logGroupNamePattern": "/"}, plain),
        ("describe_log_groups", {"logGroupIdentifiers": arns}, facts),
    )
    with answering(*calls) as client:
        found = groups.list_groups(client, "/")
    assert [(one.name, one.stored, one.retention) for one in found.groups] == [
        ("/b", 7_000_000_000, 30),
        ("/a", 5, None),
    ]
    assert found.groups[0].price == pytest.approx(0.21) and found.next_token == "n"


def test_a_search_for_what_no_name_has_asks_nothing() -> None:
    with answering() as client:
        assert groups.list_groups(client, "a b*").groups == []


def test_a_group_is_not_another_that_begins_like_it() -> None:
    with (
        answering(("describe_log_groups", ANY, {"logGroups": [group("/app/shop-2")]})) as client,
        pytest.raises(Refused) as caught,
    ):
        groups.get_group(client, "/app/shop")
    assert caught.value.problem.status == 404


def test_streams_by_last_event_or_by_name() -> None:
    one = groups.Group("/g", "arn", None)
    newest = {"logGroupName": "/g", "limit": 50, "orderBy": "LastEventTime", "descending": True}
    named = {"logGroupName": "/g", "limit": 50, "logStreamNamePrefix": "2026"}
    answer = {"logStreams": [{"logStreamName": "s", "lastEventTimestamp": START}]}
    with answering(
        ("describe_log_streams", newest, answer), ("describe_log_streams", named, {"logStreams": []})
    ) as client:
        assert groups.list_streams(client, one).streams[0].last == datetime(2026, 11, 24, 10, tzinfo=UTC)
        assert groups.list_streams(client, one, "2026").streams == []


@pytest.mark.parametrize(
    ("days", "operation", "sent"),
    [(30, "put_retention_policy", {"retentionInDays": 30}), (None, "delete_retention_policy", {})],
)
def test_retention_is_set_or_taken_away(days: int | None, operation: str, sent: dict[str, Any]) -> None:
    with answering((operation, {"logGroupName": "/g", **sent}, {})) as client:
        groups.set_retention(client, "/g", days)


def test_the_newest_events_of_a_group_lead_to_earlier_ones() -> None:
    sent = {"logGroupName": "/g", "limit": events.PAGE, "startTime": START, "endTime": END, "startFromHead": False}
    found = {"events": [event(START + 2), event(START + 1)], "nextToken": "n"}
    with answering(("filter_log_events", sent, found)) as client:
        page = events.read(client, Wanted("/g", range=SPAN, newest=True))
    assert [one.milliseconds for one in page.events] == [START + 1, START + 2]
    assert (page.earlier, page.later, page.more) == ("n", "", False)


def test_before_2024_aws_gives_the_first_events_first() -> None:
    old = Range(datetime(2023, 1, 1, tzinfo=UTC), datetime(2023, 1, 2, tzinfo=UTC))
    sent = {"logGroupName": "/g", "limit": events.PAGE, "startTime": 1672531200000, "endTime": 1672617600000}
    with answering(("filter_log_events", sent, {"events": [event(1672531200000)], "nextToken": "n"})) as client:
        assert events.read(client, Wanted("/g", range=old, newest=True)).later == "n"
