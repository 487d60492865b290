"""The AWS CLI lines: quoting, secrets, files, pages and what has no command."""

import json
import subprocess

import pytest

from app.codegen import collapse, command, commands
from app.codegen.shell import octal, quote, readable_json, written
from app.recorder import REDACTED, Blob, Call
from tests.codegen.samples import call

NASTY = ["it's", "$(id)", "`id`", "a\nb", "\x1b[31m", "\u202e", "-n", "", "é 🎉", "a\\b", "!x", "\x00"[:0]]


def shell(line: str, **env: str) -> str:
    done = subprocess.run(["bash", "-c", line], capture_output=True, check=True, env={"PATH": "/usr/bin:/bin", **env})
    return done.stdout.decode()


def test_a_listing() -> None:
    line = command(call("ListObjectsV2", {"Bucket": "b", "Prefix": "a b/"}))
    assert line == "aws s3api list-objects-v2 --region eu-west-1 --bucket b --prefix 'a b/' --no-paginate"


@pytest.mark.parametrize("text", NASTY)
def test_words_mean_their_text(text: str) -> None:
    word = quote(text)
    assert word.isprintable()
    assert shell(f"printf %s. {word}") == text + "."


@pytest.mark.parametrize("data", [b"", b"-n", b"%d\\n", bytes(range(256)), "é".encode(), b"it's"])
def test_small_files_are_written_exactly(data: bytes) -> None:
    line = written(data, "x")
    assert shell(line.replace("> x", "| od -An -v -tx1")).split() == [f"{byte:02x}" for byte in data]
    assert octal(data, "\\%'").isprintable()


def test_json_shows_letters_and_escapes_what_cannot_be_seen() -> None:
    text = readable_json({"name": "é日🎉", "hidden": "\u202e\u200b\ud800"})
    assert "é日🎉" in text
    assert text.isprintable()
    assert json.loads(text)["hidden"] == "\u202e\u200b\ud800"


def test_a_long_command_has_an_option_a_line() -> None:
    line = command(call("PutObject", {"Bucket": "b", "Key": "k" * 80, "Body": Blob(9), "ContentType": "text/plain"}))
    assert line.splitlines()[0] == "aws s3api put-object \\"
    assert "    --content-type text/plain" in line.splitlines()


def test_secrets_are_variables() -> None:
    line = command(call("CreateSecret", {"Name": "n", "SecretString": REDACTED}, "secretsmanager"))
    assert line.endswith('--secret-string "$SECRET_STRING"')


@pytest.mark.parametrize("other", ["plain", "with ' quote", "with \x1b control", "@0@ @@"])
def test_secrets_inside_json_are_variables_of_the_shell(other: str) -> None:
    made = call(
        "UpdateFunctionConfiguration",
        {"FunctionName": "f", "Environment": {"Variables": REDACTED}, "VpcConfig": {}, "Description": other},
        "lambda",
    )
    line = command(made).replace("aws lambda", "show lambda")
    printed = shell(f'show() {{ printf "%s\\n" "$@"; }}; {line}', VARIABLES='{"TOKEN": "it\'s \\"x\\""}')
    given = printed[printed.index("--environment\n") :].splitlines()[1]
    assert json.loads(given) == {"Variables": {"TOKEN": 'it\'s "x"'}}


def test_a_secret_text_inside_json() -> None:
    made = call("CreateStage", {"restApiId": "a", "stageName": "s", "deploymentId": "d"}, "apigateway")
    made.parameters["canarySettings"] = {"stageVariableOverrides": {"odd \x1b'": REDACTED, "@": "x"}}
    line = command(made).replace("aws apigateway", "show")
    printed = shell(f'show() {{ printf "%s\\n" "$@"; }}; {line}', ODD___="hush")
    assert "hush" in printed


