"""Where print and logging go: each becomes an event of its own, however many lines it has.

https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
"""

import io
import json
import logging
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

Emit = Callable[[str], None]
_TEXT = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n"
_STAMP = "%Y-%m-%dT%H:%M:%S"
_LEVELS = {"TRACE": "DEBUG", "WARN": "WARNING", "FATAL": "CRITICAL"}
_RESERVED = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "aws_request_id", "taskName"}


class Printed(io.TextIOBase):
    """Standard output: what one print writes is one event."""

    encoding = "utf-8"

    def __init__(self, emit: Emit, descriptor: int) -> None:
        super().__init__()
        self._emit, self._descriptor = emit, descriptor
        self._held = ""
        self._lock = threading.RLock()
        self.buffer = os.fdopen(descriptor, "wb", 0, closefd=False)

    def fileno(self) -> int:
        """Return the number of what lies below; what is written there becomes events by line."""
        return self._descriptor

    def writable(self) -> bool:
        """Return that it can be written to."""
        return True

    def write(self, text: str) -> int:
        """Take text; an end of line at its end completes the event."""
        with self._lock:
            self._held += text
            if text.endswith("\n"):
                self.finish()
        return len(text)

    def finish(self) -> None:
        """Give what waits for its end of line."""
        with self._lock:
            held, self._held = self._held, ""
            if held:
                self._emit(held)


class Requests(logging.Filter):
    """Knows the request that goes on."""

    request_id = ""

    def filter(self, record: logging.LogRecord) -> bool:
        """Note it in every record."""
        record.aws_request_id = self.request_id
        return True


class Handler(logging.Handler):
    """Gives each record as one event."""

    def __init__(self, emit: Emit) -> None:
        super().__init__()
        self._give = emit

    def emit(self, record: logging.LogRecord) -> None:
        """Give it."""
        try:
            self._give(self.format(record))
        except Exception:
            self.handleError(record)


class JsonFormatter(logging.Formatter):
    """A record as a line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        facts: dict[str, Any] = {
            "timestamp": time.strftime(_STAMP + "Z", time.gmtime(record.created)),
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
            "requestId": getattr(record, "aws_request_id", "") or None,
        }
        if record.exc_info and record.exc_info[0] is not None:
            facts["errorType"] = record.exc_info[0].__name__
            facts["errorMessage"] = str(record.exc_info[1])
            facts["stackTrace"] = traceback.format_tb(record.exc_info[2])
            facts["location"] = f"{record.pathname}:{record.funcName}:{record.lineno}"
        extra = {name: value for name, value in vars(record).items() if name not in _RESERVED and name not in facts}
        kept = {name: value for name, value in {**facts, **extra}.items() if value is not None}
        return json.dumps(kept, default=str, ensure_ascii=False) + "\n"


def install(emit: Emit) -> tuple[Requests, list[Printed]]:
    """Set up print and logging as Lambda's runtime does: a handler at the root, its level unless it is set WARNING."""
    printed = [Printed(emit, 1), Printed(emit, 2)]
    sys.stdout, sys.stderr = printed
    logging.Formatter.converter = time.gmtime
    handler, requests = Handler(emit), Requests()
    in_json = os.environ.get("AWS_LAMBDA_LOG_FORMAT") == "JSON"
    handler.setFormatter(JsonFormatter() if in_json else logging.Formatter(_TEXT, _STAMP))
    handler.addFilter(requests)
    root = logging.getLogger()
    root.addHandler(handler)
    level = os.environ.get("AWS_LAMBDA_LOG_LEVEL", "")
    if level:
        root.setLevel(_LEVELS.get(level, level))
    return requests, printed
