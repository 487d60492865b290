"""A file's bytes as text: UTF-8 with or without a mark, else Latin-1; line by line or piece by piece, nothing held."""

import codecs
import hashlib
from collections.abc import Iterable, Iterator

LONGEST_LINE = 2 * 1024 * 1024  # bytes
BEGINNING = 64 * 1024  # bytes by which a file is known again
ENCODINGS = {"auto": "UTF-8, else Latin-1", "utf-8": "UTF-8", "latin-1": "Latin-1 (Windows-1252)"}
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE)


class Unreadable(ValueError):
    """Nothing more of the file can be read; the text says why, `line` where."""

    def __init__(self, message: str, line: int = 0):
        super().__init__(message)
        self.message, self.line = message, line


class Texts:
    """Reads pieces of bytes as text.

    `bytes` counts what was read, `lines` the line ends, `marked` says that a byte order mark began the file, `latin`
    is the first line that was no UTF-8 (0: none).
    """

    def __init__(self, pieces: Iterable[bytes], encoding: str = "auto"):
        self._pieces, self._encoding = iter(pieces), encoding
        self.bytes, self.lines, self.latin, self.marked = 0, 0, 0, False
        self._held = self._begin()

    def _begin(self) -> bytes:
        """Take so much that the file is known by it, and see how it begins."""
        held = bytearray()
        for piece in self._pieces:
            held += piece
            if len(held) >= BEGINNING:
                break
        self.fingerprint = hashlib.sha256(held[:BEGINNING]).hexdigest()[:32]
        if held.startswith(_WIDE) or held[:200].count(0) > 20:
            raise Unreadable("The file is UTF-16 or binary: save it as UTF-8 text.", 1)
        if held.startswith(codecs.BOM_UTF8):
            self.marked = True
            self.bytes += 3
            del held[:3]
        return bytes(held)

    def peek(self, most: int = 4096) -> str:
        """Return how the text begins."""
        return self._held[:most].decode("utf-8", "replace")

    def _each(self) -> Iterator[bytes]:
        held, self._held = self._held, b""
        if held:
            yield held
        yield from self._pieces

    def each_line(self) -> Iterator[str]:
        """Yield lines with their ends. Raises Unreadable for one that is too long."""
        rest = b""
        for piece in self._each():
            self.bytes += len(piece)
            found = (rest + piece).split(b"\n")
            rest = found.pop()
            if len(rest) > LONGEST_LINE:
                raise Unreadable(f"Line {self.lines + 1} is longer than {LONGEST_LINE:,} bytes.", self.lines + 1)
            for line in found:
                self.lines += 1
                yield self._decoded(line) + "\n"
        if rest:
            self.lines += 1
            yield self._decoded(rest)

    def _decoded(self, line: bytes) -> str:
        if self._encoding == "latin-1":
            return line.decode("cp1252", "replace")
        try:
            return line.decode()
        except UnicodeDecodeError as error:
            if self._encoding == "utf-8":
                raise Unreadable(
                    f"Line {self.lines} is not UTF-8 (byte {error.start + 1}): read the file as Latin-1, or save it as "
                    "UTF-8.",
                    self.lines,
                ) from None
        self.latin = self.latin or self.lines
        return line.decode("cp1252", "replace")

    def each_piece(self) -> Iterator[str]:
        """Yield the text in pieces, for what has no lines; it must be UTF-8, as JSON is. Raises Unreadable."""
        decoder = codecs.getincrementaldecoder("utf-8")()
        for piece in self._each():
            self.bytes += len(piece)
            try:
                yield decoder.decode(piece)
            except UnicodeDecodeError:
                raise Unreadable(f"The file is not UTF-8 near byte {self.bytes:,}, as JSON must be.") from None
