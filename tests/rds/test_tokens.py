"""Signing in with an IAM token: what is signed, what is refused and why, and what it must be allowed."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from flask.testing import FlaskClient

from app.blueprints.rds.service import logins
from app.blueprints.rds.service.instances import get_instance
from app.blueprints.rds.service.logins import Login, NoTokens
from app.codegen import sql_iam
from tests.pages import check_page
from tests.rds.helpers import post

HOST = "database-1.c9akciq32.eu-west-1.rds.amazonaws.com"


def client(service: str) -> Any:
    session: Any = boto3.session.Session()
    return session.client(service, "eu-west-1", aws_access_key_id="AKIAEXAMPLE", aws_secret_access_key="secret")


def described(**more: Any) -> Mapping[str, Any]:
    found = {
        "DBInstanceIdentifier": "database-1",
        "DBInstanceStatus": "available",
        "Engine": "postgres",
        "DbiResourceId": "db-ABCDEFGHIJKLMNOP",
        "MasterUsername": "dbadmin",
        "Endpoint": {"Address": HOST, "Port": 5432},
    }
    return {**found, **more}


def target(**more: Any) -> Any:
    """Return the target of a token login to an instance that real RDS would describe so."""
    rds = client("rds")
    with Stubber(rds) as stubber:
        answer = {"DBInstances": [described(**more)]}
        stubber.add_response("describe_db_instances", answer, {"DBInstanceIdentifier": "database-1"})
        instance = get_instance(rds, "database-1")
    return logins.target(instance, Login("iam", user="jane_doe"), client("secretsmanager"), rds)


def test_the_password_is_a_signed_request_to_connect() -> None:
    made = target(IAMDatabaseAuthenticationEnabled=True)
    token = urlsplit("https://" + made.password(False))
    query = {name: values[0] for name, values in parse_qs(token.query, strict_parsing=True).items()}
    assert token.netloc == f"{HOST}:5432"
    assert (query["Action"], query["DBUser"], query["X-Amz-Expires"]) == ("connect", "jane_doe", "900")
    assert query["X-Amz-Credential"].endswith("/eu-west-1/rds-db/aws4_request")
    assert len(query["X-Amz-Signature"]) == 64
    assert (made.user, made.tls, made.credential) == ("jane_doe", "verified", "iam"), "a token goes encrypted only"


def test_an_instance_that_takes_no_tokens_is_told_before_it_is_tried() -> None:
    with pytest.raises(NoTokens, match="not switched on") as told:
        target(IAMDatabaseAuthenticationEnabled=False)
    assert "EnableIAMDatabaseAuthentication" in told.value.remedy
    assert "rds_iam" in told.value.remedy


def test_the_embedded_aws_says_that_it_has_none(client: FlaskClient) -> None:
    answer = post(client, "/rds/shop/connection", kind="iam", user="dbadmin")
    shown = check_page(answer, "connection", 502, 6)
    assert "The embedded AWS has no IAM authentication" in shown.text
    assert "not accepted" not in shown.text


def test_the_policy_names_the_database_user_by_its_resource_id() -> None:
    text = sql_iam.policy("123456789012", "eu-west-1", "database-1", "iam", user="jane_doe", resource="db-ABC")
    assert json.loads(text)["Statement"] == [
        {
            "Effect": "Allow",
            "Action": "rds:DescribeDBInstances",
            "Resource": "arn:aws:rds:eu-west-1:123456789012:db:database-1",
        },
        {
            "Effect": "Allow",
            "Action": "rds-db:connect",
            "Resource": "arn:aws:rds-db:eu-west-1:123456789012:dbuser:db-ABC/jane_doe",
        },
    ]
    assert "cn-north-1" in sql_iam.policy("1", "cn-north-1", "a", "iam", user="u", resource="r")
    assert "arn:aws-cn:rds-db" in sql_iam.policy("1", "cn-north-1", "a", "iam", user="u", resource="r")


def test_the_policy_of_a_secret_reads_that_secret() -> None:
    secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds/database-1-AbCdEf"
    text = sql_iam.policy("123456789012", "eu-west-1", "database-1", "secret", secret)
    assert "rds-db" not in text
    reading = next(one for one in json.loads(text)["Statement"] if one["Action"] == "secretsmanager:GetSecretValue")
    assert reading["Resource"] == secret
    assert "secretsmanager" not in sql_iam.policy("123456789012", "eu-west-1", "database-1", "typed")


def test_where_secrets_may_not_be_listed_the_other_logins_are_left() -> None:
    rds, secrets = client("rds"), client("secretsmanager")
    with Stubber(rds) as stubber:
        stubber.add_response("describe_db_instances", {"DBInstances": [described()]})
        instance = get_instance(rds, "database-1")
    with Stubber(secrets) as stubber:
        stubber.add_client_error("list_secrets", "AccessDeniedException", "not authorized to perform ListSecrets", 400)
        stubber.add_client_error("list_secrets", "InternalServiceError", "", 500)
        with pytest.raises(logins.NoLogin, match=r"may not be listed.*not authorized"):
            logins.found(instance, lambda one: logins.candidates(secrets, one))
        with pytest.raises(ClientError):
            logins.candidates(secrets, instance)
