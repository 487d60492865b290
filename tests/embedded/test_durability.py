"""What was answered outlives kill -9: S3 at once, everything else soon."""

import io
import shutil
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.embedded.process import Embedded, start

Start = Callable[..., Embedded]
PATIENCE = 60.0  # seconds; the machine may be busy with other tests


def put_table(aws: Embedded, name: str = "tab") -> Any:
    dynamodb = aws.client("dynamodb")
    dynamodb.create_table(
        TableName=name,
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return dynamodb


def killed_after(fresh: Start, change: Callable[[Any], None]) -> Any:
    """Make a bucket, apply a change, kill at once, start again; return the new S3 client."""
    first = fresh()
    s3 = first.client("s3")
    s3.create_bucket(Bucket="box")
    s3.put_object(Bucket="box", Key="old", Body=b"old")
    change(s3)
    first.kill()
    return fresh().client("s3")


def test_create_bucket(fresh: Start) -> None:
    s3 = killed_after(fresh, lambda s3: s3.create_bucket(Bucket="empty"))
    assert [b["Name"] for b in s3.list_buckets()["Buckets"]] == ["box", "empty"]


def test_delete_bucket(fresh: Start) -> None:
    def change(s3: Any) -> None:
        s3.delete_object(Bucket="box", Key="old")
        s3.delete_bucket(Bucket="box")

    assert killed_after(fresh, change).list_buckets()["Buckets"] == []


KEYS = ["plain.png", "a/b/ü 😀?#%+.txt", "new\nline", "a//b/../c", "dir/", "x" * 1024, "a.tmp"]


def test_put_objects(fresh: Start) -> None:
    def change(s3: Any) -> None:
        stored = {"ContentType": "image/png", "Metadata": {"m": "v"}, "Tagging": "t=1", "CacheControl": "no-store"}
        for key in KEYS:
            s3.put_object(Bucket="box", Key=key, Body=key.encode(), **stored)

    s3 = killed_after(fresh, change)
    assert [o["Key"] for o in s3.list_objects_v2(Bucket="box")["Contents"]] == sorted([*KEYS, "old"])
    for key in KEYS:
        got = s3.get_object(Bucket="box", Key=key)
        assert got["Body"].read() == key.encode()
        assert (got["ContentType"], got["Metadata"], got["CacheControl"]) == ("image/png", {"m": "v"}, "no-store")
        assert s3.get_object_tagging(Bucket="box", Key=key)["TagSet"] == [{"Key": "t", "Value": "1"}]


def test_overwritten_and_deleted_objects(fresh: Start) -> None:
    def change(s3: Any) -> None:
        s3.put_object(Bucket="box", Key="gone", Body=b"gone")
        s3.put_object(Bucket="box", Key="old", Body=b"newer")
        s3.delete_object(Bucket="box", Key="gone")

    s3 = killed_after(fresh, change)
    got = s3.get_object(Bucket="box", Key="old")
    assert (got["Body"].read(), got["ContentLength"]) == (b"newer", 5)
    assert [o["Key"] for o in s3.list_objects_v2(Bucket="box")["Contents"]] == ["old"]


def test_complete_multipart_upload(fresh: Start) -> None:
    part = b"p" * 5 * 1024 * 1024
    seen: dict[str, str] = {}

    def change(s3: Any) -> None:
        upload = {"Bucket": "box", "Key": "big", "UploadId": ""}
        upload["UploadId"] = s3.create_multipart_upload(Bucket="box", Key="big", Metadata={"m": "v"})["UploadId"]
        parts = [{"PartNumber": n, "ETag": s3.upload_part(**upload, PartNumber=n, Body=part)["ETag"]} for n in (1, 2)]
        seen["etag"] = s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})["ETag"]

    got = killed_after(fresh, change).get_object(Bucket="box", Key="big")
    assert (got["Body"].read(), got["ETag"], got["Metadata"]) == (part + part, seen["etag"], {"m": "v"})


