"""Verify AWS Signature Version 4, from the request as it was sent (no client library, only hmac)."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from urllib.parse import quote, unquote, urlencode

ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED = "UNSIGNED-PAYLOAD"
SKEW = timedelta(minutes=15)
LONGEST_PRESIGN = 7 * 24 * 3600
# In the query these belong to the signature itself; every other x-amz-* parameter stands for a header.
PRESIGN_PARAMETERS = frozenset(
    f"x-amz-{name}"
    for name in ("algorithm", "credential", "date", "expires", "signedheaders", "signature", "security-token")
)


class SigningError(Exception):
    """A request whose signature cannot be accepted; `reason` is one of the keys of errors.REFUSALS."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason


@dataclass(frozen=True)
class Signed:
    """What a request says about who signed it, for what, and when."""

    access_key: str
    date: str
    region: str
    service: str
    signed_headers: tuple[str, ...]
    signature: str
    token: str = ""
    expires: int | None = None

    @property
    def presigned(self) -> bool:
        """Whether the signature came in the query string."""
        return self.expires is not None

    @property
    def scope(self) -> str:
        """The credential scope that the string to sign names."""
        return f"{self.date[:8]}/{self.region}/{self.service}/aws4_request"


def query_pairs(query: str, encoding: str = "utf-8") -> list[tuple[str, str]]:
    """Split a raw query string into decoded pairs, in order; `+` stays a plus."""
    pairs = [part.partition("=") for part in query.split("&") if part]
    return [(unquote(name, encoding), unquote(value, encoding)) for name, _, value in pairs]


def read_claim(headers: Mapping[str, str], query: str) -> Signed | None:
    """Return what the request claims, or None when it carries no Version 4 signature; SigningError when malformed."""
    authorization = headers.get("authorization", "")
    if authorization.startswith(ALGORITHM):
        return _from_header(authorization, headers)
    parameters = {name.lower(): value for name, value in query_pairs(query)}
    if "x-amz-signature" in parameters or "x-amz-credential" in parameters:
        return _from_query(parameters)
    return None


def _from_header(authorization: str, headers: Mapping[str, str]) -> Signed:
    fields = dict(part.strip().partition("=")[::2] for part in authorization[len(ALGORITHM) :].split(","))
    try:
        credential, signed, signature = fields["Credential"], fields["SignedHeaders"], fields["Signature"]
    except KeyError as error:
        raise SigningError("incomplete", str(error)) from error
    return _claim(credential, headers.get("x-amz-date", ""), signed, signature, headers.get("x-amz-security-token", ""))


def _from_query(parameters: Mapping[str, str]) -> Signed:
    names = ("credential", "date", "signedheaders", "signature", "expires")
    try:
        credential, date, signed, signature, expires = (parameters[f"x-amz-{name}"] for name in names)
    except KeyError as error:
        raise SigningError("incomplete", str(error)) from error
    if parameters.get("x-amz-algorithm") != ALGORITHM or not is_number(expires) or int(expires) > LONGEST_PRESIGN:
        raise SigningError("incomplete", "algorithm or expiry")
    return _claim(credential, date, signed, signature, parameters.get("x-amz-security-token", ""), int(expires))


def is_number(text: str) -> bool:
    """Whether a text is a plain number of seconds: other scripts have digits too, and some are no numbers."""
    return text.isascii() and text.isdigit() and len(text) < 16


def _claim(credential: str, date: str, signed: str, signature: str, token: str, expires: int | None = None) -> Signed:
    parts = credential.split("/")
    names = tuple(name for name in signed.split(";") if name)
    complete = len(parts) == 5 and parts[4] == "aws4_request" and date[:8] == parts[1] and "host" in names
    if not complete or not f"{credential}{signed}".isascii():
        raise SigningError("incomplete", "credential scope, date or signed headers")
    return Signed(parts[0], date, parts[2], parts[3], names, signature, token, expires)


