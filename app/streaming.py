"""Bodies that pass through: what a request sends is read piece by piece, and nothing is held."""

import time
from collections.abc import Mapping
from typing import Any

from flask import after_this_request
from werkzeug.exceptions import ClientDisconnected
from werkzeug.wrappers import Response
from werkzeug.wsgi import get_input_stream

MIB = 1024 * 1024
STEP = MIB  # bytes asked of the server's stream at once; larger steps only cost memory
PATIENCE = 60.0  # seconds without a byte after which a client counts as gone
LINGER = 10.0  # seconds that an early answer waits for a client that is still sending
LINGER_BYTES = 256 * MIB


class RequestBody:
    """The body of one request as a source of bytes that never waits for more than it was promised.

    `received` counts the bytes so far; `length` is what the client announced (None for a chunked body).
    Raises ClientDisconnected when the connection ends, or stays silent, before the announced length has arrived.
    """

    def __init__(self, environ: Mapping[str, Any]):
        announced = environ.get("CONTENT_LENGTH")
        self.length = int(announced) if announced else None
        self.received = 0
        self._stream = get_input_stream(dict(environ), safe_fallback=True)
        self._socket = environ.get("gunicorn.socket")  # gunicorn sets no time limit of its own
        self._be_patient(PATIENCE)

    @property
    def ended(self) -> bool:
        """Whether everything announced has arrived; a chunked body never tells."""
        return self.length is not None and self.received >= self.length

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

    def linger(self) -> None:
        """Let this request's answer arrive although its body was not read to the end.

        A connection that is closed while the client still sends is reset, and many clients then never see the answer.
        So what still comes is read and thrown away after the answer was sent, for a while.
        """

        @after_this_request
        def wait(response: Response) -> Response:
            if not self.ended:
                response.call_on_close(self._throw_away)
            return response

    def _throw_away(self) -> None:
        self._be_patient(LINGER / 5)
        end, most = time.monotonic() + LINGER, self.received + LINGER_BYTES
        scratch = memoryview(bytearray(STEP))
        try:
            while time.monotonic() < end and self.received < most and self.readinto(scratch):
                pass
        except ClientDisconnected:
            return  # it has seen the answer and left: that is what was waited for

    def _be_patient(self, seconds: float) -> None:
        if self._socket is not None:
            self._socket.settimeout(seconds)