def test_bucket_configuration(fresh: Start) -> None:
    cors = {"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["http://127.0.0.1:5000"]}]}

    def change(s3: Any) -> None:
        s3.put_bucket_cors(Bucket="box", CORSConfiguration=cors)
        s3.put_bucket_tagging(Bucket="box", Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
        s3.put_bucket_policy(Bucket="box", Policy='{"Version":"2012-10-17","Statement":[]}')
        s3.put_bucket_versioning(Bucket="box", VersioningConfiguration={"Status": "Enabled"})

    s3 = killed_after(fresh, change)
    assert s3.get_bucket_cors(Bucket="box")["CORSRules"] == cors["CORSRules"]
    assert s3.get_bucket_tagging(Bucket="box")["TagSet"] == [{"Key": "a", "Value": "b"}]
    assert "Statement" in s3.get_bucket_policy(Bucket="box")["Policy"]
    assert s3.get_bucket_versioning(Bucket="box")["Status"] == "Enabled"


def test_object_tags_and_copies(fresh: Start) -> None:
    tags = {"TagSet": [{"Key": "a", "Value": "b"}]}

    def change(s3: Any) -> None:
        s3.copy_object(Bucket="box", Key="copy", CopySource={"Bucket": "box", "Key": "old"})
        s3.put_object_tagging(Bucket="box", Key="old", Tagging=tags)

    s3 = killed_after(fresh, change)
    assert s3.get_object_tagging(Bucket="box", Key="old")["TagSet"] == tags["TagSet"]
    assert s3.get_object(Bucket="box", Key="copy")["Body"].read() == b"old"


def test_versions_and_delete_markers(fresh: Start) -> None:
    first = fresh()
    s3 = first.client("s3")
    s3.create_bucket(Bucket="box")
    s3.put_bucket_versioning(Bucket="box", VersioningConfiguration={"Status": "Enabled"})
    ids = [s3.put_object(Bucket="box", Key="k", Body=body)["VersionId"] for body in (b"one", b"two")]
    s3.delete_object(Bucket="box", Key="k")
    first.kill()
    s3 = fresh().client("s3")
    with pytest.raises(ClientError):
        s3.get_object(Bucket="box", Key="k")
    bodies = [s3.get_object(Bucket="box", Key="k", VersionId=v)["Body"].read() for v in ids]
    assert bodies == [b"one", b"two"]
    listed = s3.list_object_versions(Bucket="box")
    s3.delete_object(Bucket="box", Key="k", VersionId=listed["DeleteMarkers"][0]["VersionId"])
    assert s3.get_object(Bucket="box", Key="k")["Body"].read() == b"two"
    s3.delete_object(Bucket="box", Key="k", VersionId=ids[1])
    assert s3.get_object(Bucket="box", Key="k")["Body"].read() == b"one"


def test_a_write_cut_in_two_is_finished_or_undone(fresh: Start) -> None:
    first = fresh()
    s3 = first.client("s3")
    s3.create_bucket(Bucket="box")
    folder = first.home / "s3" / "000000000000" / "box"
    meta = {}
    for version in ("old", "new"):
        for key in ("undone", "done"):
            s3.put_object(Bucket="box", Key=key, Body=version.encode(), Metadata={"is": version})
            meta[key, version] = (folder / f"{key}.meta.json").read_text()
    first.kill()
    # "undone": the crash came before anything was replaced. "done": after the bytes were, before their description.
    (folder / "undone").write_bytes(b"old")
    (folder / "undone.tmp").write_bytes(b"ne")
    (folder / "done.meta.json.tmp").write_text(meta["done", "new"])
    for key in ("undone", "done"):
        (folder / f"{key}.meta.json").write_text(meta[key, "old"])
    s3 = fresh().client("s3")
    for key, body, described in (("undone", b"old", "old"), ("done", b"new", "new")):
        got = s3.get_object(Bucket="box", Key=key)
        assert (got["Body"].read(), got["Metadata"]) == (body, {"is": described})
    assert not list(folder.glob("*.tmp"))


# Words by which a file of the state directory is known to hold what was answered.
SAVED = {
    "dynamodb.state": ("kept-item",),
    "secretsmanager.state": ("kept-secret",),
    "lambda.state": ("kept-function",),
    "cloudwatch_logs.state": ("kept-group", "/aws/lambda/kept-function"),
    "events.db*": ("kept-event", "kept-print"),
}


def saved(state: Path) -> bool:
    """Whether everything of SAVED has been written."""
    written = {name: b"".join(path.read_bytes() for path in state.glob(name)) for name in SAVED}
    return all(word.encode() in written[name] for name, words in SAVED.items() for word in words)


def wait_saved(state: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while not saved(state):
        assert time.monotonic() < deadline, "it is not saved"
        time.sleep(0.1)


def test_everything_else_is_saved_by_itself(fresh: Start) -> None:
    first = fresh()
    put_table(first).put_item(TableName="tab", Item={"k": {"S": "kept-item"}, "b": {"B": b"\x00\xff"}})
    first.client("secretsmanager").create_secret(Name="s", SecretString="kept-secret")
    logs = first.client("logs")
    logs.create_log_group(logGroupName="kept-group")
    logs.create_log_stream(logGroupName="kept-group", logStreamName="s")
    event = {"timestamp": int(time.time() * 1000), "message": "kept-event"}
    logs.put_log_events(logGroupName="kept-group", logStreamName="s", logEvents=[event])
    lambdas = first.client("lambda")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("m.py", "def h(event, context): print('kept-print'); return 1")
    role = first.role("functions")
    code = {"ZipFile": packed.getvalue()}
    lambdas.create_function(FunctionName="kept-function", Runtime="python3.12", Role=role, Handler="m.h", Code=code)
    lambdas.invoke(FunctionName="kept-function")
    wait_saved(first.home / "state")
    first.kill()
    second = fresh()
    item = second.client("dynamodb").get_item(TableName="tab", Key={"k": {"S": "kept-item"}})["Item"]
    assert item["b"]["B"] == b"\x00\xff"
    assert second.client("secretsmanager").get_secret_value(SecretId="s")["SecretString"] == "kept-secret"
    logs = second.client("logs")
    events = logs.get_log_events(logGroupName="kept-group", logStreamName="s")["events"]
    assert [event["message"] for event in events] == ["kept-event"]
    ran = logs.filter_log_events(logGroupName="/aws/lambda/kept-function")["events"]
    assert any("kept-print" in e["message"] for e in ran)
    assert second.client("lambda").invoke(FunctionName="kept-function")["Payload"].read() == b"1"


def test_a_graceful_stop_saves_all(fresh: Start) -> None:
    first = fresh()
    put_table(first)
    assert first.stop() == 0
    assert fresh().client("dynamodb").list_tables()["TableNames"] == ["tab"]


@pytest.fixture(scope="module")
def saved_twice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state directory whose tables were saved twice: first with one, then with two."""
    home = tmp_path_factory.mktemp("saved") / "home"
    for name in ("one", "two"):
        running = start(home)
        put_table(running, name)
        running.stop()
    return home


@pytest.mark.parametrize("damage", [lambda data: data[:-1], lambda data: b"", lambda data: data.replace(b"t", b"u", 1)])
def test_a_damaged_file_is_never_loaded_but_the_last_good_one(
    fresh: Start, saved_twice: Path, tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    shutil.copytree(saved_twice, tmp_path / "home")
    state = tmp_path / "home" / "state" / "dynamodb.state"
    state.write_bytes(damage(state.read_bytes()))
    running = fresh()
    assert running.client("dynamodb").list_tables()["TableNames"] == ["one"]
    assert "cannot be used" in (running.home / "log" / "embedded.log").read_text()
    assert Path(running.home, "state", "dynamodb.damaged").exists()


def test_undamaged_files_are_loaded(fresh: Start, saved_twice: Path, tmp_path: Path) -> None:
    shutil.copytree(saved_twice, tmp_path / "home")
    assert fresh().client("dynamodb").list_tables()["TableNames"] == ["one", "two"]
