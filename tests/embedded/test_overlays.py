"""What is not real says so, in AWS's own shape; what passes is answered as AWS would."""

import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.embedded.process import Embedded

ROLE = "arn:aws:iam::000000000000:role/x"


def refused(call: Any, **arguments: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as error:
        call(**arguments)
    details = error.value.response["Error"]
    return details["Code"], details["Message"]


@pytest.mark.parametrize(("command", "word"), [("gluestreaming", "Streaming jobs"), ("glueray", "Ray jobs")])
def test_glue_jobs_that_cannot_run_are_refused(embedded_aws: Embedded, command: str, word: str) -> None:
    glue = embedded_aws.client("glue")
    glue.create_job(Name=command, Role=ROLE, Command={"Name": command, "ScriptLocation": "s3://b/s.py"})
    code, message = refused(glue.start_job_run, JobName=command)
    assert code == "InvalidInputException"
    assert word in message
    assert glue.get_job_runs(JobName=command)["JobRuns"] == []


def test_no_database_is_claimed(embedded_aws: Embedded) -> None:
    rds = embedded_aws.client("rds")
    cluster = {"DBClusterIdentifier": "c", "Engine": "aurora-mysql"}
    assert refused(rds.create_db_cluster, **cluster)[0] == "UnsupportedOperation"
    assert refused(rds.start_db_instance, DBInstanceIdentifier="database-1")[0] == "DBInstanceNotFound"
    restore = {"DBInstanceIdentifier": "r", "DBSnapshotIdentifier": "s"}
    assert refused(rds.restore_db_instance_from_db_snapshot, **restore)[0] == "DBSnapshotNotFound"
    assert rds.describe_db_instances()["DBInstances"] == []
    data = embedded_aws.client("rds-data")
    arns = {"resourceArn": "arn:aws:rds:us-east-1:000000000000:cluster:c", "secretArn": "arn:" + "x" * 20}
    assert refused(data.execute_statement, sql="select 1", **arns)[0] == "BadRequestException"


def test_services_that_are_not_here_say_so(embedded_aws: Embedded) -> None:
    code, message = refused(embedded_aws.client("elasticbeanstalk").describe_applications)
    assert (code, "Elastic Beanstalk" in message) == ("UnsupportedOperation", True)
    for service, operation in (("emr", "list_clusters"), ("eks", "list_clusters"), ("redshift", "describe_clusters")):
        assert refused(getattr(embedded_aws.client(service), operation))[0] == "UnsupportedOperation"


def test_a_dry_run_does_not_run(embedded_aws: Embedded) -> None:
    ec2 = embedded_aws.client("ec2")
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    launch = {"ImageId": image, "MinCount": 1, "MaxCount": 1, "InstanceType": "t2.micro"}
    assert refused(ec2.run_instances, DryRun=True, **launch)[0] == "DryRunOperation"
    assert ec2.describe_instances()["Reservations"] == []


def test_an_alarm_has_only_aws_states(embedded_aws: Embedded) -> None:
    cloudwatch = embedded_aws.client("cloudwatch")
    alarm = {"Namespace": "n", "MetricName": "m", "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 1}
    operator = "GreaterThanThreshold"
    cloudwatch.put_metric_alarm(AlarmName="a", Threshold=1.0, ComparisonOperator=operator, **alarm)
    assert "stateValue" in refused(cloudwatch.set_alarm_state, AlarmName="a", StateValue="FOO", StateReason="r")[1]
    cloudwatch.set_alarm_state(AlarmName="a", StateValue="ALARM", StateReason="r")
    assert cloudwatch.describe_alarms(AlarmNames=["a"])["MetricAlarms"][0]["StateValue"] == "ALARM"


@pytest.fixture(scope="module")
def logs(embedded_aws: Embedded) -> Any:
    """A client, and the group `app` with two streams of known events."""
    client = embedded_aws.client("logs")
    client.create_log_group(logGroupName="app")
    now = int(time.time() * 1000) - 60_000
    for stream, messages in {"one": ["ERROR first", "info second", "it's | odd"], "two": ["error third"]}.items():
        client.create_log_stream(logGroupName="app", logStreamName=stream)
        events = [{"timestamp": now + n * 10, "message": m} for n, m in enumerate(messages)]
        client.put_log_events(logGroupName="app", logStreamName=stream, logEvents=events)
    return client


def rows(logs: Any, query: str) -> list[str]:
    """Run a query and return the messages."""
    until = int(time.time()) + 1
    started = logs.start_query(logGroupName="app", startTime=until - 3600, endTime=until, queryString=query)
    answer = logs.get_query_results(queryId=started["queryId"])
    assert answer["status"] == "Complete"
    return [next(f["value"] for f in row if f["field"] == "@message") for row in answer["results"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("filter @message like /ERROR/", ["ERROR first"]),
        ("filter @message like /(?i)error/ | sort @timestamp desc | limit 1", ["ERROR first", "error third"]),
        ("fields @timestamp, @message | filter @logStream = 'two'", ["error third"]),
        ("fields @message | filter @message like /\\|/", ["it's | odd"]),
        ("filter @message = 'it\\'s | odd' | fields @message", ["it's | odd"]),
        ("filter @message like /ERR/ | filter @message like /info/", []),
        ("fields @message | filter @logStream = 'one' | sort @timestamp desc | limit 2", ["it's | odd", "info second"]),
    ],
)
def test_queries_that_are_understood_are_answered_rightly(logs: Any, query: str, expected: list[str]) -> None:
    found = rows(logs, query)
    assert found == expected if "limit 1" not in query else (len(found) == 1 and found[0] in expected)


@pytest.mark.parametrize(
    "query",
    [
        "stats count(*) by bin(5m)",
        "fields @message | parse @message '* *' as a, b",
        "fields level",
        "fields @message as m",
        "fields strlen(@message)",
        "filter level = 'ERROR'",
        'filter @message = "ERROR first"',
        "filter @message like 'ERROR'",
        "filter @message not like /ERROR/",
        "filter @message like /ERROR/ or @message like /info/",
        "filter @message like /(/",
        "filter @timestamp > 5",
        "sort @message",
        "sort @timestamp desc, @message",
        "limit 1 | sort @timestamp",
        "limit 0",
        "limit ten",
        "dedup @message",
        "display @message",
        "fields @message | fields @timestamp",
        "nonsense",
        "",
        "fields @message |",
    ],
)
def test_queries_that_would_be_ignored_are_malformed(logs: Any, query: str) -> None:
    now = int(time.time())
    asked = {"logGroupName": "app", "startTime": now - 60, "endTime": now, "queryString": query}
    if query == "":
        asked["queryString"] = " "
    assert refused(logs.start_query, **asked)[0] == "MalformedQueryException"


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("", ["ERROR first", "error third", "info second", "it's | odd"]),
        ("ERROR", ["ERROR first"]),
        ("?ERROR ?info", ["ERROR first", "info second"]),
        ('"ERROR first"', ["ERROR first"]),
        ("-ERROR -info", ["error third", "it's | odd"]),
        ("first ERROR", ["ERROR first"]),
    ],
)
def test_log_events_are_filtered_as_aws_does(logs: Any, pattern: str, expected: list[str]) -> None:
    found = logs.filter_log_events(logGroupName="app", filterPattern=pattern)["events"]
    assert sorted(e["message"] for e in found) == expected


@pytest.mark.parametrize("size", [1, 2, 3])
def test_log_events_are_paged_to_the_end(logs: Any, size: int) -> None:
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName="app", limit=size)
    found = [event["message"] for page in pages for event in page["events"]]
    assert sorted(found) == ["ERROR first", "error third", "info second", "it's | odd"]


@pytest.mark.parametrize("pattern", ['{ $.level = "ERROR" }', "[a, b]", "%ERR%"])
def test_patterns_that_would_be_ignored_are_refused(logs: Any, pattern: str) -> None:
    code, _ = refused(logs.filter_log_events, logGroupName="app", filterPattern=pattern)
    assert code == "InvalidParameterException"
