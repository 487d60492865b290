"""The demo data is there at the first start, once, and through the front door."""

from collections.abc import Callable

from tests.embedded.process import Embedded


def test_the_demo_data_is_put_in_once(fresh: Callable[..., Embedded]) -> None:
    first = fresh(seed=())
    s3 = first.client("s3")
    buckets = ["inputforlambda123", "python-book-image", "trellis-photos"]
    assert [b["Name"] for b in s3.list_buckets()["Buckets"]] == buckets
    rows = s3.get_object(Bucket="inputforlambda123", Key="addresses.csv")["Body"].read().decode().splitlines()
    assert rows[0] == "id,location_id,address_1,city,state_province"
    assert len(rows) == 11
    sample = s3.get_object(Bucket="inputforlambda123", Key="sample.csv")["Body"].read().decode().splitlines()
    assert sample[:2] == ["0,1,2", "row 1 col 0,row 1 col 1,row 1 col 2"]
    assert first.client("dynamodb").scan(TableName="customer")["Count"] == 2
    assert first.client("secretsmanager").describe_secret(SecretId="trellis/demo/database")
    s3.delete_bucket(Bucket="python-book-image")
    first.stop()
    second = fresh(seed=())
    assert [b["Name"] for b in second.client("s3").list_buckets()["Buckets"]] == [buckets[0], buckets[2]]


def test_pictures_keep_their_folders_and_types(fresh: Callable[..., Embedded]) -> None:
    s3 = fresh(seed=()).client("s3")
    for listed in s3.list_objects_v2(Bucket="trellis-photos").get("Contents", []):
        kind = s3.head_object(Bucket="trellis-photos", Key=listed["Key"])["ContentType"]
        assert kind.startswith("image/"), listed["Key"]
