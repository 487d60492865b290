"""What a page did: its calls, with pages, repetitions and uploads in parts each brought together into one step."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.codegen import models
from app.recorder import Blob, Call

CALL, PAGES, REPEATED, UPLOAD, COPY = "call", "pages", "repeated", "upload", "copy"
_STARTS = "CreateMultipartUpload"
_PARTS = {"UploadPart": UPLOAD, "UploadPartCopy": COPY}
_ENDS = {"CompleteMultipartUpload", "AbortMultipartUpload"}


@dataclass(frozen=True)
class Step:
    """One thing that a page did: a call, or several that belong together.

    `calls` holds every call of a fresh step; of one carried over a redirect only those that differ in kind.
    Times are milliseconds; `size` counts the bytes that an upload sent, None where that is not known.
    """

    kind: str
    calls: tuple[Call, ...]
    count: int = 1
    milliseconds: float = 0.0
    size: int | None = None
    shortened: bool = False

    @property
    def call(self) -> Call:
        """The call that stands for the step: its first."""
        return self.calls[0]

    @property
    def last(self) -> Call:
        """The call that tells how the step ended: the failed one, else the last."""
        return next((call for call in self.calls if call.failed), self.calls[-1])

    @property
    def retries(self) -> int:
        """How often botocore tried again, over all calls."""
        return sum(call.retries for call in self.calls)

    @property
    def stopped(self) -> bool:
        """Whether an upload was given up, its parts removed."""
        return self.calls[-1].operation == "AbortMultipartUpload"


def step_of(what: Call | Step) -> Step:
    """Return a call as a step of its own; a step as it is."""
    return what if isinstance(what, Step) else _step(CALL, [what])


def collapse(calls: Iterable[Call | Step]) -> list[Step]:
    """Return the steps of a page, in the order in which each began."""
    groups: list[tuple[str, list[Call]]] = []
    uploads: dict[tuple[Any, Any], int] = {}
    steps: list[Step | int] = []
    for call in calls:
        if isinstance(call, Step):
            steps.append(call)
            continue
        place = _upload_of(call, groups, uploads)
        if place is None and steps and isinstance(steps[-1], int):
            place = _continues(groups, steps[-1], call)
        if place is None:
            groups.append((CALL, [call]))
            steps.append(len(groups) - 1)
            if call.operation == _STARTS:
                uploads[_target(call)] = len(groups) - 1
    return [done for step in steps for done in ([step] if isinstance(step, Step) else _finish(*groups[step]))]


def _finish(kind: str, calls: list[Call]) -> list[Step]:
    """An upload that has not ended in this request is no upload yet: its calls are shown as they are."""
    if kind in (UPLOAD, COPY) and calls[-1].operation not in _ENDS:
        return [_step(CALL, [call]) for call in calls]
    return [_step(kind, calls)]


def _target(call: Call) -> tuple[Any, Any]:
    return call.parameters.get("Bucket"), call.parameters.get("Key")


def _upload_of(call: Call, groups: list[tuple[str, list[Call]]], uploads: dict[tuple[Any, Any], int]) -> int | None:
    """Put a part, or the end, of an open upload where its beginning is."""
    ends = call.operation in _ENDS
    if call.service != "s3" or not (ends or call.operation in _PARTS):
        return None
    place = uploads.get(_target(call))
    if place is None:
        return None
    members = groups[place][1]
    begun = {c.parameters.get("UploadId") for c in members if c.operation != _STARTS}
    if begun - {call.parameters.get("UploadId")}:
        return None
    members.append(call)
    kind = groups[place][0]
    groups[place] = (_PARTS.get(call.operation, UPLOAD if kind == CALL else kind), members)
    if ends:
        del uploads[_target(call)]
    return place


def _continues(groups: list[tuple[str, list[Call]]], place: int, call: Call) -> int | None:
    """Put a call with the one before it where it is the same again, or its next page."""
    kind, members = groups[place]
    before = members[-1]
    same = (before.service, before.operation, before.region) == (call.service, call.operation, call.region)
    if not same or before.failed != call.failed or kind not in (CALL, PAGES, REPEATED):
        return None
    now = _next_kind(before, call)
    if now is None or kind not in (CALL, now):
        return None
    members.append(call)
    groups[place] = (now, members)
    return place


def _next_kind(before: Call, call: Call) -> str | None:
    if before.parameters == call.parameters:
        return None if _sends_blob(call) else REPEATED
    pages = _pages(call)
    if pages is None or not pages.tokens & call.parameters.keys():
        return None
    return PAGES if _without(before, pages.tokens) == _without(call, pages.tokens) else None


def _pages(call: Call) -> models.Pages | None:
    try:
        return models.operation(call.service, call.operation).pages
    except KeyError:
        return None


def _sends_blob(call: Call) -> bool:
    """Two bodies of one size need not be the same body."""
    return any(isinstance(value, Blob) for value in call.parameters.values())


def _without(call: Call, names: Iterable[str]) -> dict[str, Any]:
    dropped = set(names)
    return {name: value for name, value in call.parameters.items() if name not in dropped}


def _step(kind: str, calls: Sequence[Call]) -> Step:
    sizes = [c.parameters.get("Body") for c in calls if c.operation == "UploadPart"]
    known = [_length(body) for body in sizes]
    total = None if not known or None in known else sum(size or 0 for size in known)
    spent = sum(call.milliseconds for call in calls)
    return Step(kind, tuple(calls), len(calls), spent, total)


def _length(body: Any) -> int | None:
    if isinstance(body, Blob):
        return body.size
    return len(body) if isinstance(body, bytes | str) else None


def condense(step: Step) -> Step:
    """Return a step with one call of each operation, which is all that its code needs."""
    seen: dict[str, Call] = {}
    for call in step.calls:
        kept = seen.get(call.operation)
        if kept is None or (call.failed and not kept.failed):
            seen[call.operation] = call
    return replace(step, calls=tuple(seen.values()))
