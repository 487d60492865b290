"""Functions to begin with: readable code, the event that tries it, what it asks for."""

from dataclasses import dataclass, field

from app.blueprints.awslambda.service.events import BY_KEY
from app.execute_api import PIXEL

HELLO = '''"""Greets the weather of the event; a first function."""

import logging

logger = logging.getLogger()
logger.setLevel(logging.INFO)


def lambda_handler(event, context):
    """Lambda calls this with the event and facts about the invocation."""
    logger.info("Function %s, version %s", context.function_name, context.function_version)
    logger.info("It may use %s MB", context.memory_limit_in_mb)
    temperature = event.get("Temperature")
    wind = event.get("Wind")
    return {"message": "Hello from Lambda", "Temperature": temperature, "Wind": wind}
'''

CSV = '''"""Reads a CSV file from S3 and returns its first rows."""

import csv
import io
import os

import boto3

s3 = boto3.client("s3")  # made once, used by every invocation
BUCKET = os.environ["BUCKET"]
KEY = os.environ["KEY"]


def lambda_handler(event, context):
    body = s3.get_object(Bucket=BUCKET, Key=KEY)["Body"]
    lines = io.TextIOWrapper(body, encoding="utf-8-sig", newline="")
    rows = list(csv.DictReader(lines))
    for row in rows:
        print(row)
    return {"rows": len(rows), "first": rows[:5]}
'''

METADATA = '''"""Logs the content type of each object that S3 tells it about."""

import logging
from urllib.parse import unquote_plus

import boto3

logger = logging.getLogger()
logger.setLevel(logging.INFO)
s3 = boto3.client("s3")


def lambda_handler(event, context):
    found = []
    for record in event["Records"]:
        bucket = record["s3"]["bucket"]["name"]
        key = unquote_plus(record["s3"]["object"]["key"])  # keys arrive URL-encoded
        head = s3.head_object(Bucket=bucket, Key=key)
        logger.info("%s/%s is %s, %d bytes", bucket, key, head["ContentType"], head["ContentLength"])
        found.append({"key": key, "content_type": head["ContentType"]})
    return found
'''

SUM = '''"""Adds two numbers; behind an API they come as text in the event's body."""

import json


def lambda_handler(event, context):
    given = json.loads(event["body"]) if isinstance(event.get("body"), str) else event
    try:
        total = given["Number1"] + given["Number2"]
    except (KeyError, TypeError):
        return answer(event, 400, {"error": "Give two numbers, Number1 and Number2."})
    return answer(event, 200, total)


def answer(event, status, value):
    """Return the value itself, or what API Gateway's proxy wants."""
    if "httpMethod" not in event:
        return value
    return {"statusCode": status, "headers": {"Content-Type": "application/json"}, "body": json.dumps(value)}
'''

IMAGE = '''"""Stores a picture that arrives as base64 in a bucket that its owner chose."""

import base64
import binascii
import os

import boto3

s3 = boto3.client("s3")
BUCKET = os.environ["BUCKET"]  # not of the event: callers would choose where to write
KINDS = {b"\\x89PNG": "image/png", b"\\xff\\xd8\\xff": "image/jpeg", b"GIF8": "image/gif", b"RIFF": "image/webp"}


def lambda_handler(event, context):
    try:
        picture = base64.b64decode("".join(event["image_base64"].split()), validate=True)
    except binascii.Error as error:
        raise ValueError("image_base64 is not base64") from error
    kind = next((name for start, name in KINDS.items() if picture.startswith(start)), None)
    if kind is None:
        raise ValueError("This is no PNG, JPEG, GIF or WebP")
    key = event["s3_file_name"]
    s3.put_object(Bucket=BUCKET, Key=key, Body=picture, ContentType=kind)
    return {"bucket": BUCKET, "key": key, "bytes": len(picture), "content_type": kind}
'''

ITEM = '''"""Reads one item of a DynamoDB table by its key, which the event names."""

import os
from decimal import Decimal

import boto3

table = boto3.resource("dynamodb").Table(os.environ["TABLE"])


def lambda_handler(event, context):
    answer = table.get_item(Key=event["key"])
    if "Item" not in answer:  # absent items are no error of DynamoDB's
        return {"found": False}
    return {"found": True, "item": plain(answer["Item"])}


def plain(value):
    """Return what JSON knows: DynamoDB gives numbers as Decimal, and sets."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, (list, set)):
        return [plain(one) for one in value]
    return value
'''

OWN = """def lambda_handler(event, context):
    print("event:", event)
    return {"hello": "world"}
"""


@dataclass(frozen=True)
class Recipe:
    """One way to begin: `asks` are the names of its environment variables with what each is."""

    key: str
    label: str
    about: str
    code: str
    event: str = "{}"
    asks: dict[str, str] = field(default_factory=dict)


# The variable with which a recipe asks for a bucket.
BUCKET_VARIABLE = "BUCKET"
RECIPES = {
    one.key: one
    for one in (
        Recipe("hello", "Hello", "Greets, and logs what it runs in.", HELLO, BY_KEY["weather"].text),
        Recipe("csv", "Read a CSV from S3", "Prints the rows of one object.", CSV, "{}",
               {"BUCKET": "Bucket", "KEY": "Key of the CSV"}),
        Recipe("metadata", "Content type of new objects", "For an S3 trigger: logs each object's content type.",
               METADATA, BY_KEY["s3"].text, {}),
        Recipe("sum", "Add two numbers", "Direct, or behind API Gateway.", SUM, BY_KEY["sum"].text),
        Recipe("image", "Store a picture", "Base64 in, an object with the right content type out.", IMAGE,
               f'{{\n  "image_base64": "{PIXEL}",\n  "s3_file_name": "image.png"\n}}', {"BUCKET": "Bucket"}),
        Recipe("item", "Read an item of DynamoDB", "By its key, absent ones handled.", ITEM,
               '{\n  "key": {\n    "customer_id": "123",\n    "customer_mail": "customer@example.com"\n  }\n}',
               {"TABLE": "Table"}),
        Recipe("own", "Code of your own", "Typed here.", OWN, "{}"),
        Recipe("zip", "A zip of your own", "With packages beside the code.", ""),
    )
}  # fmt: skip
