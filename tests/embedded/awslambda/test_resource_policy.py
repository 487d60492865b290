"""Whom a function's policy lets in."""

from typing import Any

import pytest

from embedded.resource_policy import Caller, allows

FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:Sum"
METHOD = "arn:aws:execute-api:us-east-1:000000000000:abc123/prod/POST/sum"
GATEWAY = Caller("apigateway.amazonaws.com", METHOD, "000000000000", FUNCTION)


def policy(**changed: Any) -> dict[str, Any]:
    """Return a policy as AddPermission makes it, one statement, with some members changed."""
    statement = {
        "Sid": "gateway",
        "Effect": "Allow",
        "Principal": {"Service": "apigateway.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
        "Resource": FUNCTION,
    }
    return {"Version": "2012-10-17", "Statement": [{**statement, **changed}]}


def like(arn: str) -> dict[str, Any]:
    """Return the condition that AddPermission writes for a SourceArn."""
    return {"ArnLike": {"AWS:SourceArn": arn}}


def test_no_policy_lets_nobody_in() -> None:
    assert not allows(None, GATEWAY)
    assert not allows({"Statement": []}, GATEWAY)


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"Principal": "*"},
        {"Principal": {"AWS": "*"}},
        {"Principal": {"Service": ["s3.amazonaws.com", "apigateway.amazonaws.com"]}},
        {"Action": "lambda:*"},
        {"Action": ["lambda:GetFunction", "lambda:invokefunction"]},
        {"Condition": like("arn:aws:execute-api:us-east-1:000000000000:abc123/*/POST/sum")},
        {"Condition": like("arn:aws:execute-api:us-east-1:000000000000:abc123/*")},
        {"Condition": {"StringEquals": {"aws:sourceaccount": ["111111111111", "000000000000"]}}},
        {"Condition": {"StringNotEquals": {"aws:SourceAccount": "111111111111"}}},
        {"Condition": {"StringLikeIfExists": {"aws:PrincipalOrgID": "o-*"}}},
        {"Condition": {"Null": {"aws:SourceArn": "false"}}},
    ],
)
def test_lets_in(changed: dict[str, Any]) -> None:
    assert allows(policy(**changed), GATEWAY)


@pytest.mark.parametrize(
    "changed",
    [
        {"Principal": {"Service": "s3.amazonaws.com"}},
        {"Principal": {"AWS": "arn:aws:iam::000000000000:root"}},
        {"Action": "lambda:GetFunction"},
        {"Resource": FUNCTION + ":live"},
        {"Effect": "Deny"},
        {"NotPrincipal": {"AWS": "x"}},
        {"Condition": like("arn:aws:execute-api:us-east-1:000000000000:abc123/*/GET/sum")},
        {"Condition": like("arn:aws:execute-api:us-east-1:*")},
        {"Condition": {"StringEquals": {"AWS:SourceAccount": "111111111111"}}},
        {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}},
        {"Condition": {"IpAddress": {"aws:SourceArn": "10.0.0.0/8"}}},
        {"Condition": {"ArnLike": {"AWS:SourceArn": METHOD}, "StringEquals": {"AWS:SourceAccount": "1"}}},
    ],
)
def test_keeps_out(changed: dict[str, Any]) -> None:
    assert not allows(policy(**changed), GATEWAY)


def test_a_denial_wins() -> None:
    both = policy()["Statement"] + policy(Effect="Deny", Condition=like(METHOD))["Statement"]
    assert not allows({"Statement": both}, GATEWAY)


def test_without_the_source_a_condition_on_it_is_not_met() -> None:
    assert not allows(policy(Condition=like("*")), Caller("apigateway.amazonaws.com"))
