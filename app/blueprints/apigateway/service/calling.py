"""A deployed stage called as anybody would: a plain request, only ever to the API's own address."""

import json
import re
import shlex
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

import urllib3
from urllib3.exceptions import HTTPError
from urllib3.exceptions import TimeoutError as TooLong

from app import execute_api

MIB = 1024 * 1024
MOST = 10 * MIB  # bytes of an answer that are read; API Gateway gives no more
TIMEOUT = urllib3.Timeout(connect=5, read=35)  # API Gateway itself gives up after 29 seconds
VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
FILLS = {
    0: "As typed",
    5: "A JSON body of 5 MiB",
    7: "7 MiB: over Lambda's 6 MB",
    11: "11 MiB: over API Gateway's 10 MB",
}
# What says where a request goes and where it ends: with one of these typed, a body could be somebody else's request.
OWN = {"host", "content-length", "transfer-encoding", "connection", "keep-alive", "expect", "te", "trailer", "upgrade"}
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # https://www.rfc-editor.org/rfc/rfc9110#name-tokens
_SAFE = "/%:@!$&'()*+,;=~-._"
_pool = urllib3.PoolManager(num_pools=8, maxsize=8, retries=False, timeout=TIMEOUT)


@dataclass(frozen=True)
class Request:
    """What is sent to a stage; `fill` is MiB of letters that stand for the body."""

    verb: str
    path: str
    query: str = ""
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    fill: int = 0

    @property
    def payload(self) -> bytes:
        """The body's bytes."""
        if self.fill:
            return json.dumps({"filler": "x" * (self.fill * MIB)}).encode()
        return self.body.encode("utf-8", "surrogatepass")


@dataclass(frozen=True)
class Called:
    """What came back; times in milliseconds, `fault` where nothing did."""

    url: str
    status: int
    reason: str
    headers: dict[str, str]
    body: str
    size: int
    milliseconds: float
    sent: int
    fault: str = ""


def faults(request: Request) -> dict[str, str]:
    """Return what cannot be sent, by field."""
    found = {}
    if not request.path.startswith("/"):
        found["path"] = "A path begins with a slash."
    if any(unquote(part) in (".", "..") for part in request.path.split("/")):
        found["path"] = "A path without . and .. alone: the request would leave the stage."
    if "{" in request.path:
        found["path"] = "Put values where the path has braces."
    if any(ord(c) < 32 or ord(c) == 127 for text in (*request.headers, *request.headers.values()) for c in text):
        found["headers"] = "A header is one line without control characters."
    if not all(name.isascii() and value.isascii() for name, value in request.headers.items()):
        found["headers"] = "Headers are plain ASCII."
    for name in request.headers:
        if name.lower() in OWN:
            found["headers"] = f"{name} is set by what sends the request: leave it out."
        elif not _NAME.fullmatch(name):
            found.setdefault("headers", f"“{name[:40]}” is no name of a header.")
    return found


def url(client: Any, api: str, stage: str, request: Request) -> str:
    """Return the address that is called: always the API's own, whatever the path says."""
    path = quote(request.path, safe=_SAFE, errors="replace")
    query = quote(request.query.lstrip("?"), safe=_SAFE + "?", errors="replace")
    return execute_api.base(client, api, stage) + path + (f"?{query}" if query else "")


def call(client: Any, api: str, stage: str, request: Request) -> Called:
    """Send one request, without following redirects or trying again."""
    place, payload = url(client, api, stage, request), request.payload
    body = payload if request.verb not in ("GET", "HEAD") else None
    begun = time.perf_counter()
    try:
        answer = _pool.request(
            request.verb, place, body=body, headers=request.headers, redirect=False, preload_content=False
        )
        content = answer.read(MOST, decode_content=True)
        if answer.read(1):  # the rest of a longer one must not wait for whoever is given this connection
            answer.close()
        answer.release_conn()
    except HTTPError as error:
        took = (time.perf_counter() - begun) * 1000
        said = "It did not answer within 35 seconds." if isinstance(error, TooLong) else f"No answer: {error}"
        return Called(place, 0, "", {}, "", 0, took, len(body or b""), said)
    took = (time.perf_counter() - begun) * 1000
    headers = dict(answer.headers.items())
    text = content.decode("utf-8", "replace")
    return Called(place, answer.status, answer.reason or "", headers, text, len(content), took, len(body or b""))


def curl(place: str, request: Request) -> str:
    """Return the command that sends the same."""
    words = ["curl", "-i"] + ([] if request.verb == "GET" else ["-X", request.verb])
    for name, value in request.headers.items():
        words += ["-H", f"{name}: {value}"]
    words += ["--data-binary", "@body.json" if request.fill else request.body] if _has_body(request) else []
    return " ".join(shlex.quote(word) for word in [*words, place])


def python(place: str, request: Request) -> str:
    """Return the Python that sends the same, with the standard library alone."""
    body = "open('body.json', 'rb')" if request.fill else repr(request.body.encode("utf-8", "surrogatepass"))
    lines = ["import urllib.error", "import urllib.request", "", "request = urllib.request.Request("]
    lines += [f"    {place!r},", f"    method={request.verb!r},", f"    headers={request.headers!r},"]
    lines += [f"    data={body},"] if _has_body(request) else []
    lines += [")", "try:", "    answer = urllib.request.urlopen(request, timeout=35)"]
    lines += ["except urllib.error.HTTPError as refused:", "    answer = refused"]
    lines += ["print(answer.status, answer.read().decode())", ""]
    return "\n".join(lines)


def _has_body(request: Request) -> bool:
    return request.verb not in ("GET", "HEAD", "OPTIONS") and bool(request.body or request.fill)
