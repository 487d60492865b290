"""Presigned POST: a browser's upload form, proved by its signed policy before anything is stored.

The emulator checks the policy's expiry and conditions; whether the policy was signed is checked here. It also
reads fields that follow the file, which S3 does not: such a form is refused, or its tail could replace what was
signed. The head is parsed exactly as the emulator parses it, so that both see the same fields.
"""

import hmac
import re
from collections.abc import Callable

from embedded import signing, signing_v2
from embedded.request import BodyRefusedError, Request
from embedded.signing import SigningError

LONGEST_HEAD = 64 * 1024
_BOUNDARY = re.compile(r'boundary=("?)([^";\s]+)\1', re.IGNORECASE)
_NAME = re.compile(r'name=(?:"([^"]*)"|([^;\s]+))')
_V4 = ("x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature")
# (access key, session token) -> (secret, account) or None.
Credentials = Callable[[str, str], tuple[str, str] | None]


def is_upload_form(request: Request) -> bool:
    """Whether this is a form posted to a bucket, whose signature lies in its fields."""
    content_type = request.headers.get("content-type", "")
    bucket, _, key = request.path.lstrip("/").partition("/")
    form = request.method == "POST" and content_type.lower().startswith("multipart/form-data")
    return form and "authorization" not in request.headers and bool(bucket) and not key and not request.query


async def prove(request: Request, credentials: Credentials) -> None:
    """Check the form's signature; SigningError when it is not signed by someone known."""
    request.service = "s3"
    boundary = _boundary(request)
    fields, head = await _read_head(request, boundary)
    duplicates = len(fields) != len(dict(fields))
    values = dict(fields)
    v4 = any(name in values for name in _V4)
    readable = (values.get("policy", "") + values.get("x-amz-credential", "")).isascii()
    if duplicates or not readable or (v4 and ("awsaccesskeyid" in values or "signature" in values)):
        raise SigningError("incomplete", "form fields")
    access_key = values.get("x-amz-credential", "").partition("/")[0] if v4 else values.get("awsaccesskeyid", "")
    if not access_key or not values.get("policy"):
        raise SigningError("unsigned")
    found = credentials(access_key, values.get("x-amz-security-token", ""))
    if found is None:
        raise SigningError("unknown-key")
    secret, request.account = found
    expected = _v4_signature(values, secret) if v4 else signing_v2.signature(secret, values["policy"])
    given = values.get("x-amz-signature" if v4 else "signature", "")
    if not hmac.compare_digest(expected.encode(), given.encode()):
        raise SigningError("mismatch")
    request.inspect = only_the_file(boundary)
    request.inspect(head, not request.complete)


def _v4_signature(values: dict[str, str], secret: str) -> str:
    scope = values["x-amz-credential"].split("/")
    if len(scope) != 5 or scope[4] != "aws4_request":
        raise SigningError("incomplete", "x-amz-credential")
    return signing.sign(signing.signing_key(secret, scope[1], scope[2], scope[3]), values["policy"])


def _boundary(request: Request) -> bytes:
    found = _BOUNDARY.search(request.headers["content-type"])
    if not found:
        raise SigningError("incomplete", "boundary")
    return b"--" + found.group(2).encode("latin-1")


async def _read_head(request: Request, boundary: bytes) -> tuple[list[tuple[str, str]], bytes]:
    """Read up to the file's first bytes; return the fields before it, and the bytes of the file part so far."""
    data = b""
    async for chunk, more in request.chunks():
        data += chunk
        request.keep(chunk, complete=not more)
        fields, rest = _fields(data, boundary)
        if rest is not None:
            return fields, rest
        if len(data) > LONGEST_HEAD:
            raise BodyRefusedError("too-large")
    raise SigningError("unsigned")


def _fields(data: bytes, boundary: bytes) -> tuple[list[tuple[str, str]], bytes | None]:
    """Return the complete fields so far, and what follows the file's headers once they are there."""
    fields: list[tuple[str, str]] = []
    parts = data.split(boundary)
    for number, part in enumerate(parts[1:], 1):
        last = number == len(parts) - 1
        trimmed = part.removeprefix(b"\r\n") if last else part.removeprefix(b"\r\n").removesuffix(b"\r\n")
        head, separator, value = trimmed.partition(b"\r\n\r\n")
        if not separator:
            continue
        name = _name(head)
        if name == "file":
            return fields, boundary.join((value, *parts[number + 1 :]))
        if not last:
            fields.append((name.lower(), _text(value)))
    return fields, None


def _name(head: bytes) -> str:
    headers = {}
    for line in head.split(b"\r\n"):
        name, colon, value = line.partition(b":")
        if colon:
            headers[name.strip().decode("latin-1").lower()] = value.strip().decode("latin-1")
    found = _NAME.search(headers.get("content-disposition", ""))
    return (found.group(1) or found.group(2) or "") if found else ""


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def only_the_file(boundary: bytes) -> Callable[[bytes, bool], None]:
    """Return an inspector for what follows the head: the file, the closing boundary, and nothing more."""
    ending = boundary + b"--"
    tail, seen = b"", 0

    def inspect(chunk: bytes, more: bool) -> None:
        nonlocal tail, seen
        window = tail + chunk
        seen += window.count(boundary) - tail.count(boundary)
        kept = len(ending) + 2
        tail = window[-kept:]
        if seen > 1 or (not more and (seen != 1 or ending not in window[-kept - 2 :])):
            raise BodyRefusedError("form")

    return inspect
