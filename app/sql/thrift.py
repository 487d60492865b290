"""Thrift's compact protocol, as much of it as a Parquet footer needs: integers, text, structs and lists of them."""

from typing import Any

I32, I64, TEXT, LIST, STRUCT = 5, 6, 8, 9, 12
Record = list[tuple[int, int, Any]]  # (field number, type, value); a Python list as value is a list of that type


def encode(record: Record) -> bytes:
    """Return a struct's bytes; its fields must be in ascending order."""
    out, last = bytearray(), 0
    for number, kind, value in record:
        several = isinstance(value, list) and not (kind == STRUCT and _is_record(value))
        written = LIST if several else kind
        step = number - last
        if not 0 < step < 16:
            raise ValueError("fields must ascend by less than 16")
        out.append(step << 4 | written)
        out += _list(kind, value) if several else _value(kind, value)
        last = number
    out.append(0)
    return bytes(out)


def _is_record(value: list[Any]) -> bool:
    return bool(value) and isinstance(value[0], tuple)


def _list(kind: int, values: list[Any]) -> bytes:
    size = len(values)
    head = bytes([size << 4 | kind]) if size < 15 else bytes([0xF0 | kind]) + varint(size)
    return head + b"".join(_value(kind, value) for value in values)


def _value(kind: int, value: Any) -> bytes:
    if kind == STRUCT:
        return encode(value)
    if kind == TEXT:
        data: bytes = value.encode()
        return varint(len(data)) + data
    return varint(value << 1 if value >= 0 else (-value << 1) - 1)


def varint(number: int) -> bytes:
    """Return a number in groups of seven bits, the lowest first."""
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)
