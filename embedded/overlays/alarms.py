"""CloudWatch alarms: a state that does not exist is refused; the emulator would store it."""

import json
import re

from embedded.errors import Response, aws_error
from embedded.layers import Below
from embedded.request import Request

STATES = ("OK", "ALARM", "INSUFFICIENT_DATA")
# In CBOR a short text is one byte of type and length, then its bytes (RFC 8949).
_CBOR = re.compile(rb"\x6aStateValue([\x60-\x77])", re.DOTALL)


class AlarmState:
    """Checks SetAlarmState."""

    def matches(self, request: Request) -> bool:
        """Whether this sets an alarm's state."""
        return request.service == "monitoring" and request.operation == "SetAlarmState"

    async def handle(self, request: Request, _forward: Below) -> Response | None:
        """Refuse a state that is none, let the rest pass."""
        if _state(request) in STATES:
            return None
        sentence = (
            "1 validation error detected: Value at 'stateValue' failed to satisfy constraint: "
            f"Member must satisfy enum value set: [{', '.join(STATES)}]"
        )
        return aws_error(request.protocol, "ValidationError", sentence)


def _state(request: Request) -> str:
    if request.protocol == "query":
        return request.form.get("StateValue", [""])[0]
    if request.protocol == "json":
        return str(json.loads(request.body or b"{}").get("StateValue", ""))
    found = _CBOR.search(request.body)
    if found is None:
        return ""
    return request.body[found.end() :][: found.group(1)[0] - 0x60].decode("utf-8", "replace")


overlay = AlarmState()
