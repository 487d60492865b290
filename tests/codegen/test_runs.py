"""What the drawer shows is run, as Python and as shell commands, and gives what the dashboard got."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from tests.codegen.conftest import Lab

BUCKET = "lab"
BODY = bytes(range(256)) * 8
CORS = {"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["https://example.org"], "MaxAgeSeconds": 60}]}
TAGS = {"TagSet": [{"Key": "colour", "Value": "grün & blau"}]}


def looks(client: Any) -> dict[str, Any]:
    """What is in the bucket: bodies, types, tags and settings, as far as a change could touch them."""
    if BUCKET not in [found["Name"] for found in client.list_buckets()["Buckets"]]:
        return {}
    seen: dict[str, Any] = {}
    for item in client.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        found = client.get_object(Bucket=BUCKET, Key=item["Key"])
        tags = client.get_object_tagging(Bucket=BUCKET, Key=item["Key"])["TagSet"]
        seen[item["Key"]] = (found["Body"].read(), found["ContentType"], found["Metadata"], tags)
    try:
        seen["cors"] = client.get_bucket_cors(Bucket=BUCKET)["CORSRules"]
    except client.exceptions.ClientError as error:
        seen["cors"] = error.response["Error"]["Code"]
    seen["versioning"] = client.get_bucket_versioning(Bucket=BUCKET).get("Status")
    return seen


def prepare(client: Any) -> None:
    """A bucket with three objects below a folder and one beside it."""
    client.create_bucket(Bucket=BUCKET)
    for key in ("a/1.txt", "a/2.txt", "a/3.txt", "b.txt"):
        client.put_object(Bucket=BUCKET, Key=key, Body=key.encode(), ContentType="text/plain")


def versions(client: Any) -> None:
    """The same with two versions of one object."""
    prepare(client)
    client.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    client.put_object(Bucket=BUCKET, Key="b.txt", Body=b"newer")


def empty(client: Any) -> None:
    client.create_bucket(Bucket=BUCKET)


@dataclass(frozen=True)
class Case:
    """A call as the dashboard makes it; `file` is the local file that its code sends, if it sends one."""

    name: str
    call: Callable[[Any], Any]
    before: Callable[[Any], None] = prepare
    file: str = ""


CASES = [
    Case("list_buckets", lambda s3: s3.list_buckets()),
    Case("create_bucket", lambda s3: s3.create_bucket(Bucket=BUCKET), before=lambda s3: None),
    Case("head_bucket", lambda s3: s3.head_bucket(Bucket=BUCKET)),
    Case("get_bucket_location", lambda s3: s3.get_bucket_location(Bucket=BUCKET)),
    Case("get_bucket_versioning", lambda s3: s3.get_bucket_versioning(Bucket=BUCKET), before=versions),
    Case("list_folder", lambda s3: s3.list_objects_v2(Bucket=BUCKET, Prefix="a/", Delimiter="/", MaxKeys=2)),
    Case("put_small", lambda s3: s3.put_object(Bucket=BUCKET, Key="n/x.txt", Body=b"it's 100%\n\0\xff", Tagging="a=b")),
    Case(
        "put_object",
        lambda s3: s3.put_object(
            Bucket=BUCKET, Key="n/x.bin", Body=BODY, ContentType="image/png", Metadata={"by": "it's me"}
        ),
        file="x.bin",
    ),
    Case("get_object", lambda s3: s3.get_object(Bucket=BUCKET, Key="a/1.txt", Range="bytes=0-3")),
    Case("head_object", lambda s3: s3.head_object(Bucket=BUCKET, Key="a/1.txt")),
    Case(
        "copy_object",
        lambda s3: s3.copy_object(Bucket=BUCKET, Key="c é.txt", CopySource={"Bucket": BUCKET, "Key": "b.txt"}),
    ),
    Case("delete_object", lambda s3: s3.delete_object(Bucket=BUCKET, Key="b.txt")),
    Case(
        "delete_objects",
        lambda s3: s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "b.txt"}, {"Key": "a/1.txt"}]}),
    ),
    Case("put_object_tagging", lambda s3: s3.put_object_tagging(Bucket=BUCKET, Key="b.txt", Tagging=TAGS)),
    Case("get_object_tagging", lambda s3: s3.get_object_tagging(Bucket=BUCKET, Key="b.txt")),
    Case("delete_object_tagging", lambda s3: s3.delete_object_tagging(Bucket=BUCKET, Key="b.txt")),
    Case("list_object_versions", lambda s3: s3.list_object_versions(Bucket=BUCKET, MaxKeys=3), before=versions),
    Case("put_bucket_cors", lambda s3: s3.put_bucket_cors(Bucket=BUCKET, CORSConfiguration=CORS)),
    Case(
        "put_bucket_versioning",
        lambda s3: s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"}),
    ),
    Case("delete_bucket", lambda s3: s3.delete_bucket(Bucket=BUCKET), before=empty),
]


def plain(answer: Any) -> Any:
    """An answer without what differs from one call to the next: times, ids, encryption that the CLI leaves out."""
    if isinstance(answer, dict):
        dropped = {"ResponseMetadata", "Body", "LastModified", "CreationDate", "VersionId", "DeleteMarkerVersionId"}
        return {key: plain(item) for key, item in answer.items() if key not in dropped and item not in ("", None)}
    if isinstance(answer, list):
        return [plain(item) for item in answer]
    return answer.isoformat() if isinstance(answer, datetime) else answer


@pytest.fixture
def recorded(lab: Lab, emptied: Callable[[str], None], request: pytest.FixtureRequest) -> tuple[Case, Any, Any]:
    """Make the call once, recorded; then put everything back as it was."""
    case: Case = request.param
    quiet = lab.quiet
    emptied(BUCKET)
    case.before(quiet)
    client = lab.client()
    with lab.recording():
        answer = case.call(client)
    if case.file:
        (lab.folder / case.file).write_bytes(BODY)
    after = looks(quiet)
    emptied(BUCKET)
    case.before(quiet)
    return case, plain(answer), after


# These go through the AWS CLI as a program of its own; the rest have it in this process, which is quicker.
REAL = {"put_small", "get_object", "head_bucket"}
each_case = pytest.mark.parametrize("recorded", CASES, indirect=True, ids=lambda case: case.name)


@each_case
def test_python_gives_the_same(lab: Lab, recorded: tuple[Case, Any, Any]) -> None:
    case, answer, after = recorded
    again, _ = lab.python()
    assert plain(again) == answer
    assert looks(lab.quiet) == after
    if case.name == "get_object":
        assert (lab.folder / "1.txt").read_bytes() == b"a/1."


@each_case
def test_command_gives_the_same(lab: Lab, recorded: tuple[Case, Any, Any]) -> None:
    case, answer, after = recorded
    printed = lab.shell() if case.name in REAL else lab.quick()
    if case.name != "get_bucket_location":
        assert plain(json.loads(printed or "{}")) == answer
    assert looks(lab.quiet) == after
    if case.name == "get_object":
        assert (lab.folder / "1.txt").read_bytes() == b"a/1."


def test_pages_are_all_read_again(lab: Lab, emptied: Callable[[str], None]) -> None:
    emptied(BUCKET)
    prepare(lab.quiet)
    client = lab.client()
    with lab.recording():
        pages = client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, PaginationConfig={"PageSize": 2})
        keys = [item["Key"] for page in pages for item in page["Contents"]]
    assert [(step.kind, step.count) for step in lab.steps] == [("pages", 2)]
    assert len(keys) == 4
    assert [line.split()[0] for line in lab.python()[1].splitlines()] == keys
    assert [item["Key"] for item in json.loads(lab.shell())["Contents"]] == keys


def test_one_page_stays_one_page(lab: Lab, emptied: Callable[[str], None]) -> None:
    emptied(BUCKET)
    prepare(lab.quiet)
    client = lab.client()
    token = client.list_objects_v2(Bucket=BUCKET, MaxKeys=1)["NextContinuationToken"]
    with lab.recording():
        page = client.list_objects_v2(Bucket=BUCKET, MaxKeys=2, ContinuationToken=token)
    assert [item["Key"] for item in page["Contents"]] == ["a/2.txt", "a/3.txt"]
    assert plain(lab.python()[0]) == plain(page)
    assert plain(json.loads(lab.shell()))["Contents"] == plain(page)["Contents"]


@pytest.mark.parametrize("extra", [{"ContentType": "image/png", "Metadata": {"by": "it's me"}}, {}])
def test_upload_in_parts(lab: Lab, emptied: Callable[[str], None], extra: dict[str, Any]) -> None:
    emptied(BUCKET)
    empty(lab.quiet)
    data = BODY * 6144  # 12 MiB: over the size at which the AWS CLI and boto3 send parts
    (lab.folder / "big.bin").write_bytes(data)
    from boto3.s3.transfer import TransferConfig

    with lab.recording():
        lab.client().upload_file(
            "big.bin", BUCKET, "in/big.bin", ExtraArgs=extra, Config=TransferConfig(use_threads=False)
        )
    assert [(step.kind, step.count, step.size) for step in lab.steps] == [("upload", 4, len(data))]
    client = lab.quiet
    expected = looks(client)
    for again in (lab.python, lab.shell):
        client.delete_object(Bucket=BUCKET, Key="in/big.bin")
        again()
        assert looks(client) == expected


def test_who_am_i(lab: Lab) -> None:
    client = lab.client("sts")
    with lab.recording():
        answer = client.get_caller_identity()
    assert plain(lab.python()[0]) == plain(answer) == plain(json.loads(lab.shell()))
