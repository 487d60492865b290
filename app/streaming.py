"""Bodies that pass through: what a request sends is read piece by piece, and nothing is held."""

from collections.abc import Mapping
from typing import Any

from werkzeug.exceptions import ClientDisconnected
from werkzeug.wsgi import get_input_stream

STEP = 1024 * 1024  # bytes asked of the server's stream at once; larger steps only cost memory


class RequestBody:
    """The body of one request as a source of bytes that never waits for more than it was promised.

    `received` counts the bytes so far; `length` is what the client announced (None for a chunked body).
    Raises ClientDisconnected when the connection ends before the announced length has arrived.
    """

    def __init__(self, environ: Mapping[str, Any]):
        announced = environ.get("CONTENT_LENGTH")
        self.length = int(announced) if announced else None
        self.received = 0
        self._stream = get_input_stream(dict(environ), safe_fallback=True)

    def readinto(self, view: memoryview) -> int:
        """Fill the beginning of `view` with what has arrived, at least one byte; 0 means the end of the body."""
        wanted = min(len(view), STEP if self.length is None else min(STEP, self.length - self.received))
        if wanted <= 0:
            return 0
        try:
            data = self._stream.read(wanted)
        except OSError as error:
            raise ClientDisconnected from error
        view[: len(data)] = data
        self.received += len(data)
        if not data and self.length is not None:
            raise ClientDisconnected
        return len(data)

    def drain(self, most: int) -> bool:
        """Throw away what is left, at most `most` bytes; tells whether the end was reached."""
        scratch = memoryview(bytearray(min(most, STEP)))
        while most > 0:
            count = self.readinto(scratch[: min(most, STEP)])
            if not count:
                return True
            most -= count
        return False
