"""Rows of MySQL and MariaDB cut out of the protocol's own bytes, a block at a time.

PyMySQL makes a dozen Python calls and a tuple per row; an export needs none of them. This module alone touches the
driver's private reader, and tests compare every value with the driver's own.
"""

from collections.abc import Iterator
from typing import Any

from app.sql import errors

BLOCK = 1 << 17  # bytes read at once: what is held, and how long other threads wait for a block to be cut
Row = list[bytes | None]
FILL = 0xFF  # this and the codes are bytes that no UTF-8 text holds
FILLED = bytes([FILL] * 4)
LARGE = 0xFFFFFF  # a packet of this length goes on in the next one


def packets(connection: Any) -> Iterator[tuple[bytes, list[int]]]:
    """Yield blocks of bytes with the places where each row's values begin; the end of a row is its successor's header.

    Raises what the server says in the middle of a result (an error packet), and Lost where it falls silent.
    """
    read, rest = connection._rfile.read1, b""
    while True:
        block = _more(rest, read)
        starts, at, done = _cut(block, connection)
        if starts:
            yield block, starts
        if done:
            return
        rest = block[at:]


def _cut(block: bytes, connection: Any) -> tuple[list[int], int, bool]:
    """Return where rows begin, where the first incomplete packet begins, and whether the result has ended."""
    starts: list[int] = []
    add, at, end = starts.append, 0, len(block) - 4
    while at < end:
        length = block[at] | block[at + 1] << 8 | block[at + 2] << 16
        following = at + 4 + length
        if following > end + 4 or length == LARGE:
            break
        first = block[at + 4]
        if first == 254 and length < 9:
            return starts, following, True
        if first == 255:
            _raise(connection, block[at + 4 : following])
        add(at + 4)
        at = following
    return starts, at, False


def _more(rest: bytes, read: Any) -> bytes:
    """Return the incomplete packet with what follows it, read until it is complete; never waits for more than that."""
    parts, size, wanted = [rest], len(rest), len(rest) + 1
    while size < wanted:
        piece = read(max(wanted - size, BLOCK))
        if not piece:
            raise errors.Lost("The server ended the connection in the middle of the result.")
        parts.append(piece)
        size += len(piece)
        if len(parts) == 2:
            wanted = _length(b"".join(parts)[:4]) if size >= 4 else 4
    return b"".join(parts)


def _length(head: bytes) -> int:
    """Return the length of the packet with this header, the header included."""
    length = int.from_bytes(head[:3], "little")
    if length == LARGE:
        raise errors.StatementError("A row is larger than 16 MiB.", remedy="Leave its large columns out of the export.")
    return length + 4


def _raise(connection: Any, packet: bytes) -> None:
    from pymysql.protocol import MysqlPacket

    MysqlPacket(packet, connection.encoding).raise_for_error()


def patched(block: bytes, starts: list[int], codes: bytes) -> bytearray | None:
    """Return the rows with each length byte replaced by its column's code and each packet's header by FILL.

    None where a value is NULL or longer than 250 bytes: then lengths are written otherwise.
    """
    made = bytearray(block[starts[0] - 4 : _end(block, starts[-1])])
    shift = starts[0] - 4
    for at in starts:
        at -= shift
        made[at - 4 : at] = FILLED
        for code in codes:
            length = made[at]
            if length > 250:
                return None
            made[at] = code
            at += length + 1
    return made


def lines(connection: Any) -> Iterator[list[bytes]]:
    """Yield the only value of each row, block by block, in one pass over headers and values.

    Raises StatementError for NULL: the server makes it of a line that it cannot build.
    """
    read, rest, done = connection._rfile.read1, b"", False
    while not done:
        block = _more(rest, read)
        found: list[bytes] = []
        add, at, end = found.append, 0, len(block)
        while at + 5 <= end:
            following = at + 4 + (block[at] | block[at + 1] << 8 | block[at + 2] << 16)
            if following > end:
                break
            first = block[at + 4]
            if first < 251:
                add(block[at + 5 : following])
            elif first == 252:
                add(block[at + 7 : following])
            elif done := _last(block, at, following, connection):
                break
            at = following
        rest = block[at:]
        if found:
            yield found


def _last(block: bytes, at: int, following: int, connection: Any) -> bool:
    """Tell whether a packet that holds no short value ends the result; raises what else it may be."""
    first = block[at + 4]
    if first == 254 and following - at < 13:
        return True
    if first == 255:
        _raise(connection, block[at + 4 : following])
    raise errors.StatementError("The server could not make a line of a row.")


def _end(block: bytes, start: int) -> int:
    return start + int.from_bytes(block[start - 4 : start - 1], "little")


def rows(block: bytes, starts: list[int], width: int) -> list[Row]:
    """Return the rows of a block, NULL as None."""
    return [_row(block, at, width) for at in starts]


def _row(block: bytes, at: int, width: int) -> Row:
    row: Row = []
    for _ in range(width):
        length = block[at]
        at += 1
        if length == 251:
            row.append(None)
            continue
        if length > 251:
            size = length - 250 if length < 254 else 8
            length = int.from_bytes(block[at : at + size], "little")
            at += size
        row.append(block[at : at + length])
        at += length
    return row
