"""What is refused when a function is made or changed: as AWS does, or because it would only be pretended."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.embedded.awslambda.conftest import Bench, packed

CODE = "def handler(event, context):\n    return 1"


@pytest.mark.parametrize(
    ("fields", "code", "said"),
    [
        ({"Runtime": "nodejs22.x"}, "InvalidParameterValueException", "The runtime nodejs22.x is not available"),
        ({"Runtime": "python2.7"}, "InvalidParameterValueException", "python2.7 at 'runtime' failed to satisfy"),
        ({"MemorySize": 64}, "ValidationException", "'memorySize' failed to satisfy"),
        ({"Timeout": 901}, "ValidationException", "less than or equal to 900"),
        ({"EphemeralStorage": {"Size": 20000}}, "ValidationException", "'ephemeralStorage.size'"),
        ({"Role": "arn:aws:iam::000000000000:role/none"}, "InvalidParameterValueException", "cannot be assumed by"),
        ({"Role": "lambda-tests"}, "ValidationException", "'role' failed to satisfy"),
        ({"Environment": {"Variables": {"AWS_REGION": "x"}}}, "InvalidParameterValueException", "AWS_REGION"),
        ({"Environment": {"Variables": {"BIG": "x" * 4100}}}, "InvalidParameterValueException", "4KB limit"),
        ({"VpcConfig": {"SubnetIds": ["subnet-1"]}}, "InvalidParameterValueException", "VPC is not available"),
        ({"TracingConfig": {"Mode": "Active"}}, "InvalidParameterValueException", "X-Ray is not available"),
        ({"SnapStart": {"ApplyOn": "PublishedVersions"}}, "InvalidParameterValueException", "SnapStart is not"),
        ({"Code": {"ZipFile": b"no zip"}}, "InvalidParameterValueException", "Could not unzip uploaded file"),
        ({"Code": {}}, "InvalidParameterValueException", "Please provide a source for function code"),
    ],
)
def test_a_function_that_cannot_be(bench: Bench, fields: dict[str, Any], code: str, said: str) -> None:
    usual = {"Runtime": "python3.12", "Role": bench.role, "Handler": "m.handler"}
    whole = {"Code": {"ZipFile": packed({"m.py": CODE})}, **usual, **fields}
    unchecked = bench.aws.client("lambda", config=_unchecked())
    with pytest.raises(ClientError) as refused:
        unchecked.create_function(FunctionName="cannot-be", **whole)
    assert refused.value.response["Error"]["Code"] == code
    assert said in refused.value.response["Error"]["Message"]
    assert "cannot-be" not in [one["FunctionName"] for one in bench.client.list_functions()["Functions"]]


def _unchecked() -> Any:
    from botocore.config import Config

    return Config(retries={"total_max_attempts": 1}, parameter_validation=False)


def test_a_role_that_trusts_another_service(bench: Bench, name: str) -> None:
    role = bench.aws.role(name, "glue.amazonaws.com")
    with pytest.raises(ClientError, match="cannot be assumed by Lambda"):
        bench.function(name, CODE, Role=role)


def test_a_role_that_trusts_lambda_for_this_account_only(bench: Bench, name: str) -> None:
    iam = bench.aws.client("iam")
    for account in ("000000000000", "111122223333"):
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"aws:SourceAccount": account}},
        }
        trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.create_role(RoleName=f"for-{account}", AssumeRolePolicyDocument=trust)
    bench.function(name, CODE, Role="arn:aws:iam::000000000000:role/for-000000000000")
    with pytest.raises(ClientError, match="cannot be assumed by Lambda"):
        bench.function(f"{name}-2", CODE, Role="arn:aws:iam::000000000000:role/for-111122223333")


def test_a_change_is_checked_too(bench: Bench, name: str) -> None:
    bench.function(name, CODE)
    for fields in ({"Runtime": "java21"}, {"Role": f"{bench.role}-other"}, {"MemorySize": 20000}):
        with pytest.raises(ClientError):
            bench.client.update_function_configuration(FunctionName=name, **fields)
    assert bench.invoke(name).value == 1


def test_50_mb_are_the_most_that_can_be_sent(bench: Bench, name: str) -> None:
    fields = {"Runtime": "python3.12", "Role": bench.role, "Handler": "m.handler"}
    with pytest.raises(ClientError) as refused:
        bench.client.create_function(FunctionName=name, Code={"ZipFile": bytes(50 * 1024 * 1024 + 1)}, **fields)
    assert refused.value.response["Error"]["Code"] == "RequestEntityTooLargeException"


@pytest.mark.parametrize(
    "call",
    [
        lambda client, name: client.create_function_url_config(FunctionName=name, AuthType="NONE"),
        lambda client, name: client.put_provisioned_concurrency_config(
            FunctionName=name, Qualifier="1", ProvisionedConcurrentExecutions=1
        ),
        lambda client, name: client.invoke_with_response_stream(FunctionName=name),
        lambda client, name: client.create_event_source_mapping(
            FunctionName=name, EventSourceArn="arn:aws:kafka:us-east-1:000000000000:cluster/a/b"
        ),
    ],
)
def test_what_is_not_here_says_so(bench: Bench, call: Callable[[Any, str], Any]) -> None:
    if "refuses" not in [one["FunctionName"] for one in bench.client.list_functions()["Functions"]]:
        bench.function("refuses", CODE)
        bench.client.publish_version(FunctionName="refuses")
    with pytest.raises(ClientError, match="pretends nothing"):
        call(bench.client, "refuses")


def test_a_queue_sets_off_a_function(bench: Bench, name: str) -> None:
    url = bench.sqs.create_queue(QueueName=name)["QueueUrl"]
    bench.function(name, "def handler(event, c):\n    print('BODY', event['Records'][0]['body'])")
    bench.client.create_event_source_mapping(
        FunctionName=name, EventSourceArn=f"arn:aws:sqs:us-east-1:000000000000:{name}"
    )
    bench.sqs.send_message(QueueUrl=url, MessageBody="by mail")
    bench.until(lambda: "BODY by mail\n" in bench.events(name))


def test_a_topic_sets_off_a_function(bench: Bench, name: str) -> None:
    sns = bench.aws.client("sns")
    topic = sns.create_topic(Name=name)["TopicArn"]
    bench.function(name, "def handler(event, c):\n    print('TOLD', event['Records'][0]['Sns']['Message'])")
    arn = f"arn:aws:lambda:us-east-1:000000000000:function:{name}"
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=arn)
    sns.publish(TopicArn=topic, Message="news")
    bench.until(lambda: "TOLD news\n" in bench.events(name))


def test_a_rule_sets_off_a_function_which_is_tried_again(bench: Bench, name: str) -> None:
    events = bench.aws.client("events")
    bench.function(name, "def handler(event, c):\n    print('RULE', event['detail'])\n    raise ValueError('again')")
    arn = f"arn:aws:lambda:us-east-1:000000000000:function:{name}"
    events.put_rule(Name=name, EventPattern=f'{{"source": ["{name}"]}}')
    events.put_targets(Rule=name, Targets=[{"Id": "f", "Arn": arn}])
    events.put_events(Entries=[{"Source": name, "DetailType": "t", "Detail": '{"n": 1}'}])
    bench.until(lambda: bench.events(name).count("RULE {'n': 1}\n") == 3)


def test_the_command_line_sees_the_same(bench: Bench, name: str, tmp_path: Path) -> None:
    bench.function(name, "def handler(event, c):\n    return event['Number1'] + event['Number2']")
    out = tmp_path / "out.json"
    program = str(Path(sys.executable).with_name("aws"))
    command = [program, "--endpoint-url", bench.aws.endpoint, "lambda", "invoke", "--function-name", name]
    # Version 1 takes the payload as it is, version 2 in base64 unless it is told otherwise.
    event = tmp_path / "event.json"
    event.write_text('{"Number1": 10, "Number2": 15}')
    sent = ["--payload", f"fileb://{event}", "--log-type", "Tail", "--query", "StatusCode", str(out)]
    done = subprocess.run([*command, *sent], env=bench.aws.env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "200"), done.stderr
    assert out.read_text() == "25"
