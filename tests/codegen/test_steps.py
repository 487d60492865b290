"""Which calls are brought together, and which are not."""

from typing import Any

import pytest

from app.codegen import collapse, command, condense, python
from app.recorder import Blob, Call
from tests.codegen.samples import call

PART = 8 * 1024 * 1024


def kinds(*calls: Call) -> list[tuple[str, str, int]]:
    return [(step.kind, step.call.operation, step.count) for step in collapse(calls)]


def page(token: str | None = None, operation: str = "ListObjectsV2", **more: Any) -> Call:
    given = {"Bucket": "b", **more}
    return call(operation, given if token is None else {**given, "ContinuationToken": token})


def begin(key: str = "k") -> Call:
    return call("CreateMultipartUpload", {"Bucket": "b", "Key": key})


def part(number: int, upload: str = "u", key: str = "k", operation: str = "UploadPart") -> Call:
    sent: dict[str, Any] = {"Body": Blob(PART)} if operation == "UploadPart" else {"CopySource": "c/d"}
    return call(operation, {"Bucket": "b", "Key": key, "UploadId": upload, "PartNumber": number, **sent})


def end(upload: str = "u", key: str = "k", operation: str = "CompleteMultipartUpload") -> Call:
    return call(operation, {"Bucket": "b", "Key": key, "UploadId": upload})


CASES: list[tuple[str, list[Call], list[tuple[str, str, int]]]] = [
    ("one call", [page()], [("call", "ListObjectsV2", 1)]),
    ("one page by its token", [page("t")], [("call", "ListObjectsV2", 1)]),
    ("pages", [page(), page("t"), page("u")], [("pages", "ListObjectsV2", 3)]),
    ("pages from a token on", [page("s"), page("t")], [("pages", "ListObjectsV2", 2)]),
    (
        "pages of two folders",
        [page(), page("t"), page(Prefix="x")],
        [("pages", "ListObjectsV2", 2), ("call", "ListObjectsV2", 1)],
    ),
    ("a listing begun again", [page(), page("t"), page(), page("t")], [("pages", "ListObjectsV2", 2)] * 2),
    ("the same twice", [page(), page()], [("repeated", "ListObjectsV2", 2)]),
    (
        "another between",
        [page(), call("ListBuckets"), page()],
        [("call", "ListObjectsV2", 1), ("call", "ListBuckets", 1), ("call", "ListObjectsV2", 1)],
    ),
    (
        "two regions",
        [page(), call("ListObjectsV2", {"Bucket": "b"}, region="us-west-2")],
        [("call", "ListObjectsV2", 1)] * 2,
    ),
    (
        "a failure is not the answer",
        [page(), call("ListObjectsV2", {"Bucket": "b"}, error_code="SlowDown")],
        [("call", "ListObjectsV2", 1)] * 2,
    ),
    (
        "two bodies of one size",
        [call("PutObject", {"Body": Blob(3)}), call("PutObject", {"Body": Blob(3)})],
        [("call", "PutObject", 1)] * 2,
    ),
    ("an upload", [begin(), part(1), part(2), end()], [("upload", "CreateMultipartUpload", 4)]),
    (
        "an upload that was stopped",
        [begin(), part(1), end(operation="AbortMultipartUpload")],
        [("upload", "CreateMultipartUpload", 3)],
    ),
    ("a copy in parts", [begin(), part(1, operation="UploadPartCopy"), end()], [("copy", "CreateMultipartUpload", 3)]),
    (
        "two uploads at once",
        [begin(), begin("l"), part(1, "v", "l"), part(1), end("v", "l"), end()],
        [("upload", "CreateMultipartUpload", 3)] * 2,
    ),
    ("an upload not yet ended", [begin(), part(1)], [("call", "CreateMultipartUpload", 1), ("call", "UploadPart", 1)]),
    (
        "a part of an upload begun before",
        [part(2), end()],
        [("call", "UploadPart", 1), ("call", "CompleteMultipartUpload", 1)],
    ),
]


@pytest.mark.parametrize(("name", "calls", "expected"), CASES, ids=[case[0] for case in CASES])
def test_collapse(name: str, calls: list[Call], expected: list[tuple[str, str, int]]) -> None:
    assert kinds(*calls) == expected


def test_an_upload_counts_its_bytes_and_time() -> None:
    calls = [begin(), part(1), part(2), end()]
    for made in calls:
        made.milliseconds, made.retries = 2.0, 1
    (step,) = collapse(calls)
    assert (step.size, step.milliseconds, step.retries) == (2 * PART, 8.0, 4)
    assert not step.stopped


def test_condensed_steps_give_the_same_code() -> None:
    for calls in ([begin(), part(1), part(2), end()], [page(), page("t"), page("u")]):
        (step,) = collapse(calls)
        short = condense(step)
        assert len(short.calls) < len(step.calls)
        assert python(short) == python(step)
        assert short.count == step.count


def test_the_failed_call_tells_how_a_step_ended() -> None:
    failed = part(2)
    failed.error_code = "SlowDown"
    (step,) = collapse([begin(), part(1), failed, end(operation="AbortMultipartUpload")])
    assert step.last is failed
    assert step.stopped
    assert condense(step).last is failed


def test_collapsed_steps_pass_through() -> None:
    (step,) = collapse([page(), page("t")])
    assert collapse([step, call("ListBuckets")])[0] is step


def test_code_goes_on_where_there_was_nothing() -> None:
    call = Call("s3", "GetBucketCors", {"Bucket": "b"}, "us-east-1", status=404)
    assert "except ClientError as error:" in python(call) and command(call).endswith(" || true")
    call.error_code = "AccessDenied"
    assert "ClientError" not in python(call) and not command(call).endswith("true")
