"""Verify the older signature, which S3 still takes and boto3 still makes for presigned links in us-east-1."""

import base64
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime

from embedded.signing import SigningError, is_number, query_pairs

# Parameters that name what is asked for, and so belong to the signed resource.
_SUBRESOURCES = frozenset(
    (
        "accelerate",
        "acl",
        "analytics",
        "cors",
        "delete",
        "inventory",
        "lifecycle",
        "location",
        "logging",
        "metrics",
        "notification",
        "object-lock",
        "partNumber",
        "policy",
        "replication",
        "requestPayment",
        "restore",
        "select",
        "select-type",
        "storageClass",
        "tagging",
        "torrent",
        "uploadId",
        "uploads",
        "versionId",
        "versioning",
        "versions",
        "website",
        *(f"response-{name}" for name in ("cache-control", "content-disposition", "content-encoding")),
        *(f"response-{name}" for name in ("content-language", "content-type", "expires")),
    )
)
SIGNATURE_PARAMETERS = frozenset({"AWSAccessKeyId", "Signature", "Expires", "x-amz-security-token"})


def is_presigned(query: str) -> bool:
    """Whether the query string carries a signature of the older kind."""
    return {"AWSAccessKeyId", "Signature", "Expires"} <= {name for name, _ in query_pairs(query)}


def check_link(
    parameters: Mapping[str, str], secret: str, method: str, raw_path: str, headers: Mapping[str, str]
) -> None:
    """Refuse a presigned link that is expired or not signed with the secret."""
    expires = parameters["Expires"]
    if not is_number(expires):
        raise SigningError("incomplete", "Expires")
    if datetime.now(UTC).timestamp() >= int(expires):
        raise SigningError("expired-link")
    # A bucket's own path is signed with or without its last slash, as the client would address it by host or by path.
    paths = (raw_path, f"{raw_path}/") if raw_path.count("/") == 1 else (raw_path,)
    signed = (signature(secret, string_to_sign(parameters, method, path, headers)) for path in paths)
    if not any(hmac.compare_digest(text.encode(), parameters["Signature"].encode()) for text in signed):
        raise SigningError("mismatch")


def string_to_sign(parameters: Mapping[str, str], method: str, raw_path: str, headers: Mapping[str, str]) -> str:
    """Return what is signed.

    https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html
    """
    # A link's parameters stand for the headers that its user need not send.
    lower = {name.lower(): value for name, value in parameters.items()}
    stated = {**{name: value for name, value in lower.items() if _is_header(name)}, **headers}
    amz = sorted((name, value) for name, value in stated.items() if name.startswith("x-amz-"))
    lines = "".join(f"{name}:{value.strip()}\n" for name, value in amz)
    wanted = sorted((name, value) for name, value in parameters.items() if name in _SUBRESOURCES)
    resource = "&".join(f"{name}={value}" if value else name for name, value in wanted)
    path = f"{raw_path}?{resource}" if resource else raw_path
    first = (method, stated.get("content-md5", ""), stated.get("content-type", ""), parameters["Expires"])
    return "\n".join(first) + f"\n{lines}{path}"


def signature(secret: str, text: str) -> str:
    """Return the signature in base 64."""
    return base64.b64encode(hmac.digest(secret.encode(), text.encode(), "sha1")).decode()


def _is_header(name: str) -> bool:
    return name.startswith("x-amz-") or name in ("content-md5", "content-type")
