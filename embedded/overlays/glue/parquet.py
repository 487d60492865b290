"""Names and types of a Parquet file, from its footer (Thrift's compact protocol).

https://parquet.apache.org/docs/file-format/metadata/
"""

from typing import Any

MAGIC = b"PAR1"
# Physical types by number.
_PLAIN = {0: "boolean", 1: "int", 2: "bigint", 3: "timestamp", 4: "float", 5: "double", 6: "binary", 7: "binary"}
# Converted types by number.
_CONVERTED = {0: "string", 4: "string", 6: "date", 9: "timestamp", 10: "timestamp", 15: "tinyint", 16: "smallint"}
_CONVERTED |= {17: "int", 18: "bigint", 11: "smallint", 12: "int", 13: "bigint", 14: "bigint", 19: "string"}
_LIST, _MAP, _MAP_KEY_VALUE, _DECIMAL = 3, 1, 2, 5
_REPEATED = 2
# Fields of a SchemaElement.
_TYPE, _REPETITION, _NAME, _CHILDREN, _KIND, _SCALE, _PRECISION, _LOGICAL = 1, 3, 4, 5, 6, 7, 8, 10
# Logical types (a union's field numbers) where older ones are not written.
_LOGICAL_NAMES = {1: "string", 4: "string", 6: "date", 8: "timestamp", 12: "string"}
_DEEPEST = 64


class ParquetError(ValueError):
    """Bytes that are not the end of a Parquet file."""


def footer_length(end: bytes) -> int:
    """Return the length of the footer, from the last 8 bytes of a file."""
    if len(end) < 8 or end[-4:] != MAGIC:
        raise ParquetError("it is not a Parquet file")
    return int.from_bytes(end[-8:-4], "little")


def columns(footer: bytes) -> tuple[list[tuple[str, str]], int]:
    """Return names and Glue's types of the columns, and the number of rows."""
    try:
        told = Compact(footer).struct(0)
        schema = told[2]
        fields, _ = _fields(schema, 1, schema[0].get(_CHILDREN, 0), 0)
    except (IndexError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise ParquetError("its footer cannot be read") from error
    return fields, int(told.get(3, 0))


def _fields(schema: list[Any], at: int, count: int, deep: int) -> tuple[list[tuple[str, str]], int]:
    if deep > _DEEPEST:
        raise ParquetError("its columns are nested too deep")
    found = []
    for _ in range(count):
        name, kind, at = _field(schema, at, deep)
        found.append((name, kind))
    return found, at


def _field(schema: list[Any], at: int, deep: int) -> tuple[str, str, int]:
    element = schema[at]
    name = bytes(element[_NAME]).decode()
    if not element.get(_CHILDREN):
        return name, _repeated(element, _simple(element)), at + 1
    inner, after = _fields(schema, at + 1, element[_CHILDREN], deep + 1)
    converted = element.get(_KIND)
    if converted == _LIST:
        kind = inner[0][1].removeprefix("array<")[:-1] if inner[0][1].startswith("array<") else inner[0][1]
        kind = _only(kind) if schema[at + 1].get(_CHILDREN) else kind
        return name, f"array<{kind}>", after
    if converted in (_MAP, _MAP_KEY_VALUE):
        pair = inner[0][1].removeprefix("array<struct<").removesuffix(">>")
        key, value = _split(pair)
        return name, f"map<{key.partition(':')[2]},{value.partition(':')[2]}>", after
    kind = f"struct<{','.join(f'{part}:{of}' for part, of in inner)}>"
    return name, _repeated(element, kind), after


def _repeated(element: Any, kind: str) -> str:
    return f"array<{kind}>" if element.get(_REPETITION) == _REPEATED else kind


def _only(kind: str) -> str:
    """Return the type of the one field in a structure that only wraps a list's elements."""
    inside = kind.removeprefix("struct<").removesuffix(">")
    first, rest = _split(inside)
    return kind if rest or not kind.startswith("struct<") else first.partition(":")[2]


def _split(text: str) -> tuple[str, str]:
    """Split at the first comma outside of angle brackets."""
    depth = 0
    for number, letter in enumerate(text):
        depth += {"<": 1, ">": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            return text[:number], text[number + 1 :]
    return text, ""


def _simple(element: Any) -> str:
    if element.get(_KIND) == _DECIMAL:
        return f"decimal({element.get(_PRECISION, 10)},{element.get(_SCALE, 0)})"
    logical = next(iter(element.get(_LOGICAL) or {}), None)
    if logical == 5:
        told = element[_LOGICAL][5]
        return f"decimal({told.get(2, 10)},{told.get(1, 0)})"
    plain = _PLAIN.get(element.get(_TYPE), "binary")
    return _CONVERTED.get(element.get(_KIND), _LOGICAL_NAMES.get(logical or 0, plain))


class Compact:
    """Reads Thrift's compact protocol into dictionaries by field number."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def struct(self, deep: int) -> dict[int, Any]:
        """Read a structure."""
        if deep > _DEEPEST:
            raise ParquetError("its footer is nested too deep")
        found: dict[int, Any] = {}
        number = 0
        while True:
            head = self._byte()
            if head == 0:
                return found
            number = number + (head >> 4) if head >> 4 else self._zigzag()
            kind = head & 15
            found[number] = kind == 1 if kind in (1, 2) else self._value(kind, deep)

    def _value(self, kind: int, deep: int) -> Any:
        if kind in (1, 2):
            return self._byte() == 1
        if kind == 3:
            return self._byte()
        if kind in (4, 5, 6):
            return self._zigzag()
        if kind == 7:
            return self._take(8)
        if kind == 8:
            return self._take(self._varint())
        if kind in (9, 10):
            return self._list(deep)
        if kind == 12:
            return self.struct(deep + 1)
        raise ParquetError("its footer cannot be read")

    def _list(self, deep: int) -> list[Any]:
        head = self._byte()
        size = head >> 4 if head >> 4 < 15 else self._varint()
        if size > len(self._data):
            raise ParquetError("its footer cannot be read")
        return [self._value(head & 15, deep + 1) for _ in range(size)]

    def _byte(self) -> int:
        self._at += 1
        return self._data[self._at - 1]

    def _take(self, size: int) -> bytes:
        if size > len(self._data) - self._at:
            raise ParquetError("its footer is cut off")
        self._at += size
        return self._data[self._at - size : self._at]

    def _varint(self) -> int:
        result = shift = 0
        while True:
            byte = self._byte()
            result |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return result
            if shift > 70:
                raise ParquetError("its footer cannot be read")

    def _zigzag(self) -> int:
        number = self._varint()
        return (number >> 1) ^ -(number & 1)
