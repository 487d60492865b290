"""The demo data of a first start, put in through boto3 like anyone would: what exists already is left alone."""

import csv
import io
import mimetypes
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

PICTURES = Path(__file__).parent / "seed" / "pictures"
ADDRESSES = (
    ("id", "location_id", "address_1", "city", "state_province"),
    ("1", "1", "2280 Marigold Street", "Mountain View", "CA"),
    ("2", "2", "14 Harbor Bend", "Half Moon Bay", "CA"),
    ("3", "3", "731 Juniper Avenue", "Redwood City", "CA"),
    ("4", "4", "90 Old Quarry Road", "San Mateo", "CA"),
    ("5", "5", "1658 Almond Court", "Palo Alto", "CA"),
    ("6", "6", "402 Lantern Lane", "Menlo Park", "CA"),
    ("7", "7", "2719 Foothill Terrace", "Belmont", "CA"),
    ("8", "8", "55 Egret Place", "Foster City", "CA"),
    ("9", "9", "1207 Cypress Row", "Daly City", "CA"),
    ("10", "10", "346 Tidewater Way", "Pacifica", "CA"),
)
SAMPLE = (("0", "1", "2"), *(tuple(f"row {row} col {column}" for column in range(3)) for row in range(1, 11)))
CUSTOMERS: tuple[dict[str, Any], ...] = (
    {
        "customer_id": {"S": "123"},
        "customer_mail": {"S": "ada@example.com"},
        "name": {"S": "Ada"},
        "address": {"S": "12 Analytical Row"},
    },
    {
        "customer_id": {"S": "1234"},
        "customer_mail": {"S": "grace@example.com"},
        "name": {"S": "Grace"},
        "profession": {"S": "Admiral"},
    },
)


def table_text(rows: Iterable[Iterable[str]]) -> bytes:
    """Return rows as CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def seed_s3(s3: Any) -> None:
    """Make the buckets; put the pictures into one, with their folders as prefixes, and the tables into another."""
    for bucket in ("trellis-photos", "python-book-image", "inputforlambda123"):
        s3.create_bucket(Bucket=bucket)
    for name, rows in (("addresses.csv", ADDRESSES), ("sample.csv", SAMPLE)):
        s3.put_object(Bucket="inputforlambda123", Key=name, Body=table_text(rows), ContentType="text/csv")
    for path in sorted(path for path in PICTURES.rglob("*") if path.is_file()):
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        key = path.relative_to(PICTURES).as_posix()
        s3.put_object(Bucket="trellis-photos", Key=key, Body=path.read_bytes(), ContentType=kind)


def seed_dynamodb(dynamodb: Any) -> None:
    """Make the table `customer`, with two items of different shape."""
    keys = (("customer_id", "HASH"), ("customer_mail", "RANGE"))
    try:
        dynamodb.create_table(
            TableName="customer",
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name, _ in keys],
            KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys],
            BillingMode="PAY_PER_REQUEST",
        )
    except dynamodb.exceptions.ResourceInUseException:
        return
    for item in CUSTOMERS:
        dynamodb.put_item(TableName="customer", Item=item)


def seed_secret(secrets: Any) -> None:
    """Make one secret, of the shape that a database's credentials have."""
    text = '{"username": "admin", "password": "change-me", "engine": "mysql", "dbname": "address"}'
    try:
        secrets.create_secret(Name="trellis/demo/database", Description="Demo credentials", SecretString=text)
    except secrets.exceptions.ResourceExistsException:
        return


def main() -> int:
    """Put everything in; the endpoint and the credentials come from the environment, as for any client."""
    import boto3

    session: Any = boto3.session.Session()
    seed_s3(session.client("s3"))
    seed_dynamodb(session.client("dynamodb"))
    seed_secret(session.client("secretsmanager"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
