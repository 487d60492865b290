"""FilterLogEvents: pages to the end and matches text patterns as AWS does; other patterns are refused.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

import base64
import json
import re
from collections.abc import Callable
from typing import Any

from embedded.errors import Response, aws_error
from embedded.layers import Below
from embedded.request import Request

MOST = 10_000
_TERM = re.compile(r'([?-]?)(?:"((?:\\.|[^"])*)"|(\S+))')
_TARGET = "Logs_20140328.FilterLogEvents"


class PatternError(Exception):
    """A pattern that is not understood here."""


class LogEvents:
    """Answers FilterLogEvents, and refuses subscriptions and metric filters whose pattern would be ignored."""

    def matches(self, request: Request) -> bool:
        """Whether a filter pattern is involved."""
        operations = ("FilterLogEvents", "PutSubscriptionFilter", "PutMetricFilter", "TestMetricFilter")
        return request.service == "logs" and request.operation in operations

    async def handle(self, request: Request, forward: Below) -> Response | None:
        """Find the events; what stays a pretence is refused."""
        asked = json.loads(request.body or b"{}")
        try:
            wanted = compile_pattern(str(asked.get("filterPattern") or ""))
            if request.operation != "FilterLogEvents":
                return None if not asked.get("filterPattern") else _refused("patterns in filters that forward events")
            return await self._page(request, forward, asked, wanted)
        except PatternError as error:
            return _refused(str(error))

    async def _page(
        self, request: Request, forward: Below, asked: dict[str, Any], wanted: Callable[[str], bool]
    ) -> Response:
        limit = min(int(asked.get("limit") or MOST), MOST)
        prefix = asked.pop("logStreamNamePrefix", None)
        start, skip = _read_token(asked.pop("nextToken", None), asked.get("startTime"))
        if start is not None:
            asked["startTime"] = start
        whole = {**asked, "filterPattern": "", "limit": MOST}
        status, answer = await forward.json(request, "logs", _TARGET, whole)
        if status != 200:
            return aws_error("json", answer.get("__type", "InvalidParameterException"), answer.get("message", ""))
        events = answer["events"][skip:]
        found: list[dict[str, Any]] = []
        seen = 0
        for event in events:
            if len(found) == limit:
                break
            seen += 1
            named = not prefix or event["logStreamName"].startswith(prefix)
            if named and wanted(event["message"]):
                found.append(event)
        page: dict[str, Any] = {"events": found, "searchedLogStreams": []}
        if seen < len(events) or len(answer["events"]) == MOST:
            page["nextToken"] = _token(answer["events"][: skip + seen], start, skip)
        return Response(200, {"content-type": "application/x-amz-json-1.1"}, json.dumps(page).encode())


def compile_pattern(pattern: str) -> Callable[[str], bool]:
    """Return what a text pattern matches: all plain terms, none with a minus, at least one of those with a `?`."""
    text = pattern.strip()
    if text[:1] in ("{", "[", "%"):
        raise PatternError(f"the filter pattern {text}")
    sides: dict[str, list[str]] = {"": [], "?": [], "-": []}
    for sign, quoted, plain in _TERM.findall(text):
        sides[sign].append(quoted.replace('\\"', '"') if quoted else plain)

    def matches(message: str) -> bool:
        some = not sides["?"] or any(term in message for term in sides["?"])
        return some and all(t in message for t in sides[""]) and not any(t in message for t in sides["-"])

    return matches


def _read_token(token: str | None, start: int | None) -> tuple[int | None, int]:
    if token is None:
        return start, 0
    try:
        begin, skip = json.loads(base64.urlsafe_b64decode(token))
        return (None if begin is None else int(begin)), int(skip)
    except (ValueError, TypeError) as error:
        raise PatternError("this nextToken") from error


def _token(passed: list[dict[str, Any]], start: int | None, skip: int) -> str:
    """Return where to go on: the last time that was seen, and how many events of that time were."""
    if not passed:
        return base64.urlsafe_b64encode(json.dumps([start, skip]).encode()).decode()
    last = int(passed[-1]["timestamp"])
    same = sum(1 for event in passed if event["timestamp"] == last)
    return base64.urlsafe_b64encode(json.dumps([last, same]).encode()).decode()


def _refused(what: str) -> Response:
    return aws_error("json", "InvalidParameterException", f"The embedded AWS does not understand {what}.")


overlay = LogEvents()
