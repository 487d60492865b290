"""The straight lane: the browser sends a file to S3 itself, by a form that S3 has been asked to accept beforehand."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from app.blueprints.s3.service import media, names
from app.blueprints.s3.service.object_upload import MOST_NUMBERED, Destination, Outcome, UploadRefused, exists

GIB = 1024**3
MOST = 5 * GIB  # https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html: one object by one request
MOST_COPIED = 5 * GIB
VALID = timedelta(minutes=15)  # S3 looks at it when the upload begins
THRESHOLD = 64 * 1024**2
RULE_ID = "trellis-straight-uploads"
_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)


@dataclass(frozen=True)
class Lanes:
    """Which way files go: `threshold` bytes and more straight to S3, where the bucket lets this dashboard's pages."""

    straight: bool
    threshold: int
    most: int
    origin: str
    explanation: str


@dataclass(frozen=True)
class Permit:
    """What the browser needs: it posts `fields` and the file, last, to `url` before `expires`."""

    name: str
    key: str
    url: str
    fields: dict[str, str]
    expires: datetime
    state: str = "ready"  # or skipped: the name is taken and that was wanted
    note: str = ""


@dataclass(frozen=True)
class Wish:
    """A file that a browser wants to send: `type` is the browser's guess by the name."""

    name: str
    size: int
    type: str


def lanes(client: Any, bucket: str, page_origin: str) -> Lanes:
    """Return which lanes a bucket offers to the pages of `page_origin` (scheme, host and port). One call."""
    ready = has_rule(client, bucket, page_origin)
    words = (
        f"Files from {THRESHOLD >> 20} MiB on go straight from the browser to S3, smaller ones through the dashboard."
        if ready
        else "All files go through the dashboard. The bucket's settings can let browsers send straight to S3."
    )
    return Lanes(ready, THRESHOLD, MOST, post_origin(client, bucket), words)


def post_origin(client: Any, bucket: str) -> str:
    """Return the origin that the browser connects to, for the page's Content-Security-Policy. No call."""
    url = urlsplit(client.generate_presigned_post(bucket, "origin", ExpiresIn=1)["url"])
    return f"{url.scheme}://{url.netloc}"


def permit(client: Any, where: Destination, wish: Wish) -> Permit:
    """Return the permission to send one file; raises UploadRefused where it cannot be given.

    Upload forms know no If-None-Match: whether the name is taken is asked before, and somebody else may take it
    between the question and the upload.
    """
    cleaned = names.clean(wish.name)
    key = where.key(cleaned.path)
    _check(cleaned.path, key, wish.size)
    free = _free(client, where, key)
    if free is None:
        return Permit(wish.name, key, "", {}, datetime.now(UTC), "skipped", "is there already, left as it is")
    kind = wish.type if _TYPE.fullmatch(wish.type) else media.UNKNOWN
    fixed = {"Content-Type": kind, "success_action_status": "201"}
    conditions = [*({name: value} for name, value in fixed.items()), ["content-length-range", wish.size, wish.size]]
    post = client.generate_presigned_post(where.bucket, free, fixed, conditions, int(VALID.total_seconds()))
    return Permit(wish.name, free, post["url"], post["fields"], datetime.now(UTC) + VALID, note=cleaned.note)


def _check(path: str, key: str, size: int) -> None:
    surplus = names.too_long(key)
    if not path:
        raise UploadRefused("NoName", "No usable name", "Nothing is left of this file's name.", "Rename the file.")
    if surplus:
        happened = f"The key would be {surplus:,} bytes longer than the {names.MAX_KEY_BYTES:,} that S3 takes."
        raise UploadRefused("KeyTooLong", "The name is too long", happened, "Shorten the file's name.")
    if size < 1:
        raise UploadRefused("Empty", "An empty file", "The file is empty: 0 bytes.", "Check the file.")
    if size > MOST:
        happened = "S3 takes at most 5 GiB by an upload form."
        raise UploadRefused("TooLarge", "Too large", happened, "Use the AWS CLI, which sends it in parts.")
    if "${filename}" in key:
        happened = "S3 would replace “${filename}” in the name of a file that is sent straight to it."
        raise UploadRefused("NameReplaced", "Not this name", happened, "Upload it through the application.")


def _free(client: Any, where: Destination, key: str) -> str | None:
    """Return a key that is free, None for a taken one to be skipped."""
    if where.collision == "replace" or not _is_there(client, where.bucket, key):
        return key
    if where.collision == "skip":
        return None
    for number in range(2, MOST_NUMBERED + 2 if where.collision == "rename" else 2):
        other = names.numbered(key, number)
        if not _is_there(client, where.bucket, other):
            return other
    raise exists(key)


def _is_there(client: Any, bucket: str, key: str) -> bool:
    try:
        client.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] in (403, 404):
            return False  # 403: these credentials may write and not look; S3 itself still refuses what they may not do
        raise
    return True


def verify(client: Any, bucket: str, key: str) -> Outcome:
    """Look at what the browser has sent: set the Content-Type by content, and say what differs from the name."""
    known = client.head_object(Bucket=bucket, Key=key)
    seen = media.inspect(client, bucket, key)
    outcome = Outcome(key.rpartition("/")[2], key, known["ContentLength"], seen.kind.type, seen.kind.named_type)
    outcome.width, outcome.height = seen.width, seen.height
    if seen.kind.note:
        outcome.notes.append(seen.kind.note)
    if not seen.stored_type_is_right and known["ContentLength"] <= MOST_COPIED:
        media.fix_type(client, bucket, key, seen.kind.type)
    return outcome


def rule(page_origin: str) -> dict[str, Any]:
    """Return the CORS rule that lets pages of an origin post files to a bucket."""
    return {
        "ID": RULE_ID,
        "AllowedOrigins": [page_origin],
        "AllowedMethods": ["POST"],
        "AllowedHeaders": ["*"],
        "ExposeHeaders": ["ETag", "x-amz-request-id"],
        "MaxAgeSeconds": 3000,
    }


def rules(client: Any, bucket: str) -> list[dict[str, Any]]:
    """Return the CORS rules of a bucket."""
    try:
        found: list[dict[str, Any]] = client.get_bucket_cors(Bucket=bucket)["CORSRules"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchCORSConfiguration":
            return []
        raise
    return found


def has_rule(client: Any, bucket: str, page_origin: str) -> bool:
    """Whether a bucket's CORS rules let pages of an origin post to it."""
    return any(
        "POST" in rule["AllowedMethods"] and {page_origin, "*"} & set(rule["AllowedOrigins"])
        for rule in rules(client, bucket)
    )


def put_rule(client: Any, bucket: str, page_origin: str) -> None:
    """Let pages of an origin post files to a bucket; its other CORS rules stay as they are."""
    kept = [found for found in rules(client, bucket) if not _is_ours(found, page_origin)]
    client.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [*kept, rule(page_origin)]})


def remove_rule(client: Any, bucket: str, page_origin: str) -> None:
    """Take the rule away again."""
    kept = [found for found in rules(client, bucket) if not _is_ours(found, page_origin)]
    if kept:
        client.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": kept})
    else:
        client.delete_bucket_cors(Bucket=bucket)


def _is_ours(found: dict[str, Any], page_origin: str) -> bool:
    return found.get("ID") == RULE_ID and found["AllowedOrigins"] == [page_origin]
