"""A refusal on its way out, in DynamoDB's words."""

import json
import re
from typing import Any

from embedded.errors import Response, aws_error

VALIDATION = "ValidationException"
_EXPRESSION = re.compile(r"^Invalid (?:\w+Expression|expression): ")


class Fault(Exception):
    """An answer that is an error: DynamoDB's code and sentence, and what else the error carries."""

    def __init__(self, message: str, code: str = VALIDATION, **fields: Any) -> None:
        super().__init__(message)
        self.code, self.message, self.fields = code, message, fields

    def response(self) -> Response:
        """Return it in the protocol's shape."""
        refused = aws_error("json", self.code, self.message)
        if not self.fields:
            return refused
        body = json.dumps({**json.loads(refused.body), **self.fields})
        return Response(refused.status, refused.headers, body.encode())


def fault_of(answer: dict[str, Any]) -> Fault:
    """Return the error that the emulator answered, without the name of an expression that nobody wrote."""
    code = str(answer.get("__type", "InternalServerError")).rpartition("#")[2]
    message = str(answer.get("message") or answer.get("Message") or "")
    fields = {name: answer[name] for name in ("Item", "CancellationReasons") if name in answer}
    return Fault(_EXPRESSION.sub("", message), code, **fields)