def test_lambda_payload_is_a_file_for_both_versions() -> None:
    line = command(call("Invoke", {"FunctionName": "f", "Payload": REDACTED}, "lambda"))
    assert line.endswith("--payload fileb://payload.json response.json")


def test_the_zip_file_has_an_option_of_its_own() -> None:
    given = {"FunctionName": "f", "Role": "r", "Code": {"ZipFile": REDACTED}}
    line = command(call("CreateFunction", given, "lambda"))
    assert "--zip-file fileb://function.zip" in line
    assert "--code" not in line


def test_bytes_in_json_say_which_version_reads_them() -> None:
    line = command(call("PutItem", {"TableName": "t", "Item": {"b": {"B": b"\x00"}}}, "dynamodb"))
    assert line.startswith("# Bytes inside JSON are base64 here")


def test_all_pages_need_no_option() -> None:
    first = call("ListObjectsV2", {"Bucket": "b", "MaxKeys": 100})
    second = call("ListObjectsV2", {**first.parameters, "ContinuationToken": "t"})
    (step,) = collapse([first, second])
    assert command(step) == "aws s3api list-objects-v2 --region eu-west-1 --bucket b --page-size 100"


def test_what_the_cli_does_not_have() -> None:
    assert command(call("InvokeWithResponseStream", {}, "lambda")).startswith("# The AWS CLI has no command")


def upload(**given: object) -> str:
    to = {"Bucket": "b", "Key": "a/big.bin"} | {"Key": given.pop("Key", "a/big.bin")}
    part = {**to, "UploadId": "u", "PartNumber": 1}
    calls: list[Call] = [
        call("CreateMultipartUpload", {**to, **given}),
        call("UploadPart", {**part, "Body": Blob(9)}),
        call("CompleteMultipartUpload", {**to, "UploadId": "u"}),
    ]
    return commands(collapse(calls))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "aws s3 cp big.bin s3://b/a/big.bin --region eu-west-1 --no-guess-mime-type\n"),
        (
            {"ContentType": "image/png"},
            "aws s3 cp big.bin s3://b/a/big.bin --region eu-west-1 --content-type image/png\n",
        ),
    ],
)
def test_an_upload_is_a_copy_of_a_file(given: dict[str, object], expected: str) -> None:
    assert upload(**given) == expected


@pytest.mark.parametrize("given", [{"Tagging": "a=b"}, {"Key": "folder/"}])
def test_what_cp_cannot_say_is_one_put(given: dict[str, object]) -> None:
    assert upload(**given).startswith("aws s3api put-object ")


def test_a_copy_in_parts() -> None:
    to = {"Bucket": "b", "Key": "k"}
    source = {"Bucket": "from", "Key": "x y"}
    calls = [
        call("CreateMultipartUpload", to),
        call("UploadPartCopy", {**to, "UploadId": "u", "PartNumber": 1, "CopySource": source}),
        call("CompleteMultipartUpload", {**to, "UploadId": "u"}),
    ]
    assert commands(collapse(calls)) == "aws s3 cp 's3://from/x y' s3://b/k --region eu-west-1\n"
    source["VersionId"] = "v"
    assert "--copy-source 'from/x y?versionId=v'" in commands(collapse(calls))


@pytest.mark.parametrize("endpoint", ["", "http://127.0.0.1:1"])
def test_the_endpoint_is_named_where_the_cli_would_ignore_it(endpoint: str) -> None:
    text = command(Call("rds", "DescribeDBInstances", {"DBInstanceIdentifier": "shop"}, "us-east-1"))
    script = f"aws() {{ printf '%s\n' \"$@\"; }}\n{text}"
    environment = {"AWS_ENDPOINT_URL": endpoint} if endpoint else {}
    done = subprocess.run(["bash", "-eu", "-c", script], env=environment, capture_output=True, text=True, check=True)
    named = [word for word in done.stdout.splitlines() if word.startswith("--endpoint-url")]
    assert named == ([f"--endpoint-url={endpoint}"] if endpoint else [])
