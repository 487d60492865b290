"""The drawer's code for Lambda's and API Gateway's pages is run, as Python and as shell commands, and does the same."""

import json
from collections.abc import Iterator
from pathlib import Path
from shlex import quote
from typing import Any

import pytest

from app.blueprints.apigateway.service import making, trying
from app.blueprints.apigateway.service.making import Draft
from app.blueprints.apigateway.service.trying import Given
from app.codegen import commands
from tests.apigateway.functions import BUCKET, SUM, make_function, make_role
from tests.awslambda.conftest import packed
from tests.codegen.conftest import Lab

ACCOUNT = "000000000000"
ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:adds"
NUMBERS = '{"Number1": 10, "Number2": 15}'
EVENT = '{"Number1": 10, "Number2": 15, "who": "it\'s $HOME `x` grün"}'


@pytest.fixture(scope="module")
def role(running: Any) -> Iterator[str]:
    """A function, its role and a bucket."""
    made = make_role(running.client("iam"))
    make_function(running, "adds", SUM, made)
    running.client("s3").create_bucket(Bucket=BUCKET)
    yield made
    running.client("s3").delete_bucket(Bucket=BUCKET)


def test_a_function_is_created(lab: Lab, role: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its code is a file beside the snippet; its variables, which may be secret, come from the environment."""
    quiet, code = lab.aws.client("lambda"), packed({"lambda_function.py": SUM})
    with lab.recording():
        lab.client("lambda").create_function(
            FunctionName="made",
            Runtime="python3.12",
            Role=role,
            Handler="lambda_function.lambda_handler",
            Code={"ZipFile": code},
            Description="it's $HOME",
            Environment={"Variables": {"STAGE": "hidden"}},
            Tags={"team": "one & two"},
        )
    variables = json.dumps({"STAGE": "it's `x`"})
    monkeypatch.setenv("VARIABLES", variables)
    Path("function.zip").write_bytes(code)
    exported = f"export VARIABLES={quote(variables)}\n{commands(lab.steps)}"
    for again in (lab.python, lambda: lab.quick(exported)):
        quiet.delete_function(FunctionName="made")
        again()
        found = quiet.get_function(FunctionName="made")
        assert (found["Configuration"]["Description"], found["Tags"]) == ("it's $HOME", {"team": "one & two"})
        assert found["Configuration"]["Environment"]["Variables"] == {"STAGE": "it's `x`"}


def test_a_function_is_invoked(lab: Lab, role: str) -> None:
    with lab.recording():
        lab.client("lambda").invoke(FunctionName="adds", Payload=EVENT.encode(), LogType="Tail")
    Path("payload.json").write_text(EVENT)
    answer, _ = lab.python()
    assert answer["StatusCode"] == 200 and "FunctionError" not in answer
    told = json.loads(lab.quick())
    assert told["StatusCode"] == 200 and "FunctionError" not in told


def test_a_bucket_may_invoke_it_and_does(lab: Lab, role: str) -> None:
    function, s3 = lab.aws.client("lambda"), lab.aws.client("s3")
    rules = [{"Name": "prefix", "Value": "in it's/"}, {"Name": "suffix", "Value": ".csv"}]
    target = {
        "Id": "one",
        "LambdaFunctionArn": ARN,
        "Events": ["s3:ObjectCreated:*"],
        "Filter": {"Key": {"FilterRules": rules}},
    }
    with lab.recording():
        lab.client("lambda").add_permission(
            FunctionName="adds",
            StatementId="bucket",
            Action="lambda:InvokeFunction",
            Principal="s3.amazonaws.com",
            SourceArn=f"arn:aws:s3:::{BUCKET}",
            SourceAccount=ACCOUNT,
        )
        lab.client("s3").put_bucket_notification_configuration(
            Bucket=BUCKET, NotificationConfiguration={"LambdaFunctionConfigurations": [target]}
        )
    for again in (lab.python, lab.quick):
        s3.put_bucket_notification_configuration(Bucket=BUCKET, NotificationConfiguration={})
        function.remove_permission(FunctionName="adds", StatementId="bucket")
        again()
        (statement,) = json.loads(function.get_policy(FunctionName="adds")["Policy"])["Statement"]
        assert statement["Condition"]["StringEquals"] == {"AWS:SourceAccount": ACCOUNT}
        (kept,) = s3.get_bucket_notification_configuration(Bucket=BUCKET)["LambdaFunctionConfigurations"]
        shown = {rule["Name"].lower(): rule["Value"] for rule in kept["Filter"]["Key"]["FilterRules"]}
        assert (kept["LambdaFunctionArn"], shown) == (ARN, {"prefix": "in it's/", "suffix": ".csv"})
    function.remove_permission(FunctionName="adds", StatementId="bucket")


def test_an_api_is_made_by_the_form_and_tried(lab: Lab, role: str) -> None:
    quiet = lab.aws.client("apigateway")
    clients = {"apigateway": lab.client("apigateway"), "lambda": lab.client("lambda")}
    with lab.recording():
        progress, error = making.run(clients, Draft(name="it's", function="adds", stage="dev"), ACCOUNT)
    assert error is None
    first, *lab.steps = lab.steps  # the rest names the API by the id that AWS gave it
    assert first.calls[0].operation == "CreateRestApi"
    api = progress.draft.api
    (root,) = quiet.get_resources(restApiId=api, embed=["methods"])["items"]
    for again in (lab.python, lab.quick):
        for verb in ("POST", "OPTIONS"):
            quiet.delete_method(restApiId=api, resourceId=root["id"], httpMethod=verb)
        for statement in json.loads(lab.aws.client("lambda").get_policy(FunctionName="adds")["Policy"])["Statement"]:
            lab.aws.client("lambda").remove_permission(FunctionName="adds", StatementId=statement["Sid"])
        again()
        assert quiet.get_resources(restApiId=api, embed=["methods"])["items"] == [root]
    with lab.recording():
        tried = trying.invoke(clients["apigateway"], api, root["id"], "POST", Given(NUMBERS, "", "", "/"), "/")
    assert tried.body == "25"
    answer, _ = lab.python()
    assert (answer["status"], answer["body"]) == (200, "25")
    assert json.loads(lab.quick())["body"] == "25"
