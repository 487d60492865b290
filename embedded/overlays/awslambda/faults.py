"""Errors as Lambda answers them."""

import json
import secrets

from embedded.errors import Response


class Fault(Exception):
    """An answer that is an error: AWS's code, a sentence, the status."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status

    def response(self) -> Response:
        """Return it in Lambda's shape."""
        body = {"Type": "User", "Message": self.message, "message": self.message}
        mark = {"content-type": "application/json", "x-amzn-errortype": self.code}
        return Response(self.status, {**mark, "x-amzn-requestid": secrets.token_hex(16)}, json.dumps(body).encode())


def invalid(message: str) -> Fault:
    """Return the error for a parameter that cannot be."""
    return Fault("InvalidParameterValueException", message)


def not_here(what: str, instead: str) -> Fault:
    """Return the error for what this embedded AWS does not do."""
    return invalid(f"{what} is not available: the embedded AWS does not do this, and pretends nothing. {instead}")
