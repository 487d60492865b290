"""Every exception becomes one Problem, in words, with AWS's code and request id."""

import pytest
from boto3.exceptions import S3UploadFailedError
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ReadTimeoutError,
)
from flask import Flask
from flask.testing import FlaskClient

from app.aws import NoAws, ReadOnly
from app.aws_errors import CODES, SAME
from app.problems import Problem, Refused, from_exception


def client_error(
    code: str, status: int = 400, message: str = "Words of AWS.", operation: str = "GetObject"
) -> ClientError:
    return ClientError(
        {
            "Error": {"Code": code, "Message": message, "BucketName": "photos"},
            "ResponseMetadata": {"HTTPStatusCode": status, "RequestId": "REQ1"},
        },
        operation,
    )


@pytest.mark.parametrize("code", [*CODES, *SAME])
def test_each_known_code_has_words(code: str) -> None:
    problem = from_exception(client_error(code))
    assert problem is not None
    assert problem.code == code
    assert problem.request_id == "REQ1"
    assert "{" not in problem.happened
    assert problem.remedy.endswith(".")
    assert 400 <= problem.status <= 503


def test_aws_names_the_bucket_and_so_do_we() -> None:
    problem = from_exception(client_error("NoSuchBucket", 404))
    assert problem is not None
    assert "“photos”" in problem.happened


def test_an_unknown_code_keeps_aws_own_sentence() -> None:
    problem = from_exception(client_error("BrandNewError", 409, "Something new happened."))
    assert problem == Problem(
        409,
        "AWS refused",
        "AWS said: Something new happened.",
        "The code and request id below help to look it up.",
        "BrandNewError",
        "REQ1",
        "GetObject",
    )


def test_a_failure_of_aws_itself_is_a_bad_gateway() -> None:
    problem = from_exception(client_error("InternalError", 500))
    assert problem is not None
    assert problem.status == 502


@pytest.mark.parametrize(("operation", "title"), [("HeadObject", "No such object"), ("HeadBucket", "No such bucket")])
def test_a_head_without_body_is_understood(operation: str, title: str) -> None:
    problem = from_exception(client_error("404", 404, "Not Found", operation))
    assert problem is not None
    assert problem.title == title


def test_an_upload_error_of_boto3_is_unwrapped() -> None:
    try:
        try:
            raise client_error("AccessDenied", 403)
        except ClientError as inner:
            raise S3UploadFailedError("Failed to upload") from inner
    except S3UploadFailedError as outer:
        problem = from_exception(outer)
    assert problem is not None
    assert problem.title == "Access denied"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (EndpointConnectionError(endpoint_url="http://127.0.0.1:1"), 503),
        (ConnectTimeoutError(endpoint_url="http://127.0.0.1:1"), 503),
        (ReadTimeoutError(endpoint_url="http://127.0.0.1:1"), 504),
        (ParamValidationError(report="Invalid bucket name"), 400),
        (NoCredentialsError(), 503),
        (NoAws(), 503),
        (ReadOnly("s3", "PutObject"), 403),
        (Refused(Problem(418, "Tea", "No coffee.", "Drink tea.")), 418),
    ],
    ids=lambda value: type(value).__name__,
)
def test_other_failures_have_words_too(error: Exception, status: int) -> None:
    problem = from_exception(error)
    assert problem is not None
    assert problem.status == status
    assert problem.happened
    assert problem.remedy


def test_a_fault_of_our_own_is_not_explained_away() -> None:
    assert from_exception(ZeroDivisionError()) is None


@pytest.fixture
def failing(app: Flask) -> FlaskClient:
    @app.get("/fail/<kind>")
    def fail(kind: str) -> str:
        raise {"ours": ZeroDivisionError(), "aws": client_error("AccessDenied", 403)}[kind]

    client = app.test_client()
    client.environ_base["HTTP_HOST"] = "127.0.0.1"
    return client


def test_json_clients_get_problem_json(failing: FlaskClient) -> None:
    answer = failing.get("/fail/aws", headers={"Accept": "application/json"})
    assert answer.status_code == 403
    assert answer.mimetype == "application/problem+json"
    assert answer.json is not None
    assert (answer.json["code"], answer.json["request_id"]) == ("AccessDenied", "REQ1")


def test_htmx_gets_a_fragment_and_people_get_a_page(failing: FlaskClient) -> None:
    page = failing.get("/fail/aws").get_data(as_text=True)
    fragment = failing.get("/fail/aws", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "<html" in page
    assert "<html" not in fragment
    for text in (page, fragment):
        assert "Access denied" in text
        assert "REQ1" in text


def test_our_own_fault_is_logged_and_its_details_stay_inside(
    failing: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    answer = failing.get("/fail/ours")
    assert answer.status_code == 500
    assert "ZeroDivisionError" not in answer.get_data(as_text=True)
    assert "ZeroDivisionError" in caplog.text


def test_where_nothing_answers_is_named_without_the_ids_of_the_call() -> None:
    error = EndpointConnectionError(endpoint_url="http://127.0.0.1:1/b/k?uploadId=secret-id&partNumber=3")
    found = from_exception(error)
    assert found is not None and found.happened == "AWS does not answer at 127.0.0.1:1."
