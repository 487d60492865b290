"""The demo log events: the same each time, believable, put in whole, and again where a crash cut them off."""

import json
import random
import time
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from embedded import seed_logs
from embedded.seed_logs import DEMOS, EACH, LARGEST, MOST, Demo, batches
from tests.embedded.process import Embedded

NOW = 1_800_000_000_000


@cache
def events_of(demo: Demo) -> list[seed_logs.Event]:
    return list(demo.events(random.Random(demo.number), NOW))


@pytest.mark.parametrize("demo", DEMOS, ids=lambda demo: str(demo.group))
def test_events_are_the_same_each_time(demo: Demo) -> None:
    once = events_of(demo)
    assert once == list(demo.events(random.Random(demo.number), NOW))
    assert all(NOW - 49 * seed_logs.HOUR < at <= NOW for at, _, _ in once)


def test_requests_fail_in_bursts() -> None:
    events = events_of(DEMOS[2])
    assert len(events) == 100_000
    requests = [(at, json.loads(message)) for at, _, message in events]
    levels = Counter(request["level"] for _, request in requests)
    assert levels["INFO"] > levels["WARN"] > levels["ERROR"] > 500
    assert all((request["status"] >= 500) == ("error" in request) for _, request in requests)
    ago, minutes, _ = seed_logs.BURSTS[0]
    begin = NOW - ago * seed_logs.HOUR
    inside = [request for at, request in requests if begin <= at < begin + minutes * 60_000]
    failed = sum(request["status"] >= 500 for request in inside) / len(inside)
    assert failed > 10 * levels["ERROR"] / len(requests)


def test_nothing_of_this_machine_is_printed() -> None:
    printed = "".join(message for _, _, message in seed_logs.environments(random.Random(1), NOW))
    assert "AWS_DEFAULT_REGION" in printed
    assert all(name not in printed for name in ("PATH=", "HOME", "/work", "/root", "/home"))


def test_batches_are_what_one_call_takes() -> None:
    events = [(n * 60_000, "s", "x" * (n % 3000)) for n in range(20_000)]
    found = list(batches(events))
    assert [event for batch in found for event in batch] == events
    for batch in found:
        assert len(batch) <= MOST
        assert sum(len(message) + EACH for _, _, message in batch) <= LARGEST
        assert batch[-1][0] - batch[0][0] <= 24 * seed_logs.HOUR


def test_a_first_start_fills_the_groups_and_a_crash_is_made_good(fresh: Callable[..., Embedded]) -> None:
    running = fresh(seed=("logs",))
    state = running.home / "state"
    wait_for(lambda: DEMOS[2].begun(state).exists() or DEMOS[2].mark(state).exists())
    running.kill()
    running = fresh(seed=("logs",))
    wait_for(lambda: not seed_logs.due(state))
    logs = running.client("logs")
    expected = {demo.group: len(events_of(demo)) for demo in DEMOS}
    assert {group: counted(logs, group) for group in expected} == expected
    logs.delete_log_group(logGroupName=DEMOS[0].group)
    running.stop()
    logs = fresh(seed=("logs",)).client("logs")
    groups = [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]]
    assert groups == sorted(demo.group for demo in DEMOS[1:])


def counted(logs: Any, group: str) -> int:
    now = int(time.time())
    times = {"startTime": now - 4 * 86_400, "endTime": now}
    name = logs.start_query(logGroupName=group, queryString="stats count(*) as n", **times)["queryId"]
    answer: dict[str, Any] = {"status": "Running"}
    while answer["status"] in ("Scheduled", "Running"):
        time.sleep(0.05)
        answer = logs.get_query_results(queryId=name)
    return int(answer["results"][0][0]["value"])


def wait_for(happened: Callable[[], bool]) -> None:
    until = time.monotonic() + 240
    while not happened():
        assert time.monotonic() < until, "it took too long"
        time.sleep(0.05)


def test_a_group_that_was_there_before_is_left_alone(tmp_path: Path) -> None:
    class Exists(Exception):
        pass

    class Logs:
        """A client of an AWS where every group exists."""

        class exceptions:
            ResourceAlreadyExistsException = Exists

        def create_log_group(self, logGroupName: str) -> None:
            raise Exists

    seed_logs.make(DEMOS[0], Logs(), tmp_path)
    assert not DEMOS[0].begun(tmp_path).exists()
