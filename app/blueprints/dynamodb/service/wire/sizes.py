"""How many bytes DynamoDB counts for an item: "DynamoDB item sizes and formats" in AWS's developer guide.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
"""

from typing import Any

from app.blueprints.dynamodb.service.wire.numbers import significant

MOST_BYTES = 400 * 1024  # of one item, names included
WRITE_UNIT, READ_UNIT = 1024, 4096  # bytes


def item_size(item: dict[str, Any]) -> int:
    """Return the bytes of an item in wire form: the names and values of its attributes."""
    return sum([_length(name) + value_size(value) for name, value in item.items()])


def value_size(value: dict[str, Any]) -> int:
    """Return the bytes of one value, without its name."""
    kind, inner = next(iter(value.items()))
    if kind == "S":
        return _length(inner)
    if kind == "N":
        return number_size(inner)
    if kind == "B":
        return len(inner)
    if kind in ("BOOL", "NULL"):
        return 1
    if kind == "L":
        return 3 + sum([1 + value_size(one) for one in inner])
    if kind == "M":
        return 3 + sum([1 + _length(name) + value_size(one) for name, one in inner.items()])
    return sum([value_size({kind[0]: one}) for one in inner])


def number_size(text: str) -> int:
    """Return the bytes of a number: one for two significant digits, and one more."""
    return 1 + (significant(text) + 1) // 2


def write_units(size: int) -> int:
    """Return the write capacity units of an item of so many bytes."""
    return max(1, -(-size // WRITE_UNIT))


def read_units(size: int, consistent: bool = False) -> float:
    """Return the read capacity units of so many bytes read."""
    units = max(1, -(-size // READ_UNIT))
    return float(units) if consistent else units / 2


def _length(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
