"""The demo's APIs: the book's sum, and its upload, which takes pictures and nothing else."""

import base64
import json
import time
from collections.abc import Callable, Iterator

import pytest

from embedded import seed_apigateway
from tests.embedded.apigateway.conftest import Api, Gateway, Got
from tests.embedded.process import Embedded

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    from tests.embedded.process import start

    home = tmp_path_factory.mktemp("seeded") / "home"
    running = start(home, seed=("apigateway",))
    for _ in range(1200):
        if seed_apigateway.mark(home / "state").exists():
            break
        time.sleep(0.05)
    yield running
    running.stop()


def named(aws: Embedded, name: str) -> Api:
    gateway = Gateway(aws)
    api = next(one for one in gateway.client.get_rest_apis()["items"] if one["name"] == name)
    return Api(gateway, api["id"], api["rootResourceId"])


def upload(api: Api, **fields: object) -> Got:
    sent = {"image_base64": base64.b64encode(PIXEL).decode(), "s3_file_name": "pixel.jpeg", **fields}
    return api.call("/", json.dumps({name: value for name, value in sent.items() if value is not None}))


def test_the_sum(seeded: Embedded) -> None:
    api = named(seeded, "SumUp")
    got = api.call("/", '{"Number1": 10, "Number2": 15}', {"Origin": "https://any.example"})
    assert (got.status, got.json["body"], got.headers["Access-Control-Allow-Origin"]) == (200, 25, "*")
    assert api.call("/", method="OPTIONS").headers["Access-Control-Allow-Methods"] == "OPTIONS,POST"


def test_a_picture_keeps_its_type_whatever_its_name_says(seeded: Embedded) -> None:
    got = upload(named(seeded, "UploadImageToS3"))
    assert (got.status, got.json["content_type"], got.json["bytes"]) == (200, "image/png", len(PIXEL))
    found = seeded.client("s3").get_object(Bucket=seed_apigateway.BUCKET, Key="pixel.jpeg")
    assert (found["Body"].read(), found["ContentType"]) == (PIXEL, "image/png")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"bucket": "trellis-photos"}, "nowhere else"),
        ({"s3_file_name": "../x"}, "s3_file_name"),
        ({"image_base64": "!"}, "not base64"),
        ({"image_base64": base64.b64encode(b"text").decode()}, "no PNG"),
        ({"image_base64": base64.b64encode(PIXEL + bytes(4 * 1024 * 1024)).decode()}, "more than"),
        ({"image_base64": None}, "Invalid request body"),
    ],
)
def test_what_is_no_picture_is_a_400(seeded: Embedded, fields: dict[str, object], sentence: str) -> None:
    got = upload(named(seeded, "UploadImageToS3"), **fields)
    assert got.status == 400
    assert sentence in got.json["message"]
    assert got.headers["Access-Control-Allow-Origin"] == "*"


def test_its_role_puts_into_one_bucket_and_nothing_else(seeded: Embedded) -> None:
    iam = seeded.client("iam")
    policy = iam.get_role_policy(RoleName="UploadImageToS3-role", PolicyName="function")["PolicyDocument"]
    actions = {action for one in policy["Statement"] for action in one["Action"]}
    assert actions == {"logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "s3:PutObject"}
    resources = [one["Resource"] for one in policy["Statement"] if "s3:PutObject" in one["Action"]]
    assert resources == [["arn:aws:s3:::python-book-image/*"]]
    assert iam.list_attached_role_policies(RoleName="UploadImageToS3-role")["AttachedPolicies"] == []


def test_what_was_deleted_does_not_come_back(fresh: Callable[..., Embedded]) -> None:
    running = fresh(seed=("apigateway",))
    for _ in range(1200):
        if seed_apigateway.mark(running.home / "state").exists():
            break
        time.sleep(0.05)
    client = running.client("apigateway")
    for api in client.get_rest_apis()["items"]:
        client.delete_rest_api(restApiId=api["id"])
    running.stop()
    assert fresh(seed=("apigateway",)).client("apigateway").get_rest_apis()["items"] == []
