"""What the views of Glue share."""

from typing import Any

from botocore.exceptions import ClientError

from app import aws
from app.blueprints.glue.service.jobs import no_such
from app.problems import Problem

TITLES = {
    "ConcurrentRunsExceededException": "As many runs as the job allows go on already",
    "InvalidInputException": "AWS refuses a value",
    "ResourceNumberLimitExceededException": "AWS's limit is reached",
    "IdempotentParameterMismatchException": "There is one of this name already",
    "AlreadyExistsException": "There is one of this name already",
}
_REMEDIES = {
    "ConcurrentRunsExceededException": "Wait until one has ended, stop it, or let the job have more concurrent runs.",
    "InvalidInputException": "Correct what AWS names, and send it again.",
    "ResourceNumberLimitExceededException": "Delete what is not needed, or ask AWS for a higher limit.",
}


def glue() -> Any:
    """Return the Glue client of this request's region."""
    return aws.client("glue")


def refusal(error: ClientError, job: str = "") -> Problem:
    """Return AWS's ordinary refusals as a form shows them; raises all others, told as errors are."""
    details = error.response["Error"]
    code = details["Code"]
    if code == "EntityNotFoundException" and job:
        raise no_such(job) from error
    if code not in TITLES:
        raise error
    request_id = error.response.get("ResponseMetadata", {}).get("RequestId") or ""
    status = 409 if code == "ConcurrentRunsExceededException" else 422
    said = f"AWS said: {details.get('Message') or code}"
    remedy = _REMEDIES.get(code, "Choose another name.")
    return Problem(status, TITLES[code], said, remedy, code, request_id, error.operation_name)
