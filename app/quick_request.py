"""A request that tells quickly what it does not have: werkzeug raises an exception of its own for each thing missing.

A page asks for some twenty headers and fields that nobody sent, and each took as long as a small part of the page.
"""

from functools import cached_property, lru_cache
from typing import Any

from flask import Request
from werkzeug.datastructures import EnvironHeaders, ImmutableMultiDict
from werkzeug.sansio.http import parse_cookie

LONGEST = 4000  # characters of a header of cookies that is remembered
_PLAIN = ("CONTENT_TYPE", "CONTENT_LENGTH")  # headers that WSGI names without HTTP_


@lru_cache(256)
def variable(header: str) -> str:
    """Return the name under which WSGI has a header."""
    name = header.upper().replace("-", "_")
    return name if name in _PLAIN else f"HTTP_{name}"


class QuickHeaders(EnvironHeaders):
    """The headers that came."""

    def __contains__(self, key: object) -> bool:
        """Whether a header came."""
        return isinstance(key, str) and variable(key) in self.environ

    def get(self, key: str, default: Any = None, type: Any = None) -> Any:  # type: ignore[override]
        """Return a header, as werkzeug does."""
        return super().get(key, default, type) if key in self else default


@lru_cache(1024)
def _cookies(text: str) -> ImmutableMultiDict[str, str]:
    """Return the cookies of a header, which a browser sends again with every request."""
    return QuickFields(parse_cookie(text))


class QuickFields(ImmutableMultiDict[str, Any]):
    """Fields of an address or a form, or cookies."""

    def get(self, key: str, default: Any = None, type: Any = None) -> Any:  # type: ignore[override]
        """Return a field, as werkzeug does."""
        return super().get(key, default, type) if key in self else default


class QuickRequest(Request):
    """Flask's request, with these headers and fields."""

    parameter_storage_class = QuickFields
    dict_storage_class = QuickFields

    @cached_property
    def cookies(self) -> ImmutableMultiDict[str, str]:
        """The cookies that came."""
        text = self.environ.get("HTTP_COOKIE", "")
        return _cookies(text) if len(text) <= LONGEST else _cookies.__wrapped__(text)

    def __init__(self, environ: dict[str, Any], *given: Any, **more: Any) -> None:
        super().__init__(environ, *given, **more)
        self.headers = QuickHeaders(environ)
