"""A bucket sets off functions: who may, what the event says, and where a loop ends."""

import io
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.embedded.awslambda.conftest import Bench

SHOWS = "import json\ndef handler(event, context):\n    print('EVENT ' + json.dumps(event))"


def trigger(bench: Bench, name: str, code: str = SHOWS, *, allow: bool = True, **rule: Any) -> str:
    """Make a function and a bucket that sets it off; return the bucket."""
    bench.function(name, code)
    bucket = name.lower()
    bench.s3.create_bucket(Bucket=bucket)
    if allow:
        permit(bench, name, bucket)
    attach(bench, name, bucket, **rule)
    return bucket


def permit(bench: Bench, name: str, bucket: str, **fields: str) -> None:
    """Let a bucket call a function."""
    named = {"Principal": "s3.amazonaws.com", "SourceArn": f"arn:aws:s3:::{bucket}", "SourceAccount": bench.account}
    bench.client.add_permission(
        FunctionName=name, StatementId="s3", Action="lambda:InvokeFunction", **{**named, **fields}
    )


def attach(bench: Bench, name: str, bucket: str, **rule: Any) -> None:
    """Set the bucket's notifications."""
    arn = f"arn:aws:lambda:us-east-1:{bench.account}:function:{name}"
    one = {"Id": "mine", "LambdaFunctionArn": arn, "Events": ["s3:ObjectCreated:*"], **rule}
    bench.s3.put_bucket_notification_configuration(
        Bucket=bucket, NotificationConfiguration={"LambdaFunctionConfigurations": [one]}
    )


def shown(bench: Bench, name: str, count: int = 1) -> list[dict[str, Any]]:
    """Wait for so many events, and return their records, in order of their sequencers."""

    def found() -> list[dict[str, Any]]:
        lines = [event for event in bench.events(name) if event.startswith("EVENT ")]
        records = [json.loads(line.removeprefix("EVENT "))["Records"][0] for line in lines]
        return sorted(records, key=lambda one: one["s3"]["object"]["sequencer"]) if len(records) >= count else []

    records: list[dict[str, Any]] = bench.until(found)
    assert len(records) == count
    return records


def test_the_event_is_s3s(bench: Bench, name: str) -> None:
    bucket = trigger(bench, name)
    put = bench.s3.put_object(Bucket=bucket, Key="a folder/ä file+1 (2).txt", Body=b"hello")
    (record,) = shown(bench, name)
    assert record["eventSource"] == "aws:s3"
    assert record["eventVersion"].startswith("2.")
    assert (record["awsRegion"], record["eventName"]) == ("us-east-1", "ObjectCreated:Put")
    assert set(record) == {
        *("eventVersion", "eventSource", "awsRegion", "eventTime", "eventName", "userIdentity"),
        *("requestParameters", "responseElements", "s3"),
    }
    assert record["userIdentity"]["principalId"] == "AWS:000000000000"
    assert record["requestParameters"]["sourceIPAddress"] == "127.0.0.1"
    assert set(record["responseElements"]) == {"x-amz-request-id", "x-amz-id-2"}
    assert record["eventTime"].endswith("Z")
    s3 = record["s3"]
    assert (s3["s3SchemaVersion"], s3["configurationId"]) == ("1.0", "mine")
    assert s3["bucket"]["name"] == bucket
    assert s3["bucket"]["arn"] == f"arn:aws:s3:::{bucket}"
    assert "EXAMPLE" not in json.dumps(record)
    assert s3["object"]["key"] == "a+folder/%C3%A4+file%2B1+%282%29.txt"
    assert s3["object"]["size"] == 5
    assert s3["object"]["eTag"] == put["ETag"].strip('"')


def test_each_way_to_make_an_object_has_its_name(bench: Bench, name: str) -> None:
    bucket = trigger(bench, name, Events=["s3:ObjectCreated:*", "s3:ObjectRemoved:*"])
    bench.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    version = bench.s3.put_object(Bucket=bucket, Key="a", Body=b"1")["VersionId"]
    bench.s3.copy_object(Bucket=bucket, Key="b", CopySource={"Bucket": bucket, "Key": "a"})
    upload = bench.s3.create_multipart_upload(Bucket=bucket, Key="c")["UploadId"]
    part = bench.s3.upload_part(Bucket=bucket, Key="c", UploadId=upload, PartNumber=1, Body=io.BytesIO(b"12345"))
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    bench.s3.complete_multipart_upload(Bucket=bucket, Key="c", UploadId=upload, MultipartUpload=parts)
    bench.s3.delete_object(Bucket=bucket, Key="a")
    bench.s3.delete_object(Bucket=bucket, Key="a", VersionId=version)
    records = shown(bench, name, 5)
    assert [record["eventName"] for record in records] == [
        "ObjectCreated:Put",
        "ObjectCreated:Copy",
        "ObjectCreated:CompleteMultipartUpload",
        "ObjectRemoved:DeleteMarkerCreated",
        "ObjectRemoved:Delete",
    ]
    assert records[0]["s3"]["object"]["versionId"] == version
    assert records[2]["s3"]["object"]["size"] == 5


