"""S3 triggers: merged with what a bucket has, seen on both sides, refused where they would overlap or loop."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.blueprints.awslambda.service import notifications, triggers
from app.blueprints.awslambda.service.notifications import Conflict, Notification
from tests.awslambda.conftest import make
from tests.awslambda.helpers import post
from tests.embedded.process import Embedded
from tests.glue.stubs import answering
from tests.pages import Page

FetchPage = Callable[..., Page]
READS = """import logging
from urllib.parse import unquote_plus

import boto3

logger = logging.getLogger()
logger.setLevel(logging.INFO)
s3 = boto3.client("s3")


def lambda_handler(event, context):
    record = event["Records"][0]["s3"]
    head = s3.head_object(Bucket=record["bucket"]["name"], Key=unquote_plus(record["object"]["key"]))
    logger.info("CONTENT TYPE: %s", head["ContentType"])
"""
WRITES = """import boto3


def lambda_handler(event, context):
    boto3.client("s3").put_object(Bucket="loop-bucket", Key="out/x", Body=b"")
"""


def until(client: FlaskClient, path: str, words: str) -> str:
    """Return a page once it holds words."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        text = client.get(path).get_data(as_text=True)
        if words in text:
            return text
        time.sleep(0.1)
    raise TimeoutError(words)


def test_a_trigger_is_added_merged_seen_used_and_removed(
    client: FlaskClient, embedded: Embedded, page: FetchPage
) -> None:
    s3, functions = embedded.client("s3"), embedded.client("lambda")
    s3.create_bucket(Bucket="inputforlambda123")
    for name in ("reads", "other"):
        make(embedded, name, READS)
    added = post(
        client, "/lambda/other/triggers", bucket="inputforlambda123", prefix="other/", events="s3:ObjectCreated:*"
    )
    assert added.status_code == 303, added.get_data(as_text=True)[:3000]
    wanted = {"bucket": "inputforlambda123", "prefix": "in/", "suffix": "", "events": "s3:ObjectCreated:*"}
    assert post(client, "/lambda/reads/triggers", **wanted).status_code == 303
    there = s3.get_bucket_notification_configuration(Bucket="inputforlambda123")["LambdaFunctionConfigurations"]
    assert sorted(one["LambdaFunctionArn"].rpartition(":")[2] for one in there) == ["other", "reads"]
    policy = functions.get_policy(FunctionName="reads")["Policy"]
    assert "arn:aws:s3:::inputforlambda123" in policy and "000000000000" in policy
    shown = page("/lambda/reads/triggers", calls=5)
    assert "begin with in/" in shown.text
    assert "reads function" in page("/s3/inputforlambda123/settings", calls=5).text
    clash = post(client, "/lambda/reads/triggers", **{**wanted, "prefix": "other/deep/"})
    assert clash.status_code == 409 and "already tells other about" in clash.get_data(as_text=True)
    s3.put_object(Bucket="inputforlambda123", Key="in/a b+é.csv", Body=b"x", ContentType="text/csv")
    until(client, "/lambda/reads/monitor", "Succeeded")
    events = embedded.client("logs").filter_log_events(logGroupName="/aws/lambda/reads")["events"]
    assert any("CONTENT TYPE: text/csv" in one["message"] for one in events)
    deleting = page("/lambda/reads/delete", calls=4).text
    assert "still points to it" in deleting and "inputforlambda123" in deleting
    id = next(one["Id"] for one in there if one["LambdaFunctionArn"].endswith(":reads"))
    assert post(client, "/lambda/reads/triggers/remove", bucket="inputforlambda123", id=id).status_code == 303
    left = s3.get_bucket_notification_configuration(Bucket="inputforlambda123")["LambdaFunctionConfigurations"]
    assert [one["LambdaFunctionArn"].rpartition(":")[2] for one in left] == ["other"]
    assert "inputforlambda123" not in client.get("/lambda/reads/triggers?format=json").get_json()["triggers"]["buckets"]


