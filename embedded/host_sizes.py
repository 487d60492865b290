"""What DynamoDB takes an item's size to be, counted faster (private names of the emulator, like host.py).

The emulator counts an item five times in a batch, each time decoding every binary and encoding every text.
"""

from collections.abc import Callable
from functools import lru_cache
from types import FunctionType
from typing import Any

# A list or a map, beside what is in it, and each thing in it.
CONTAINER, ELEMENT = 3, 1
# A number of 38 digits with its sign, point and exponent is shorter.
LONGEST = 64


def install(dynamodb: Any) -> None:
    """Count sizes here; numbers, of which many are the same, once."""
    sizes = Sizes(lru_cache(maxsize=8192)(dynamodb._number_size_bytes))
    dynamodb._attribute_value_size, dynamodb._item_size_bytes = sizes.value, sizes.item
    dynamodb._number_error = _remembered(dynamodb._number_error)
    dynamodb._ddb_canonicalize_number = _remembered(dynamodb._ddb_canonicalize_number)
    batch_write = dynamodb._batch_write_item

    def written(data: dict[str, Any]) -> Any:
        if data.get("ReturnConsumedCapacity", "NONE") != "NONE":
            return batch_write(data)
        # Nobody asks what it costs.
        names = {**vars(dynamodb), "_accumulate_write_capacity": _nothing}
        return FunctionType(batch_write.__code__, names)(data)

    dynamodb._batch_write_item = written


def _remembered(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a function of texts that remembers what it has answered."""
    known = lru_cache(maxsize=8192)(function)
    return lambda value: known(value) if isinstance(value, str) and len(value) <= LONGEST else function(value)


def _nothing(*_: Any) -> None:
    return None


class Sizes:
    """Sizes in bytes."""

    def __init__(self, number: Callable[[Any], int]) -> None:
        self._of: dict[str, Callable[[Any], int]] = {
            "S": text,
            "N": number,
            "B": binary,
            "BOOL": _one,
            "NULL": _one,
            "M": self._map,
            "L": lambda values: CONTAINER + sum(ELEMENT + self.value(one) for one in values),
            "SS": lambda members: sum(map(text, members)),
            "NS": lambda members: sum(map(number, members)),
            "BS": lambda members: sum(map(binary, members)),
        }

    def value(self, value: Any) -> int:
        """Return the size of an attribute's value."""
        if not isinstance(value, dict) or len(value) != 1:
            return 0
        ((kind, content),) = value.items()
        measure = self._of.get(kind)
        return measure(content) if measure else 0

    def item(self, item: Any) -> int:
        """Return the size of an item: its names and values."""
        if not isinstance(item, dict):
            return 0
        return sum(text(name) + self.value(value) for name, value in item.items())

    def _map(self, entries: Any) -> int:
        return CONTAINER + sum(ELEMENT + text(name) + self.value(one) for name, one in entries.items())


def text(content: Any) -> int:
    """Return how many bytes a text takes."""
    if not isinstance(content, str):
        return 0
    return len(content) if content.isascii() else len(content.encode("utf-8", "surrogatepass"))


def binary(content: Any) -> int:
    """Return how many bytes a base64 text stands for."""
    return len(content) // 4 * 3 - content[-2:].count("=") if isinstance(content, str) else len(content)


def _one(_content: Any) -> int:
    return 1
