"""What the views of API Gateway share."""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from app import aws
from app.blueprints.apigateway.service import tree as trees
from app.blueprints.apigateway.service.explain import Explanation, Seen, explain, joined
from app.blueprints.apigateway.service.functions import Caller, allowed
from app.blueprints.apigateway.service.tree import Method, Resource
from app.problems import Problem, from_exception, refused

# Refusals that are about what was typed: shown beside the form, not as a page of their own.
ABOUT_INPUT = {
    "BadRequestException",
    "ConflictException",
    "LimitExceededException",
    "InvalidParameterValueException",
    "ResourceNotFoundException",
    "UnprocessableEntityException",
    "PolicyLengthExceededException",
}


def gateway() -> Any:
    """Return the API Gateway client of this request's region."""
    return aws.client("apigateway")


def refusal(error: ClientError) -> Problem:
    """Return AWS's ordinary refusals as a form shows them; raises all others, told as errors are."""
    code = error.response["Error"]["Code"]
    problem = from_exception(error)
    if code not in ABOUT_INPUT or problem is None:
        raise error
    said = f"AWS said: {error.response['Error'].get('Message') or code}"
    request_id = error.response.get("ResponseMetadata", {}).get("RequestId") or ""
    status = 409 if code == "ConflictException" else 422
    return Problem(status, "AWS refuses it", said, "Correct what AWS names.", code, request_id, error.operation_name)


def method_of(tree: tuple[Resource, ...], given: Mapping[str, str]) -> Method:
    """Return the method that `resource` and `verb` name; raises Refused where there is none."""
    found = trees.find(tree, given.get("resource", ""), given.get("verb", ""))
    if found is None:
        happened = "The resource or its method is not there; it may have been deleted."
        raise refused(404, "No such method", happened, "Go back to the API's resources.")
    return found


def caller(api: str, method: Method) -> Caller:
    """Return a method as a function's permission names it."""
    client = gateway()
    return Caller(aws.region(), aws.identity().account, api, method.verb, method.path, client.meta.partition)


def explained(api: str, method: Method | None, status: int, texts: list[str], **more: Any) -> Explanation | None:
    """Return why an answer is as it is; a function's policy is read only where it may be the reason."""
    behind = method.integration if method else None
    permission = ""
    if method and behind and behind.function and status >= 500:
        permission = allowed(aws.client("lambda"), behind.function_arn, caller(api, method))
    seen = Seen(
        status,
        joined(texts),
        permission,
        behind.function if behind else "",
        bool(method and method.key_required),
        proxy=bool(behind and behind.proxy),
        **more,
    )
    return explain(seen)
