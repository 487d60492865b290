"""Requests to the provider: JSON in bounded size and time, no redirects, nothing tried again."""

import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import urllib3
from urllib3.exceptions import HTTPError

MOST = 256 * 1024  # bytes of an answer
PATIENCE = 10.0  # seconds for a whole answer
_TIMEOUT = urllib3.Timeout(connect=4, read=5)
_pool = urllib3.PoolManager(num_pools=4, maxsize=2, retries=False, timeout=_TIMEOUT)


class NoAnswer(Exception):
    """The provider does not answer, or with something that is no JSON object."""


def get(url: str) -> dict[str, Any]:
    """Return the JSON object at an address. Raises NoAnswer."""
    status, found = _ask("GET", url, None, {})
    if status != 200:
        raise NoAnswer(f"{url} answers with {status}")
    return found


def post(url: str, fields: Mapping[str, str], headers: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
    """Send a form; return status and JSON object. Raises NoAnswer."""
    typed = {"Content-Type": "application/x-www-form-urlencoded", **headers}
    return _ask("POST", url, urlencode(fields).encode(), typed)


def _ask(verb: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
    sent = {"Accept": "application/json", "Accept-Encoding": "identity", **headers}
    try:
        with _pool.request(verb, url, body=body, headers=sent, preload_content=False, redirect=False) as response:
            try:
                return response.status, _object(url, _read(url, response))
            finally:
                response.close()
    except HTTPError as error:
        raise NoAnswer(f"{url}: {error}") from error


def _read(url: str, response: urllib3.BaseHTTPResponse) -> bytes:
    end, data = time.monotonic() + PATIENCE, bytearray()
    while chunk := response.read1(16 * 1024, decode_content=False):
        data += chunk
        if len(data) > MOST:
            raise NoAnswer(f"{url} answers with more than {MOST} bytes")
        if time.monotonic() > end:
            raise NoAnswer(f"{url} takes more than {PATIENCE} seconds")
    return bytes(data)


def _object(url: str, data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise NoAnswer(f"{url} answers with something that is no JSON object")
    return found
