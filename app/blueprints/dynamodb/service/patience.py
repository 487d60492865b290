"""Calls that are tried again when DynamoDB asks to slow down: longer each time, and never all at once."""

import random
import time
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

THROTTLED = frozenset(
    {"ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded", "Throttling"}
    | {"InternalServerError", "LimitExceededException"}
)
TRIES = 9
FIRST, LONGEST = 0.05, 15.0  # seconds of the first and of the longest wait
Sleep = Callable[[float], None]


def wait_before(attempt: int) -> float:
    """Return the seconds to wait before a repeated try (1 is the first), with full jitter."""
    return random.uniform(0.3, 1.0) * min(LONGEST, FIRST * 2.0**attempt)  # noqa: S311 no secret


def is_throttle(error: ClientError) -> bool:
    """Whether DynamoDB asks to come again later."""
    return error.response.get("Error", {}).get("Code") in THROTTLED


def patiently(call: Callable[[], Any], told: Callable[[float], None] | None = None, sleep: Sleep = time.sleep) -> Any:
    """Return what a call gives, tried again while it is throttled; `told` hears of each wait in seconds."""
    for attempt in range(1, TRIES):
        try:
            return call()
        except ClientError as error:
            if not is_throttle(error):
                raise
        pause = wait_before(attempt)
        if told is not None:
            told(pause)
        sleep(pause)
    return call()
