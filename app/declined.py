"""Refusals of AWS's that are about what was typed: a form shows them beside its fields, in AWS's own words."""

from collections.abc import Callable, Collection
from typing import Any

from botocore.exceptions import ClientError


class Declined(Exception):
    """AWS does not take what a form asked for; the text is AWS's own."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


class Taken(Exception):
    """What a form makes is there already, or what it names is not; `field` says which of its fields is meant."""

    def __init__(self, field: str, said: str):
        super().__init__(said)
        self.field = field


def asking(about_input: Collection[str]) -> Callable[..., dict[str, Any]]:
    """Return the way to call a service: Declined for the codes that are about what was typed, others as they are."""

    def asked(method: Any, **given: Any) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = method(**given)
        except ClientError as error:
            details = error.response.get("Error", {})
            if details.get("Code") in about_input:
                raise Declined(str(details["Code"]), str(details.get("Message") or error)) from error
            raise
        return answer

    return asked
