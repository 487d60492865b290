"""Runs of all jobs, schedules and the catalogue, against answers given beforehand and over the embedded AWS."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.blueprints.glue.service import catalog, cron, runs, timeline, triggers
from tests.embedded.process import Embedded
from tests.glue.conftest import BUCKET
from tests.glue.helpers import begin, ended, post
from tests.glue.stubs import answering
from tests.pages import Page

FetchPage = Callable[..., Page]
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)  # a Tuesday


def at(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("schedule", "times"),
    [
        ("cron(0 6 ? * MON-FRI *)", ["2026-11-25 06:00", "2026-11-26 06:00", "2026-11-27 06:00", "2026-11-30 06:00"]),
        ("cron(0/15 12 * * ? *)", ["2026-11-24 12:15", "2026-11-24 12:30", "2026-11-24 12:45", "2026-11-25 12:00"]),
        ("cron(30 4 1 JAN ? 2027,2029)", ["2027-01-01 04:30", "2029-01-01 04:30"]),
        ("cron(0 0 L * ? *)", ["2026-11-30 00:00", "2026-12-31 00:00"]),
        ("cron(0 0 LW * ? *)", ["2026-11-30 00:00", "2026-12-31 00:00", "2027-01-29 00:00"]),
        ("cron(0 0 15W * ? *)", ["2026-12-15 00:00", "2027-01-15 00:00", "2027-02-15 00:00"]),
        ("cron(0 0 1W AUG ? *)", ["2027-08-02 00:00", "2028-08-01 00:00"]),
        ("cron(0 0 ? * 6L *)", ["2026-11-27 00:00", "2026-12-25 00:00"]),
        ("cron(0 0 ? * 3#2 *)", ["2026-12-08 00:00", "2027-01-12 00:00"]),
        ("cron(0 0 ? * FRI-MON *)", ["2026-11-27 00:00", "2026-11-28 00:00", "2026-11-29 00:00", "2026-11-30 00:00"]),
        ("cron(0 0 ? NOV-JAN L *)", ["2026-11-28 00:00", "2026-12-05 00:00"]),
        ("cron(0 0 29 2 ? *)", ["2028-02-29 00:00", "2032-02-29 00:00"]),
        ("cron(0 0 1 1 ? 2020)", []),
    ],
)
def test_the_next_times_of_schedules(schedule: str, times: list[str]) -> None:
    assert cron.following(schedule, NOW, max(len(times), 1)) == [at(one) for one in times]


@pytest.mark.parametrize(
    "schedule",
    [
        "", "rate(5 minutes)", "cron(* * * * *)", "cron(0 6 * * * *)", "cron(0 6 ? * ? *)", "cron(60 6 ? * * *)",
        "cron(0 24 ? * * *)", "cron(0 6 ? * FOO *)", "cron(0 6 32 * ? *)", "cron(0 6 ? 13 * *)", "cron(0/0 6 ? * * *)",
        "cron(0/x 6 ? * * *)", "cron(9-3 6 ? * * *)", "cron(0 6 ? * 3#6 *)", "cron(0 6 0W * ? *)", "cron(0 6 ? * 8L *)",
        "cron(0 6 ? * * 1969)", "cron(0 6 ? * ٣ *)",
    ],
)  # fmt: skip
def test_schedules_that_aws_does_not_understand(schedule: str) -> None:
    with pytest.raises(cron.BadSchedule):
        cron.following(schedule, NOW)


def run(run_id: str, state: str, started: datetime, seconds: int) -> dict[str, Any]:
    made = {"Id": run_id, "JobName": "j", "JobRunState": state, "StartedOn": started, "ExecutionTime": seconds}
    return made | ({"CompletedOn": started + timedelta(seconds=seconds)} if state in runs.ENDED else {})


def test_bars_lie_where_their_runs_do() -> None:
    given = [
        run("now", "RUNNING", NOW - timedelta(minutes=6), 360),
        run("half", "SUCCEEDED", NOW - timedelta(minutes=30), 360),
        run("over", "FAILED", NOW - timedelta(minutes=70), 900),
        run("before", "FAILED", NOW - timedelta(hours=3), 60),
    ]
    answers: list[tuple[str, Any, dict[str, Any]]] = [
        ("get_jobs", None, {"Jobs": [{"Name": "j"}, {"Name": "gone"}]}),
        ("get_job_runs", None, {"error": "EntityNotFoundException"}),
        ("get_job_runs", {"JobName": "j", "MaxResults": 40}, {"JobRuns": given}),
    ]
    with answering("glue", *answers) as client:
        found = timeline.look(client, 1, now=NOW)
    assert [one.id for one in found.runs] == ["now", "half", "over"]
    bars = {bar.run.id: (bar.x, bar.width) for lane in found.lanes for bar in lane.bars}
    assert bars == {"now": (900, 100), "half": (500, 100), "over": (0, pytest.approx(83.3, abs=0.1))}


def test_two_runs_compared() -> None:
    left = runs.read(run("a", "FAILED", NOW, 5) | {"Arguments": {"--X": "1", "--KEY": "hush"}, "MaxCapacity": 1.0})
    right = runs.read(run("b", "SUCCEEDED", NOW, 9) | {"Arguments": {"--X": "2"}, "MaxCapacity": 1.0})
    found = timeline.compare(left, right)
    assert {one.name: one.values for one in found.arguments}["X"] == ("1", "2")
    assert "hush" not in str(found)
    assert {one.name for one in found.facts if not one.same} == {"State"}


def test_triggers_in_words() -> None:
    predicate = {"Logical": "AND", "Conditions": [{"JobName": name, "State": "SUCCEEDED"} for name in ("a", "b")]}
    rows = [
        {
            "Name": "z",
            "Type": "CONDITIONAL",
            "State": "ACTIVATED",
            "Predicate": predicate,
            "Actions": [{"JobName": "c"}],
        },
        {"Name": "A", "Type": "SCHEDULED", "State": "CREATED", "Schedule": "cron(0 6 ? * * *)", "Actions": []},
    ]
    with answering("glue", ("get_triggers", None, {"Triggers": rows})) as client:
        found = triggers.listed(client).triggers
    assert [(one.name, one.word) for one in found] == [("A", "Off"), ("z", "On")]
    assert found[1].condition == "a has succeeded and b has succeeded" and len(found[0].next) == 5


def test_the_timeline_over_the_embedded_aws(client: FlaskClient, page: FetchPage) -> None:
    first, second = begin(client, "copy", arg__OUTPUT=f"s3://{BUCKET}/out/t"), begin(client, "fail")
    ended(client, first), ended(client, second)
    shown = page("/glue/runs?hours=1", calls=12)
    assert "Runs of all jobs" in shown.text and "Succeeded" in shown.text
    failed = client.get("/glue/runs?hours=1&state=FAILED&format=json").get_json()["runs"]
    assert failed and {one["state"] for one in failed} == {"FAILED"}
    assert "No run in this time" in page("/glue/runs?search=zzz", calls=1).text
    ids = [f"{url.rpartition('/')[2]} {job}" for url, job in ((first, "copy"), (second, "fail"))]
    compared = page(f"/glue/compare?run={ids[0]}&run={ids[1]}", calls=2)
    assert "differs" in compared.text and "Why it failed" in compared.text
    assert "Choose two runs" in page(f"/glue/compare?run={ids[0]}", status=400, calls=0).text


def test_a_schedule_is_made_switched_and_told(client: FlaskClient, page: FetchPage, embedded: Embedded) -> None:
    assert "No trigger yet" in page("/glue/triggers?job=never", calls=2).text
    fields = {"trigger": "every morning", "job": "never", "schedule": "cron(0 6 ? * MON-FRI *)"}
    assert post(client, "/glue/triggers", **fields).status_code == 303
    again = post(client, "/glue/triggers", **fields)
    assert again.status_code == 422 and "already exists" in again.get_data(as_text=True)
    wrong = post(client, "/glue/triggers", **fields | {"trigger": "other", "schedule": "cron(99 6 ? * * *)"})
    assert wrong.status_code == 422 and "is no value of minutes" in wrong.get_data(as_text=True)
    shown = page("/glue/triggers", calls=2)
    assert "every morning" in shown.text and "If on:" in shown.text
    assert post(client, "/glue/triggers/act", name="every morning", action="start").status_code == 303
    assert embedded.client("glue").get_trigger(Name="every morning")["Trigger"]["State"] == "ACTIVATED"
    assert "cron(0 6 ? * MON-FRI *)" in page("/glue/?search=never", calls=2).text
    assert post(client, "/glue/triggers/act", name="every morning", action="stop").status_code == 303
    assert embedded.client("glue").get_trigger(Name="every morning")["Trigger"]["State"] == "DEACTIVATED"
    assert post(client, "/glue/triggers/act", name="nobody", action="stop").status_code == 404
    assert post(client, "/glue/triggers/act", name="every morning", action="explode").status_code == 400
    assert "Wednesday" in page("/glue/triggers/times?schedule=cron(0 6 ? * WED *)", calls=0).text


def test_the_catalogue(client: FlaskClient, page: FetchPage, embedded: Embedded) -> None:
    assert "No database" in page("/glue/catalog", calls=1).text
    glue = embedded.client("glue")
    glue.create_database(DatabaseInput={"Name": "trees", "Description": "What grows"})
    storage = {"Columns": [{"Name": "id", "Type": "bigint"}], "Location": f"s3://{BUCKET}/in/addresses.csv"}
    parameters = {"classification": "csv"}
    glue.create_table(
        DatabaseName="trees", TableInput={"Name": "oaks", "StorageDescriptor": storage, "Parameters": parameters}
    )
    keyed = {"Columns": storage["Columns"], "Location": f"s3://{BUCKET}/keyed/"}
    key = [{"Name": "year", "Type": "string"}]
    glue.create_table(
        DatabaseName="trees", TableInput={"Name": "elms", "StorageDescriptor": keyed, "PartitionKeys": key}
    )
    part = {"Values": ["2026"], "StorageDescriptor": {**keyed, "Location": f"s3://{BUCKET}/in/"}}
    glue.create_partition(DatabaseName="trees", TableName="elms", PartitionInput=part)
    assert "What grows" in page("/glue/catalog", calls=1).text
    assert "oaks" in page("/glue/catalog?database=trees", calls=1).text
    assert "Middlefield Road" in page("/glue/catalog?database=trees&table=oaks", calls=3).text
    shown = page("/glue/catalog?database=trees&table=elms", calls=4).text
    assert "2026" in shown and "partition" in shown and "Middlefield Road" in shown
    assert page("/glue/catalog?database=trees&table=ash", status=404).text.count("no table “ash”") == 1
    assert "no database “sea”" in page("/glue/catalog?database=sea", status=404).text
    assert client.get("/glue/catalog?database=trees&format=json").get_json()["tables"][0]["columns"]


def test_a_catalogue_that_may_not_be_read_is_no_missing_table() -> None:
    refused = ("get_table", None, {"error": "AccessDeniedException"})
    with answering("glue", refused) as glue, pytest.raises(glue.exceptions.ClientError):
        catalog.table(glue, None, "d", "t")
