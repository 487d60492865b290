"""Jobs listed and shown, runs started, followed, stopped and told about."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from flask import Flask
from flask.testing import FlaskClient

from tests.embedded.process import Embedded
from tests.glue.conftest import ADDRESSES, BUCKET, CSV
from tests.glue.helpers import begin, ended, post, until
from tests.pages import Page

FetchPage = Callable[..., Page]


def test_jobs_are_listed_and_searched(page: FetchPage) -> None:
    shown = page("/glue/", calls=2)
    for said in ("copy", "Copies a file", "Python shell", "0.0625 DPU", "$0.0005"):
        assert said in shown.text
    found = page("/glue/?search=COPIES", calls=2).text
    assert "copy" in found and "never" not in found
    assert "No job has “zzz”" in page("/glue/?search=zzz", calls=1).text


def test_jobs_as_json_hold_no_secret(client: FlaskClient) -> None:
    text = client.get("/glue/?format=json").get_data(as_text=True)
    assert "API_TOKEN" in text and "hush-hush" not in text


def test_the_form_is_made_of_the_jobs_arguments(page: FetchPage) -> None:
    shown = page("/glue/copy/", calls=3)
    assert shown.field("arg.INPUT").get("value") == ADDRESSES
    assert shown.field("arg.VERBOSE").tag == "select"
    assert shown.field("arg.LIMIT").get("type") == "number"
    secret = shown.field("arg.API_TOKEN")
    assert (secret.get("type"), secret.get("value")) == ("password", "")
    assert "hush-hush" not in shown.html and "About $0.0005 a minute" in shown.text
    assert "Input and output are the same place" not in shown.text
    assert "Input and output are the same place" in page("/glue/never/").text


def test_a_job_that_is_not_there(page: FetchPage, client: FlaskClient) -> None:
    assert "no Glue job “nowhere”" in page("/glue/nowhere/", status=404).text
    assert post(client, "/glue/nowhere/runs").status_code == 404
    assert "no run “jr_0”" in page("/glue/copy/runs/jr_0", status=404).text


def test_a_run_from_start_to_what_it_made(client: FlaskClient, page: FetchPage, embedded: Embedded) -> None:
    url = begin(client, "copy", arg__OUTPUT=f"s3://{BUCKET}/out/a b.csv", arg__API_TOKEN="", arg__VERBOSE="true")
    found = ended(client, url)
    assert found["look"]["run"]["state"] == "SUCCEEDED", found["look"]["run"]["error"]
    assert [one["name"] for one in found["look"]["run"]["arguments"]] == ["--OUTPUT"]
    assert [one["text"] for one in found["look"]["lines"]["output"]["lines"]] == ["1 of 2", "2 of 2"]
    shown = page(url, calls=3)
    assert "Succeeded: run of copy" in (shown.root.findtext("head/title") or "")
    assert "/logs/insights?group=%2Faws-glue%2Fpython-jobs%2Foutput" in shown.html
    after = page(f"{url}/after", calls=4)
    assert "1 object written since the run began" in after.text and "Middlefield Road" in after.text
    made = embedded.client("s3").get_object(Bucket=BUCKET, Key="out/a b.csv")["Body"].read()
    assert made == CSV.encode()


def test_a_failed_run_names_the_line_and_what_to_do(client: FlaskClient, page: FetchPage) -> None:
    url = begin(client, "fail")
    assert ended(client, url)["look"]["run"]["state"] == "FAILED"
    shown = page(f"{url}/after", calls=4)
    assert "It failed at line 5" in shown.text and "A value does not convert" in shown.text
    [failed] = [one for one in shown.all(".//tr") if one.get("class") == "glue-failed"]
    said = "".join(failed.itertext())
    assert 'return int(row["amount"])' in said and "ValueError: invalid literal" in said
    [passed] = [one for one in shown.all(".//tr") if one.get("class") == "glue-passed"]
    assert "amount(row)" in "".join(passed.itertext())


def looks(client: FlaskClient, url: str) -> list[tuple[str, int]]:
    """Follow a run as the page does, to the end; returns each look's fragment and its number of AWS calls."""
    text, seen = client.get(url).get_data(as_text=True), list[tuple[str, int]]()
    while found := re.search(r'hx-get="([^"]*/look\?[^"]*)"', text):
        answer = client.get(unescape(found[1]), headers={"HX-Request": "true"})
        assert answer.status_code == 200
        text = answer.get_data(as_text=True)
        seen.append((text, len(answer.headers["Server-Timing"].split(", "))))
    return seen


def test_a_page_follows_a_run_to_its_end_with_two_calls_a_look(client: FlaskClient) -> None:
    seen = looks(client, begin(client, "fail"))
    assert {calls for _, calls in seen} == {2}
    every = "".join(text for text, _ in seen)
    assert every.count("invalid literal") == 1  # in the error log, once
    assert 'data-announce="Failed"' in seen[-1][0] and 'hx-trigger="load delay' not in seen[-1][0]


