"""The table `orders` of a first start: 50,000 items, the same at every making, put in after the ready line.

One table holds customers and their orders, as a single-table design does: the partition key is the customer, the sort
key says what an item is. Orders are also found by status and date through the index `by-status`. A mark in the state
directory says that it is made; one that a crash cut off goes on where it was.
"""

import hashlib
import itertools
import os
import random
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

TABLE = "orders"
INDEX = "by-status"
CUSTOMERS, ITEMS = 5_000, 50_000
BATCH = 25
# Orders of the first customers, of which the others have about seven each: hot partitions.
BUSY = (2_500, 1_200, 700, 400, 200)
# What was answered is durable after as many seconds.
DURABLE = 5.5
TAG = {"Key": "trellis:demo", "Value": TABLE}
FIRST = datetime(2023, 1, 1, 6, 0, tzinfo=UTC)
NAMES = (
    *("Ada Okafor", "Zoë Lindqvist", "Jürgen Weiß", "Siobhán Ní Dhuibhne", "Łukasz Wiśniewski", "Chloé Étienne"),
    *(
        "José Muñoz",
        "Αθηνά Παπαδοπούλου",
        "Дмитрий Соколов",
        "佐藤 花子",
        "김민준",
        "नेहा शर्मा",
        "محمد الفاسي",
        "Nguyễn Thị Hoa",
    ),
)
CITIES = (
    *(("Zürich", "CH"), ("Malmö", "SE"), ("Kraków", "PL"), ("Lagos", "NG"), ("São Paulo", "BR"), ("大阪", "JP")),
    *(("Αθήνα", "GR"), ("Galway", "IE"), ("Pune", "IN"), ("Huế", "VN"), ("Fès", "MA"), ("Oakland", "US")),
)
PRODUCTS = (
    *(("Field notebook", "6.90"), ("Fountain pen", "34.50"), ("Desk lamp", "59.00"), ("Enamel mug", "12.25")),
    *(("Wool blanket", "89.95"), ("Bicycle bell", "9.80"), ("Walnut tray", "27.40"), ("Linen apron", "31.99")),
    *(("Pocket radio", "45.75"), ("Brass compass", "64.20"), ("Tea strainer", "7.35"), ("Cork board", "18.60")),
)
STATUSES = ("delivered",) * 70 + ("shipped",) * 12 + ("paid",) * 8 + ("returned",) * 6 + ("placed",) * 4
TAGS = ("gift", "express", "fragile", "wholesale", "repeat")


def mark(state: Path) -> Path:
    """Return the file that says that the table was made."""
    return state / "seeded-orders"


def due(state: Path) -> bool:
    """Whether the table is still to be made."""
    return not mark(state).exists()


def text(value: str) -> dict[str, str]:
    """Return a text as an attribute."""
    return {"S": value}


def number(value: int | str) -> dict[str, str]:
    """Return a number as an attribute, as DynamoDB writes it: 24.5, not 24.50."""
    return {"N": f"{Decimal(value).normalize():f}"}


def owners() -> Iterator[int]:
    """Yield the customer of each order: the busy ones first, then everyone in turn."""
    for customer, orders in enumerate(BUSY):
        yield from (customer for _ in range(orders))
    for at in range(ITEMS - CUSTOMERS - sum(BUSY)):
        yield at % CUSTOMERS


def customer(at: int) -> dict[str, Any]:
    """Return the item of a customer."""
    name, (city, country) = NAMES[at % len(NAMES)], CITIES[at % len(CITIES)]
    return {
        "customer": text(f"C{at:05}"),
        "entry": text("profile"),
        "name": text(name),
        "mail": text(f"customer{at}@example.com"),
        "address": {"M": {"city": text(city), "country": text(country)}},
        "avatar": {"B": hashlib.sha256(f"{at}".encode()).digest()[:12]},
        "newsletter": {"BOOL": at % 3 == 0},
    }