def check_time(claim: Signed, now: datetime | None = None) -> None:
    """Refuse a signature of another time: header-signed 15 minutes either way, presigned until its expiry."""
    now = now or datetime.now(UTC)
    try:
        signed_at = datetime.strptime(claim.date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise SigningError("incomplete", "x-amz-date") from error
    if claim.expires is not None and now >= signed_at + timedelta(seconds=claim.expires):
        raise SigningError("expired-link")
    if signed_at > now + SKEW or (claim.expires is None and signed_at < now - SKEW):
        raise SigningError("skewed")


def check_headers(claim: Signed, headers: Mapping[str, str]) -> None:
    """Refuse x-amz-* headers that the signature does not cover: anyone could have added them."""
    exempt = {*claim.signed_headers, "x-amz-content-sha256", "x-amz-user-agent"}
    stray = [name for name in headers if name.startswith("x-amz-") and name not in exempt]
    if stray:
        raise SigningError("unsigned-headers", ", ".join(stray))


def check_signature(
    claim: Signed, secret: str, method: str, raw_path: str, query: str, headers: Mapping[str, str], payload_hash: str
) -> None:
    """Refuse a request that the holder of the secret did not sign."""
    canonical = canonical_request(claim, method, raw_path, query, headers, payload_hash)
    expected = _signature(claim, secret, canonical)
    if not hmac.compare_digest(expected.encode(), claim.signature.encode("latin-1", "replace")):
        raise SigningError("mismatch")


def presigned(secret: str, access_key: str, region: str, host: str, raw_path: str, seconds: int) -> str:
    """Return the query with which anyone may get this path of S3 for so long."""
    date = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    claim = Signed(access_key, date, region, "s3", ("host",), "", expires=seconds)
    parameters = {
        "X-Amz-Algorithm": ALGORITHM,
        "X-Amz-Credential": f"{access_key}/{claim.scope}",
        "X-Amz-Date": date,
        "X-Amz-Expires": str(seconds),
        "X-Amz-SignedHeaders": "host",
    }
    query = urlencode(parameters, quote_via=quote, safe="")
    canonical = canonical_request(claim, "GET", raw_path, query, {"host": host}, UNSIGNED)
    return f"{query}&X-Amz-Signature={_signature(claim, secret, canonical)}"


def _signature(claim: Signed, secret: str, canonical: str) -> str:
    digest = hashlib.sha256(canonical.encode("latin-1")).hexdigest()
    text = f"{ALGORITHM}\n{claim.date}\n{claim.scope}\n{digest}"
    return sign(signing_key(secret, claim.date[:8], claim.region, claim.service), text)


def canonical_request(
    claim: Signed, method: str, raw_path: str, query: str, headers: Mapping[str, str], payload_hash: str
) -> str:
    """Return AWS's canonical form of the request.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
    """
    path = canonical_path(raw_path, claim.service)
    lines = "".join(f"{name}:{' '.join(headers.get(name, '').split())}\n" for name in claim.signed_headers)
    signed = ";".join(claim.signed_headers)
    return "\n".join((method, path, canonical_query(query, claim.presigned), lines, signed, payload_hash))


def canonical_path(raw_path: str, service: str) -> str:
    """Return the path as signed: S3 keeps it as it is, every other service resolves dots and encodes twice."""
    if service.startswith("s3"):
        return quote(unquote(raw_path, "latin-1"), safe="/-_.~", encoding="latin-1") or "/"
    segments: list[str] = []
    for segment in raw_path.split("/"):
        if segment == ".." and segments:
            segments.pop()
        elif segment not in ("", ".", ".."):
            segments.append(segment)
    path = "/" + "/".join(segments) + ("/" if segments and raw_path.endswith("/") else "")
    return quote(path, safe="/-_.~")


def canonical_query(query: str, presigned: bool) -> str:
    """Return the sorted, strictly encoded parameters, without the signature itself."""
    # Latin-1 maps bytes to characters one to one: what was signed comes back, valid UTF-8 or not.
    decoded = query_pairs(query, "latin-1")
    pairs = [tuple(quote(part, safe="-_.~", encoding="latin-1") for part in pair) for pair in decoded]
    kept = [pair for pair in pairs if not (presigned and pair[0].lower() == "x-amz-signature")]
    return "&".join(f"{name}={value}" for name, value in sorted(kept))


@lru_cache(maxsize=256)
def signing_key(secret: str, day: str, region: str, service: str) -> bytes:
    """Return the key of one day, region and service."""
    key = b"AWS4" + secret.encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def sign(key: bytes, text: str) -> str:
    """Return the signature in lower-case hexadecimal digits."""
    return hmac.new(key, text.encode("latin-1"), hashlib.sha256).hexdigest()
