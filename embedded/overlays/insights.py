"""Logs Insights: only what the emulator answers rightly passes; it ignores everything else and returns all rows."""

import json
import re

from embedded.errors import Response, aws_error
from embedded.layers import Below
from embedded.request import Request

FIELDS = frozenset(("@timestamp", "@message", "@logStream", "@log", "@ptr"))
MOST_ROWS = 10_000
_FIELDS = re.compile(r"fields\s+(@\w+(?:\s*,\s*@\w+)*)", re.IGNORECASE)
_EQUALS = re.compile(r"filter\s+(@\w+)\s*=\s*'((?:\\'|[^'])*)'", re.IGNORECASE)
_LIKE = re.compile(r"filter\s+(@\w+)\s+like\s+/((?:\\.|[^/])*)/i?", re.IGNORECASE)
_SORT = re.compile(r"sort\s+(@timestamp)(?:\s+(?:asc|desc))?", re.IGNORECASE)
_LIMIT = re.compile(r"limit\s+(\d+)", re.IGNORECASE)
# Each command at most once but `filter`, and in this order: in any other the emulator's answer differs from AWS's.
_ORDER = ("fields", "filter", "sort", "limit")


class MalformedError(Exception):
    """A query that is not understood here."""


class Insights:
    """Checks StartQuery."""

    def matches(self, request: Request) -> bool:
        """Whether this starts a query."""
        return request.service == "logs" and request.operation == "StartQuery"

    async def handle(self, request: Request, _forward: Below) -> Response | None:
        """Refuse what would be answered wrongly, let the rest pass."""
        asked = json.loads(request.body or b"{}")
        try:
            if asked.get("queryLanguage", "CWLI") != "CWLI":
                raise MalformedError("queries in other languages than Logs Insights QL")
            check(str(asked.get("queryString", "")))
        except MalformedError as error:
            return aws_error("json", "MalformedQueryException", f"The embedded AWS does not understand {error}.")
        return None


def check(query: str) -> None:
    """Raise MalformedError unless every command of the query is one that is answered as AWS would."""
    last = ""
    for number, stage in enumerate(stages(query)):
        command = stage.split(None, 1)[0].lower() if stage.strip() else ""
        if command not in _ORDER:
            raise MalformedError(f"the command {command!r} (position {number + 1})")
        repeated = command == last and command != "filter"
        # A filter may come before the fields, they do not change what it sees.
        early = last and _ORDER.index(command) < _ORDER.index(last) and (command, last) != ("fields", "filter")
        if repeated or early:
            raise MalformedError(f"{command!r} after {last!r}")
        _check_stage(command, stage.strip())
        last = command


def _check_stage(command: str, stage: str) -> None:
    pattern = {"fields": _FIELDS, "sort": _SORT, "limit": _LIMIT}.get(command)
    found = pattern.fullmatch(stage) if pattern else _EQUALS.fullmatch(stage) or _LIKE.fullmatch(stage)
    if found is None:
        raise MalformedError(f"this use of {command!r}: {stage}")
    if command == "limit" and not 1 <= int(found.group(1)) <= MOST_ROWS:
        raise MalformedError(f"a limit outside 1 to {MOST_ROWS}")
    names = {name.strip() for name in found.group(1).split(",")} if command != "limit" else set()
    if names - FIELDS:
        raise MalformedError(f"the field {', '.join(sorted(names - FIELDS))}")
    if found.re is _LIKE:
        try:
            re.compile(found.group(2))
        except re.error as error:
            raise MalformedError(f"the pattern /{found.group(2)}/") from error


def stages(query: str) -> list[str]:
    """Split a query at its pipes, but not inside quotes or /patterns/."""
    pieces = re.findall(r"""'(?:\\.|[^'])*'|"(?:\\.|[^"])*"|/(?:\\.|[^/])*/|\||[^|'"/]+|.""", query, re.DOTALL)
    found = [""]
    for piece in pieces:
        if piece == "|":
            found.append("")
        else:
            found[-1] += piece
    return found


overlay = Insights()
