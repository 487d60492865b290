"""No web page and no stranger gets past the guard: not to create, invoke, read, store or reset."""

import base64
import http.client
import io
import json
import socket
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.embedded.process import Embedded

EVIL = "https://evil.example"
OWN = "http://127.0.0.1:5000"


def call(
    aws: Embedded, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
) -> tuple[int, dict[str, str], bytes]:
    """Send one raw request, as a browser or a script would, with no signature of ours."""
    connection = http.client.HTTPConnection("127.0.0.1", aws.port, timeout=60)
    connection.request(method, path, body or None, {"Host": f"127.0.0.1:{aws.port}", **(headers or {})})
    answer = connection.getresponse()
    try:
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def function_body() -> bytes:
    """A CreateFunction request as a page would send it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("m.py", "def h(event, context): return 'ran'")
    code = base64.b64encode(packed.getvalue()).decode()
    role = "arn:aws:iam::000000000000:role/x"
    return json.dumps(
        {"FunctionName": "evil", "Runtime": "python3.12", "Role": role, "Handler": "m.h", "Code": {"ZipFile": code}}
    ).encode()


def functions(aws: Embedded) -> list[str]:
    return [f["FunctionName"] for f in aws.client("lambda").list_functions()["Functions"]]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": EVIL, "Content-Type": "text/plain"},
        {"Origin": "null", "Content-Type": "text/plain"},
        {"Content-Type": "text/plain"},
        {"Origin": OWN, "Content-Type": "text/plain"},
    ],
)
def test_a_page_cannot_create_or_invoke_a_function(embedded_aws: Embedded, headers: dict[str, str]) -> None:
    status, answered, _ = call(embedded_aws, "POST", "/2015-03-31/functions", function_body(), headers)
    assert status == 403
    assert "access-control-allow-origin" not in answered
    assert call(embedded_aws, "POST", "/2015-03-31/functions/evil/invocations", b"{}", headers)[0] == 403
    assert "evil" not in functions(embedded_aws)


@pytest.mark.parametrize("origin", [EVIL, "null", "http://localhost:5001"])
def test_a_preflight_of_a_foreign_page_is_refused(embedded_aws: Embedded, origin: str) -> None:
    asked = {"Origin": origin, "Access-Control-Request-Method": "PUT"}
    status, headers, _ = call(embedded_aws, "OPTIONS", "/bucket/key", headers=asked)
    assert status == 403
    assert not [name for name in headers if name.startswith("access-control")]


def test_a_form_of_a_foreign_page_stores_nothing(embedded_aws: Embedded, bucket: str) -> None:
    form = b'--x\r\nContent-Disposition: form-data; name="key"\r\n\r\nevil\r\n'
    form += b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nbytes\r\n--x--\r\n'
    sent = {"Content-Type": "multipart/form-data; boundary=x"}
    for headers in (sent, {**sent, "Origin": EVIL}, {**sent, "Origin": OWN}):
        assert call(embedded_aws, "POST", f"/{bucket}", form, headers)[0] == 403
    urlencoded = {"Content-Type": "application/x-www-form-urlencoded", "Origin": EVIL}
    assert call(embedded_aws, "POST", "/", b"Action=CreateUser&UserName=evil", urlencoded)[0] == 403
    assert embedded_aws.client("s3").list_objects_v2(Bucket=bucket)["KeyCount"] == 0


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1:1", "127.0.0.1.nip.io:{port}", ""])
def test_a_rebound_name_is_refused(embedded_aws: Embedded, bucket: str, host: str) -> None:
    s3 = embedded_aws.client("s3")
    link = s3.generate_presigned_url("list_objects_v2", {"Bucket": bucket})
    path = link.removeprefix(embedded_aws.endpoint)
    assert call(embedded_aws, "GET", path)[0] == 200
    assert call(embedded_aws, "GET", path, headers={"Host": host.format(port=embedded_aws.port)})[0] == 421


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "AWS4-HMAC-SHA256"},
        {"Authorization": "AWS4-HMAC-SHA256 Credential=000000000000/20260101/us-east-1/s3/aws4_request"},
        {"Authorization": "Bearer x"},
        {"Authorization": "AWS 000000000000:x"},
    ],
)
def test_nothing_is_read_unsigned(embedded_aws: Embedded, bucket: str, headers: dict[str, str]) -> None:
    status, _, body = call(embedded_aws, "GET", f"/{bucket}", headers=headers)
    assert status in (400, 403)
    assert b"<Code>A" in body


@pytest.mark.parametrize(
    "path", ["/_ministack/reset", "/_ministack/config", "/_ministack/health", "/_localstack/health", "/_aws/ses"]
)
def test_the_emulators_own_endpoints_are_closed(embedded_aws: Embedded, path: str) -> None:
    for method in ("GET", "POST"):
        assert call(embedded_aws, method, path)[0] == 404


CALLS: list[tuple[str, str, dict[str, Any], str, str]] = [
    ("s3", "list_buckets", {}, "SignatureDoesNotMatch", "InvalidAccessKeyId"),
    ("iam", "list_users", {}, "SignatureDoesNotMatch", "InvalidClientTokenId"),
    ("ec2", "describe_instances", {}, "SignatureDoesNotMatch", "InvalidClientTokenId"),
    ("dynamodb", "list_tables", {}, "InvalidSignatureException", "UnrecognizedClientException"),
    ("logs", "describe_log_groups", {}, "InvalidSignatureException", "UnrecognizedClientException"),
    ("lambda", "list_functions", {}, "InvalidSignatureException", "UnrecognizedClientException"),
    ("cloudwatch", "list_metrics", {}, "InvalidSignatureException", "UnrecognizedClientException"),
    ("apigateway", "get_rest_apis", {}, "InvalidSignatureException", "UnrecognizedClientException"),
]


@pytest.mark.parametrize(("service", "operation", "arguments", "wrong", "unknown"), CALLS)
def test_wrong_signatures_are_refused_in_the_services_own_words(
    embedded_aws: Embedded, service: str, operation: str, arguments: dict[str, Any], wrong: str, unknown: str
) -> None:
    getattr(embedded_aws.client(service), operation)(**arguments)
    for options, code in (
        ({"aws_secret_access_key": "not the secret"}, wrong),
        ({"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE"}, unknown),
        ({"aws_session_token": "made up"}, unknown),
    ):
        with pytest.raises(ClientError) as refused:
            getattr(embedded_aws.client(service, **options), operation)(**arguments)
        assert refused.value.response["Error"]["Code"] == code
        assert refused.value.response["ResponseMetadata"]["RequestId"]


ODD = "%C2%B2"  # a superscript two: a digit, and no number
SCOPE = "X-Amz-Credential=000000000000/{}/us-%C4%80/s3/aws4_request&X-Amz-SignedHeaders=host&X-Amz-Signature=x"


@pytest.mark.parametrize(
    "query",
    [
        f"AWSAccessKeyId=000000000000&Signature=x&Expires={ODD}",
        "AWSAccessKeyId=000000000000&Signature=x&Expires=" + "9" * 5000,
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date={}T000000Z&X-Amz-Expires=600000&" + SCOPE,
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date={}T000000Z&X-Amz-Expires=" + ODD + "&" + SCOPE,
    ],
)
def test_odd_claims_are_refused_and_break_nothing(embedded_aws: Embedded, bucket: str, query: str) -> None:
    today = f"{datetime.now(UTC):%Y%m%d}"
    status, _, body = call(embedded_aws, "GET", f"/{bucket}?{query.replace('{}', today)}")
    assert 400 <= status < 500
    assert b"<Code>" in body


def raw(aws: Embedded, text: str) -> bytes:
    """Send bytes that no HTTP library would; return the answer's beginning."""
    with socket.create_connection(("127.0.0.1", aws.port), timeout=60) as connection:
        connection.sendall(text.replace("HOST", f"Host: 127.0.0.1:{aws.port}").replace("\n", "\r\n").encode())
        return connection.recv(65536)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("GET http://127.0.0.1/_ministack/health HTTP/1.1\nHOST\n\n", 403),
        ("GET //_ministack/health HTTP/1.1\nHOST\n\n", 403),
        ("GET /x/../_ministack/health HTTP/1.1\nHOST\n\n", 403),
        ("GET /%5F%6Dinistack/health HTTP/1.1\nHOST\n\n", 404),
        ("GET / HTTP/1.1\nHOST\nHost: evil.example\n\n", 400),
        ("GET / HTTP/1.0\n\n", 421),
        ("CONNECT evil.example:80 HTTP/1.1\nHost: evil.example:80\n\n", 421),
        ("GET / HTTP/1.1\nHOST\nConnection: Upgrade\nUpgrade: websocket\n"
         "Sec-WebSocket-Version: 13\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n\n", 403),
    ],
)  # fmt: skip
def test_tricks_of_the_protocol_lead_nowhere(embedded_aws: Embedded, text: str, status: int) -> None:
    assert raw(embedded_aws, text).startswith(f"HTTP/1.1 {status} ".encode())


