"""What the dashboard relies on in S3: AWS's answers, from the real process."""

import base64
import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest
from botocore.exceptions import ClientError
from botocore.handlers import validate_bucket_name

from tests.embedded.process import Embedded


def code(call: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as refused:
        call(**arguments)
    return str(refused.value.response["Error"]["Code"])


@pytest.mark.parametrize("name", ["Bad_Name", "ab", "a" * 64, "192.168.0.1", "a..b", "-abc", "abc-"])
def test_bad_bucket_names_are_refused(embedded_aws: Embedded, name: str) -> None:
    s3 = embedded_aws.own_client("s3")
    s3.meta.events.unregister("before-parameter-build.s3", validate_bucket_name)
    assert code(s3.create_bucket, Bucket=name) == "InvalidBucketName"


@pytest.mark.parametrize("name", ["health", "iceberg-tables", "login", "logout", "oauth2"])
def test_a_bucket_may_be_called_like_another_services_path(embedded_aws: Embedded, name: str) -> None:
    s3 = embedded_aws.client("s3")
    s3.create_bucket(Bucket=name)
    for key in ("a", "authorize", "token"):
        s3.put_object(Bucket=name, Key=key, Body=key.encode())
        assert s3.get_object(Bucket=name, Key=key)["Body"].read() == key.encode()
    upload = s3.create_multipart_upload(Bucket=name, Key="token")["UploadId"]
    s3.abort_multipart_upload(Bucket=name, Key="token", UploadId=upload)
    assert s3.delete_objects(Bucket=name, Delete={"Objects": [{"Key": "a"}]})["Deleted"]
    assert [found["Key"] for found in s3.list_objects_v2(Bucket=name)["Contents"]] == ["authorize", "token"]
    s3.head_bucket(Bucket=name)


def test_listing_goes_to_the_end(embedded_aws: Embedded, bucket: str) -> None:
    s3 = embedded_aws.client("s3")
    names = [f"folder{n % 3}/{n:04}" for n in range(1_200)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda key: s3.put_object(Bucket=bucket, Key=key, Body=b""), names))
    paginator = s3.get_paginator("list_objects_v2")
    assert [len(page["Contents"]) for page in paginator.paginate(Bucket=bucket)] == [1000, 200]
    pages = list(paginator.paginate(Bucket=bucket, PaginationConfig={"PageSize": 500}))
    assert [len(page["Contents"]) for page in pages] == [500, 500, 200]
    assert [o["Key"] for page in pages for o in page["Contents"]] == sorted(names)
    folders = s3.list_objects_v2(Bucket=bucket, Delimiter="/")["CommonPrefixes"]
    assert [folder["Prefix"] for folder in folders] == ["folder0/", "folder1/", "folder2/"]
    for page in pages:
        found = [{"Key": o["Key"]} for o in page["Contents"]]
        assert "Errors" not in s3.delete_objects(Bucket=bucket, Delete={"Objects": found, "Quiet": True})
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_conditions_sums_and_ranges(embedded_aws: Embedded, bucket: str) -> None:
    s3 = embedded_aws.client("s3")
    etag = s3.put_object(Bucket=bucket, Key="k", Body=b"0123456789")["ETag"]
    assert etag == f'"{hashlib.md5(b"0123456789").hexdigest()}"'
    assert code(s3.put_object, Bucket=bucket, Key="k", Body=b"x", IfNoneMatch="*") == "PreconditionFailed"
    assert code(s3.put_object, Bucket=bucket, Key="k", Body=b"x", IfMatch='"0"') == "PreconditionFailed"
    assert code(s3.get_object, Bucket=bucket, Key="k", IfMatch='"0"') == "PreconditionFailed"
    assert code(s3.get_object, Bucket=bucket, Key="k", IfNoneMatch=etag) == "304"
    wrong = base64.b64encode(hashlib.md5(b"other").digest()).decode()
    assert code(s3.put_object, Bucket=bucket, Key="k", Body=b"x", ContentMD5=wrong) == "BadDigest"
    assert code(s3.put_object, Bucket=bucket, Key="k", Body=b"x", ChecksumCRC32="AAAAAA==") == "BadDigest"
    part = s3.get_object(Bucket=bucket, Key="k", Range="bytes=2-4")
    assert (part["Body"].read(), part["ContentRange"]) == (b"234", "bytes 2-4/10")
    assert s3.get_object(Bucket=bucket, Key="k", Range="bytes=-3")["Body"].read() == b"789"
    assert code(s3.get_object, Bucket=bucket, Key="k", Range="bytes=20-") == "InvalidRange"


