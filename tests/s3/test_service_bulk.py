from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from app.blueprints.s3.service import bulk, copying, versions
from app.blueprints.s3.service.bulk import Selection
from app.blueprints.s3.service.deleting import ANY, Target, delete


def put(s3: Any, bucket: str, *keys: str) -> None:
    for key in keys:
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode(), Tagging="kind=test", Metadata={"m": "1"})


def keys_of(s3: Any, bucket: str) -> list[str]:
    return [item["Key"] for item in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]


def states(result: bulk.Result) -> dict[str, str]:
    return {outcome.key: outcome.state for outcome in result.outcomes}


def test_delete_tells_what_was_already_gone(s3: Any, bucket: str) -> None:
    put(s3, bucket, "a", "b", "d/1", "d/e/2")
    result = bulk.delete_all(s3, bucket, Selection(["a", "gone"], ["d/"]))
    assert states(result) == {"a": "done", "gone": "gone", "d/1": "done", "d/e/2": "done"}
    assert keys_of(s3, bucket) == ["b"]
    assert result.smooth


def test_a_gone_object_gets_no_second_delete_marker(s3: Any, bucket: str) -> None:
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    put(s3, bucket, "a")
    assert states(bulk.delete_all(s3, bucket, Selection(["a"], []))) == {"a": "done"}
    assert states(bulk.delete_all(s3, bucket, Selection(["a"], []))) == {"a": "gone"}
    assert len(s3.list_object_versions(Bucket=bucket)["DeleteMarkers"]) == 1
    assert states(bulk.undelete_all(s3, bucket, ["a", "never"])) == {"a": "done", "never": "gone"}
    assert keys_of(s3, bucket) == ["a"]


def test_carriage_returns_never_delete_the_neighbour(s3: Any, bucket: str) -> None:
    put(s3, bucket, "a\rb", "a\nb", "c\x01d")
    bulk.delete_all(s3, bucket, Selection(["a\rb", "c\x01d"], []))
    assert keys_of(s3, bucket) == ["a\nb"]


