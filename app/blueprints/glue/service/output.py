"""What a run prints: its two log streams, read on from where the last look ended.

GetLogEvents: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
"""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from app.masking import mask

PARTS = ("output", "error")
PAGE = 500
_PERCENT = re.compile(r"(?<![\d.])(\d{1,3}(?:\.\d+)?) ?%")
_OF = re.compile(r"(?<![\d,./])(\d[\d,]*) ?(?:of|/) ?(\d[\d,]*)(?![\d/])")


@dataclass(frozen=True)
class Line:
    """One line, its credentials masked, and when it was printed."""

    at: datetime
    text: str


@dataclass(frozen=True)
class Lines:
    """New lines of a stream; `token` is where the next look begins, `drained` that nothing more was there."""

    lines: tuple[Line, ...]
    token: str = ""
    drained: bool = True
    cut: bool = False


def read(client: Any, group: str, run_id: str, part: str, token: str = "") -> Lines:
    """Return the lines after `token`; without one the last ones that are there (`cut` says that earlier ones are).

    A stream that is not there has no lines yet.
    """
    place = {"logGroupName": f"{group}/{part}", "logStreamName": run_id, "limit": PAGE}
    more: dict[str, Any] = {"startFromHead": True, "nextToken": token} if token else {"startFromHead": False}
    try:
        answer = client.get_log_events(**place, **more)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return Lines((), token)
        raise
    found = answer["events"]
    next_token = answer.get("nextForwardToken", "")
    full = len(found) >= PAGE
    return Lines(
        tuple(map(_line, found)), next_token, not (found and token and next_token != token), full and not token
    )


def _line(event: dict[str, Any]) -> Line:
    at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
    text = event["message"].rstrip("\r\n").rpartition("\r")[2]  # a bar that redraws itself: its last state
    return Line(at, mask(text, Counter()))


def progress(lines: tuple[Line, ...]) -> float | None:
    """Return how far the run says it is, in percent, by its last line that tells; None where none does."""
    for one in reversed(lines):
        percent = _PERCENT.search(one.text)
        if percent and float(percent[1]) <= 100:
            return float(percent[1])
        share = _share(one.text)
        if share is not None:
            return share
    return None


def _share(text: str) -> float | None:
    found = _OF.search(text)
    if not found:
        return None
    done, whole = (int(found[n].replace(",", "")) for n in (1, 2))
    return 100 * done / whole if whole > 0 and done <= whole else None
