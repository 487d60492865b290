"""The recorder sees every call with its exact parameters, and no secret."""

import copy
import threading
from contextvars import copy_context
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from app import recorder


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "k")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")


def made(service: str) -> tuple[Any, Stubber]:
    client = boto3.client(service, region_name="eu-west-1")
    recorder.attach(client.meta.events, "eu-west-1")
    stub = Stubber(client)
    stub.activate()
    return client, stub


def test_a_call_is_recorded_with_its_facts() -> None:
    s3, stub = made("s3")
    stub.add_response("list_objects_v2", {}, {"Bucket": "b", "Prefix": "p/"})
    with recorder.recording() as calls:
        s3.list_objects_v2(Bucket="b", Prefix="p/")
    (call,) = calls
    assert (call.service, call.operation, call.region) == ("s3", "ListObjectsV2", "eu-west-1")
    assert call.parameters == {"Bucket": "b", "Prefix": "p/"}
    assert call.status == 200
    assert call.milliseconds > 0
    assert not call.failed


def test_an_error_is_recorded_with_code_and_message() -> None:
    s3, stub = made("s3")
    stub.add_client_error("head_bucket", "AccessDenied", "no", 403)
    with recorder.recording() as calls, pytest.raises(ClientError):
        s3.head_bucket(Bucket="b")
    assert (calls[0].error_code, calls[0].error_message, calls[0].status) == ("AccessDenied", "no", 403)


def test_bodies_are_kept_by_size_alone() -> None:
    s3, stub = made("s3")
    stub.add_response("put_object", {})
    with recorder.recording() as calls:
        s3.put_object(Bucket="b", Key="k", Body=b"x" * 100_000)
    assert calls[0].parameters["Body"] == recorder.Blob(100_000)


def test_what_the_model_marks_as_secret_is_redacted() -> None:
    secrets, stub = made("secretsmanager")
    stub.add_response("create_secret", {})
    with recorder.recording() as calls:
        secrets.create_secret(Name="n", SecretString="hunter2")
    assert calls[0].parameters == {"Name": "n", "SecretString": recorder.REDACTED}
    assert "hunter2" not in repr(calls)


def test_secrets_deep_in_a_structure_are_redacted() -> None:
    functions, stub = made("lambda")
    stub.add_response("update_function_configuration", {})
    with recorder.recording() as calls:
        functions.update_function_configuration(FunctionName="f", Environment={"Variables": {"PASSWORD": "hunter2"}})
    assert "hunter2" not in repr(calls)


def test_glue_arguments_are_redacted_although_the_model_is_silent() -> None:
    glue, stub = made("glue")
    stub.add_response("start_job_run", {"JobRunId": "jr"})
    with recorder.recording() as calls:
        glue.start_job_run(JobName="j", Arguments={"--password": "hunter2"})
    assert calls[0].parameters == {"JobName": "j", "Arguments": recorder.REDACTED}


@pytest.mark.parametrize(
    ("operation", "answer", "given"),
    [
        (
            "create_job",
            {"Name": "j"},
            {"Name": "j", "Role": "r", "Command": {}, "DefaultArguments": {"--token": "hunter2"}},
        ),
        (
            "update_job",
            {"JobName": "j"},
            {"JobName": "j", "JobUpdate": {"Role": "r", "DefaultArguments": {"--token": "hunter2"}}},
        ),
        (
            "update_job",
            {"JobName": "j"},
            {"JobName": "j", "JobUpdate": {"NonOverridableArguments": {"--token": "hunter2"}}},
        ),
        (
            "create_trigger",
            {"Name": "t"},
            {
                "Name": "t",
                "Type": "ON_DEMAND",
                "Actions": [{"JobName": "j"}, {"JobName": "k", "Arguments": {"--token": "hunter2"}}],
            },
        ),
        (
            "update_trigger",
            {},
            {"Name": "t", "TriggerUpdate": {"Actions": [{"JobName": "j", "Arguments": {"--token": "hunter2"}}]}},
        ),
    ],
)
def test_arguments_of_glues_jobs_and_triggers_are_redacted(operation: str, answer: Any, given: Any) -> None:
    glue, stub = made("glue")
    stub.add_response(operation, answer, copy.deepcopy(given))  # AWS gets what was given
    with recorder.recording() as calls:
        getattr(glue, operation)(**given)
    assert "hunter2" not in repr(calls) and recorder.REDACTED in repr(calls)
    assert "hunter2" in repr(given)


def test_a_helper_thread_records_into_its_request() -> None:
    s3, stub = made("s3")
    stub.add_response("list_buckets", {})
    with recorder.recording() as calls:
        thread = threading.Thread(target=copy_context().run, args=(s3.list_buckets,))
        thread.start()
        thread.join()
    assert [call.operation for call in calls] == ["ListBuckets"]


def test_outside_a_request_nothing_is_kept() -> None:
    s3, stub = made("s3")
    stub.add_response("list_buckets", {})
    s3.list_buckets()
    assert recorder.recorded() == []


def test_housekeeping_stays_out_of_the_record() -> None:
    s3, stub = made("s3")
    stub.add_response("list_buckets", {})
    with recorder.recording() as calls, recorder.unrecorded():
        s3.list_buckets()
    assert calls == []
