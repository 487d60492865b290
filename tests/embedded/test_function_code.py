"""The link to a function's code: it can be followed, by nobody else's hand, and never gives other code."""

import base64
import hashlib
import io
import json
import urllib.error
import urllib.request
import zipfile
from typing import Any

import pytest

from tests.embedded.process import Embedded

TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}


def packed(text: str) -> bytes:
    """Return a zip with one module."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("lambda_function.py", text)
    return made.getvalue()


@pytest.fixture(scope="module")
def functions(embedded_aws: Embedded) -> Any:
    """A client, and a function named linked."""
    document = json.dumps({"Version": "2012-10-17", "Statement": [TRUST]})
    role = embedded_aws.client("iam").create_role(RoleName="linked", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    client = embedded_aws.client("lambda")
    code = {"ZipFile": packed("def lambda_handler(event, context):\n    return 1\n")}
    client.create_function(
        FunctionName="linked", Runtime="python3.12", Role=role, Handler="lambda_function.lambda_handler", Code=code
    )
    return client


def test_the_link_gives_the_code(functions: Any) -> None:
    found = functions.get_function(FunctionName="linked")
    assert "-tasks/snapshots/" in found["Code"]["Location"]
    with urllib.request.urlopen(found["Code"]["Location"]) as answer:
        data = answer.read()
    assert base64.b64encode(hashlib.sha256(data).digest()).decode() == found["Configuration"]["CodeSha256"]


@pytest.mark.parametrize("old", ["X-Amz-Expires=600", "linked-", "snapshots/000000000000"])
def test_a_changed_link_is_refused(functions: Any, old: str) -> None:
    link = functions.get_function(FunctionName="linked")["Code"]["Location"]
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(link.replace(old, old.replace("0", "1").replace("linked", "other")))
    with refused.value as error:
        assert error.code == 403


def test_the_link_of_an_earlier_version_never_gives_newer_code(functions: Any) -> None:
    version = functions.publish_version(FunctionName="linked")["Version"]
    functions.update_function_code(
        FunctionName="linked", ZipFile=packed("def lambda_handler(event, context):\n    return 2\n")
    )
    link = functions.get_function(FunctionName="linked", Qualifier=version)["Code"]["Location"]
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(link)
    with refused.value as error:
        assert error.code == 404


def test_the_function_is_found_by_its_arn_too(functions: Any) -> None:
    arn = functions.get_function(FunctionName="linked")["Configuration"]["FunctionArn"]
    assert "-tasks/snapshots/" in functions.get_function(FunctionName=arn)["Code"]["Location"]