def test_ranges_of_a_large_object_are_its_bytes(embedded_aws: Embedded, bucket: str) -> None:
    s3 = embedded_aws.client("s3")
    data = bytes(range(256)) * 12_000  # 3 MB: above the size from which ranges are read as such
    s3.put_object(Bucket=bucket, Key="large", Body=data)
    for wanted, start, end in (
        ("0-0", 0, 1),
        ("1000-2000999", 1000, 2_001_000),
        ("-5", -5, None),
        ("3071990-", -10, None),
    ):
        part = s3.get_object(Bucket=bucket, Key="large", Range=f"bytes={wanted}")
        assert part["Body"].read() == data[start:end]
    assert code(s3.get_object, Bucket=bucket, Key="large", Range="bytes=3072000-") == "InvalidRange"
    assert s3.get_object(Bucket=bucket, Key="large", PartNumber=1)["Body"].read() == data
    assert s3.get_object(Bucket=bucket, Key="large")["Body"].read() == data


def test_what_is_not_there_is_said(embedded_aws: Embedded, bucket: str) -> None:
    s3 = embedded_aws.client("s3")
    assert code(s3.get_object, Bucket=bucket, Key="none") == "NoSuchKey"
    assert code(s3.head_object, Bucket=bucket, Key="none") == "404"
    assert code(s3.list_objects_v2, Bucket="no-such-bucket") == "NoSuchBucket"
    assert code(s3.get_bucket_cors, Bucket=bucket) == "NoSuchCORSConfiguration"
    s3.put_object(Bucket=bucket, Key="k", Body=b"")
    assert code(s3.delete_bucket, Bucket=bucket) == "BucketNotEmpty"
    assert code(s3.put_object, Bucket=bucket, Key="x" * 1025, Body=b"") == "KeyTooLongError"


def test_an_aborted_upload_leaves_nothing(embedded_aws: Embedded, bucket: str) -> None:
    s3 = embedded_aws.client("s3")
    upload = {"Bucket": bucket, "Key": "big", "UploadId": ""}
    upload["UploadId"] = s3.create_multipart_upload(Bucket=bucket, Key="big")["UploadId"]
    s3.upload_part(**upload, PartNumber=1, Body=b"x")
    s3.abort_multipart_upload(**upload)
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)
    assert code(s3.upload_part, **upload, PartNumber=1, Body=b"x") == "NoSuchUpload"
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_the_aws_command_line_copies_both_ways(embedded_aws: Embedded, bucket: str, tmp_path: Path) -> None:
    aws = str(Path(sys.executable).with_name("aws"))
    data = os.urandom(9 * 1024 * 1024)
    (tmp_path / "up").write_bytes(data)
    for arguments in (["s3", "cp", "up", f"s3://{bucket}/a b"], ["s3", "cp", f"s3://{bucket}/a b", "down"]):
        done = subprocess.run([aws, *arguments], env=embedded_aws.env, cwd=tmp_path, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "down").read_bytes() == data


def test_it_is_small_at_rest(fresh: Any) -> None:
    running = fresh()
    running.client("s3").list_buckets()
    assert psutil.Process(running.process.pid).memory_info().rss < 120 * 1024 * 1024
