"""What goes wrong between a form and its start, and scripts and files that are hard: told on the page, never lost."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from flask import Flask
from flask.testing import FlaskClient

from tests.embedded.process import Embedded
from tests.glue.conftest import ADDRESSES, BUCKET, WAIT, make_job
from tests.glue.helpers import begin, ended, post, token, until
from tests.glue.test_views_new import BASIC, filled, step
from tests.pages import Page, check_page

FetchPage = Callable[..., Page]
ECHO = "import sys\nprint(len(sys.argv))\nfor one in sys.argv[1:]:\n    print(repr(one))\n"
TALKS = (
    "import os, sys\nout = sys.stdout.buffer\nout.write(b'\\xff caf\\xe9 ok\\n')\nout.flush()\n"
    "for number in range(2000):\n    out.write(b'%06d ' % number + b'x' * 92 + b'\\n')\nout.flush()\nos._exit(3)\n"
)


def lines(found: dict[str, Any]) -> list[str]:
    return [one["text"] for one in found["look"]["lines"]["output"]["lines"]]


def test_fifty_arguments_of_every_sort_arrive_in_the_script(client: FlaskClient, embedded: Embedded) -> None:
    make_job(embedded, "echo", ECHO, {})
    given = {f"A{number}": f"value {number} 'q' \"d\" -- žluťoučký 🐎 --x=1" for number in range(50)}
    url = begin(client, "echo", extra_name=list(given), extra_value=list(given.values()))
    said = lines(ended(client, url))
    pairs = list(zip(said[1::2], said[2::2], strict=False))
    assert set(pairs) >= {(repr(f"--{name}"), repr(value)) for name, value in given.items()}


def test_a_job_that_goes_between_form_and_start(client: FlaskClient, embedded: Embedded) -> None:
    make_job(embedded, "fleeting", ECHO, {"--TEXT": "x"})
    csrf = check_page(client.get("/glue/fleeting/"), "/", 200, 5).csrf
    embedded.client("glue").delete_job(JobName="fleeting")
    answer = client.post("/glue/fleeting/runs", data={"csrf_token": csrf, "arg.TEXT": "typed"})
    assert answer.status_code == 404 and "There is no Glue job" in answer.get_data(as_text=True)


def test_a_bucket_that_goes_between_form_and_start(client: FlaskClient, embedded: Embedded, page: FetchPage) -> None:
    s3 = embedded.client("s3")
    s3.create_bucket(Bucket="fleeting-bucket")
    fields = {**BASIC, "name": "bucketless", "target": "s3://fleeting-bucket/out.jsonl"}
    ready = filled(step(client, "script", {**fields, "script_at": "s3://fleeting-bucket/job.py"}))
    s3.delete_bucket(Bucket="fleeting-bucket")
    refused = step(client, "create", ready, 422)
    assert "There is no bucket fleeting-bucket" in refused.text
    assert "Turns a CSV" in (refused.field("script").text or "")  # what was typed is kept
    made = ready | {"script_at": f"s3://{BUCKET}/scripts/bucketless.py"}
    assert post(client, "/glue/new", step="create", **made).status_code == 303
    url = begin(client, "bucketless")
    assert "NoSuchBucket" in ended(client, url)["look"]["run"]["error"]
    assert "fleeting-bucket" in page(f"{url}/after", calls=5).text


def test_a_role_without_rights_is_seen_before_and_told_after(
    client: FlaskClient, embedded: Embedded, page: FetchPage
) -> None:
    trust = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": '
    iam = embedded.client("iam")
    iam.create_role(RoleName="no-rights", AssumeRolePolicyDocument=trust + '{"Service": "glue.amazonaws.com"}}]}')
    iam.create_role(RoleName="not-glues", AssumeRolePolicyDocument=trust + '{"Service": "ec2.amazonaws.com"}}]}')
    fields = {**BASIC, "name": "rightless", "role": "no-rights", "target": f"s3://{BUCKET}/rightless.jsonl"}
    assert "7 missing" in step(client, "script", fields).text
    empty = page("/glue/new", calls=1)
    assert "not-glues" not in [one.text for one in empty.field("role").findall("option")]
    make_job(embedded, "mistrusted", ECHO, {})
    glue = embedded.client("glue")
    command = glue.get_job(JobName="mistrusted")["Job"]["Command"]
    glue.update_job(JobName="mistrusted", JobUpdate={"Role": "not-glues", "Command": command})
    run = ended(client, begin(client, "mistrusted"))["look"]["run"]
    assert run["state"] == "FAILED" and "assume role" in run["error"]


def test_two_people_who_start_at_once(client: FlaskClient, shared_app: Flask, embedded: Embedded) -> None:
    make_job(embedded, "wanted", WAIT, {})

    def start(_: int) -> int:
        with shared_app.test_client() as person:
            person.environ_base["HTTP_HOST"] = "127.0.0.1"
            return int(person.post("/glue/wanted/runs", data={"csrf_token": token(person)}).status_code)

    with ThreadPoolExecutor(4) as people:
        assert sorted(people.map(start, range(4))) == [303, 409, 409, 409]
    glue = embedded.client("glue")
    (run,) = glue.get_job_runs(JobName="wanted")["JobRuns"]
    url = f"/glue/wanted/runs/{run['Id']}"
    until(client, url, "RUNNING")
    assert post(client, f"{url}/stop").status_code == 303
    assert ended(client, url)["look"]["run"]["state"] == "STOPPED"


def test_odd_bytes_much_output_and_an_exit_without_goodbye(
    client: FlaskClient, embedded: Embedded, page: FetchPage
) -> None:
    make_job(embedded, "talks", TALKS, {})
    url = begin(client, "talks")
    found = ended(client, url)
    assert found["look"]["run"]["error"] == "Command failed with exit code 3"
    logs = embedded.client("logs")
    first = logs.get_log_events(
        logGroupName="/aws-glue/python-jobs/output", logStreamName=url.rpartition("/")[2], startFromHead=True, limit=1
    )
    assert first["events"][0]["message"] == "\ufffd caf\ufffd ok"
    shown = page(url)
    assert "001999 xxx" in shown.text and "exit code 3" in page(f"{url}/after", calls=5).text


def test_a_file_in_latin1_is_read_when_it_is_said_so(client: FlaskClient, embedded: Embedded) -> None:
    embedded.client("s3").put_object(Bucket=BUCKET, Key="latin1.csv", Body="id,text\n1,café\n".encode("latin-1"))
    fields = {**BASIC, "name": "western", "source": f"s3://{BUCKET}/in/addresses.csv"}
    fields |= {"target": f"s3://{BUCKET}/western.jsonl"}
    columns = {"column_source": ["id", "text"], "column_name": ["id", "text"], "column_kind": ["whole", "text"]}
    columns |= {"column_sample": ["", ""], "column_keep": ["0", "1"]}
    ready = filled(step(client, "script", {**fields, **columns}))
    assert post(client, "/glue/new", step="create", **ready).status_code == 303
    given = {"arg__INPUT": f"s3://{BUCKET}/latin1.csv", "arg__ENCODING": "cp1252"}
    assert ended(client, begin(client, "western", **given))["look"]["run"]["state"] == "SUCCEEDED"
    body = embedded.client("s3").get_object(Bucket=BUCKET, Key="western.jsonl")["Body"].read().decode()
    assert body == '{"id": 1, "text": "café"}\n'


@pytest.fixture
def throttled(shared_app: Flask) -> Iterator[None]:
    """Let Glue refuse the next StartJobRun as too many."""
    clients, key = shared_app.extensions["aws"]._clients, ("glue", "us-east-1")
    own = clients[key]
    made: Any = boto3.client("glue", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    stubber = Stubber(made)
    stubber.add_response("get_job", {"Job": own.get_job(JobName="copy")["Job"]})
    stubber.add_client_error("start_job_run", "ThrottlingException", "Rate exceeded", 400)
    stubber.activate()
    clients[key] = made
    yield
    clients[key] = own


def test_a_start_that_is_throttled_is_told_so(client: FlaskClient, request: pytest.FixtureRequest) -> None:
    csrf = token(client)
    request.getfixturevalue("throttled")
    answer = client.post("/glue/copy/runs", data={"csrf_token": csrf, "arg.INPUT": ADDRESSES})
    assert answer.status_code == 503
    assert "Rate exceeded" in answer.get_data(as_text=True)
