"""Clients whose answers are given beforehand, each with the parameters it expects."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.stub import ANY, Stubber


@contextmanager
def answering(service: str, *pairs: tuple[str, Any, dict[str, Any]]) -> Iterator[Any]:
    """Yield a client that answers (operation, expected or ANY, answer) in order; an answer with `error` refuses."""
    made: Any = boto3.client(
        service,
        region_name="us-east-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",
    )
    stubber = Stubber(made)
    for operation, wanted, answer in pairs:
        expected = None if wanted is ANY else wanted
        if "error" in answer:
            said = answer.get("message", "")
            stubber.add_client_error(
                operation, answer["error"], said, answer.get("status", 400), expected_params=expected
            )
        else:
            stubber.add_response(operation, answer, expected)
    with stubber:
        yield made
    stubber.assert_no_pending_responses()