def test_an_upgraded_connection_is_guarded_as_well(embedded_aws: Embedded) -> None:
    """Over HTTP/2 the answer to an unsigned request is the same; its status is the first field of the HEADERS frame."""
    upgrade = "Connection: Upgrade, HTTP2-Settings\nUpgrade: h2c\nHTTP2-Settings: AAMAAABkAAQAAP__\n"
    text = f"GET / HTTP/1.1\nHOST\n{upgrade}\n".replace("HOST", f"Host: 127.0.0.1:{embedded_aws.port}")
    with socket.create_connection(("127.0.0.1", embedded_aws.port), timeout=60) as connection:
        connection.sendall(text.replace("\n", "\r\n").encode() + b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0")
        answered = b""
        while b"<Code>AccessDenied</Code>" not in answered:
            piece = connection.recv(65536)
            assert piece, answered
            answered += piece


def test_accounts_are_apart(embedded_aws: Embedded) -> None:
    table = {
        "TableName": "mine",
        "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
    }
    embedded_aws.client("dynamodb").create_table(**table)
    other = embedded_aws.client("dynamodb", aws_access_key_id="111122223333")
    assert other.list_tables()["TableNames"] == []


def test_the_port_is_bound_on_loopback_only(embedded_aws: Embedded) -> None:
    import psutil

    listening = [c.laddr.ip for c in psutil.Process(embedded_aws.process.pid).net_connections() if c.status == "LISTEN"]
    assert listening == ["127.0.0.1"]
