"""A DynamoDB that costs next to nothing: it gives the same hundred items, and the same one; our own cost shows.

Run as `python -m bench.free_dynamodb PORT`. It speaks JSON 1.0 to DynamoDB's operations, and STS's to who asks.
"""

import json
import sys
import zlib
from typing import Any

from bench.free_s3 import WHO, Server
from bench.free_s3 import Handler as Forgetful

TABLE = "bench"
PAGE = 100


def item(number: int) -> dict[str, Any]:
    """Return an item as a shop would keep it, in wire form."""
    return {
        "customer_id": {"S": f"customer-{number // 20:05}"},
        "order_id": {"N": str(number)},
        "name": {"S": f"Person number {number}"},
        "mail": {"S": f"person-{number}@example.com"},
        "amount": {"N": f"{number * 7919 % 100000}.{number % 100:02}"},
        "created_at": {"S": f"2024-{1 + number % 12:02}-{1 + number % 28:02}T10:00:00Z"},
        "paid": {"BOOL": number % 3 == 0},
        "tags": {"SS": ["new", "web"]},
        "address": {
            "M": {"city": {"S": "Springfield"}, "street": {"S": f"{number} Maple Street"}, "zip": {"N": "12345"}}
        },
    }


KEYS = {
    "KeySchema": [
        {"AttributeName": "customer_id", "KeyType": "HASH"},
        {"AttributeName": "order_id", "KeyType": "RANGE"},
    ],
    "AttributeDefinitions": [
        {"AttributeName": "customer_id", "AttributeType": "S"},
        {"AttributeName": "order_id", "AttributeType": "N"},
    ],
}


def answers() -> dict[str, bytes]:
    """Return the body of each operation's answer."""
    described = {
        "TableName": TABLE,
        "TableStatus": "ACTIVE",
        "TableArn": f"arn:aws:dynamodb:us-east-1:000000000000:table/{TABLE}",
        "ItemCount": 50_000,
        "TableSizeBytes": 12_000_000,
        "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
        **KEYS,
    }
    items = [item(number) for number in range(PAGE)]
    last = {name: items[-1][name] for name in ("customer_id", "order_id")}
    page = {"Items": items, "Count": PAGE, "ScannedCount": PAGE, "LastEvaluatedKey": last}
    found = {
        "DescribeTable": {"Table": described},
        "Scan": page | {"ConsumedCapacity": {"TableName": TABLE, "CapacityUnits": 4.0}},
        "GetItem": {"Item": items[0]},
        "ListTables": {"TableNames": [TABLE]},
    }
    return {name: json.dumps(answer).encode() for name, answer in found.items()}


BODIES = answers()


class Handler(Forgetful):
    """One connection, kept alive."""

    def handle(self) -> None:
        while line := self.rfile.readline():
            headers = self._headers()
            self.rfile.read(int(headers.get("content-length", 0)))
            operation = headers.get("x-amz-target", "").partition(".")[2]
            body = BODIES.get(operation, WHO.encode())
            kind = "application/x-amz-json-1.0" if operation in BODIES else "text/xml"
            check = f"x-amz-crc32: {zlib.crc32(body)}\r\n" if operation in BODIES else ""
            head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n{check}Content-Length: {len(body)}\r\n\r\n"
            self.wfile.write(head.encode() + (b"" if line.startswith(b"HEAD") else body))


if __name__ == "__main__":
    with Server(("127.0.0.1", int(sys.argv[1])), Handler) as server:
        server.serve_forever()
