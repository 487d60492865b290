"""AWS's error shapes: one refusal, written in the protocol of the service that was asked."""

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

# Services that answer XML at the root of the document, as S3 does.
REST_XML = frozenset({"s3", "s3-control", "s3express", "cloudfront", "route53"})

# What XML has no way to write, such as a NUL in a name that somebody asked for.
_NO_XML = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


@dataclass(frozen=True)
class Response:
    """A whole answer: status, headers by name, bytes; `more` are headers that stand there twice (Set-Cookie)."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    more: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Refusal:
    """One reason to refuse: S3's code, the query protocol's, JSON's, the sentence, and S3's status."""

    s3: str
    query: str
    json: str
    message: str
    status: int = 403


_MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access "
    "Key and signing method."
)
_UNKNOWN = "The security token included in the request is invalid."
_STRAY = "There were headers present in the request which were not signed"
_HASH = "The provided 'x-amz-content-sha256' header does not match what was computed."
_BAD = "InvalidSignatureException"
REFUSALS = {
    "unsigned": Refusal(
        "AccessDenied",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "Request is missing Authentication Token: the embedded AWS answers signed requests only",
    ),
    "unknown-key": Refusal("InvalidAccessKeyId", "InvalidClientTokenId", "UnrecognizedClientException", _UNKNOWN),
    "mismatch": Refusal("SignatureDoesNotMatch", "SignatureDoesNotMatch", _BAD, _MISMATCH),
    "incomplete": Refusal(
        "AuthorizationHeaderMalformed",
        "IncompleteSignature",
        "IncompleteSignatureException",
        "The signature lacks a part, or a part is malformed.",
        400,
    ),
    "expired-link": Refusal("AccessDenied", "SignatureDoesNotMatch", _BAD, "Request has expired"),
    "skewed": Refusal(
        "RequestTimeTooSkewed",
        "RequestExpired",
        _BAD,
        "Signature expired: the difference between the request time and the current time is too large.",
    ),
    "unsigned-headers": Refusal("AccessDenied", "SignatureDoesNotMatch", _BAD, _STRAY),
    "payload": Refusal("XAmzContentSHA256Mismatch", "SignatureDoesNotMatch", _BAD, _HASH, 400),
    "form": Refusal(
        "MalformedPOSTRequest",
        "MalformedPOSTRequest",
        "MalformedPOSTRequest",
        "The body of your POST request is not well-formed multipart/form-data: nothing may follow the file.",
        400,
    ),
    "too-large": Refusal(
        "EntityTooLarge", "RequestEntityTooLarge", "RequestEntityTooLargeException", "The body is too large.", 413
    ),
}


def protocol_of(service: str, headers: Mapping[str, str]) -> str:
    """Return the wire protocol of a request: rest-xml, query, ec2, json, cbor or rest-json."""
    content_type = headers.get("content-type", "")
    if service in REST_XML:
        # Whatever the object's own content type is.
        return "rest-xml"
    if "x-amz-target" in headers:
        return "json"
    if headers.get("smithy-protocol") == "rpc-v2-cbor":
        return "cbor"
    if content_type.startswith("application/x-www-form-urlencoded"):
        return "ec2" if service == "ec2" else "query"
    # Nobody signed: what cannot be told apart is answered as S3 would, whose requests carry no mark.
    return "rest-json" if service else "rest-xml"


def refuse(reason: str, protocol: str) -> Response:
    """Return AWS's answer to a request that may not be answered."""
    refusal = REFUSALS[reason]
    code = {"rest-xml": refusal.s3, "query": refusal.query, "ec2": refusal.query}.get(protocol, refusal.json)
    status = refusal.status if protocol in ("rest-xml", "query", "ec2") else 400
    return aws_error(protocol, code, refusal.message, status)


def aws_error(protocol: str, code: str, message: str, status: int = 400) -> Response:
    """Return one error in the protocol's shape, with a request id, as boto3 and the AWS CLI read it."""
    request_id = secrets.token_hex(16)
    headers = {"x-amzn-requestid": request_id, "x-amz-request-id": request_id}
    if protocol in ("rest-xml", "query", "ec2"):
        body = _xml(protocol, escape(code), escape(_NO_XML.sub("\ufffd", message)), request_id)
        return Response(status, {**headers, "content-type": "text/xml"}, body.encode())
    if protocol == "cbor":
        mark = {"content-type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"}
        return Response(status, {**headers, **mark}, _cbor({"__type": code, "message": message}))
    body = json.dumps({"__type": code, "message": message, "Message": message})
    mark = {"content-type": "application/x-amz-json-1.1", "x-amzn-errortype": code}
    return Response(status, {**headers, **mark}, body.encode())


def _xml(protocol: str, code: str, message: str, request_id: str) -> str:
    inner = f"<Code>{code}</Code><Message>{message}</Message>"
    if protocol == "query":
        inner = f"<Error><Type>Sender</Type>{inner}</Error><RequestId>{request_id}</RequestId>"
        return f"<ErrorResponse>{inner}</ErrorResponse>"
    if protocol == "ec2":
        return f"<Response><Errors><Error>{inner}</Error></Errors><RequestID>{request_id}</RequestID></Response>"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{inner}<RequestId>{request_id}</RequestId></Error>'


def _cbor(fields: Mapping[str, str]) -> bytes:
    """Encode a small map of texts (RFC 8949: major type 5 of pairs of major type 3)."""
    out = bytes([0xA0 + len(fields)])
    for text in (part for pair in fields.items() for part in pair):
        data = text.encode()
        out += b"\x79" + len(data).to_bytes(2, "big") + data
    return out
