"""DynamoDB's values in wire form, {"S": "text"}, as boto3's client takes and gives them, and as texts.

Numbers stay texts of digits (38 significant ones at most), binary is bytes. `Mistake` tells what DynamoDB would refuse,
with the path and, where a text was read, with line and column.
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
"""

from app.blueprints.dynamodb.service.wire.cells import CHOICES, from_cell, guess, infer
from app.blueprints.dynamodb.service.wire.keys import Key, check_key, identity
from app.blueprints.dynamodb.service.wire.marshalling import dynamo_item, dynamo_value, marshalled_item
from app.blueprints.dynamodb.service.wire.mistakes import Mistake, written
from app.blueprints.dynamodb.service.wire.numbers import NumberRefused, as_json, canonical, checked, looks_like_number
from app.blueprints.dynamodb.service.wire.reading import (
    Item,
    Value,
    item_of,
    plain_item,
    plain_value,
    tree_of,
)
from app.blueprints.dynamodb.service.wire.short import short
from app.blueprints.dynamodb.service.wire.sizes import MOST_BYTES, item_size, read_units, value_size, write_units
from app.blueprints.dynamodb.service.wire.typed import DEPTH, TYPES, kind
from app.blueprints.dynamodb.service.wire.writing import (
    base64_of,
    dynamo_text,
    dynamo_value_text,
    plain_text,
    plain_value_text,
)

__all__ = [
    "CHOICES",
    "DEPTH",
    "MOST_BYTES",
    "TYPES",
    "Item",
    "Key",
    "Mistake",
    "NumberRefused",
    "Value",
    "as_json",
    "base64_of",
    "canonical",
    "check_key",
    "checked",
    "dynamo_item",
    "dynamo_text",
    "dynamo_value",
    "dynamo_value_text",
    "from_cell",
    "guess",
    "identity",
    "infer",
    "item_of",
    "item_size",
    "kind",
    "looks_like_number",
    "marshalled_item",
    "plain_item",
    "plain_text",
    "plain_value",
    "plain_value_text",
    "read_units",
    "short",
    "tree_of",
    "value_size",
    "write_units",
    "written",
]
