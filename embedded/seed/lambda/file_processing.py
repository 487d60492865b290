"""Reads a table from S3 and prints its rows."""

import csv
import os
from typing import Any

import boto3

s3 = boto3.client("s3")


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one call."""
    bucket = event.get("bucket", os.environ["BUCKET"])
    key = event.get("key", os.environ["KEY"])
    body = s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode("utf-8-sig")
    rows = list(csv.DictReader(body.splitlines()))
    for row in rows:
        print(", ".join(f"{name}: {value}" for name, value in row.items()))
    return {"bucket": bucket, "key": key, "rows": len(rows)}
