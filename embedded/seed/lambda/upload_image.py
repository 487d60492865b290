"""Put a picture that arrives as base64 into S3.

{"image_base64": "iVBOR...", "s3_file_name": "pixel.png"}; `bucket` may be sent, and must be the function's own.
What is wrong with a request begins with [400]: the API answers it with that status.
"""

import base64
import binascii
import os
import re
from typing import Any

import boto3

BUCKET = os.environ["BUCKET"]
LARGEST = 4 * 1024 * 1024
# What the bytes begin with says what they are, whatever the name says.
KINDS = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,199}")
s3 = boto3.client("s3")


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one call."""
    name = event.get("s3_file_name")
    if event.get("bucket", BUCKET) != BUCKET:
        raise ValueError(f"[400] Pictures go to {BUCKET} and nowhere else")
    if not isinstance(name, str) or not NAME.fullmatch(name) or ".." in name:
        raise ValueError("[400] s3_file_name has letters, digits, dots, hyphens and slashes")
    picture = decoded(event.get("image_base64"))
    kind = next((kind for start, kind in KINDS.items() if picture.startswith(start)), None)
    if kind is None:
        raise ValueError("[400] This is no PNG, JPEG or GIF")
    s3.put_object(Bucket=BUCKET, Key=name, Body=picture, ContentType=kind)
    print(f"stored {name}: {len(picture)} bytes, {kind}")
    return {"bucket": BUCKET, "key": name, "bytes": len(picture), "content_type": kind}


def decoded(text: Any) -> bytes:
    """Return the bytes of a picture."""
    if not isinstance(text, str) or not text:
        raise ValueError("[400] image_base64 is missing")
    try:
        # Browsers put the type before it: data:image/png;base64,...
        picture = base64.b64decode(text.rpartition(",")[2], validate=True)
    except binascii.Error:
        raise ValueError("[400] image_base64 is not base64") from None
    if len(picture) > LARGEST:
        raise ValueError(f"[400] The picture has more than {LARGEST} bytes")
    return picture
