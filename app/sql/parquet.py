"""Apache Parquet, written as it streams: format 1.0 pages, PLAIN values, gzip, one row group per some megabytes.

The writer needs nothing but the standard library; the usual one would be larger than the whole dashboard.
Format: https://github.com/apache/parquet-format (the footer is Thrift's compact protocol).
"""

import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from app.sql.thrift import I32, I64, STRUCT, TEXT, Record, encode, varint
from app.sql.values import Column, Value

MAGIC = b"PAR1"
GROUP_ROWS = 20_000
GROUP_BYTES = 4 << 20  # of values; a row group is held until it is full
BOOLEAN, INT64, DOUBLE, BYTES = 0, 2, 5, 6
UTF8, DECIMAL = 0, 5
GZIP = 2


@dataclass(frozen=True)
class _Type:
    physical: int
    converted: int | None
    pack: Callable[[list[Value]], bytes]


def _strings(values: list[Value]) -> bytes:
    parts = []
    for value in values:
        data = value if isinstance(value, bytes) else str(value).encode()
        parts += [struct.pack("<I", len(data)), data]
    return b"".join(parts)


def _bits(values: list[Value]) -> bytes:
    packed = bytearray((len(values) + 7) // 8)
    for place, value in enumerate(values):
        if value:
            packed[place // 8] |= 1 << place % 8
    return bytes(packed)


def _integers(values: list[Value]) -> bytes:
    return struct.pack(f"<{len(values)}q", *values)


def _doubles(values: list[Value]) -> bytes:
    return struct.pack(f"<{len(values)}d", *values)


def _decimals(scale: int) -> Callable[[list[Value]], bytes]:
    def pack(values: list[Value]) -> bytes:
        parts = []
        for value in values:
            sign, digits, exponent = Decimal(str(value)).as_tuple()
            number = int("".join(map(str, digits)) or "0") * 10 ** (scale + int(exponent))
            number = -number if sign else number
            data = number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True)
            parts += [struct.pack("<I", len(data)), data]
        return b"".join(parts)

    return pack


def _scale(column: Column) -> tuple[int, int] | None:
    """Return precision and scale where the column's type tells them: without, exact numbers stay text."""
    inside = column.type.partition("(")[2].partition(")")[0].split(",")
    if column.kind != "decimal" or not inside[0].strip().isdigit():
        return None
    scale = int(inside[1]) if len(inside) > 1 else 0
    return (int(inside[0]), scale) if 0 <= scale <= int(inside[0]) else None


def _type(column: Column) -> _Type:
    if column.kind == "integer" and column.type != "bigint unsigned":
        return _Type(INT64, None, _integers)
    if column.kind == "float":
        return _Type(DOUBLE, None, _doubles)
    if column.kind == "boolean":
        return _Type(BOOLEAN, None, _bits)
    if column.kind == "binary":
        return _Type(BYTES, None, _strings)
    if found := _scale(column):
        return _Type(BYTES, DECIMAL, _decimals(found[1]))
    return _Type(BYTES, UTF8, _strings)


class Parquet:
    """Writes one file: row groups as rows arrive, the footer at the end."""

    def __init__(self, columns: tuple[Column, ...]):
        seen: dict[str, int] = {}
        self._names = []
        for column in columns:
            seen[column.name] = seen.get(column.name, 0) + 1
            self._names.append(column.name if seen[column.name] == 1 else f"{column.name}_{seen[column.name]}")
        self._columns, self._types = columns, [_type(column) for column in columns]
        self._groups: list[Record] = []
        self._at, self._rows = 0, 0

    def stream(self, parts: Iterable[list[tuple[Value, ...]]]) -> Iterator[bytes]:
        """Yield the file's bytes."""
        yield self._out(MAGIC)
        held: list[tuple[Value, ...]] = []
        size = 0
        for part in parts:
            held += part
            size += sum(len(cell) for row in part for cell in row if isinstance(cell, str | bytes))
            if len(held) >= GROUP_ROWS or size > GROUP_BYTES:
                yield self._group(held)
                held, size = [], 0
        if held:
            yield self._group(held)
        footer = self._footer()
        yield self._out(footer + struct.pack("<I", len(footer)) + MAGIC)

    def _out(self, data: bytes) -> bytes:
        self._at += len(data)
        return data

    def _group(self, rows: list[tuple[Value, ...]]) -> bytes:
        start, chunks, metadata, total = self._at, [], [], 0
        for place, kind in enumerate(self._types):
            data, plain = _page([row[place] for row in rows], kind)
            metadata.append(self._chunk(place, kind, len(rows), plain, len(data)))
            chunks.append(self._out(data))
            total += plain
        columns: list[object] = list(metadata)
        self._groups.append([(1, STRUCT, columns), (2, I64, total), (3, I64, len(rows)), (5, I64, start)])
        self._rows += len(rows)
        return b"".join(chunks)

    def _chunk(self, place: int, kind: _Type, count: int, plain: int, packed: int) -> Record:
        details: Record = [
            (1, I32, kind.physical),
            (2, I32, [0, 3]),  # PLAIN values, RLE levels
            (3, TEXT, [self._names[place]]),
            (4, I32, GZIP),
            (5, I64, count),
            (6, I64, plain),
            (7, I64, packed),
            (9, I64, self._at),
        ]
        return [(2, I64, self._at), (3, STRUCT, details)]

    def _footer(self) -> bytes:
        schema: list[object] = [[(4, TEXT, "schema"), (5, I32, len(self._columns))]]
        for name, column, kind in zip(self._names, self._columns, self._types, strict=True):
            element: Record = [(1, I32, kind.physical), (3, I32, 1), (4, TEXT, name)]
            if kind.converted is not None:
                element.append((6, I32, kind.converted))
            if kind.converted == DECIMAL and (found := _scale(column)):
                element += [(7, I32, found[1]), (8, I32, found[0])]
            schema.append(element)
        groups: list[object] = list(self._groups)
        return encode(
            [(1, I32, 1), (2, STRUCT, schema), (3, I64, self._rows), (4, STRUCT, groups), (6, TEXT, "trellis")]
        )


def _page(values: list[Value], kind: _Type) -> tuple[bytes, int]:
    """Return one data page with its header, and its length before compression."""
    present: list[Value] = [value for value in values if value is not None]
    body = _levels(values, len(present)) + kind.pack(present)
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    packed = packer.compress(body) + packer.flush()
    inner: Record = [(1, I32, len(values)), (2, I32, 0), (3, I32, 3), (4, I32, 3)]
    header = encode([(1, I32, 0), (2, I32, len(body)), (3, I32, len(packed)), (5, STRUCT, inner)])
    return header + packed, len(header) + len(body)


def _levels(values: list[Value], present: int) -> bytes:
    """Which values are there, as RLE and bit-packed hybrid of width one with its length before it."""
    if present in (0, len(values)):
        runs = varint(len(values) << 1) + (b"\x01" if present else b"\x00")
    else:
        groups = (len(values) + 7) // 8
        runs = varint(groups << 1 | 1) + _bits([value is not None for value in values])
    return struct.pack("<I", len(runs)) + runs
