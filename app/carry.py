"""Carries the calls of a form over its redirect, in a sealed cookie that the next page reads and clears.

Sealed, not only signed: in the calls are values of items and rows, which nobody reads who sees a cookie on its way.
"""

import json
import zlib
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from flask import Flask, Response, current_app, request

from app import aws, context, plain_values, recorder, sealed
from app.codegen import Step, collapse, condense, models
from app.codegen.steps import CALL
from app.plain_values import Cut
from app.recorder import Call
from app.respond import wants_fragment, wants_json

COOKIE = "trellis_calls"
PURPOSE = "trellis calls"
SECONDS = 60
LARGEST = 3000  # characters of the cookie's value; browsers refuse a cookie over 4,096 bytes in all
LONGEST = 20 * LARGEST  # characters before compression
FORMAT = 2
# How much is kept, tried in turn: most steps, longest list, longest string, longest error message.
_CUTS = (
    (60, 1000, 4000, 2000),
    (60, 50, 1100, 500),
    (40, 20, 300, 300),
    (20, 5, 200, 200),
    (8, 2, 100, 100),
    (3, 1, 100, 50),
)


@dataclass(frozen=True)
class Carried:
    """What the form did whose redirect led here; `left_out` counts the calls that found no room.

    `added` is what else it did, SQL say, as fields of the drawer's ShownCall.
    """

    steps: tuple[Step, ...] = ()
    left_out: int = 0
    added: tuple[dict[str, Any], ...] = ()


def steps() -> list[Step]:
    """Return what this request has done so far, using the models that its clients have loaded."""
    calls = recorder.recorded()
    for call in calls:
        if not models.known(call.service):
            models.learn(aws.door().client(call.service, call.region).meta.service_model)
    return collapse(calls)


def added() -> list[Any]:
    """Return what this request did besides AWS calls, as the drawer shows it; the drawer appends to it."""
    kept = context.kept()
    if "drawer_added" not in kept:
        kept.drawer_added = []
    found: list[Any] = kept.drawer_added
    return found


def carried() -> Carried:
    """Return what the form did whose redirect led to this page; nothing for fragments and data."""
    kept = context.kept()
    if "carried" not in kept:
        kept.carried = _read() if _is_page_request() else Carried()
    found: Carried = kept.carried
    return found


def _is_page_request() -> bool:
    request = context.asked()
    headers = request.headers
    looking_ahead = "prefetch" in headers.get("Sec-Purpose", "")
    # A picture that is missing answers with a page too, but nobody sees it ("empty": htmx and fetch).
    unseen = headers.get("Sec-Fetch-Dest", "document") not in ("document", "empty")
    return not (wants_fragment() or wants_json() or looking_ahead or unseen or request.method == "HEAD")


def _keys() -> list[sealed.Key]:
    """Return the keys that open a cookie, the one that seals it first."""
    return [current_app.secret_key or "", *(current_app.config.get("SECRET_KEY_FALLBACKS") or [])]


def _seal(content: Any) -> str:
    compact = json.dumps(content, separators=(",", ":")).encode()
    return sealed.seal(_keys()[0], PURPOSE, zlib.compress(compact))


def _read() -> Carried:
    """Return the cookie's content: nothing where it is missing, tampered with, too old or of another version."""
    text = request.cookies.get(COOKIE)
    if not text:
        return Carried()
    try:
        content = sealed.unseal(_keys(), PURPOSE, text, SECONDS)
    except sealed.Unreadable:
        return Carried()
    return unpack(json.loads(zlib.decompress(content)))


def unpack(content: Any) -> Carried:
    """Return what `pack` was given; nothing where another version of the dashboard wrote it."""
    if not isinstance(content, list) or content[:1] != [FORMAT]:
        return Carried()
    return Carried(tuple(_unpack_step(item) for item in content[1]), content[2], tuple(content[3]))


def pack(found: Carried, seal: Callable[[Any], str]) -> str:
    """Return steps as the cookie's value, cut until it is short enough; what was cut is marked in its step.

    Empty where even the shortest form has no room.
    """
    kept = [condense(step) for step in found.steps]
    start = min((call.started for step in kept for call in step.calls), default=0.0)
    for most, items, letters, words in _CUTS:
        packed = [_pack_step(step, start, Cut(items, letters), words) for step in kept[:most]]
        content = [FORMAT, packed, found.left_out + sum(step.count for step in kept[most:]), found.added]
        # What is this long is not worth compressing to see whether it fits.
        if len(json.dumps(content)) > LONGEST:
            continue
        text = seal(content)
        if len(text) <= LARGEST:
            return text
    return pack(replace(found, added=_wordless(found)), seal) if _wordy(found) else _bare(found, kept, start, seal)


# What of an addition is left out where the whole has no room.
_CODE = {"python": "", "command": "", "policy": "", "shortened": True}


def _wordy(found: Carried) -> bool:
    return any(one["python"] or one["command"] for one in found.added)


def _wordless(found: Carried) -> tuple[dict[str, Any], ...]:
    return tuple({**one, **_CODE} for one in found.added)


def _bare(found: Carried, kept: list[Step], start: float, seal: Callable[[Any], str]) -> str:
    """Return the cookie's value for calls of which only the names have room."""
    bare = [_pack_step(_without_parameters(step), start, Cut(0, 0), 0) for step in kept[:3]]
    text = seal([FORMAT, bare, found.left_out + sum(step.count for step in kept[3:]), found.added[:1]])
    return text if len(text) <= LARGEST else ""


def _without_parameters(step: Step) -> Step:
    return replace(step, kind=CALL, calls=(replace(step.call, parameters={}),), shortened=True)


def _pack_step(step: Step, start: float, cut: Cut, words: int) -> list[Any]:
    calls = [
        [c.service, c.operation, c.region, {name: cut.pack(value) for name, value in c.parameters.items()},
         round(c.milliseconds, 2), c.status, c.request_id, c.retries, c.error_code,
         c.error_message and c.error_message[:words], round(c.started - start, 5)]
        for c in step.calls
    ]  # fmt: skip
    return [step.kind, calls, step.count, round(step.milliseconds, 2), step.size, step.shortened or cut.happened]


def _unpack_step(packed: list[Any]) -> Step:
    kind, calls, count, milliseconds, size, shortened = packed
    return Step(kind, tuple(_unpack_call(*call) for call in calls), count, milliseconds, size, shortened)


def _unpack_call(
    service: str, operation: str, region: str, parameters: dict[str, Any], milliseconds: float, *facts: Any
) -> Call:
    values = {name: plain_values.unpack(value) for name, value in parameters.items()}
    return Call(service, operation, values, region, milliseconds, *facts)


def _write(response: Response) -> None:
    before = carried() if request.method == "GET" else Carried()
    found = Carried((*before.steps, *steps()), before.left_out, (*before.added, *map(asdict, added())))
    text = pack(found, _seal) if found.steps or found.added else ""
    if text:
        secure = request.is_secure
        response.set_cookie(COOKIE, text, max_age=SECONDS, secure=secure, httponly=True, samesite="Lax", path="/")


def init_app(app: Flask) -> None:
    """Leave the calls of a redirecting form for the page that follows; clear them when it has been shown."""

    @app.after_request
    def carry(response: Response) -> Response:
        if response.status_code == 303 and _is_page_request():
            _write(response)
        elif COOKIE in request.cookies and _is_page_request() and _is_page(response):
            response.delete_cookie(COOKIE, path="/", secure=request.is_secure, httponly=True, samesite="Lax")
        return response


def _is_page(response: Response) -> bool:
    return response.mimetype == "text/html" and not 300 <= response.status_code < 400
