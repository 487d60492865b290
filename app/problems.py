"""What went wrong, in words: a pure table from exceptions to what happened and what to do."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from botocore import exceptions as boto
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from app.aws import NoAws, ReadOnly
from app.aws_errors import CODES, SAME, UNKNOWN, Words
from app.guarding import OWN_TABLE


@dataclass(frozen=True)
class Problem:
    """One failure as a person is told it; `code` and `request_id` are AWS's own."""

    status: int
    title: str
    happened: str
    remedy: str
    code: str = ""
    request_id: str = ""
    operation: str = ""


class Refused(Exception):
    """The dashboard refuses what was asked; carries the Problem to show."""

    def __init__(self, problem: Problem):
        super().__init__(problem.happened)
        self.problem = problem


def refused(status: int, title: str, happened: str, remedy: str, code: str = "") -> Refused:
    """Return the exception that tells a refusal of our own."""
    return Refused(Problem(status, title, happened, remedy, code))


NOT_CONNECTED = Problem(
    503,
    "No AWS to talk to",
    "There is neither an embedded AWS nor any credentials for a real account.",
    "Start with “make run”, which brings an AWS of its own, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
    "NoCredentials",
)


def from_exception(error: BaseException, what: str = "") -> Problem | None:
    """Return the Problem of an exception, or None for one that is no answer of AWS's but a fault of our own.

    `what` names the resource that was asked for, where AWS's answer does not.
    """
    if isinstance(error, Refused):
        return error.problem
    if isinstance(error, ClientError):
        return _from_client_error(error, what)
    if isinstance(error, NoAws | boto.NoCredentialsError | boto.PartialCredentialsError):
        return NOT_CONNECTED
    if isinstance(error, ReadOnly):
        return _read_only(error)
    if isinstance(error, boto.BotoCoreError):
        return _from_botocore(error)
    if isinstance(error, ResponseParserError):
        happened = "AWS answered with something that is no answer of this service's."
        return Problem(
            502, "AWS's answer cannot be read", happened, "Try again; look at what was asked for.", "NoAnswer"
        )
    if isinstance(error.__context__, ClientError):
        return _from_client_error(error.__context__, what)  # boto3's S3UploadFailedError hides the error that caused it
    return None


def _read_only(error: ReadOnly) -> Problem:
    if error.reason == OWN_TABLE:
        remedy = "Sign-ins and changes are listed under “Who did what”."
        return Problem(403, "Not this table", f"{OWN_TABLE} Nothing was sent.", remedy, "ReadOnly")
    if error.reason:
        happened = f"{error.operation} would change something. {error.reason} Nothing was sent."
        remedy = "Ask an instructor for another role."
        return Problem(403, "Read-only", happened, remedy, "ReadOnly", operation=error.operation)
    return Problem(
        403,
        "Read-only",
        f"{error.operation} would change a real account, and changes are switched off here. Nothing was sent.",
        "Use the embedded AWS (“make run”) to try it, or run the command from the call drawer yourself.",
        "ReadOnly",
        operation=error.operation,
    )


def _from_client_error(error: ClientError, what: str) -> Problem:
    answer: dict[str, Any] = dict(error.response)
    details = answer.get("Error", {})
    code = str(details.get("Code", ""))
    metadata = answer.get("ResponseMetadata", {})
    words = _words(code, error.operation_name) or Words(_status(metadata), *UNKNOWN)
    named = details.get("BucketName") or details.get("Key") or what
    happened = words.happened.replace(" {what}", f" “{named}”" if named else "")
    happened = happened.replace("{message}", details.get("Message") or str(error))
    request_id = metadata.get("RequestId") or ""
    return Problem(words.status, words.title, happened, words.remedy, code, request_id, error.operation_name)


def _words(code: str, operation: str) -> Words | None:
    if code == "404":  # a HEAD answer has no body that could say more
        return CODES["NoSuchKey" if "Object" in operation else "NoSuchBucket"]
    return CODES.get(SAME.get(code, code))


def _status(metadata: dict[str, Any]) -> int:
    status = int(metadata.get("HTTPStatusCode") or 502)
    return status if 400 <= status < 500 else 502


def _from_botocore(error: boto.BotoCoreError) -> Problem:
    name = type(error).__name__
    if isinstance(error, boto.EndpointConnectionError | boto.ConnectionClosedError | boto.ConnectTimeoutError):
        remedy = "If it is the embedded AWS, see that “make run” is running, and load this page again."
        happened = f"AWS does not answer at {_place(error)}."
        return Problem(503, "AWS cannot be reached", happened, remedy, name)
    if isinstance(error, boto.HTTPClientError):
        return Problem(504, "AWS broke off", f"The answer did not arrive: {error}", "Try again.", name)
    if isinstance(error, boto.ParamValidationError):
        return Problem(400, "A value does not fit", str(error), "Correct the value and send it again.", name)
    remedy = "Check the settings with which the dashboard was started."
    return Problem(502, "AWS could not be called", str(error), remedy, name)


def _place(error: boto.BotoCoreError) -> str:
    """Return the host that was called, without the path and its ids."""
    parts = urlsplit(str(getattr(error, "kwargs", {}).get("endpoint_url", "")))
    return parts.netloc or "its endpoint"
