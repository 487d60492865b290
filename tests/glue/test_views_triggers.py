"""Triggers are made, edited and deleted by forms, and start jobs when others have ended; bookmarks are told of."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.blueprints.glue.service import bookmarks, jobs, trigger_drafts
from app.blueprints.glue.service.trigger_drafts import TriggerDraft
from tests.embedded.process import Embedded
from tests.glue.conftest import BUCKET, ROLE, make_job
from tests.glue.helpers import post
from tests.glue.stubs import answering
from tests.glue.test_views_new import filled
from tests.pages import Page, check_page

FetchPage = Callable[..., Page]
LISTS = ("job", "condition_")


@pytest.fixture(autouse=True)
def _no_trigger_is_left(embedded: Embedded) -> Iterator[None]:
    yield
    glue = embedded.client("glue")
    for one in glue.get_triggers()["Triggers"]:
        glue.delete_trigger(Name=one["Name"])


def trigger_of(embedded: Embedded, name: str) -> dict[str, Any]:
    found: dict[str, Any] = embedded.client("glue").get_trigger(Name=name)["Trigger"]
    return found


def ran(embedded: Embedded, job: str) -> list[dict[str, Any]]:
    """Return the runs of a job once the newest is over."""
    glue, end = embedded.client("glue"), time.monotonic() + 60
    while time.monotonic() < end:
        runs: list[dict[str, Any]] = glue.get_job_runs(JobName=job)["JobRuns"]
        if runs and runs[0]["JobRunState"] in ("SUCCEEDED", "FAILED"):
            return runs
        time.sleep(0.05)
    raise TimeoutError(job)


def test_a_job_starts_after_another_has_failed(client: FlaskClient, embedded: Embedded, page: FetchPage) -> None:
    make_job(embedded, "breaks", "1 / 0\n", {})
    make_job(embedded, "mends", "print('mending')\n", {})
    after = {"trigger": "after breaks", "kind": "CONDITIONAL", "job": ["mends", ""], "on": "y", "logical": "ANY"}
    conditions = {"condition_job": ["breaks", "breaks", ""], "condition_state": ["FAILED", "TIMEOUT", "SUCCEEDED"]}
    assert post(client, "/glue/triggers", **after, **conditions).status_code == 303
    demand = {"trigger": "now", "kind": "ON_DEMAND", "job": ["breaks"], "description": "By hand"}
    assert post(client, "/glue/triggers", **demand).status_code == 303
    shown = page("/glue/triggers", calls=2)
    assert "After breaks has failed or breaks has timed out" in shown.text and "By hand" in shown.text
    fired = post(client, "/glue/triggers/act", name="now", action="fire")
    assert fired.status_code == 303
    assert ran(embedded, "breaks")[0]["JobRunState"] == "FAILED"
    assert ran(embedded, "mends")[0]["TriggerName"] == "after breaks"


def test_a_trigger_is_edited_and_what_the_form_does_not_have_is_kept(client: FlaskClient, embedded: Embedded) -> None:
    glue = embedded.client("glue")
    glue.create_crawler(Name="walks", Role=ROLE, DatabaseName="d", Targets={"S3Targets": [{"Path": f"s3://{BUCKET}/"}]})
    crawled = {"LogicalOperator": "EQUALS", "CrawlerName": "walks", "CrawlState": "SUCCEEDED"}
    watched = {"LogicalOperator": "EQUALS", "JobName": "copy", "State": "SUCCEEDED"}
    actions = [{"JobName": "never", "Arguments": {"--TOKEN": "hush-hush"}}, {"CrawlerName": "walks"}]
    predicate = {"Logical": "AND", "Conditions": [watched, crawled]}
    glue.create_trigger(Name="kept/of", Type="CONDITIONAL", Actions=actions, Predicate=predicate, StartOnCreation=True)
    url = "/glue/triggers/edit?name=kept/of"
    shown = check_page(client.get(url), url, 200, 3)
    assert "Conditions on crawlers stay as they are: walks" in shown.text and "hush-hush" not in shown.html
    form = filled(shown, lists=LISTS)
    assert form["condition_job"] == ["copy", ""] and form["job"] == ["never", ""]
    form |= {"condition_state": ["FAILED", ""], "job": ["never", "fail"], "description": "Other"}
    assert post(client, url, **form).status_code == 303
    found = trigger_of(embedded, "kept/of")
    assert found["Actions"] == [actions[0], {"JobName": "fail"}, {"CrawlerName": "walks"}]
    assert found["Predicate"]["Conditions"] == [watched | {"State": "FAILED"}, crawled]
    assert (found["Description"], found["State"]) == ("Other", "ACTIVATED")
    wrong = check_page(post(client, url, **form | {"job": ["copy"]}), url, 422, 3)
    assert "copy would start itself for ever" in wrong.text
    assert trigger_of(embedded, "kept/of") == found
    asked = "/glue/triggers/delete?name=kept/of"
    assert "Nothing was deleted" in check_page(post(client, asked, confirm="kept"), asked, 422, 1).text
    assert post(client, asked, confirm="kept/of").status_code == 303
    assert client.get(asked).status_code == 404 and client.get(url).status_code == 404


def test_a_schedule_is_edited(client: FlaskClient, embedded: Embedded) -> None:
    embedded.client("glue").create_trigger(
        Name="noon", Type="SCHEDULED", Schedule="cron(0 12 * * ? *)", Actions=[{"JobName": "copy"}]
    )
    url = "/glue/triggers/edit?name=noon"
    form = filled(check_page(client.get(url), url, 200, 3), lists=LISTS)
    bad = check_page(post(client, url, **form | {"schedule": "cron(61 12 * * ? *)"}), url, 422, 3)
    assert "is no value of minutes" in bad.text and bad.field("schedule").get("value") == "cron(61 12 * * ? *)"
    assert post(client, url, **form | {"schedule": "cron(30 12 * * ? *)", "kind": "ON_DEMAND"}).status_code == 303
    found = trigger_of(embedded, "noon")
    assert (found["Schedule"], found["Type"], found["State"]) == ("cron(30 12 * * ? *)", "SCHEDULED", "CREATED")


WRONG = [
    ({"trigger": ""}, "Give the trigger a name"),
    ({"trigger": "x" * 256}, "Give the trigger a name"),
    ({"kind": "EVENT"}, "Choose when it starts"),
    ({"job": [""]}, "Choose a job to start"),
    ({"kind": "SCHEDULED", "schedule": ""}, "Say when"),
    ({"condition_job": ["", ""]}, "Choose a job to wait for"),
    ({"condition_state": ["GONE", "FAILED"]}, "Choose how the job must have ended"),
    ({"condition_job": ["never", ""]}, "never would start itself for ever"),
]


@pytest.mark.parametrize(("fields", "said"), WRONG)
def test_wrong_triggers_are_told_and_kept(client: FlaskClient, fields: dict[str, Any], said: str) -> None:
    good = {"trigger": "t", "kind": "CONDITIONAL", "job": ["never"], "description": "typed"}
    good |= {"condition_job": ["copy", ""], "condition_state": ["SUCCEEDED", "FAILED"]}
    shown = check_page(post(client, "/glue/triggers", **good | fields), "/glue/triggers", 422, 2)
    assert said in shown.text and shown.field("description").get("value") == "typed"


def test_two_conditions_are_joined_as_aws_names_it() -> None:
    draft = TriggerDraft("t", "CONDITIONAL", ("c",), conditions=(("a", "SUCCEEDED"), ("b", "FAILED")), logical="ANY")
    wanted = {
        **{"Name": "t", "Type": "CONDITIONAL", "StartOnCreation": True, "Actions": [{"JobName": "c"}]},
        "Predicate": {
            "Logical": "ANY",
            "Conditions": [
                {"LogicalOperator": "EQUALS", "JobName": "a", "State": "SUCCEEDED"},
                {"LogicalOperator": "EQUALS", "JobName": "b", "State": "FAILED"},
            ],
        },
    }
    with answering("glue", ("create_trigger", wanted, {"Name": "t"})) as client:
        trigger_drafts.create(client, draft)


def test_a_bookmark_that_is_not_there_is_told_of(client: FlaskClient, embedded: Embedded, page: FetchPage) -> None:
    spark = {"Name": "glueetl", "ScriptLocation": f"s3://{BUCKET}/scripts/copy_job.py"}
    embedded.client("glue").create_job(Name="sparkling", Role=ROLE, Command=spark)
    assert "What the job remembers of its input" in page("/glue/sparkling/", calls=4).text
    assert "What the job remembers" not in page("/glue/never/", calls=4).text
    shown = page("/glue/sparkling/bookmark", calls=2)
    assert "keep none" in shown.text and "There is none now" in shown.text and "Reset bookmark" not in shown.text
    answer = client.post("/glue/sparkling/bookmark?format=json", data={"csrf_token": _token(client)})
    assert answer.get_json()["reset"] is False


def _token(client: FlaskClient) -> str:
    return check_page(client.get("/glue/triggers"), "/", 200, 2).csrf


def test_a_bookmark_of_a_real_account_is_shown_and_reset() -> None:
    entry = {"JobName": "j", "Version": 3, "Run": 7, "Attempt": 0, "RunId": "jr_1", "JobBookmark": '{"source": {}}'}
    job = jobs.read({"Name": "j", "DefaultArguments": {"--job-bookmark-option": "job-bookmark-enable"}})
    read = ("get_job_bookmark", {"JobName": "j"}, {"JobBookmarkEntry": entry})
    with answering("glue", read, ("reset_job_bookmark", {"JobName": "j"}, {})) as client:
        found = bookmarks.get(client, job)
        assert (found.run, found.version, found.runs, found.enabled, found.absent) == ("jr_1", 3, 7, True, "")
        assert bookmarks.reset(client, "j") == ""
    denied = {"error": "AccessDeniedException"}
    with answering("glue", ("get_job_bookmark", None, denied), ("reset_job_bookmark", None, denied)) as client:
        with pytest.raises(client.exceptions.ClientError):
            bookmarks.get(client, job)
        with pytest.raises(client.exceptions.ClientError):
            bookmarks.reset(client, "j")
