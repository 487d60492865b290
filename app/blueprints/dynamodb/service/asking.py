"""Refusals of DynamoDB's that are about what was typed: the form shows them, with AWS's own sentence."""

from typing import Any

from botocore.exceptions import ClientError

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
ABOUT_INPUT = {
    "ValidationException",
    "ResourceInUseException",
    "LimitExceededException",
    "ItemCollectionSizeLimitExceededException",
}


class Declined(Exception):
    """DynamoDB does not take what a form asked for; the text is AWS's own."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


def asked(method: Any, **given: Any) -> dict[str, Any]:
    """Call DynamoDB; Declined for a refusal that is about what was typed."""
    try:
        answer: dict[str, Any] = method(**given)
    except ClientError as error:
        details = error.response.get("Error", {})
        if details.get("Code") in ABOUT_INPUT:
            raise Declined(str(details["Code"]), str(details.get("Message") or error)) from error
        raise
    return answer
