"""What is not real says so, in AWS's own shape; what passes is answered as AWS would."""

import asyncio
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded.asgi import Message, Receive, Scope, Send
from embedded.errors import Response
from embedded.layers import Below, Overlaid
from embedded.request import Request
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


def test_no_session_is_given_out_that_would_not_work(embedded_aws: Embedded) -> None:
    sts = embedded_aws.client("sts")
    assert sts.get_caller_identity()["Account"] == "000000000000"
    code, message = refused(sts.assume_role, RoleArn=ROLE, RoleSessionName="ada")
    assert (code, "AssumeRole is not done here" in message) == ("AccessDenied", True)
    assert refused(sts.get_session_token)[0] == "AccessDenied"


def test_an_overlay_that_fails_says_why_and_what_to_do() -> None:
    class Failing:
        def matches(self, request: Request) -> bool:
            return True

        async def handle(self, request: Request, forward: Below) -> Response | None:
            raise FileNotFoundError(2, "No such file or directory", "/some/where")

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise AssertionError("the emulator is not asked")

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    request = Request({"type": "http", "method": "POST", "headers": []}, receive, "rds", "us-east-1", "0" * 12)
    asyncio.run(Overlaid(app, [Failing()])({"type": "http", "trellis.request": request}, receive, send))
    said = b"".join(message.get("body", b"") for message in sent).decode()
    assert sent[0]["status"] == 500
    assert "InternalFailure" in said
    assert "FileNotFoundError: No such file or directory" in said
    assert "Try again" in said
    assert "log/embedded.log" in said
    assert "/some/where" not in said