def test_a_loop_is_warned_of(client: FlaskClient, embedded: Embedded) -> None:
    embedded.client("s3").create_bucket(Bucket="loop-bucket")
    make(embedded, "writes", WRITES)
    wanted = {"bucket": "loop-bucket", "events": "s3:ObjectCreated:*"}
    warned = post(client, "/lambda/writes/triggers", **wanted)
    assert warned.status_code == 422 and "writes into this bucket itself" in warned.get_data(as_text=True)
    assert (
        not embedded.client("s3")
        .get_bucket_notification_configuration(Bucket="loop-bucket")
        .get("LambdaFunctionConfigurations")
    )
    assert post(client, "/lambda/writes/triggers", **wanted, prefix="in/", sure="1").status_code == 303


@pytest.mark.parametrize(
    ("fields", "said"),
    [({"events": "s3:ObjectCreated:*"}, "Choose the bucket"), ({"bucket": "loop-bucket"}, "at least one event"),
     ({"bucket": "loop-bucket", "events": ["s3:ObjectCreated:*", "s3:ObjectCreated:Put"]}, "includes the others"),
     ({"bucket": "loop-bucket", "events": "s3:ObjectCreated:*", "suffix": "*.csv"}, "no wildcards"),
     ({"bucket": "no-such-bucket-here", "events": "s3:ObjectCreated:*"}, "bucket")],
)  # fmt: skip
def test_a_trigger_that_is_told_wrongly(client: FlaskClient, fields: dict[str, Any], said: str) -> None:
    answer = post(client, "/lambda/hello/triggers", **fields)
    assert answer.status_code in (404, 422) and said in answer.get_data(as_text=True)
    assert "no-such" not in str(client.get("/lambda/hello/triggers?format=json").get_json()["triggers"]["policy"])


QUEUE = {"Id": "q", "QueueArn": "arn:aws:sqs:us-east-1:1:q", "Events": ["s3:ObjectRemoved:*"]}


def test_a_change_in_between_is_seen_and_nothing_written() -> None:
    wanted = Notification("f-1", "arn:aws:lambda:us-east-1:1:function:f", ("s3:ObjectCreated:*",), "in/")
    first: dict[str, Any] = {"QueueConfigurations": [QUEUE]}
    later: dict[str, Any] = {"QueueConfigurations": []}
    operation, asked = "get_bucket_notification_configuration", {"Bucket": "b"}
    with answering("s3", (operation, asked, first), (operation, asked, later)) as s3, pytest.raises(Conflict):
        notifications.add(s3, "b", wanted)
    rules = {"Key": {"FilterRules": [{"Name": "prefix", "Value": "in/"}]}}
    made = {"Id": "f-1", "LambdaFunctionArn": wanted.target, "Events": ["s3:ObjectCreated:*"], "Filter": rules}
    whole = {"Bucket": "b", "NotificationConfiguration": {**first, "LambdaFunctionConfigurations": [made]}}
    with answering(
        "s3", (operation, asked, first), (operation, asked, first), ("put_bucket_notification_configuration", whole, {})
    ) as s3:
        notifications.add(s3, "b", wanted)


def test_apis_are_called_by_their_names(client: FlaskClient, embedded: Embedded, page: FetchPage) -> None:
    make(embedded, "called", READS)
    gateway, functions = embedded.client("apigateway"), embedded.client("lambda")
    api = gateway.create_rest_api(name="Sums of ours")["id"]
    for number, id in enumerate((api, "gone123456")):
        functions.add_permission(
            FunctionName="called",
            StatementId=f"api-{number}",
            Action="lambda:InvokeFunction",
            Principal="apigateway.amazonaws.com",
            SourceArn=f"arn:aws:execute-api:us-east-1:000000000000:{id}/*/POST/sum",
        )
    shown = page("/lambda/called/triggers", calls=6)
    assert f"POST /sum of Sums of ours {api}" in shown.text
    assert "of gone123456 , an API that is not there any more" in shown.text
    assert [one.text for one in shown.all(".//a") if one.get("href") == f"/apigateway/{api}/"] == ["Sums of ours"]
    deleting = page("/lambda/called/delete", calls=5).text
    assert "POST /sum of the API Sums of ours" in deleting and "API gone123456" not in deleting


def test_an_api_whose_name_is_not_told_keeps_its_id() -> None:
    source = "arn:aws:execute-api:us-east-1:1:abc/*/GET/"
    with answering("apigateway", ("get_rest_api", {"restApiId": "abc"}, {"error": "AccessDeniedException"})) as client:
        (named,) = triggers.named(client, [source, "arn:aws:s3:::b"])
    assert named == triggers.FromApi("abc", "GET", "/")
