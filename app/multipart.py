"""multipart/form-data read while it arrives: the parts come one after the other, their bytes go where the reader says.

A file's bytes are received straight into the buffer that will be sent on, and the boundary is searched there: with
large pieces this is several times cheaper than parsers that hand out copies.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import unquote

from werkzeug.http import parse_options_header

MAX_HEADERS = 16 * 1024  # bytes of one part's headers, names of 1,024 bytes and more included
MAX_BOUNDARY = 256
PIECE = 64 * 1024  # bytes received at once while headers or short fields are read
_OPTION = re.compile(r""";\s*(?P<name>[\w!#$%&'*+.^`|~-]+)\s*=\s*(?P<value>"(?:\\.|[^"\\])*"|[^;]*)""")
_ESCAPED = re.compile(r"""\\(["\\])""")


class Malformed(ValueError):
    """The body is not the multipart form that its Content-Type announces."""


class Source(Protocol):
    """Where the bytes come from."""

    def readinto(self, view: memoryview) -> int:
        """Fill the beginning of `view`; 0 at the end."""


@dataclass(frozen=True)
class Part:
    """The headers of one part; `filename` is None for a plain field and "" for a file field left empty."""

    name: str
    filename: str | None
    content_type: str


def boundary_of(content_type: str) -> bytes:
    """Return the boundary that a Content-Type names; raises Malformed where there is none."""
    kind, options = parse_options_header(content_type)
    boundary = options.get("boundary", "")
    if kind != "multipart/form-data" or not 0 < len(boundary) <= MAX_BOUNDARY:
        raise Malformed("The form must be sent as multipart/form-data with a boundary.")
    return boundary.encode("latin-1", "replace")


class FormReader:
    """Reads one form from a source: `for part in reader.parts(): reader.readinto(...)`."""

    def __init__(self, source: Source, boundary: bytes):
        self._source = source
        self._delimiter = b"\r\n--" + boundary
        self._held = bytearray(b"\r\n")  # so that the first boundary looks like every other
        self._at = 0  # where the unread bytes of _held begin
        self._inside = False  # whether a part's data is being read
        self._ended = False  # whether the last boundary was seen

    @property
    def ahead(self) -> int:
        """How many bytes were received and not yet read."""
        return len(self._held) - self._at

    def left_of(self, length: int, received: int) -> int:
        """Return the unread bytes of the current part, if it is the last one of a body of `length` bytes."""
        end = len(self._delimiter) + len(b"--\r\n")
        return max(length - received + self.ahead - end, 0)

    def parts(self) -> Iterator[Part]:
        """Yield the headers of each part; what the caller did not read of the part before is skipped."""
        self._inside = True
        self._skip()  # a preamble is nobody's data
        while not self._ended:
            yield self._headers()
            self._skip()

    def readinto(self, buffer: bytearray, start: int = 0) -> int:
        """Put data of the current part into `buffer` from `start` on; returns how many bytes, 0 at the part's end."""
        while self._inside and start < len(buffer):
            count = self._from_held(buffer, start) if self._at < len(self._held) else None
            if count is None:
                count = self._from_source(buffer, start)
            if count:
                return count
        return 0

    def value(self, most: int) -> bytes:
        """Return the whole of the current part, a short field; raises Malformed above `most` bytes."""
        buffer, used = bytearray(most + 1), 0
        while count := self.readinto(buffer, used):
            used += count
        if used > most:
            raise Malformed(f"A field of the form is longer than {most:,} bytes.")
        return bytes(buffer[:used])

    def _from_held(self, buffer: bytearray, start: int) -> int | None:
        """Serve bytes received earlier; None when only the beginning of what may be a boundary is left."""
        found = self._held.find(self._delimiter, self._at)
        end = found if found >= 0 else self._safe_end(self._held, self._at, len(self._held))
        if found < 0 and end == self._at:
            return None
        count = min(end - self._at, len(buffer) - start)
        buffer[start : start + count] = memoryview(self._held)[self._at : self._at + count]
        self._at += count
        if found >= 0 and self._at == found:
            self._boundary()
        return count

    def _from_source(self, buffer: bytearray, start: int) -> int:
        """Receive straight into the caller's buffer, after the few held bytes that may begin a boundary."""
        tail = self._take()
        if len(tail) >= len(buffer) - start:
            self._hold(tail + self._receive(PIECE))
            return 0
        begin = start + len(tail)
        buffer[start:begin] = tail
        with memoryview(buffer) as view:
            count = self._source.readinto(view[begin:])
        if not count:
            raise Malformed("The form ends in the middle of a part.")
        end = begin + count
        found = buffer.find(self._delimiter, start, end)
        stop = found if found >= 0 else self._safe_end(buffer, start, end)
        self._hold(buffer[stop:end])
        if found >= 0:
            self._boundary()
        return stop - start

    def _safe_end(self, data: bytearray, start: int, end: int) -> int:
        """Return where the data surely ends: before a tail that the next bytes may complete to a boundary."""
        at = data.rfind(b"\r", max(start, end - len(self._delimiter) + 1), end)
        return at if at >= 0 and self._delimiter.startswith(data[at:end]) else end

    def _boundary(self) -> None:
        """Step over the boundary at the beginning of the held bytes, to the next headers or to the end."""
        self._at += len(self._delimiter)
        self._inside = False
        self._need(2)
        if self._held.startswith(b"--", self._at):
            self._ended = True
            return
        line = self._line_end()
        if self._held[self._at : line].strip(b" \t"):
            raise Malformed("A boundary is followed by other characters.")
        self._at = line + 2

    def _line_end(self) -> int:
        while (end := self._held.find(b"\r\n", self._at)) < 0:
            if len(self._held) - self._at > MAX_HEADERS:
                raise Malformed("The headers of a part are too long.")
            self._need(len(self._held) - self._at + 1)
        return end

    def _headers(self) -> Part:
        lines: dict[str, str] = {}
        used = 0
        while True:
            end = self._line_end()
            line = bytes(self._held[self._at : end]).decode("utf-8", "replace")
            used += end + 2 - self._at
            self._at = end + 2
            if used > MAX_HEADERS:
                raise Malformed("The headers of a part are too long.")
            if not line:
                self._begin_data()
                return _part(lines)
            name, colon, value = line.partition(":")
            if not colon:
                raise Malformed("A part has a header without a colon.")
            lines[name.strip().lower()] = value.strip()

    def _begin_data(self) -> None:
        """Stand at the data; some clients let an empty part's blank line be the beginning of the next boundary."""
        self._inside = True
        self._at -= 2
        self._need(len(self._delimiter))
        if not self._held.startswith(self._delimiter, self._at):
            self._at += 2

    def _skip(self) -> None:
        scratch = bytearray(PIECE)
        while self.readinto(scratch):
            pass

    def _need(self, count: int) -> None:
        """Receive until `count` unread bytes are held."""
        if self._at > PIECE:
            del self._held[: self._at]
            self._at = 0
        while len(self._held) - self._at < count:
            self._held += self._receive(PIECE)

    def _receive(self, size: int) -> bytes:
        piece = bytearray(size)
        count = self._source.readinto(memoryview(piece))
        if not count:
            raise Malformed("The form ends before its last boundary.")
        return bytes(piece[:count])

    def _take(self) -> bytes:
        tail = bytes(self._held[self._at :])
        self._hold(b"")
        return tail

    def _hold(self, data: bytes | bytearray) -> None:
        self._held, self._at = bytearray(data), 0


def _part(headers: dict[str, str]) -> Part:
    kind, options = _options(headers.get("content-disposition", ""))
    if kind != "form-data" or "name" not in options:
        raise Malformed("A part of the form has no name.")
    return Part(options["name"], options.get("filename"), headers.get("content-type", ""))


def _options(value: str) -> tuple[str, dict[str, str]]:
    """Return Content-Disposition's kind and options; an RFC 8187 one (`filename*`) wins over the plain one."""
    kind, _, rest = value.partition(";")
    found: dict[str, str] = {}
    for match in _OPTION.finditer(f";{rest}"):
        name, text = match["name"].lower(), match["value"].strip()
        if name.endswith("*"):
            found[name] = unquote(text.split("'", 2)[-1], errors="replace")
        elif name not in found:
            found[name] = _unquoted(text)
    return kind.strip().lower(), {**found, **{n[:-1]: found[n] for n in found if n.endswith("*")}}


def _unquoted(text: str) -> str:
    """Undo what browsers do to quotes and line breaks, and curl to quotes and backslashes.

    Browsers leave backslashes alone, so one before any other character stays.
    """
    if len(text) < 2 or text[0] != '"':
        return text
    inner = _ESCAPED.sub(r"\1", text[1:-1])
    return inner.replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")
