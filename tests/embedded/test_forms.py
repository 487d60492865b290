"""A browser's upload form: what its policy allows is stored, anything else is not; CORS is the bucket's own."""

import http.client
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.config import Config

from tests.embedded.process import Embedded

OWN = "http://127.0.0.1:5000"
SECOND_KEY = b'--BB\r\nContent-Disposition: form-data; name="key"\r\n\r\nother\r\n'


def post(
    aws: Embedded,
    form: Mapping[str, Any],
    fields: Mapping[str, str],
    data: bytes = b"12345",
    tail: bytes = b"",
    **headers: str,
) -> tuple[int, dict[str, str], bytes]:
    body = b"".join(
        f'--BB\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    )
    head = b'--BB\r\nContent-Disposition: form-data; name="file"; filename="f.png"\r\nContent-Type: image/png\r\n\r\n'
    body += head + data + b"\r\n" + tail + b"--BB--\r\n"
    connection = http.client.HTTPConnection("127.0.0.1", aws.port, timeout=60)
    sent = {"Content-Type": "multipart/form-data; boundary=BB", **headers}
    connection.request("POST", str(form["url"]).removeprefix(aws.endpoint), body, sent)
    answer = connection.getresponse()
    read = answer.read()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, read


@pytest.fixture(params=["s3v4", "s3"])
def form(embedded_aws: Embedded, bucket: str, request: pytest.FixtureRequest) -> dict[str, Any]:
    """A form for pictures of 1 to 100,000 bytes below up/, signed by each version."""
    s3 = embedded_aws.client("s3", config=Config(signature_version=request.param))
    conditions = [["starts-with", "$Content-Type", "image/"], ["content-length-range", 1, 100_000]]
    fields = {"Content-Type": "image/png"}
    made: dict[str, Any] = s3.generate_presigned_post(bucket, "up/${filename}", fields, conditions, ExpiresIn=60)
    return made


def keys(aws: Embedded, bucket: str) -> list[str]:
    return [o["Key"] for o in aws.client("s3").list_objects_v2(Bucket=bucket).get("Contents", [])]


@pytest.mark.parametrize("data", [b"12345", b"x" * 90_000, b"\r\n--B\r\n--\r\n"])
def test_what_the_policy_allows_is_stored(
    embedded_aws: Embedded, bucket: str, form: dict[str, Any], data: bytes
) -> None:
    assert post(embedded_aws, form, form["fields"], data)[0] == 204
    got = embedded_aws.client("s3").get_object(Bucket=bucket, Key="up/f.png")
    assert (got["Body"].read(), got["ContentType"]) == (data, "image/png")


@pytest.mark.parametrize(
    ("changed", "data", "tail"),
    [
        ({"key": "elsewhere"}, b"12345", b""),
        ({"Content-Type": "text/html"}, b"12345", b""),
        ({"x-amz-meta-more": "1"}, b"12345", b""),
        ({}, b"", b""),
        ({}, b"x" * 100_001, b""),
        ({}, b"12345", SECOND_KEY),
        ({}, b"x" * 90_000, SECOND_KEY),
        ({"policy": "e30="}, b"12345", b""),
        ({"Policy": "e30="}, b"12345", b""),
        ({"signature": "x", "x-amz-signature": "0" * 64}, b"12345", b""),
    ],
)
def test_what_the_policy_does_not_allow_is_not(
    embedded_aws: Embedded, bucket: str, form: dict[str, Any], changed: dict[str, str], data: bytes, tail: bytes
) -> None:
    status, _, body = post(embedded_aws, form, {**form["fields"], **changed}, data, tail)
    assert status in (400, 403), body
    assert keys(embedded_aws, bucket) == []


def test_an_expired_policy_stores_nothing(embedded_aws: Embedded, bucket: str) -> None:
    form = embedded_aws.client("s3").generate_presigned_post(bucket, "k", ExpiresIn=-1)
    status, _, body = post(embedded_aws, form, form["fields"])
    assert (status, b"expired" in body.lower()) == (403, True)
    assert keys(embedded_aws, bucket) == []


def test_cors_is_what_the_bucket_says_and_only_for_allowed_pages(
    embedded_aws: Embedded, bucket: str, form: dict[str, Any]
) -> None:
    origin = "access-control-allow-origin"
    s3 = embedded_aws.client("s3")
    assert origin not in post(embedded_aws, form, form["fields"], Origin=OWN)[1]
    rule = {"AllowedMethods": ["POST"], "AllowedOrigins": [OWN], "AllowedHeaders": ["*"], "ExposeHeaders": ["ETag"]}
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})
    status, headers, _ = post(embedded_aws, form, form["fields"], Origin=OWN)
    assert (status, headers[origin], headers["access-control-expose-headers"]) == (204, OWN, "ETag")
    assert post(embedded_aws, form, form["fields"], Origin="https://evil.example")[0] == 403
    for page, method, expected in ((OWN, "POST", 200), (OWN, "DELETE", 403), ("https://evil.example", "POST", 403)):
        connection = http.client.HTTPConnection("127.0.0.1", embedded_aws.port, timeout=60)
        asked = {"Origin": page, "Access-Control-Request-Method": method}
        connection.request("OPTIONS", f"/{bucket}", headers=asked)
        answer = connection.getresponse()
        assert (answer.status, answer.getheader(origin)) == (expected, OWN if expected == 200 else None)
        connection.close()
    s3.delete_bucket_cors(Bucket=bucket)


def test_no_answer_carries_a_wildcard(embedded_aws: Embedded) -> None:
    for service, operation in (("s3", "list_buckets"), ("dynamodb", "list_tables"), ("iam", "list_users")):
        answer = getattr(embedded_aws.client(service), operation)()
        names = [name for name in answer["ResponseMetadata"]["HTTPHeaders"] if name.startswith("access-control")]
        assert names == []
