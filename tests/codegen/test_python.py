"""The Python that is shown: its layout, its values, its secrets and its files."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from app.codegen import collapse, python, script
from app.codegen.literals import Source
from app.codegen.names import client_name, file_name, variable_of
from app.recorder import REDACTED, Blob
from tests.codegen.samples import FakeBoto3, call, run

LISTED = """\
import boto3

s3 = boto3.client("s3", region_name="eu-west-1")

answer = s3.list_objects_v2(Bucket="b", Prefix="a/")
for item in answer.get("Contents", []):
    print(item.get("Key"), item.get("Size"), item.get("LastModified"))
for item in answer.get("CommonPrefixes", []):
    print(item.get("Prefix"))
"""
SENT = """\
import boto3

s3 = boto3.client("s3", region_name="eu-west-1")

with open("photo.jpg", "rb") as body:  # 2,345,678 bytes
    answer = s3.put_object(
        Bucket="a-bucket-with-a-long-name",
        Key="2026/holiday/photo.jpg",
        Body=body,
        ContentType="image/jpeg",
    )
print(answer.get("ETag"), answer.get("VersionId"))
"""


def test_a_listing() -> None:
    assert python(call("ListObjectsV2", {"Bucket": "b", "Prefix": "a/"})) == LISTED


def test_a_body_is_a_file() -> None:
    given = {"Bucket": "a-bucket-with-a-long-name", "Key": "2026/holiday/photo.jpg", "Body": Blob(2345678)}
    assert python(call("PutObject", {**given, "ContentType": "image/jpeg"})) == SENT


@pytest.mark.parametrize(
    "value",
    [
        "plain",
        "it's",
        'say "so"',
        "both ' and \"",
        "new\nline\\n",
        "\u202e\u200b\x1b[0m",
        "日本語 🎉",
        "{x} %s",
        "",
        b"bytes \x00\xff'\"",
        bytearray(b"more"),
        1,
        1.5,
        float("inf"),
        True,
        None,
        Decimal("1.10"),
        datetime(2030, 1, 2, 3, 4, 5, 6, tzinfo=UTC),
        date(2030, 1, 2),
        {"a": [1, {"b": "c" * 90}], "d": {}},
        ["x" * 50, "y" * 50],
        [],
    ],
)
def test_values_come_back(value: Any) -> None:
    source = Source()
    text = source.value(value)
    space: dict[str, Any] = {}
    exec("\n".join(source.imports), space)
    assert eval(text, space) == value
    assert text.replace("\n", "").isprintable()


def test_a_value_that_is_not_a_number() -> None:
    assert str(eval(Source().value(float("nan")))) == "nan"


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("a/photo.jpg", "photo.jpg"),
        ("../../etc/passwd", "passwd"),
        ("a/..", "file.bin"),
        ("-rf", "rf"),
        (".hidden", "hidden"),
        ("a b'c\"$(d).txt", "a_b_c_d_.txt"),
        ("käse.png", "käse.png"),
        ("folder/", "folder"),
        ("", "file.bin"),
        ("x" * 300 + ".jpeg", "x" * 88 + ".jpeg"),
    ],
)
def test_file_names_are_plain(key: str, name: str) -> None:
    assert file_name(key) == name


def test_names() -> None:
    assert client_name("lambda") == "lambda_"
    assert client_name("rds-data") == "rds_data"
    assert variable_of(("Environment", "Variables", 0)) == "VARIABLES"
    assert variable_of(("MasterUserPassword",)) == "MASTER_USER_PASSWORD"
    assert variable_of(("1-a",)) == "SECRET_1_A"


def test_secrets_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    made = call("CreateSecret", {"Name": "n", "SecretString": REDACTED}, "secretsmanager")
    started = call("StartJobRun", {"JobName": "j", "Arguments": REDACTED}, "glue")
    monkeypatch.setenv("SECRET_STRING", "hush")
    monkeypatch.setenv("ARGUMENTS", '{"--key": "value"}')
    boto3 = FakeBoto3()
    run(script([made, started]), boto3=boto3)
    assert [sent[3] for sent in boto3.sent] == [
        {"Name": "n", "SecretString": "hush"},
        {"JobName": "j", "Arguments": {"--key": "value"}},
    ]


def test_a_secret_answer_is_not_printed() -> None:
    _, printed = run(python(call("GetSecretValue", {"SecretId": "s"}, "secretsmanager")), boto3=FakeBoto3())
    assert "my-name" in printed
    assert "my-secretstring" not in printed


def test_a_script_makes_each_client_once() -> None:
    text = script(
        [call("ListBuckets"), call("ListBuckets", region="us-west-2"), call("HeadBucket", {"Bucket": "b"}),
         call("ListFunctions", {}, "lambda")]
    )  # fmt: skip
    assert text.count("import boto3") == 1
    assert text.count('s3 = boto3.client("s3", region_name="eu-west-1")') == 1
    assert "s3_us_west_2.list_buckets()" in text
    assert "lambda_.list_functions()" in text


def test_pages_use_a_paginator() -> None:
    first = call("ListObjectsV2", {"Bucket": "b"})
    (step,) = collapse([first, call("ListObjectsV2", {"Bucket": "b", "ContinuationToken": "t"})])
    boto3 = FakeBoto3()
    text = python(step)
    run(text, boto3=boto3)
    assert 's3.get_paginator("list_objects_v2").paginate(Bucket="b")' in text
    assert "# The dashboard asked for 2 pages." in text
    assert boto3.sent[0][3] == {"Bucket": "b"}


def test_polling_says_how_often() -> None:
    (step,) = collapse([call("GetQueryResults", {"queryId": "q"}, "logs")] * 3)
    assert "# The dashboard made this call 3 times." in python(step)


def test_an_upload_with_its_arguments() -> None:
    given = {"Bucket": "b", "Key": "big.bin"}
    (step,) = collapse(
        [call("CreateMultipartUpload", {**given, "ContentType": "image/png", "ChecksumAlgorithm": "CRC32"}),
         call("UploadPart", {**given, "UploadId": "u", "PartNumber": 1, "Body": Blob(9)}),
         call("CompleteMultipartUpload", {**given, "UploadId": "u"})]
    )  # fmt: skip
    text = python(step)
    assert 's3.upload_file("big.bin", "b", "big.bin", ExtraArgs={"ContentType": "image/png"})' in text
    assert "sends 1 part of 9 bytes in all" in text


def test_no_calls_no_script() -> None:
    assert script([]) == ""


@pytest.mark.parametrize("operation", ["ListBuckets", "PutBucketPolicy"])
def test_nothing_of_this_machine_is_in_it(operation: str) -> None:
    text = python(call(operation, {"Bucket": "b", "Policy": "{}"} if operation != "ListBuckets" else {}))
    for word in ("endpoint", "aws_access_key", "http:", "127.0.0.1"):
        assert word not in text
