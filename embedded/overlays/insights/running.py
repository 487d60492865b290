"""StartQuery, GetQueryResults, StopQuery, DescribeQueries."""

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embedded.errors import Response
from embedded.events.reading import Events
from embedded.layers import Below
from embedded.log_calls import Fault, Group, answer_text, asked, find_group, one_of
from embedded.overlays.insights.compiling import Context, compile_query
from embedded.overlays.insights.language import QueryError, parse
from embedded.overlays.insights.queries import Queries, TooManyError, is_running, milliseconds, new_record
from embedded.overlays.insights.records import Record
from embedded.request import Request

MOST_GROUPS, MOST_ROWS, PAGE, LONGEST_QUERY = 50, 100_000, 10_000, 10_000
_LARGEST_FILE = 2**62
_GROUPS = ("logGroupName", "logGroupNames", "logGroupIdentifiers")
STATUSES = ("Scheduled", "Running", "Complete", "Failed", "Cancelled", "Timeout", "Unknown")


@dataclass(frozen=True)
class Call:
    """One call and what it takes to answer it."""

    request: Request
    forward: Below
    state: Path
    queries: Queries

    @property
    def owner(self) -> tuple[str, str]:
        """The account and region that ask."""
        return self.request.account, self.request.region


def malformed(error: QueryError) -> Fault:
    """Return AWS's error about a query: what is wrong, and where."""
    location = {"startCharOffset": error.start, "endCharOffset": error.end}
    place = f"({error.start},{error.end})"
    compile_error = {"location": location, "message": error.message}
    return Fault("MalformedQueryException", f"{error.message} {place}", queryCompileError=compile_error)


def checked(text: str, context: Context, language: str) -> None:
    """Raise MalformedQueryException unless a query can be run."""
    if language != "CWLI":
        only = "the embedded AWS understands Logs Insights QL only"
        raise malformed(QueryError(f"queries in {language} are not available: {only}", 0, len(text)))
    if len(text) > LONGEST_QUERY:
        raise Fault("InvalidParameterException", f"A query has at most {LONGEST_QUERY} characters.")
    try:
        compile_query(parse(text), "events", "first", context)
    except QueryError as error:
        raise malformed(error) from error
    except RecursionError as error:
        raise malformed(QueryError("this query is nested too deep", 0, len(text))) from error


def whole(parameters: dict[str, Any], name: str, least: int, most: int, default: int | None = None) -> int:
    """Return a whole number from the parameters."""
    value = parameters.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise Fault("InvalidParameterException", f"{name} must be a whole number from {least} to {most}.")
    return value


async def start(call: Call) -> dict[str, Any]:
    """Start a query; what is wrong with it is said at once."""
    parameters, now = asked(call.request), milliseconds()
    begin, end = whole(parameters, "startTime", 0, 10**12), whole(parameters, "endTime", 0, 10**12)
    if begin > end:
        raise Fault("InvalidParameterException", "End time should not be less than start time.")
    limit = whole(parameters, "limit", 1, MOST_ROWS) if parameters.get("limit") is not None else None
    text = str(parameters.get("queryString", ""))
    checked(text, Context(*call.owner, now), str(parameters.get("queryLanguage") or "CWLI"))
    groups = await _groups(call, parameters, now)
    run = {
        "query": text,
        "start": begin * 1000,
        # The end is inclusive: its whole second belongs to the range.
        "end": end * 1000 + 999,
        "now": now,
        "limit": limit,
        "groups": _numbered(call.state, groups),
    }
    record = new_record(*call.owner, text, [group.place.group for group in groups])
    try:
        return {"queryId": await call.queries.start(record, run)}
    except TooManyError as error:
        raise Fault("LimitExceededException", "30 queries of this account run already in this region.") from error


async def _groups(call: Call, parameters: dict[str, Any], now: int) -> list[Group]:
    given = one_of(parameters, *_GROUPS)
    names = [given] if isinstance(given, str) else [str(name) for name in given]
    if len(names) > MOST_GROUPS:
        raise Fault("InvalidParameterException", f"A query has at most {MOST_GROUPS} log groups, not {len(names)}.")
    found = {group.place: group for group in [await find_group(call.request, call.forward, n, now) for n in names]}
    return list(found.values())