def test_a_run_is_stopped_and_stopping_twice_is_no_error(client: FlaskClient, page: FetchPage) -> None:
    url = begin(client, "wait")
    until(client, url, "RUNNING")
    assert "Stop" in page(url).text
    again = post(client, "/glue/wait/runs")
    assert again.status_code == 409
    told = again.get_data(as_text=True)
    assert "As many runs as the job allows" in told and "Follow the run that goes on" in told
    assert post(client, f"{url}/stop").status_code == 303
    assert ended(client, url)["look"]["run"]["state"] == "STOPPED"
    assert post(client, f"{url}/stop").status_code == 303
    assert "It was stopped" in page(f"{url}/after", calls=4).text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"timeout": "0"}, "from 1 to"),
        ({"timeout": "x"}, "from 1 to"),
        ({"capacity": "7"}, "0.0625 or 1 DPU"),
        ({"extra_value": "alone", "extra_name": ""}, "a name"),
        ({"extra_name": "LIMIT", "extra_value": "3", "arg__LIMIT": "10"}, "twice"),
    ],
)
def test_what_does_not_do_is_told_and_kept(client: FlaskClient, fields: dict[str, str], said: str) -> None:
    answer = post(client, "/glue/copy/runs", arg__OUTPUT="s3://typed/here", **fields)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422 and said in html and "s3://typed/here" in html


def test_arguments_of_every_sort_arrive(client: FlaskClient, embedded: Embedded) -> None:
    odd = {"QUOTED": 'it\'s "so"', "DASHES": "--x=1 -- y", "WORDS": "a b  c", "UNI": "žluťoučký 🐎", "EMPTY": ""}
    names, values = list(odd), list(odd.values())
    url = begin(client, "fail", extra_name=names, extra_value=values)
    ended(client, url)
    run: Any = embedded.client("glue").get_job_run(JobName="fail", RunId=url.rpartition("/")[2])["JobRun"]
    assert run["Arguments"] == {f"--{name}": value for name, value in odd.items()}


def test_a_run_is_repeated_with_its_secret(client: FlaskClient, page: FetchPage, embedded: Embedded) -> None:
    first = begin(client, "copy", arg__API_TOKEN="s3cr3t!", arg__LIMIT="99")
    ended(client, first)
    run_id = first.rpartition("/")[2]
    shown = page(f"/glue/copy/?repeat={run_id}", calls=4)
    assert shown.field("arg.LIMIT").get("value") == "99" and "s3cr3t!" not in shown.html
    fields = {"repeat": run_id, "arg__LIMIT": "99", "arg__API_TOKEN": ""}
    second = begin(client, "copy", **fields)
    ended(client, second)
    run: Any = embedded.client("glue").get_job_run(JobName="copy", RunId=second.rpartition("/")[2])["JobRun"]
    assert run["Arguments"] == {"--API_TOKEN": "s3cr3t!", "--LIMIT": "99"}


def test_a_job_is_deleted_by_its_name_only(client: FlaskClient, embedded: Embedded) -> None:
    glue = embedded.client("glue")
    glue.create_job(Name="gone/soon", Role="glue-tests", Command={"Name": "pythonshell", "ScriptLocation": "s3://a/b"})
    assert post(client, "/glue/gone/soon/delete", confirm="gone").status_code == 422
    assert post(client, "/glue/gone/soon/delete", confirm="gone/soon").status_code == 303
    assert "gone/soon" not in [one["Name"] for one in glue.get_jobs()["Jobs"]]


def test_a_run_started_elsewhere_is_on_the_page(client: FlaskClient, page: FetchPage, embedded: Embedded) -> None:
    run_id = embedded.client("glue").start_job_run(JobName="fail")["JobRunId"]
    ended(client, f"/glue/fail/runs/{run_id}")
    assert run_id in page("/glue/fail/").html
    assert "Failed" in page("/glue/fail/recent", calls=1).text


@pytest.fixture
def refusing(shared_app: Flask) -> Iterator[Callable[[str], None]]:
    """Yield what makes Glue refuse the next look with an error's code."""
    clients, key = shared_app.extensions["aws"]._clients, ("glue", "us-east-1")
    own = clients[key]

    def refuse(code: str) -> None:
        made: Any = boto3.client("glue", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
        stubber = Stubber(made)
        stubber.add_client_error("get_job_run", code, "no", 400)
        stubber.activate()
        clients[key] = made

    yield refuse
    clients[key] = own


def test_a_look_that_aws_throttles_is_made_again(client: FlaskClient, refusing: Callable[[str], None]) -> None:
    refusing("ThrottlingException")
    address = "/glue/fail/runs/jr_1/look?round=3&output=t"
    answer = client.get(address, headers={"HX-Request": "true"})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200 and "looks again in 5 seconds" in text
    assert f'hx-get="{address.replace("&", "&amp;")}"' in text and "load delay:5000ms" in text


def test_a_look_that_aws_refuses_for_good_ends(client: FlaskClient, refusing: Callable[[str], None]) -> None:
    refusing("AccessDeniedException")
    answer = client.get("/glue/fail/runs/jr_1/look", headers={"HX-Request": "true"})
    assert answer.status_code == 403 and "hx-trigger" not in answer.get_data(as_text=True)
