"""Copies and versions share their files: each is what it was, whatever becomes of the others, and after kill -9."""

import base64
import hashlib
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded import assembly, host_s3
from embedded.assembly import Stored
from tests.embedded.process import Embedded
from tests.embedded.test_parts import Upload, slowly

MIB = 1024 * 1024
LARGE = b"0123456789abcdef" * (3 * MIB // 16)
Start = Callable[..., Embedded]


def read(s3: Any, bucket: str, key: str, **more: Any) -> bytes:
    body: bytes = s3.get_object(Bucket=bucket, Key=key, **more)["Body"].read()
    return body


@cache
def sum_of(name: str) -> str:
    """Return a checksum of LARGE as S3 tells it."""
    if name.startswith("SHA"):
        return base64.b64encode(hashlib.new(name, LARGE).digest()).decode()
    bits = 64 if name == "CRC64NVME" else 32
    polynomial = {"CRC32": 0xEDB88320, "CRC32C": 0x82F63B78, "CRC64NVME": 0x9A6C9329AC4BC9B5}[name]
    return base64.b64encode(slowly(polynomial, bits, LARGE).to_bytes(bits // 8, "big")).decode()


def files(aws: Embedded, bucket: str) -> list[Path]:
    """Return every file of a bucket and of its versions but those that describe them."""
    every = [path for path in aws.home.rglob("*") if bucket in path.parts and path.is_file()]
    return [path for path in every if not path.name.endswith(".meta.json")]


def versioned(s3: Any, bucket: str, status: str = "Enabled") -> None:
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})


@pytest.mark.parametrize("body", [b"", b"small", LARGE], ids=["empty", "small", "large"])
def test_a_copy_is_its_source_and_stays_so(embedded_aws: Embedded, bucket: str, body: bytes) -> None:
    s3 = embedded_aws.client("s3")
    told = {"ContentType": "text/x", "Metadata": {"a": "b"}, "CacheControl": "no-store", "Tagging": "t=1"}
    etag = s3.put_object(Bucket=bucket, Key="source", Body=body, **told)["ETag"]
    answer = s3.copy_object(Bucket=bucket, Key="deep/target", CopySource=f"{bucket}/source")
    assert answer["CopyObjectResult"]["ETag"] == etag == f'"{hashlib.md5(body).hexdigest()}"'
    s3.put_object(Bucket=bucket, Key="source", Body=b"other")
    assert read(s3, bucket, "deep/target") == body
    s3.delete_object(Bucket=bucket, Key="source")
    got = s3.get_object(Bucket=bucket, Key="deep/target")
    assert (got["Body"].read(), got["ETag"], got["ContentLength"]) == (body, etag, len(body))
    assert (got["ContentType"], got["Metadata"], got["CacheControl"]) == ("text/x", {"a": "b"}, "no-store")
    assert s3.get_object_tagging(Bucket=bucket, Key="deep/target")["TagSet"] == [{"Key": "t", "Value": "1"}]
    assert not [path for path in files(embedded_aws, bucket) if path.name.endswith(".tmp")]


def test_what_replaces_a_copy_leaves_its_source(embedded_aws: Embedded, bucket: str) -> None:
    s3 = embedded_aws.client("s3")
    s3.put_object(Bucket=bucket, Key="source", Body=LARGE)
    for _ in range(2):  # the second time both are one file already
        s3.copy_object(Bucket=bucket, Key="target", CopySource=f"{bucket}/source")
    assert len({path.stat().st_ino for path in files(embedded_aws, bucket)}) == 1
    s3.put_object(Bucket=bucket, Key="target", Body=b"new")
    assert read(s3, bucket, "source") == LARGE and read(s3, bucket, "target") == b"new"
    assert sorted(path.name for path in files(embedded_aws, bucket)) == ["source", "target"]


def test_directives_say_what_is_taken_along(embedded_aws: Embedded, bucket: str) -> None:
    s3 = embedded_aws.client("s3")
    s3.put_object(Bucket=bucket, Key="k", Body=LARGE, ContentType="text/x", Metadata={"a": "b"}, Tagging="t=1")
    new = {"MetadataDirective": "REPLACE", "ContentType": "text/y", "Metadata": {"c": "d"}}
    tags = {"TaggingDirective": "REPLACE", "Tagging": "u=2"}
    encrypted = {"ServerSideEncryption": "AES256", "StorageClass": "STANDARD_IA"}
    # Onto itself: how metadata is changed.
    s3.copy_object(Bucket=bucket, Key="k", CopySource=f"{bucket}/k", **new, **tags, **encrypted)
    got = s3.get_object(Bucket=bucket, Key="k")
    assert (got["ContentType"], got["Metadata"], got["Body"].read()) == ("text/y", {"c": "d"}, LARGE)
    assert (got["ServerSideEncryption"], got["StorageClass"]) == ("AES256", "STANDARD_IA")
    assert s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == [{"Key": "u", "Value": "2"}]
    assert [path.name for path in files(embedded_aws, bucket)] == ["k"]


@pytest.mark.parametrize("condition", ["CopySourceIfMatch", "CopySourceIfNoneMatch"])
def test_a_copy_depends_on_its_source(embedded_aws: Embedded, bucket: str, condition: str) -> None:
    s3 = embedded_aws.client("s3")
    etag = s3.put_object(Bucket=bucket, Key="source", Body=LARGE)["ETag"]
    fits, fails = (etag, '"other"') if condition == "CopySourceIfMatch" else ('"other"', etag)
    copy = {"Bucket": bucket, "Key": "target", "CopySource": f"{bucket}/source"}
    with pytest.raises(ClientError, match="PreconditionFailed"):
        s3.copy_object(**copy, **{condition: fails})
    assert [path.name for path in files(embedded_aws, bucket)] == ["source"]
    s3.copy_object(**copy, **{condition: fits})
    assert read(s3, bucket, "target") == LARGE


@pytest.mark.parametrize("name", ["SHA1", "SHA256", "CRC32", "CRC32C", "CRC64NVME"])
def test_a_copy_has_the_checksum_that_is_asked_for(embedded_aws: Embedded, bucket: str, name: str) -> None:
    s3 = embedded_aws.client("s3")
    s3.put_object(Bucket=bucket, Key="source", Body=LARGE, ChecksumAlgorithm="SHA256")
    plain = s3.copy_object(Bucket=bucket, Key="plain", CopySource=f"{bucket}/source")["CopyObjectResult"]
    assert plain["ChecksumSHA256"] == sum_of("SHA256")
    made = s3.copy_object(Bucket=bucket, Key="k", CopySource=f"{bucket}/source", ChecksumAlgorithm=name)
    assert made["CopyObjectResult"][f"Checksum{name}"] == sum_of(name)
    head = s3.head_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
    assert (head[f"Checksum{name}"], head["ContentLength"]) == (sum_of(name), len(LARGE))


def test_versions_are_what_they_were(embedded_aws: Embedded, bucket: str) -> None:
    s3 = embedded_aws.client("s3")
    s3.put_object(Bucket=bucket, Key="k", Body=LARGE)  # before there are versions: “null”
    versioned(s3, bucket)
    bodies = {"null": LARGE}
    for body in (b"two" * MIB, b"three"):
        bodies[s3.put_object(Bucket=bucket, Key="k", Body=body)["VersionId"]] = body
    last = list(bodies)[-1]
    made = s3.copy_object(Bucket=bucket, Key="k", CopySource=f"{bucket}/k?versionId=null")
    assert made["CopySourceVersionId"] == "null"
    bodies[made["VersionId"]] = LARGE
    marker = s3.delete_object(Bucket=bucket, Key="k")["VersionId"]
    assert {version: read(s3, bucket, "k", VersionId=version) for version in bodies} == bodies
    s3.delete_object(Bucket=bucket, Key="k", VersionId=marker)
    s3.delete_object(Bucket=bucket, Key="k", VersionId=made["VersionId"])  # the one before is the newest again
    assert read(s3, bucket, "k") == b"three" == read(s3, bucket, "k", VersionId=last)
    s3.put_object(Bucket=bucket, Key="k", Body=b"five")
    del bodies[made["VersionId"]]
    assert {version: read(s3, bucket, "k", VersionId=version) for version in bodies} == bodies
    with pytest.raises(ClientError, match="NoSuchVersion"):
        s3.copy_object(Bucket=bucket, Key="other", CopySource=f"{bucket}/k?versionId={made['VersionId']}")


def test_a_suspended_bucket_keeps_one_null_version(embedded_aws: Embedded, bucket: str) -> None:
    s3 = embedded_aws.client("s3")
    versioned(s3, bucket)
    first = s3.put_object(Bucket=bucket, Key="k", Body=LARGE)["VersionId"]
    versioned(s3, bucket, "Suspended")
    for body in (b"one", b"two"):
        s3.put_object(Bucket=bucket, Key="k", Body=body)
    listed = [one["VersionId"] for one in s3.list_object_versions(Bucket=bucket)["Versions"]]
    assert sorted(listed) == sorted([first, "null"])
    assert (read(s3, bucket, "k"), read(s3, bucket, "k", VersionId=first)) == (b"two", LARGE)


def test_a_replica_of_an_upload_in_parts_is_whole(embedded_aws: Embedded, bucket: str) -> None:
    s3, other = embedded_aws.client("s3"), f"{bucket[:40]}-replica"
    s3.create_bucket(Bucket=other)
    for name in (bucket, other):
        versioned(s3, name)
    rule = {"ID": "all", "Priority": 1, "Filter": {"Prefix": ""}, "Status": "Enabled"}
    rule |= {"DeleteMarkerReplication": {"Status": "Disabled"}, "Destination": {"Bucket": f"arn:aws:s3:::{other}"}}
    role = embedded_aws.role("replicating")
    s3.put_bucket_replication(Bucket=bucket, ReplicationConfiguration={"Role": role, "Rules": [rule]})
    upload = Upload(embedded_aws, bucket)
    upload.put(1, LARGE * 2)
    upload.put(2, b"the end")
    upload.complete()
    whole = LARGE * 2 + b"the end"
    assert s3.head_object(Bucket=bucket, Key="k")["ReplicationStatus"] == "COMPLETED"
    assert upload.read() == whole == read(s3, other, "k")
    s3.copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/k")
    s3.delete_object(Bucket=bucket, Key="k", VersionId=s3.head_object(Bucket=bucket, Key="k")["VersionId"])
    assert read(s3, bucket, "copy") == whole == read(s3, other, "copy")


def test_a_restart_has_every_copy_and_version(fresh: Start) -> None:
    first = fresh()
    s3 = first.client("s3")
    s3.create_bucket(Bucket="box")
    versioned(s3, "box")
    old = s3.put_object(Bucket="box", Key="k", Body=LARGE)["VersionId"]
    s3.copy_object(Bucket="box", Key="copy", CopySource="box/k", ChecksumAlgorithm="SHA1")
    new = s3.copy_object(Bucket="box", Key="k", CopySource="box/k", MetadataDirective="REPLACE", Metadata={"n": "1"})
    first.kill()
    s3 = fresh().client("s3")
    assert {read(s3, "box", "k"), read(s3, "box", "copy"), read(s3, "box", "k", VersionId=old)} == {LARGE}
    assert s3.head_object(Bucket="box", Key="k", VersionId=new["VersionId"])["Metadata"] == {"n": "1"}
    assert s3.head_object(Bucket="box", Key="k", VersionId=old)["Metadata"] == {}
    assert s3.head_object(Bucket="box", Key="copy", ChecksumMode="ENABLED")["ChecksumSHA1"] == sum_of("SHA1")


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="only Linux tells a process's highest")
def test_copies_and_versions_are_not_held_in_memory(fresh: Start) -> None:
    running = fresh()
    s3 = running.client("s3")
    s3.create_bucket(Bucket="box")
    versioned(s3, "box")
    body = LARGE * 20
    for number in range(2):
        s3.put_object(Bucket="box", Key=f"k{number}", Body=body)
    process = Path("/proc") / str(running.ready["pid"])
    (process / "clear_refs").write_text("5")  # the highest is measured from here on
    before = highest(process)
    for number in range(3):
        s3.copy_object(Bucket="box", Key="copy", CopySource=f"box/k{number % 2}", ChecksumAlgorithm="CRC64NVME")
        s3.put_object(Bucket="box", Key="k0", Body=b"small")
    assert highest(process) - before < 30 * MIB  # of 60 in each


def highest(process: Path) -> int:
    """Return the most memory that a process has had, in bytes."""
    (told,) = (line for line in (process / "status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(told.split()[1]) * 1024


def test_an_interrupted_copy_leaves_its_source(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(LARGE)
    assembly.share(Stored(str(source)), f"{target}.tmp")
    assert source.samefile(f"{target}.tmp")
    host_s3.settle(tmp_path)  # as after kill -9
    assert [path.name for path in tmp_path.iterdir()] == ["source"]
    assembly.share(Stored(str(source)), f"{target}.tmp")
    host_s3._write(f"{target}.tmp", b"another")  # where an earlier write has failed
    assert source.read_bytes() == LARGE


def test_without_links_a_file_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any) -> None:
        raise OSError("this file system has no links")

    source, target = tmp_path / "source", tmp_path / "deep" / "target"
    source.write_bytes(LARGE)
    monkeypatch.setattr(os, "link", refused)
    assembly.share(Stored(str(source)), str(target))
    assert target.read_bytes() == LARGE and not source.samefile(target)
