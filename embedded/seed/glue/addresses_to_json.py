"""Turns a CSV in S3 into JSON lines, row by row: neither the input nor the output is ever held as a whole."""

import csv
import io
import json
import sys

import boto3
from awsglue.utils import getResolvedOptions

# Column of the CSV, name in the JSON, type. What is not named is left out.
MAPPING = (
    ("id", "id", int),
    ("location_id", "location_id", int),
    ("address_1", "street", str),
    ("city", "city", str),
    ("state_province", "state", str),
)
PART = 8 * 1024 * 1024

arguments = getResolvedOptions(sys.argv, ["INPUT", "OUTPUT"])
s3 = boto3.client("s3")


def place(address):
    """Return bucket and key of s3://bucket/key."""
    bucket, _, key = address.removeprefix("s3://").partition("/")
    return bucket, key


def rows(address):
    """Yield the rows of a CSV while it is being read."""
    bucket, key = place(address)
    body = s3.get_object(Bucket=bucket, Key=key)["Body"]
    chunks = body.iter_chunks(1024 * 1024)

    class Stream(io.RawIOBase):
        left = b""

        def readable(self):
            return True

        def readinto(self, buffer):
            self.left = self.left or next(chunks, b"")
            size = min(len(buffer), len(self.left))
            buffer[:size], self.left = self.left[:size], self.left[size:]
            return size

    text = io.TextIOWrapper(io.BufferedReader(Stream(), 1024 * 1024), "utf-8-sig", newline="")
    yield from csv.DictReader(text)


def convert(source, target):
    """Write one JSON object a line, in parts of 8 MiB; return the number of rows."""
    bucket, key = place(target)
    upload = s3.create_multipart_upload(Bucket=bucket, Key=key, ContentType="application/x-ndjson")["UploadId"]
    where, parts, waiting, size, count = {"Bucket": bucket, "Key": key, "UploadId": upload}, [], [], 0, 0

    def send():
        number = len(parts) + 1
        etag = s3.upload_part(**where, PartNumber=number, Body="".join(waiting).encode())["ETag"]
        parts.append({"ETag": etag, "PartNumber": number})

    for count, row in enumerate(rows(source), start=1):
        line = json.dumps({name: kind(row[column]) for column, name, kind in MAPPING}, ensure_ascii=False) + "\n"
        waiting.append(line)
        size += len(line)
        if size >= PART:
            send()
            waiting, size = [], 0
            print(f"{count} rows")
    if waiting or not parts:
        send()
    s3.complete_multipart_upload(**where, MultipartUpload={"Parts": parts})
    return count


print(f"Reading {arguments['INPUT']}")
done = convert(arguments["INPUT"], arguments["OUTPUT"])
print(f"{done} rows written to {arguments['OUTPUT']}")
