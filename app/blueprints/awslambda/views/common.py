"""What the views of Lambda share."""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from app import aws
from app.blueprints.awslambda.blueprint import bp
from app.blueprints.awslambda.service import monitor, prices
from app.blueprints.awslambda.service.functions import no_such
from app.codegen.grants import Where, partition_of
from app.problems import Problem

TABS = (
    ("code", "Code", "awslambda.function", "code"),
    ("test", "Test", "awslambda.test", "play"),
    ("monitor", "Monitor", "awslambda.monitor", "cloudwatch"),
    ("triggers", "Triggers", "awslambda.triggers", "link"),
    ("configuration", "Configuration", "awslambda.configuration", "policy"),
    ("versions", "Versions", "awslambda.versions", "history"),
)
# What a form can be blamed for: AWS's code -> title, what to do, status.
_ORDINARY: Mapping[str, tuple[str, str, int]] = {
    "InvalidParameterValueException": ("AWS refuses a value", "Correct what AWS names, and send it again.", 422),
    "ResourceConflictException": (
        "It is being changed, or is there already",
        "A function that was just made or changed takes some seconds: try again.",
        409,
    ),
    "PreconditionFailedException": (
        "Somebody changed it meanwhile",
        "Load the page again, look at what is there now, and make your change once more.",
        409,
    ),
    "CodeStorageExceededException": ("No room for code", "Delete versions or functions that are not needed.", 422),
    "RequestEntityTooLargeException": ("Larger than Lambda takes", "Put what is large into S3 and send its key.", 413),
    "RequestTooLargeException": ("Larger than Lambda takes", "Put what is large into S3 and send its key.", 413),
    "InvalidRequestContentException": ("The event is not JSON", "Correct the event and send it again.", 422),
    "TooManyRequestsException": (
        "Throttled",
        "As many run at once as may: wait a moment, or raise what is reserved for it in Configuration. Nothing runs "
        "where 0 are reserved.",
        429,
    ),
    "InvalidArgument": ("S3 refuses the notification", "Correct what AWS names, and send it again.", 422),
    "NoSuchBucket": ("No such bucket", "Choose a bucket from the list.", 422),
    "LimitExceeded": ("AWS's limit is reached", "Delete what is not needed, or ask AWS for a higher limit.", 422),
    "ResourceNotReadyException": ("It is not ready yet", "It takes some seconds: try again.", 409),
    "KMSAccessDeniedException": (
        "The key cannot be used",
        "The function's role may not use the key of its variables.",
        403,
    ),
}


def client() -> Any:
    """Return the Lambda client of this request's region."""
    return aws.client("lambda")


def clients(*services: str) -> dict[str, Any]:
    """Return clients by service, Lambda's among them."""
    return {name: aws.client(name) for name in ("lambda", *services)}


def where() -> Where:
    """Return what the ARNs of this request's account and region begin with."""
    return Where(partition_of(aws.region()), aws.region(), aws.identity().account or "*")


def refusal(error: ClientError, function: str = "") -> Problem:
    """Return AWS's ordinary refusals as a form shows them; raises all others, told as errors are."""
    details = error.response["Error"]
    code = details["Code"]
    if code == "ResourceNotFoundException" and function:
        raise no_such(function) from error
    if code not in _ORDINARY:
        raise error
    title, remedy, status = _ORDINARY[code]
    request_id = error.response.get("ResponseMetadata", {}).get("RequestId") or ""
    said = f"AWS said: {details.get('Message') or code}"
    return Problem(status, title, said, remedy, code, request_id, error.operation_name)


@bp.context_processor
def shared() -> dict[str, Any]:
    """Give every template of Lambda the tabs, the addresses of logs, and prices."""
    return {
        "lambda_tabs": TABS,
        "insights_url": monitor.insights,
        "stream_url": monitor.stream,
        "lambda_prices": prices,
    }


@bp.app_template_filter("milliseconds")
def milliseconds(value: float) -> str:
    """Return a duration: 1.84 ms, 250 ms, 3.2 s."""
    if value < 10:
        return f"{value:.2f} ms"
    return f"{value:,.0f} ms" if value < 1000 else f"{value / 1000:.2f} s"


@bp.app_template_filter("small_money")
def small_money(amount: float) -> str:
    """Return US dollars, however few."""
    return prices.money(amount)
