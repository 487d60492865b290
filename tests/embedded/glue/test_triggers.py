"""Triggers start runs: on demand, by the clock, and when what they watch has ended."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from embedded.book import Book, Where
from embedded.overlays.glue.clock import Clock
from embedded.overlays.glue.firing import Firing
from embedded.overlays.glue.rules import job_fields
from tests.embedded.glue.conftest import Bench
from tests.embedded.glue.test_ends import until
from tests.embedded.process import Embedded


def runs(bench: Bench, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = bench.glue.get_job_runs(JobName=name)["JobRuns"]
    return found


def code(call: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as error:
        call(**arguments)
    return str(error.value.response["Error"]["Code"])


def test_a_chain_of_jobs_runs_once_and_only_after_a_trigger(bench: Bench) -> None:
    glue = bench.glue
    bench.job("chain-1", "print('first')")
    bench.job("chain-2", "import sys\nprint(sys.argv[-1])")
    glue.create_trigger(Name="begin", Type="ON_DEMAND", Actions=[{"JobName": "chain-1"}])
    watched = [{"LogicalOperator": "EQUALS", "JobName": "chain-1", "State": "SUCCEEDED"}]
    action = {"JobName": "chain-2", "Arguments": {"--from": "trigger"}}
    glue.create_trigger(
        Name="then", Type="CONDITIONAL", StartOnCreation=True, Predicate={"Conditions": watched}, Actions=[action]
    )
    bench.ran("chain-1")  # by hand: nothing follows
    glue.start_trigger(Name="begin")
    assert until(lambda: [run["JobRunState"] for run in runs(bench, "chain-2")] == ["SUCCEEDED"])
    second = runs(bench, "chain-2")[0]
    assert second["TriggerName"] == "then"
    assert bench.lines(second["Id"]) == ["trigger"]
    assert [run.get("TriggerName") for run in runs(bench, "chain-1")] == ["begin", None]
    glue.stop_trigger(Name="then")
    assert glue.get_trigger(Name="then")["Trigger"]["State"] == "DEACTIVATED"
    assert glue.list_triggers(DependentJobName="chain-2")["TriggerNames"] == ["then"]
    assert [one["Name"] for one in glue.get_triggers()["Triggers"]] == ["begin", "then"]
    found = glue.batch_get_triggers(TriggerNames=["begin", "none"])
    assert (found["Triggers"][0]["State"], found["TriggersNotFound"]) == ("CREATED", ["none"])
    for name in ("begin", "then"):
        glue.delete_trigger(Name=name)


def test_a_crawl_is_watched_and_started(bench: Bench) -> None:
    glue = bench.glue
    bench.s3.put_object(Bucket=bench.bucket, Key="watched/a.csv", Body=b"id,name\n1,x\n")
    target = {"S3Targets": [{"Path": f"s3://{bench.bucket}/watched/"}]}
    glue.create_crawler(Name="watched", Role="r", DatabaseName="watched", Targets=target)
    bench.job("after-crawl", "print(1)")
    glue.create_trigger(Name="crawls", Type="ON_DEMAND", Actions=[{"CrawlerName": "watched"}])
    condition = {"LogicalOperator": "EQUALS", "CrawlerName": "watched", "CrawlState": "SUCCEEDED"}
    glue.create_trigger(
        Name="crawled",
        Type="CONDITIONAL",
        StartOnCreation=True,
        Predicate={"Conditions": [condition]},
        Actions=[{"JobName": "after-crawl"}],
    )
    glue.start_trigger(Name="crawls")
    assert until(lambda: [run["JobRunState"] for run in runs(bench, "after-crawl")] == ["SUCCEEDED"])
    assert [table["Name"] for table in glue.get_tables(DatabaseName="watched")["TableList"]] == ["watched"]


def test_all_or_any_of_several_conditions(bench: Bench) -> None:
    glue = bench.glue
    for name, script in (("watch-1", "print(1)"), ("watch-2", "1 / 0"), ("after-all", "1"), ("after-any", "1")):
        bench.job(name, script)
    conditions = [
        {"LogicalOperator": "EQUALS", "JobName": "watch-1", "State": "SUCCEEDED"},
        {"LogicalOperator": "EQUALS", "JobName": "watch-2", "State": "FAILED"},
    ]
    for logical, name in (("AND", "after-all"), ("ANY", "after-any")):
        glue.create_trigger(
            Name=name,
            Type="CONDITIONAL",
            StartOnCreation=True,
            Predicate={"Logical": logical, "Conditions": conditions},
            Actions=[{"JobName": name}],
        )
    for name in ("watch-1", "watch-2"):
        glue.create_trigger(Name=name, Type="ON_DEMAND", Actions=[{"JobName": name}])
    glue.start_trigger(Name="watch-1")
    assert until(lambda: len(runs(bench, "after-any")) == 1)
    assert runs(bench, "after-all") == []
    glue.start_trigger(Name="watch-2")
    assert until(lambda: len(runs(bench, "after-all")) == 1 and len(runs(bench, "after-any")) == 2)


def test_a_schedule_fires_when_its_minute_comes(fresh: Callable[..., Embedded], tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "glue.json").write_text(
        json.dumps({"clock_starts": "2026-01-30T11:59:50+00:00", "clock_rate": 30})
    )
    bench = Bench(fresh())
    for name, schedule in (("noon", "cron(* 12 * * ? *)"), ("evening", "cron(0 18 * * ? *)")):
        bench.job(name, "print(1)")
        bench.glue.create_trigger(
            Name=name, Type="SCHEDULED", Schedule=schedule, StartOnCreation=True, Actions=[{"JobName": name}]
        )
    assert until(lambda: "SUCCEEDED" in [run["JobRunState"] for run in runs(bench, "noon")])
    assert {run["TriggerName"] for run in runs(bench, "noon")} == {"noon"}
    assert runs(bench, "evening") == []


class Starts:
    """Stands in for the engine: notes what would be started."""

    def __init__(self, path: Path) -> None:
        self.book = Book(path)
        self.ended: list[Any] = []
        self.options: dict[str, Any] = {}
        self.started: list[str] = []

    def start(self, where: Where, job: dict[str, Any], run: dict[str, Any]) -> None:
        self.started.append(job["Name"])


def test_a_schedule_fires_once_a_minute_also_after_a_restart(tmp_path: Path) -> None:
    where = Where("000000000000", "us-east-1")
    starts = Starts(tmp_path / "glue.sqlite")
    command = {"Name": "pythonshell", "ScriptLocation": "s3://b/k"}
    for name, state in (("on", "ACTIVATED"), ("off", "CREATED")):
        starts.book.put("job", where, name, {"Name": name, **job_fields({"Role": "r", "Command": command})})
        trigger = {"Name": name, "Type": "SCHEDULED", "State": state, "Schedule": "cron(0/5 12 * * ? *)"}
        starts.book.put("trigger", where, name, {**trigger, "Actions": [{"JobName": name}]})
    for minute, second, expected in ((0, 0, 1), (0, 30, 1), (1, 0, 1), (5, 0, 2), (5, 59, 2)):
        # A new one each time: what fired is known from the file alone.
        starts.book.close()
        again = Starts(tmp_path / "glue.sqlite")
        again.started = starts.started
        firing = Firing(cast(Any, again), Clock({}))
        firing.tick(datetime(2026, 1, 30, 12, minute, second, tzinfo=UTC))
        assert again.started == ["on"] * expected
        starts = again
    starts.book.close()


def test_a_run_that_a_trigger_cannot_start_has_failed(bench: Bench) -> None:
    bench.job("crowded", "import time\nprint('ready')\ntime.sleep(600)\n")
    run_id = bench.start("crowded")
    bench.glue.create_trigger(Name="crowded", Type="ON_DEMAND", Actions=[{"JobName": "crowded"}])
    bench.glue.start_trigger(Name="crowded")
    last = runs(bench, "crowded")[0]
    assert (last["JobRunState"], last["ErrorMessage"]) == ("FAILED", "Concurrent runs exceeded for crowded")
    bench.glue.batch_stop_job_run(JobName="crowded", JobRunIds=[run_id])
    bench.until("crowded", run_id)


@pytest.mark.parametrize(
    "fields",
    [
        {"Type": "SCHEDULED", "Schedule": "every day"},
        {"Type": "SCHEDULED"},
        {"Type": "EVENT"},
        {"Type": "CONDITIONAL"},
        {"Type": "CONDITIONAL", "Predicate": {"Conditions": [{"JobName": "x", "State": "RUNNING"}]}},
        {"Type": "ON_DEMAND", "StartOnCreation": True},
        {"Type": "ON_DEMAND", "Schedule": "cron(0 12 * * ? *)"},
        {"Type": "ON_DEMAND", "WorkflowName": "w"},
        {"Type": "ON_DEMAND", "Actions": []},
        {"Type": "ON_DEMAND", "Actions": [{"JobName": "x", "CrawlerName": "y"}]},
    ],
)
def test_triggers_that_cannot_be_are_refused(bench: Bench, fields: dict[str, Any]) -> None:
    assert (
        code(bench.glue.create_trigger, **{"Name": "bad", "Actions": [{"JobName": "x"}], **fields})
        == "InvalidInputException"
    )
    assert code(bench.glue.get_trigger, Name="bad") == "EntityNotFoundException"


def test_workflows_are_listed_and_not_run(bench: Bench) -> None:
    bench.glue.create_workflow(Name="flow", Description="d")
    assert bench.glue.list_workflows()["Workflows"] == ["flow"]
    assert bench.glue.get_workflow(Name="flow")["Workflow"]["Description"] == "d"
    assert code(bench.glue.start_workflow_run, Name="flow") == "InvalidInputException"
    assert bench.glue.get_workflow_runs(Name="flow")["Runs"] == []
    bench.glue.delete_workflow(Name="flow")
    assert bench.glue.list_workflows()["Workflows"] == []


class Full(Starts):
    """The first run finds the disk full."""

    def start(self, where: Where, job: dict[str, Any], run: dict[str, Any]) -> None:
        super().start(where, job, run)
        if len(self.started) == 1:
            raise OSError(28, "No space left on device")


class Minutes(Clock):
    """Three minutes, then no more."""

    def __init__(self) -> None:
        super().__init__({})
        self.passed, self.ended = 0, asyncio.Event()

    async def next_minute(self) -> datetime:
        if self.passed == 3:
            self.ended.set()
            await asyncio.Event().wait()
        self.passed += 1
        return datetime(2026, 1, 30, 12, self.passed - 1, tzinfo=UTC)


def test_the_clock_is_watched_on_after_a_trigger_that_failed_here(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    where, command = Where("000000000000", "us-east-1"), {"Name": "pythonshell", "ScriptLocation": "s3://b/k"}
    starts = Full(tmp_path / "glue.sqlite")
    for name in ("one", "two"):
        starts.book.put("job", where, name, {"Name": name, **job_fields({"Role": "r", "Command": command})})
        trigger = {"Name": name, "Type": "SCHEDULED", "State": "ACTIVATED", "Schedule": "cron(0/2 12 * * ? *)"}
        starts.book.put("trigger", where, name, {**trigger, "Actions": [{"JobName": name}]})
    starts.book.put(
        "crawler", where, "broken", {"Name": "broken", "State": "READY", "Schedule": {"State": "SCHEDULED"}}
    )

    async def walk() -> None:
        minutes = Minutes()
        firing = Firing(cast(Any, starts), minutes)
        firing.begin()
        assert firing._task is not None
        waiting = asyncio.create_task(minutes.ended.wait())
        await asyncio.wait([waiting, firing._task], return_when=asyncio.FIRST_COMPLETED)
        firing.end()
        waiting.cancel()

    asyncio.run(walk())
    starts.book.close()
    assert starts.started == ["one", "two", "one", "two"]
    assert "could not start" in caplog.text
