"""Adds up the orders of each customer. One row of the input is not what it should be: the run fails there."""

import csv
import io
import json
import sys
from decimal import Decimal

import boto3
from awsglue.utils import getResolvedOptions

arguments = getResolvedOptions(sys.argv, ["INPUT", "OUTPUT"])
s3 = boto3.client("s3")


def place(address):
    """Return bucket and key of s3://bucket/key."""
    bucket, _, key = address.removeprefix("s3://").partition("/")
    return {"Bucket": bucket, "Key": key}


text = s3.get_object(**place(arguments["INPUT"]))["Body"].read().decode()
sums = {}
for number, row in enumerate(csv.DictReader(io.StringIO(text)), start=2):
    print(f"line {number}: order {row['order_id']}")
    amount = Decimal(row["amount"])
    sums[row["customer"]] = sums.get(row["customer"], Decimal(0)) + amount
lines = [json.dumps({"customer": name, "amount": str(total)}) for name, total in sorted(sums.items())]
s3.put_object(**place(arguments["OUTPUT"]), Body="\n".join(lines).encode())
print(f"{len(lines)} customers written to {arguments['OUTPUT']}")
