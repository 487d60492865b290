"""Rows of MySQL and MariaDB cut out of the protocol's own bytes, a block at a time.

PyMySQL makes a dozen Python calls and a tuple per row; an export needs none of them. This module alone touches the
driver's private reader, and tests compare every value with the driver's own.
"""

from collections.abc import Iterator
from typing import Any

from app.sql import errors

BLOCK = 1 << 17  # bytes read at once: what is held, and how long other threads wait for a block to be cut
Row = list[bytes | None]
LARGE = 0xFFFFFF  # a packet of this length goes on in the next one


def packets(connection: Any) -> Iterator[tuple[bytes, list[int]]]:
    """Yield blocks of bytes with the places where each row's values begin; the end of a row is its successor's header.

    Raises what the server says in the middle of a result (an error packet), and Lost where it falls silent.
    """
    read, rest = connection._rfile.read1, b""
    while True:
        piece = read(BLOCK)
        if not piece:
            raise errors.Lost("The server ended the connection in the middle of the result.")
        block = rest + piece if rest else piece
        starts, at, done = _cut(block, connection)
        if starts:
            yield block, starts
        if done:
            return
        rest = _whole_packet(block[at:], read)


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


def _whole_packet(rest: bytes, read: Any) -> bytes:
    """Read on until a row of more than a block is complete; the parts of one over 16 MiB become one packet."""
    if len(rest) < 4:
        return rest
    length = int.from_bytes(rest[:3], "little")
    if length == LARGE:
        raise errors.StatementError("A row is larger than 16 MiB.", remedy="Leave its large columns out of the export.")
    if length + 4 <= BLOCK * 2:
        return rest
    parts, missing = [rest], length + 4 - len(rest)
    while missing > 0:
        piece = read(max(missing, BLOCK))
        if not piece:
            raise errors.Lost("The server ended the connection in the middle of the result.")
        parts.append(piece)
        missing -= len(piece)
    return b"".join(parts)


def _raise(connection: Any, packet: bytes) -> None:
    from pymysql.protocol import MysqlPacket

    MysqlPacket(packet, connection.encoding).raise_for_error()


def flat(block: bytes, starts: list[int], width: int) -> tuple[list[bytes], bool]:
    """Return all values of all rows one after the other; NULL as b"" and the second answer True."""
    values: list[bytes] = []
    add, null = values.append, False
    columns = range(width)
    for at in starts:
        for _ in columns:
            length = block[at]
            at += 1
            if length < 251:
                add(block[at : (at := at + length)])
            elif length == 251:
                null = True
                add(b"")
            else:
                size = length - 250 if length < 254 else 8
                length = int.from_bytes(block[at : at + size], "little")
                at += size
                add(block[at : (at := at + length)])
    return values, null


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
