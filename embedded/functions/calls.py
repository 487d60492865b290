"""A function that is to run, and what came of it: what the emulator and the overlay of Lambda tell each other."""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from embedded.book import Where


class Asked(NamedTuple):
    """What a caller of Invoke says besides the function: known where the call is, not in the emulator's own ways."""

    request_id: str
    payload: bytes
    client_context: str = ""


# The Invoke that goes on, in its own task and the threads that come of it.
ASKED: ContextVar[Asked | None] = ContextVar("asked", default=None)
# The trace header that came with the request that goes on, whatever it asks for.
TRACE: ContextVar[str] = ContextVar("trace", default="")


@dataclass(frozen=True)
class Function:
    """A function as it is now: $LATEST or a version, as an ARN names it."""

    where: Where
    arn: str
    config: Mapping[str, Any]
    code: bytes = field(repr=False)
    layers: tuple[bytes, ...] = field(default=(), repr=False)
    reserved: int | None = None
    # What happens with events of asynchronous calls (PutFunctionEventInvokeConfig).
    asynchronous: Mapping[str, Any] = field(default_factory=dict)
    may_loop: bool = False

    @property
    def name(self) -> str:
        """The function's name."""
        return str(self.config["FunctionName"])

    @property
    def version(self) -> str:
        """$LATEST, or the number."""
        return str(self.config.get("Version") or "$LATEST")


@dataclass(frozen=True)
class Outcome:
    """How a call ended: the answer's bytes, the name of what failed, the log's last lines; or why it did not begin."""

    body: bytes = b""
    error: str = ""
    log: str = ""
    milliseconds: float = 0.0
    refused: str = ""


Run = Callable[[Function, Any], Outcome]
Queue = Callable[[Function, Any], None]
