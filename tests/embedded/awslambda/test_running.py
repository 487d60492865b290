"""A function runs: its event, its context, its environment, its answer."""

import json
import re
import urllib.error
import urllib.request
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.embedded.awslambda.conftest import Bench, packed

SEES = """
import os, sys
def handler(event, context):
    return {"event": event, "environment": dict(os.environ), "path": sys.path[0], "cwd": os.getcwd(),
            "context": {n: str(getattr(context, n)) for n in ("aws_request_id", "log_group_name", "log_stream_name",
              "function_name", "function_version", "invoked_function_arn", "client_context")},
            "memory": context.memory_limit_in_mb, "left": context.get_remaining_time_in_millis(),
            "identity": context.identity.cognito_identity_id}
"""


def test_the_handler_gets_event_and_context(bench: Bench, name: str) -> None:
    bench.function(name, SEES, Environment={"Variables": {"MINE": "1"}})
    answer = bench.invoke(name, {"Temperature": 10, "Wind": -5})
    seen = answer.value
    arn = f"arn:aws:lambda:us-east-1:000000000000:function:{name}"
    assert seen["event"] == {"Temperature": 10, "Wind": -5}
    assert seen["memory"] == "256"
    assert 0 < seen["left"] <= 20_000
    assert seen["identity"] is None
    assert seen["context"] == {
        "aws_request_id": answer.request_id,
        "log_group_name": f"/aws/lambda/{name}",
        "log_stream_name": seen["environment"]["AWS_LAMBDA_LOG_STREAM_NAME"],
        "function_name": name,
        "function_version": "$LATEST",
        "invoked_function_arn": arn,
        "client_context": "None",
    }
    variables = seen["environment"]
    assert variables["MINE"] == "1"
    assert variables["_HANDLER"] == "m.handler"
    assert variables["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "256"
    assert variables["AWS_EXECUTION_ENV"] == "AWS_Lambda_python3.12"
    assert variables["LAMBDA_TASK_ROOT"] == seen["path"] == seen["cwd"]
    assert re.fullmatch(r"\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}", variables["AWS_LAMBDA_LOG_STREAM_NAME"])
    assert answer.whole["ExecutedVersion"] == "$LATEST"


def test_a_warm_environment_is_used_again_and_a_change_replaces_it(bench: Bench, name: str) -> None:
    code = "import os\nseen = []\ndef handler(e, c):\n    seen.append(1)\n    return [os.getpid(), len(seen), {}]"
    bench.function(name, code.format("'old'"))
    first, second = bench.invoke(name), bench.invoke(name)
    assert first.value[0] == second.value[0]
    assert [first.value[1], second.value[1]] == [1, 2]
    assert "Init Duration" in first.log
    assert "Init Duration" not in second.log
    bench.client.update_function_code(FunctionName=name, ZipFile=packed({"m.py": code.format("'new'")}))
    third = bench.invoke(name).value
    assert third[1:] == [1, "new"]
    assert third[0] != first.value[0]
    bench.client.update_function_configuration(FunctionName=name, MemorySize=300)
    assert bench.invoke(name).value[0] != third[0]


def test_values_of_json_pass_both_ways(bench: Bench, name: str) -> None:
    bench.function(name, "def handler(event, context):\n    return event")
    for value in (None, 0, "text äöü \U0001f600", [1, [2]], True, {"a": {"b": 1.5}}):
        assert bench.invoke(name, json.dumps(value).encode()).value == value
    assert bench.invoke(name, b"").value == {}


def test_decimals_are_numbers(bench: Bench, name: str) -> None:
    code = "from decimal import Decimal\ndef handler(e, c):\n    return {'n': Decimal('1.10'), 't': (1, 2)}"
    bench.function(name, code)
    assert bench.invoke(name).value == {"n": 1.1, "t": [1, 2]}


def test_the_client_context_arrives(bench: Bench, name: str) -> None:
    import base64

    code = "def handler(e, c):\n    return [c.client_context.custom, c.client_context.client.app_title]"
    bench.function(name, code)
    context = base64.b64encode(json.dumps({"custom": {"a": "1"}, "client": {"app_title": "T"}}).encode()).decode()
    assert bench.invoke(name, ClientContext=context).value == [{"a": "1"}, "T"]


def test_versions_aliases_and_dry_runs(bench: Bench, name: str) -> None:
    code = "def handler(e, c):\n    return ['{}', c.function_version, c.invoked_function_arn.split(':')[7:]]"
    bench.function(name, code.format("one"))
    version = bench.client.publish_version(FunctionName=name)["Version"]
    bench.client.create_alias(FunctionName=name, Name="live", FunctionVersion=version)
    bench.client.update_function_code(FunctionName=name, ZipFile=packed({"m.py": code.format("two")}))
    assert bench.invoke(name).value == ["two", "$LATEST", []]
    assert bench.invoke(name, Qualifier=version).value == ["one", "1", ["1"]]
    through = bench.invoke(name, Qualifier="live")
    assert through.value == ["one", "1", ["live"]]
    assert through.whole["ExecutedVersion"] == "1"
    dry: Any = bench.client.invoke(FunctionName=name, InvocationType="DryRun")
    assert dry["StatusCode"] == 204
    weights = {"AdditionalVersionWeights": {"1": 0.5}}
    try:
        bench.client.create_alias(FunctionName=name, Name="w", FunctionVersion="1", RoutingConfig=weights)
    except bench.client.exceptions.InvalidParameterValueException as error:
        assert "pretends nothing" in str(error)
    else:
        raise AssertionError("it was accepted")


def test_layers_lie_under_the_code(bench: Bench, name: str) -> None:
    content = packed({"python/helper.py": "value = 'from the layer'"})
    layer = bench.client.publish_layer_version(LayerName=name, Content={"ZipFile": content})
    code = "import helper\ndef handler(e, c):\n    return helper.value"
    bench.function(name, code, Layers=[layer["LayerVersionArn"]])
    assert bench.invoke(name).value == "from the layer"


def test_code_may_come_from_s3(bench: Bench, name: str) -> None:
    bench.s3.create_bucket(Bucket="lambda-code")
    bench.s3.put_object(Bucket="lambda-code", Key="c.zip", Body=packed({"m.py": "def handler(e, c):\n    return 5"}))
    where = {"S3Bucket": "lambda-code", "S3Key": "c.zip"}
    fields = {"Runtime": "python3.11", "Role": bench.role, "Handler": "m.handler"}
    bench.client.create_function(FunctionName=name, Code=where, **fields)
    assert bench.invoke(name).value == 5


def test_code_can_be_fetched(bench: Bench, name: str) -> None:
    old, new = packed({"m.py": "x = 'old'"}), packed({"m.py": "x = 'new'"})
    bench.function(name, {"m.py": "x = 'old'"})
    version = bench.client.publish_version(FunctionName=name)["Version"]
    bench.client.update_function_code(FunctionName=name, ZipFile=new)
    for qualifier, code in (("$LATEST", new), (version, old)):
        found = bench.client.get_function(FunctionName=name, Qualifier=qualifier)
        with urllib.request.urlopen(found["Code"]["Location"]) as answer:
            assert answer.read() == code
    layer = bench.client.publish_layer_version(LayerName=name, Content={"ZipFile": old})
    again = bench.client.get_layer_version(LayerName=name, VersionNumber=1)
    for content in (layer["Content"], again["Content"]):
        with urllib.request.urlopen(content["Location"]) as answer:
            assert answer.read() == old
    wrong = found["Code"]["Location"].replace("X-Amz-Expires=600", "X-Amz-Expires=6000")
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(wrong)


@pytest.mark.parametrize("key", ["snapshots/arn:x", "snapshots/arn:aws:lambda", "snapshots/arn:aws:s3:::x"])
def test_a_link_to_no_function_is_refused_in_order(bench: Bench, key: str) -> None:
    with pytest.raises(ClientError) as refused:
        bench.s3.get_object(Bucket="awslambda-us-east-1-tasks", Key=key)
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] < 500