def test_prefix_and_suffix_choose(bench: Bench, name: str) -> None:
    rules = [{"Name": "prefix", "Value": "in/"}, {"Name": "suffix", "Value": ".csv"}]
    bucket = trigger(bench, name, Filter={"Key": {"FilterRules": rules}})
    for key in ("in/a.txt", "out/a.csv", "in/a.csv"):
        bench.s3.put_object(Bucket=bucket, Key=key, Body=b"x")
    (record,) = shown(bench, name)
    assert record["s3"]["object"]["key"] == "in/a.csv"


def test_a_function_that_s3_may_not_call_is_refused(bench: Bench, name: str) -> None:
    with pytest.raises(ClientError) as refused:
        trigger(bench, name, allow=False)
    error = refused.value.response["Error"]
    assert error["Code"] == "InvalidArgument"
    assert error["Message"] == "Unable to validate the following destination configurations"
    assert f"function:{name}" in error["ArgumentName1"]
    bucket = name.lower()
    permit(bench, name, bucket, SourceArn="arn:aws:s3:::another")
    with pytest.raises(ClientError, match="Unable to validate"):
        attach(bench, name, bucket)
    with pytest.raises(ClientError, match="Unable to validate"):
        attach(bench, "not-there", bucket)
    bench.client.remove_permission(FunctionName=name, StatementId="s3")
    permit(bench, name, bucket)
    attach(bench, name, bucket)


def test_permission_taken_away_later_counts(bench: Bench, name: str) -> None:
    bucket = trigger(bench, name)
    bench.client.remove_permission(FunctionName=name, StatementId="s3")
    bench.s3.put_object(Bucket=bucket, Key="unseen", Body=b"x")
    permit(bench, name, bucket)
    bench.s3.put_object(Bucket=bucket, Key="seen", Body=b"x")
    (record,) = shown(bench, name)
    assert record["s3"]["object"]["key"] == "seen"


def test_a_function_that_feeds_its_own_bucket_is_stopped(bench: Bench, name: str) -> None:
    code = """
import boto3, uuid
def handler(event, context):
    print("ROUND")
    boto3.client("s3").put_object(Bucket=event["Records"][0]["s3"]["bucket"]["name"], Key=str(uuid.uuid4()), Body=b"x")
"""
    bucket = trigger(bench, name, code)
    bench.s3.put_object(Bucket=bucket, Key="first", Body=b"x")
    bench.until(lambda: any("Recursive loop detected" in event for event in bench.events(name)), 60)
    assert bench.events(name).count("ROUND\n") == 16
    assert len(bench.s3.list_objects_v2(Bucket=bucket)["Contents"]) == 17


def test_a_function_that_feeds_its_own_topic_is_stopped(bench: Bench, name: str) -> None:
    sns = bench.aws.client("sns")
    topic = sns.create_topic(Name=name)["TopicArn"]
    code = f"""
import boto3
def handler(event, context):
    print("ROUND")
    boto3.client("sns").publish(TopicArn={topic!r}, Message="again")
"""
    bench.function(name, code)
    arn = f"arn:aws:lambda:us-east-1:{bench.account}:function:{name}"
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=arn)
    sns.publish(TopicArn=topic, Message="first")
    bench.until(lambda: any("Recursive loop detected" in event for event in bench.events(name)), 60)
    assert bench.events(name).count("ROUND\n") == 16


def test_a_loop_that_is_wanted_goes_on(bench: Bench, name: str) -> None:
    code = f"""
import boto3, json
def handler(event, context):
    print("ROUND")
    if event < 20:
        boto3.client("lambda").invoke(FunctionName="{name}", InvocationType="Event", Payload=json.dumps(event + 1))
"""
    bench.function(name, code)
    bench.client.put_function_recursion_config(FunctionName=name, RecursiveLoop="Allow")
    bench.client.invoke(FunctionName=name, InvocationType="Event", Payload=b"1")
    bench.until(lambda: bench.events(name).count("ROUND\n") == 20)


def test_a_trigger_whose_function_is_gone_does_not_hold_up_the_bucket(bench: Bench, name: str) -> None:
    bucket = trigger(bench, name)
    bench.client.delete_function(FunctionName=name)
    bench.s3.put_object(Bucket=bucket, Key="a", Body=b"x")
    assert bench.s3.get_object(Bucket=bucket, Key="a")["Body"].read() == b"x"
