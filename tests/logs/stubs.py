"""A CloudWatch Logs client whose answers are given beforehand, each with the parameters it expects."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.stub import ANY, Stubber


def client() -> Any:
    return boto3.client("logs", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")


@contextmanager
def answering(*pairs: tuple[str, Any, dict[str, Any]]) -> Iterator[Any]:
    """Yield a client that answers (operation, expected or ANY, answer) in order; an answer with `error` refuses."""
    made = client()
    stubber = Stubber(made)
    for operation, wanted, answer in pairs:
        expected = None if wanted is ANY else wanted
        if "error" in answer:
            more = answer.get("more", {})
            stubber.add_client_error(
                operation,
                answer["error"],
                answer.get("message", ""),
                400,
                expected_params=expected,
                modeled_fields=more,
            )
        else:
            stubber.add_response(operation, answer, expected)
    with stubber:
        yield made
    stubber.assert_no_pending_responses()
