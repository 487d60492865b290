"""Is set off by each new object in a bucket, and logs its content type."""

import logging
from typing import Any
from urllib.parse import unquote_plus

import boto3

logger = logging.getLogger()
logger.setLevel(logging.INFO)
s3 = boto3.client("s3")


def handler(event: dict[str, Any], context: Any) -> list[dict[str, str]]:
    """Answer one call."""
    found = []
    for record in event["Records"]:
        bucket = record["s3"]["bucket"]["name"]
        key = unquote_plus(record["s3"]["object"]["key"])  # a space arrives as a plus
        kind = s3.head_object(Bucket=bucket, Key=key)["ContentType"]
        logger.info("CONTENT TYPE of %s: %s", key, kind)
        found.append({"key": key, "content_type": kind})
    return found