def _numbered(state: Path, groups: list[Group]) -> list[dict[str, Any]]:
    events = Events(state)
    try:
        return [{"number": events.group_number(group.place), "oldest": group.oldest} for group in groups]
    finally:
        events.close()


def _found(call: Call, parameters: dict[str, Any]) -> Record:
    query = str(parameters.get("queryId", ""))
    record = call.queries.find(query, *call.owner)
    if record is None:
        raise Fault("ResourceNotFoundException", f"The specified query does not exist: {query}")
    return record


def results(call: Call) -> Response:
    """Return a page of a query's rows, none before it is complete."""
    parameters = asked(call.request)
    record = _found(call, parameters)
    most = whole(parameters, "maxItems", 0, PAGE, PAGE) or PAGE
    rows, following = call.queries.page(record, _place(parameters.get("nextToken"), record), most)
    names = ("recordsMatched", "recordsScanned", "bytesScanned")
    statistics = {**dict.fromkeys(names, 0.0), **record.statistics}
    rest: dict[str, Any] = {"queryLanguage": "CWLI", "statistics": statistics, "status": record.status}
    if following is not None:
        token = json.dumps([record.id, following]).encode()
        rest["nextToken"] = base64.urlsafe_b64encode(token).decode()
    # Rows are JSON already: they are not read and written again.
    return answer_text('{"results": [' + ", ".join(rows) + "], " + json.dumps(rest)[1:])


def _place(token: Any, record: Record) -> int:
    if token is None:
        return 0
    try:
        query, place = json.loads(base64.urlsafe_b64decode(str(token)))
        if query == record.id and 0 <= place <= _LARGEST_FILE:
            return int(place)
    except (ValueError, TypeError):
        pass
    raise Fault("InvalidParameterException", "The specified nextToken is invalid.")


def stop(call: Call) -> dict[str, Any]:
    """Stop a query; an error, as at AWS, when it has ended already."""
    record = _found(call, asked(call.request))
    if not is_running(record) or not call.queries.end(record.id, "Cancelled"):
        message = f"Query {record.id} is not running: its status is {record.status}."
        raise Fault("InvalidParameterException", message)
    return {"success": True}


def describe(call: Call) -> dict[str, Any]:
    """List the queries of the last week, the newest first."""
    parameters = asked(call.request)
    status, group = parameters.get("status"), parameters.get("logGroupName")
    if status is not None and status not in STATUSES:
        raise Fault("InvalidParameterException", f"status must be one of {', '.join(STATUSES)}.")
    if parameters.get("queryLanguage", "CWLI") != "CWLI":
        return {"queries": []}
    found = [
        _shown(record)
        for record in call.queries.all(*call.owner)
        if status in (None, record.status) and (group is None or group in record.groups)
    ]
    return paged(found, parameters, "queries", 1000)


def _shown(record: Record) -> dict[str, Any]:
    shown = {
        "queryId": record.id,
        "queryString": record.text,
        "queryLanguage": "CWLI",
        "status": record.status,
        "createTime": record.created,
        "logGroupName": record.groups[0],
        "userIdentity": record.user,
        "queryDuration": (record.ended or milliseconds()) - record.created,
    }
    return {**shown, "bytesScanned": record.statistics.get("bytesScanned", 0.0)}


def paged(found: list[dict[str, Any]], parameters: dict[str, Any], name: str, default: int) -> dict[str, Any]:
    """Return a page of a list, with the place of the next one."""
    most = whole(parameters, "maxResults", 1, 1000, default)
    token = str(parameters.get("nextToken") or "0")
    if not (token.isascii() and token.isdigit() and len(token) < 10):
        raise Fault("InvalidParameterException", "The specified nextToken is invalid.")
    begin = int(token)
    page: dict[str, Any] = {name: found[begin : begin + most]}
    return {**page, "nextToken": str(begin + most)} if len(found) > begin + most else page