def order(at: int, owner: int, dice: random.Random) -> dict[str, Any]:
    """Return the item of an order."""
    placed = FIRST + timedelta(minutes=25 * at, seconds=dice.randrange(1500))
    lines = [(*dice.choice(PRODUCTS), dice.randint(1, 4)) for _ in range(dice.choice((1, 1, 2, 3)))]
    cents = sum(int(price.replace(".", "")) * count for _, price, count in lines)
    item: dict[str, Any] = {
        "customer": text(f"C{owner:05}"),
        "entry": text(f"order#{placed:%Y-%m-%d}#{at:06}"),
        "status": text(dice.choice(STATUSES)),
        "placed": text(f"{placed:%Y-%m-%dT%H:%M:%SZ}"),
        "total": number(f"{cents // 100}.{cents % 100:02}"),
        "lines": {"L": [_line(*line) for line in lines]},
        "label": {"B": at.to_bytes(4, "big")},
    }
    if at % 5 == 0:
        item["tags"] = {"SS": sorted(dice.sample(TAGS, dice.randint(1, 3)))}
    if at % 9 == 0:
        item["parcels"] = {"NS": [str(100_000 + 3 * at + step) for step in range(dice.randint(1, 3))]}
    if at % 11 == 0:
        item["note"] = {"NULL": True} if at % 22 else text("Bitte klingeln 🔔")
    return item


def _line(name: str, price: str, count: int) -> dict[str, Any]:
    return {"M": {"product": text(name), "price": number(price), "count": number(count)}}


def items() -> Iterator[dict[str, Any]]:
    """Yield every item, always the same in the same order."""
    dice = random.Random(20_230_101)  # noqa: S311 - demo data, the same at every making
    yield from (customer(at) for at in range(CUSTOMERS))
    yield from (order(at, owner, dice) for at, owner in enumerate(owners()))


def make(client: Any) -> bool:
    """Make the table; return whether it is ours, made now or by a try that was cut off."""
    keys = (("customer", "HASH"), ("entry", "RANGE"), ("status", "HASH"), ("placed", "RANGE"))
    schema = [{"AttributeName": name, "KeyType": kind} for name, kind in keys]
    index = {"IndexName": INDEX, "KeySchema": schema[2:], "Projection": {"ProjectionType": "ALL"}}
    try:
        client.create_table(
            TableName=TABLE,
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name, _ in keys],
            KeySchema=schema[:2],
            GlobalSecondaryIndexes=[index],
            BillingMode="PAY_PER_REQUEST",
            Tags=[TAG],
        )
    except client.exceptions.ResourceInUseException:
        arn = client.describe_table(TableName=TABLE)["Table"]["TableArn"]
        return TAG in client.list_tags_of_resource(ResourceArn=arn)["Tags"]
    return True


def fill(client: Any, count: int = ITEMS) -> None:
    """Put in what is not there yet of the first so many items."""
    have = client.describe_table(TableName=TABLE)["Table"]["ItemCount"]
    batch: list[dict[str, Any]] = []
    for item in itertools.islice(items(), have - have % BATCH, count):
        batch.append({"PutRequest": {"Item": item}})
        if len(batch) == BATCH:
            client.batch_write_item(RequestItems={TABLE: batch})
            batch = []


def main(state: Path, count: int = ITEMS) -> int:
    """Make what is due; the endpoint and the credentials come from the environment, as for any client."""
    import boto3
    from botocore.config import Config

    session: Any = boto3.session.Session()
    # What is made here is valid: to check each value would take as long as to send it.
    config = Config(parameter_validation=False, retries={"total_max_attempts": 2})
    client = session.client("dynamodb", config=config)
    if hasattr(os, "nice"):
        # Whoever opens the first page comes first.
        os.nice(10)
    if make(client):
        fill(client, count)
        time.sleep(DURABLE)
    mark(state).touch()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *map(int, sys.argv[2:])))
