"""SigV4 is verified as AWS does: botocore signs, every case passes; anything changed afterwards does not."""

import hashlib
import http.client
import io
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

from embedded import signing
from embedded.signing import SigningError
from tests.embedded.process import Embedded

SECRET = "secret+/with=signs"
KEYS = [
    "plain",
    "a b.txt",
    "ünï/😀.png",
    "q?x#y%20+z&=",
    "new\nline",
    "a//b/../c",
    "~t-_.!*()'",
    "dir/",
    "%2F",
    "x" * 900,
]


def sent(aws: Embedded, request: AWSRequest, **changed: Any) -> tuple[int, bytes]:
    """Send a signed request, perhaps changed after it was signed."""
    prepared = request.prepare()
    headers: dict[str, str] = {}
    for name, value in prepared.headers.items():
        headers[name] = value.decode() if isinstance(value, bytes) else str(value)
    headers.update(changed.get("headers", {}))
    path = prepared.url.removeprefix(aws.endpoint) + changed.get("query", "")
    connection = http.client.HTTPConnection("127.0.0.1", aws.port, timeout=60)
    connection.request(changed.get("method", prepared.method), path, changed.get("body", prepared.body), headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body


def signed(aws: Embedded, method: str, path: str, body: bytes = b"", service: str = "s3", **headers: str) -> AWSRequest:
    request = AWSRequest(method=method, url=aws.endpoint + path, data=body, headers=headers)
    keys = Credentials(str(aws.ready["access_key"]), str(aws.ready["secret_key"]))
    (S3SigV4Auth if service == "s3" else SigV4Auth)(keys, service, "us-east-1").add_auth(request)
    return request


@pytest.mark.parametrize("key", KEYS)
def test_every_key_goes_there_and_back(embedded_aws: Embedded, bucket: str, key: str) -> None:
    s3 = embedded_aws.client("s3")
    s3.put_object(Bucket=bucket, Key=key, Body=key.encode(), Metadata={"spaces": "a   b"})
    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == key.encode()
    assert key in [o["Key"] for o in s3.list_objects_v2(Bucket=bucket, Prefix=key)["Contents"]]
    copy = {"Bucket": bucket, "Key": key}
    s3.copy_object(Bucket=bucket, Key="copy", CopySource=copy)
    s3.delete_object(Bucket=bucket, Key=key)


@pytest.mark.parametrize(
    ("service", "raw_path", "expected"),
    [
        ("s3", "/b/a%20b", "/b/a%20b"),
        ("s3", "/b//x/../y", "/b//x/../y"),
        ("s3", "/b/%C3%BC+", "/b/%C3%BC%2B"),
        ("lambda", "/a//b/./c/../d", "/a/b/d"),
        ("lambda", "/functions/arn%3Aaws", "/functions/arn%253Aaws"),
        ("lambda", "/", "/"),
        ("lambda", "/a/", "/a/"),
    ],
)
def test_the_path_is_canonical_as_the_service_wants_it(service: str, raw_path: str, expected: str) -> None:
    assert signing.canonical_path(raw_path, service) == expected


@pytest.mark.parametrize("query", ["", "a=1&b=2", "b=2&a=1&a=0", "flag", "k=%20%2B%2F~", "k=%FF", "X-Amz-Expires=5"])
def test_any_query_verifies(query: str) -> None:
    url = "http://127.0.0.1:1/2015-03-31/functions/a%3Ab" + (f"?{query}" if query else "")
    request = AWSRequest(method="GET", url=url, headers={"Host": "127.0.0.1:1", "X-Amz-Thing": "  two   words "})
    SigV4Auth(Credentials("0" * 12, SECRET), "lambda", "us-east-1").add_auth(request)
    headers = {name.lower(): str(value) for name, value in request.headers.items()}
    claim = signing.read_claim(headers, "")
    assert claim is not None
    empty = hashlib.sha256(b"").hexdigest()
    path = "/2015-03-31/functions/a%3Ab"
    signing.check_signature(claim, SECRET, "GET", path, query, headers, empty)
    with pytest.raises(SigningError):
        signing.check_signature(claim, SECRET, "GET", path, query + "&more=1", headers, empty)


@pytest.mark.parametrize(
    "changed",
    [
        {"query": "?acl"},
        {"method": "DELETE"},
        {"headers": {"x-amz-meta-added": "later"}},
        {"headers": {"x-amz-date": "20200101T000000Z"}},
        {"headers": {"x-amz-security-token": "made up"}},
        {"body": b"other"},
    ],
)
def test_what_is_changed_after_signing_is_refused(embedded_aws: Embedded, bucket: str, changed: Any) -> None:
    request = signed(embedded_aws, "PUT", f"/{bucket}/k", b"bytes")
    status, body = sent(embedded_aws, request, **changed)
    assert status in (400, 403), body
    assert embedded_aws.client("s3").list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_a_json_body_is_covered_by_its_signature(embedded_aws: Embedded) -> None:
    target = {"X-Amz-Target": "DynamoDB_20120810.ListTables", "Content-Type": "application/x-amz-json-1.0"}
    request = signed(embedded_aws, "POST", "/", b"{}", "dynamodb", **target)
    assert sent(embedded_aws, request)[0] == 200
    status, body = sent(embedded_aws, request, body=b'{"Limit": 1}')
    assert (status, b"InvalidSignatureException" in body) == (400, True)


def claim_of(age: timedelta, expires: int | None = None) -> signing.Signed:
    date = (datetime.now(UTC) - age).strftime("%Y%m%dT%H%M%SZ")
    return signing.Signed("0" * 12, date, "us-east-1", "s3", ("host",), "", expires=expires)


@pytest.mark.parametrize(
    ("age", "expires", "reason"),
    [
        (timedelta(), None, None),
        (timedelta(minutes=14), None, None),
        (timedelta(minutes=-14), None, None),
        (timedelta(minutes=16), None, "skewed"),
        (timedelta(minutes=-16), None, "skewed"),
        (timedelta(minutes=50), 3600, None),
        (timedelta(minutes=61), 3600, "expired-link"),
        (timedelta(minutes=-16), 3600, "skewed"),
    ],
)
def test_signatures_have_their_time(age: timedelta, expires: int | None, reason: str | None) -> None:
    claim = claim_of(age, expires)
    if reason is None:
        signing.check_time(claim)
        return
    with pytest.raises(SigningError) as refused:
        signing.check_time(claim)
    assert refused.value.reason == reason


VERSIONS = [Config(signature_version="s3v4"), Config(signature_version="s3")]


@pytest.mark.parametrize("config", VERSIONS, ids=["v4", "v2"])
def test_links_are_verified(embedded_aws: Embedded, bucket: str, config: Config) -> None:
    s3 = embedded_aws.client("s3", config=config)
    embedded_aws.client("s3").put_object(Bucket=bucket, Key="a b/ü?.txt", Body=b"hello")
    what = {"Bucket": bucket, "Key": "a b/ü?.txt", "ResponseContentType": "text/x"}
    link = s3.generate_presigned_url("get_object", what)
    assert get(embedded_aws, link) == (200, b"hello")
    assert get(embedded_aws, link.replace("text%2Fx", "text%2Fhtml"))[0] == 403
    assert get(embedded_aws, link.replace("a%20b", "a%20c"))[0] == 403
    assert get(embedded_aws, link, method="DELETE")[0] == 403
    listing = s3.generate_presigned_url("list_objects_v2", {"Bucket": bucket})
    assert get(embedded_aws, listing)[0] == 200
    other = embedded_aws.client("s3", config=config, aws_secret_access_key="not the secret")
    assert get(embedded_aws, other.generate_presigned_url("get_object", what))[0] == 403


def test_an_expired_link_says_so(embedded_aws: Embedded, bucket: str) -> None:
    request = AWSRequest(method="GET", url=f"{embedded_aws.endpoint}/{bucket}")
    keys = Credentials(str(embedded_aws.ready["access_key"]), str(embedded_aws.ready["secret_key"]))
    SigV4QueryAuth(keys, "s3", "us-east-1", expires=0).add_auth(request)
    status, body = get(embedded_aws, request.url)
    assert (status, b"Request has expired" in body) == (403, True)


def get(aws: Embedded, link: str, method: str = "GET", headers: Mapping[str, str] | None = None) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", aws.port, timeout=60)
    connection.request(method, link.removeprefix(aws.endpoint), headers=dict(headers or {}))
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body


def test_multipart_and_streamed_uploads_verify(embedded_aws: Embedded, bucket: str) -> None:
    s3 = embedded_aws.client("s3")
    data = bytes(range(256)) * 40_000
    s3.upload_fileobj(io.BytesIO(data), bucket, "big")
    assert s3.get_object(Bucket=bucket, Key="big")["Body"].read() == data
    s3.put_object(Bucket=bucket, Key="sum", Body=data, ChecksumAlgorithm="SHA256")
    assert s3.head_object(Bucket=bucket, Key="sum")["ContentLength"] == len(data)