def test_more_than_a_thousand_keys_go_in_batches() -> None:
    client = boto3.client("s3", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    keys = [f"k{number}" for number in range(2001)]
    with Stubber(client) as stub:
        for start in (0, 1000, 2000):
            named = [{"Key": key, "ETag": ANY} for key in keys[start : start + 1000]]
            deleted = [{"Key": item["Key"]} for item in named[1:]]
            failed = [{"Key": named[0]["Key"], "Code": "AccessDenied", "Message": "no"}]
            stub.add_response(
                "delete_objects", {"Deleted": deleted, "Errors": failed}, {"Bucket": "b", "Delete": {"Objects": named}}
            )
        done = delete(client, "b", [Target(key, if_match=ANY) for key in keys])
        stub.assert_no_pending_responses()
    assert len(done) == 2001
    assert [item.key for item in done if item.failed] == ["k0", "k1000", "k2000"]


def test_copy_keeps_metadata_tags_and_a_folders_structure(s3: Any, bucket: str) -> None:
    put(s3, bucket, "a.txt", "in/d/1", "in/d/e/2")
    result = bulk.copy_all(s3, bucket, Selection(["a.txt"], ["in/d/"]), copying.Place(bucket, "new/"), "ask")
    assert {outcome.target for outcome in result.of("done")} == {"new/a.txt", "new/d/1", "new/d/e/2"}
    assert s3.head_object(Bucket=bucket, Key="new/d/1")["Metadata"] == {"m": "1"}
    assert s3.get_object_tagging(Bucket=bucket, Key="new/a.txt")["TagSet"] == [{"Key": "kind", "Value": "test"}]


@pytest.mark.parametrize(
    ("collision", "state", "target"),
    [
        ("ask", "exists", "new/a.txt"),
        ("skip", "skipped", "new/a.txt"),
        ("replace", "done", "new/a.txt"),
        ("rename", "done", "new/a (3).txt"),
    ],
)
def test_taken_names_are_answered(s3: Any, bucket: str, collision: str, state: str, target: str) -> None:
    put(s3, bucket, "a.txt", "new/a.txt", "new/a (2).txt")
    s3.put_object(Bucket=bucket, Key="new/a.txt", Body=b"old")
    result = bulk.copy_all(s3, bucket, Selection(["a.txt"], []), copying.Place(bucket, "new/"), collision)
    assert [(outcome.state, outcome.target) for outcome in result.outcomes] == [(state, target)]
    body = s3.get_object(Bucket=bucket, Key="new/a.txt")["Body"].read()
    assert body == (b"a.txt" if collision == "replace" else b"old")


def test_two_of_the_same_name_do_not_overwrite_each_other(s3: Any, bucket: str) -> None:
    put(s3, bucket, "x/a", "y/a")
    result = bulk.move_all(s3, bucket, Selection(["x/a", "y/a"], []), copying.Place(bucket, ""), "rename")
    assert [outcome.target for outcome in result.outcomes] == ["a", "a (2)"]
    assert keys_of(s3, bucket) == ["a", "a (2)"]


def test_move_deletes_only_what_was_copied(s3: Any, bucket: str) -> None:
    put(s3, bucket, "a", "b", "new/b")
    result = bulk.move_all(s3, bucket, Selection(["a", "b", "gone"], []), copying.Place(bucket, "new/"), "ask")
    assert states(result) == {"a": "done", "b": "exists", "gone": "gone"}
    assert keys_of(s3, bucket) == ["b", "new/a", "new/b"]
    assert not result.smooth


def test_what_was_left_of_a_folder_keeps_its_way(s3: Any, bucket: str) -> None:
    put(s3, bucket, "in/d/e/2")
    chosen = Selection(["in/d/e/2"], [], ["in/d/"])
    result = bulk.copy_all(s3, bucket, chosen, copying.Place(bucket, "new/"), "ask")
    assert [outcome.target for outcome in result.outcomes] == ["new/d/e/2"]


def test_a_copy_onto_itself_is_refused_in_words(s3: Any, bucket: str) -> None:
    put(s3, bucket, "a")
    result = bulk.copy_all(s3, bucket, Selection(["a"], []), copying.Place(bucket, ""), "replace")
    assert states(result) == {"a": "failed"}
    assert "where the object is already" in result.outcomes[0].note


def test_a_missing_target_bucket_fails_once(s3: Any, bucket: str) -> None:
    put(s3, bucket, "a", "b")
    with pytest.raises(ClientError, match="NoSuchBucket"):
        bulk.copy_all(s3, bucket, Selection(["a", "b"], []), copying.Place("not-there-at-all", ""), "replace")


def test_tags_are_added_to_those_that_are_there(s3: Any, bucket: str) -> None:
    put(s3, bucket, "a")
    s3.put_object(Bucket=bucket, Key="full", Body=b"", Tagging="&".join(f"t{n}=1" for n in range(10)))
    result = bulk.tag_all(s3, bucket, Selection(["a", "full"], []), {"kind": "new", "class": "4b"})
    assert states(result) == {"a": "done", "full": "failed"}
    found = s3.get_object_tagging(Bucket=bucket, Key="a")["TagSet"]
    assert {tag["Key"]: tag["Value"] for tag in found} == {"kind": "new", "class": "4b"}


def test_versions_of_one_key_are_only_its_own(s3: Any, bucket: str) -> None:
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    put(s3, bucket, "a", "a", "ab", "a/b")
    found = versions.list_versions(s3, bucket, "a")
    assert [version.latest for version in found.versions] == [True, False]
    assert found.versioned
    old = found.versions[1]
    new = versions.restore(s3, bucket, "a", old.version_id)
    assert versions.list_versions(s3, bucket, "a").versions[0].version_id == new
    versions.delete_version(s3, bucket, "a", old.version_id)
    assert old.version_id not in [v.version_id for v in versions.list_versions(s3, bucket, "a").versions]
