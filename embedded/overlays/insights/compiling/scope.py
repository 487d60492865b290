"""What a name means at a point of the query: a field of the event, something named before, or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from embedded.overlays.insights.compiling.values import JSON, NUMBER, TEXT, TIME, Value, literal

MOST_READ = 4
LAMBDA_KIND, VPC_KIND, DNS_KIND = 2, 3, 4
# Kinds of messages, as the loader tells them apart: 0 other, 1 a JSON object, 2 a line of Lambda (with JSON in `doc`
# where there is some), 3 a VPC flow log, 4 a Route 53 query log.
DOCUMENT = "CASE e.kind WHEN 1 THEN e.message WHEN 2 THEN e.doc END"
_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_REPORT = "^REPORT RequestId: .*"
_LAMBDA: dict[str, tuple[str, float]] = {
    "@duration": (_REPORT + r"\tDuration: ([0-9.]+) ms", 1),
    "@billedDuration": (_REPORT + r"\tBilled Duration: ([0-9.]+) ms", 1),
    "@initDuration": (_REPORT + r"\tInit Duration: ([0-9.]+) ms", 1),
    # AWS gives memory in bytes, a megabyte being a million of them.
    "@memorySize": (_REPORT + r"\tMemory Size: ([0-9.]+) MB", 1e6),
    "@maxMemoryUsed": (_REPORT + r"\tMax Memory Used: ([0-9.]+) MB", 1e6),
}
_LAMBDA_TEXT = {
    "@type": r"^(START|END|REPORT) RequestId: ",
    "@requestId": rf"^(?:(?:START|END|REPORT) RequestId: |(?:\[[A-Z]+\]\t)?\S+\t)({_UUID})",
    "@xrayTraceId": r"\tXRAY TraceId: (\S+)",
    "@xraySegmentId": r"\tSegmentId: (\S+)",
}
_VPC = (
    *("version", "accountId", "interfaceId", "srcAddr", "dstAddr", "srcPort", "dstPort", "protocol"),
    *("packets", "bytes", "startTime", "endTime", "action", "logStatus"),
)
_DNS = (
    *("version", "queryTimestamp", "hostZoneId", "queryName", "queryType", "responseCode", "protocol"),
    *("edgeLocation", "resolverIp", "ednsClientSubnet"),
)
LAMBDA_FIELD_PATTERNS: dict[str, tuple[str, float | None]] = dict(_LAMBDA)
LAMBDA_FIELD_PATTERNS.update((name, (pattern, None)) for name, pattern in _LAMBDA_TEXT.items())
POSITIONS = {VPC_KIND: _VPC, DNS_KIND: _DNS}


@dataclass(frozen=True)
class Context:
    """What holds for a whole run: whose events, and when it began, in milliseconds."""

    account: str
    region: str
    now: int


@dataclass
class Scope:
    """The names that are known; `events` says whether the fields of the events can still be reached."""

    context: Context
    names: dict[str, Value] = field(default_factory=dict)
    events: bool = True

    def field(self, name: str) -> Value:
        """Return what a name stands for; a field that is not there is NULL."""
        if name in self.names:
            return self.names[name]
        inner = self._inside(name)
        if inner is not None:
            return inner
        return event_field(name, self.context) if self.events else Value("CAST(NULL AS VARCHAR)", TEXT)

    def _inside(self, name: str) -> Value | None:
        """Return an attribute of something that was parsed as JSON."""
        head, dot, tail = name.rpartition(".")
        path = [tail]
        while dot:
            if head in self.names and self.names[head].kind == JSON:
                return Value(f"json_extract({self.names[head].sql}, {literal(pointer(path))})", JSON)
            head, dot, tail = head.rpartition(".")
            path.insert(0, tail)
        return None


def event_field(name: str, context: Context) -> Value:
    """Return a field of an event: one that all have, one of Lambda's, or one that is found in the message."""
    fixed: Mapping[str, Value] = {
        "@timestamp": Value("e.ts", TIME),
        "@ingestionTime": Value("e.taken", TIME),
        "@message": Value("e.message", TEXT),
        "@logStream": Value("(SELECT s.name FROM streams s WHERE s.id = e.stream)", TEXT),
        "@log": Value(
            f"(SELECT {literal(context.account + ':')} || g.name FROM groups g WHERE g.id = e.grp)",  # noqa: S608
            TEXT,
        ),
        "@ptr": Value(f"to_base64(CAST({literal(f'{context.account}/{context.region}/')} || e.id AS BLOB))", TEXT),
    }
    if name in fixed:
        return fixed[name]
    if name in _LAMBDA:
        pattern, factor = _LAMBDA[name]
        return Value(f"{factor} * TRY_CAST({_line(pattern)} AS DOUBLE)", NUMBER)
    if name in _LAMBDA_TEXT:
        return Value(f"nullif({_line(_LAMBDA_TEXT[name])}, '')", TEXT)
    if name.startswith("@") and not name.startswith("@@"):
        return Value("CAST(NULL AS VARCHAR)", TEXT)
    return Value(_discovered(name.removeprefix("@")), TEXT)


def _line(pattern: str) -> str:
    return f"CASE WHEN e.kind = {LAMBDA_KIND} THEN regexp_extract(e.message, {literal(pattern)}, 1) END"


def _discovered(name: str) -> str:
    parts = name.split(".")
    found = [f"json_extract({DOCUMENT}, {literal(pointer(keys))})" for keys in _readings(parts)]
    leaf = f"insights_leaf({found[0] if len(found) == 1 else 'coalesce(' + ', '.join(found) + ')'})"
    columns = [
        f"WHEN {kind} THEN nullif(string_split(e.message, ' ')[{names.index(name) + 1}], '-')"
        for kind, names in POSITIONS.items()
        if name in names
    ]
    return f"CASE e.kind {' '.join(columns)} ELSE {leaf} END" if columns else leaf


def _readings(parts: list[str]) -> list[list[str]]:
    """Return the ways to read a name, as keys of objects in each other: a dot may also be part of a key."""
    if len(parts) == 1:
        return [parts]
    if len(parts) > MOST_READ:
        return [parts, [".".join(parts)]]
    rest = _readings(parts[1:])
    joined = _readings([f"{parts[0]}.{parts[1]}", *parts[2:]])
    return [*([parts[0], *keys] for keys in rest), *joined]


def pointer(parts: list[str]) -> str:
    """Return a JSON pointer: a number is the place in a list, or a key of an object."""
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)
