"""The addresses of objects: readable paths where they survive the journey, a query where they would not.

Browsers, proxies and servers tidy paths: they resolve `..`, merge `//`, cut trailing spaces and refuse control
characters. A key may hold all of these, so such a key travels as `?key=`. Every route takes both forms.
"""

import unicodedata
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, unquote, urlencode

from flask import request
from werkzeug.exceptions import BadRequest

from app.blueprints.s3.blueprint import bp

View = Callable[..., Any]
_TIDIED = {"", ".", ".."}


def fits_path(key: str) -> bool:
    """Whether a key reaches the application unchanged as the path of an address."""
    if "\\" in key or _has_control(key):
        return False
    segments = key.removesuffix("/").split("/")
    return not any(segment in _TIDIED or segment[0].isspace() or segment[-1].isspace() for segment in segments)


def object_url(bucket: str, key: str, version: str | None = None) -> str:
    """Return the address of an object's page."""
    return _address("objects", bucket, key, versionId=version)


def raw_url(bucket: str, key: str, version: str | None = None, download: bool = False) -> str:
    """Return the address of an object's bytes; `download` asks for an attachment."""
    return _address("raw", bucket, key, versionId=version, download="1" if download else None)


def thumbnail_url(bucket: str, key: str, etag: str) -> str:
    """Return the address of a picture's thumbnail; the ETag makes it one that never changes."""
    return _address("thumbnail", bucket, key, v=etag.strip('"') or None)


def folder_url(bucket: str, prefix: str = "", **query: str | int | None) -> str:
    """Return the address of a folder; `query` adds fields such as view and sort, None leaves one out."""
    fields = {"prefix": prefix or None, **query}
    given = {name: value for name, value in fields.items() if value is not None}
    return f"{bp.url_prefix}/{quote(bucket, safe='')}/" + (f"?{urlencode(given)}" if given else "")


def object_route(kind: str, **options: Any) -> Callable[[View], View]:
    """Register a view(bucket, key) at both forms of `/<bucket>/<kind>/...`; the query form needs a `key`."""

    def register(view: View) -> View:
        bp.add_url_rule(f"/<bucket>/{kind}/<path:key>", view.__name__, view, **options)
        bp.add_url_rule(f"/<bucket>/{kind}/", f"{view.__name__}_by_query", _by_query(view), **options)
        return view

    return register


def carried(name: str, value: str) -> dict[str, str]:
    """Return a form field that survives the journey: browsers change line breaks and HTML forbids controls.

    Such a value travels percent-encoded, under the name with `_quoted` behind it.
    """
    if _has_control(value):
        return {"name": f"{name}_quoted", "value": quote(value, safe="")}
    return {"name": name, "value": value}


def sent(name: str) -> str:
    """Return a field of this request as `carried` sent it, or the empty string."""
    return next(iter(all_sent(name)), "")


def all_sent(name: str) -> list[str]:
    """Return every value of a repeated field as `carried` sent them."""
    return request.values.getlist(name) + [unquote(value) for value in request.values.getlist(f"{name}_quoted")]


def _has_control(text: str) -> bool:
    # isprintable is quick, and true of nearly every key; not all that it refuses is a control character.
    return not text.isprintable() and any(unicodedata.category(character) == "Cc" for character in text)


def _by_query(view: View) -> View:
    def by_query(bucket: str) -> Any:
        key = request.args.get("key", "")
        if not key:
            raise BadRequest("The address names no object: it needs a key.")
        return view(bucket, key)

    return by_query


def _address(kind: str, bucket: str, key: str, **query: str | None) -> str:
    given = {name: value for name, value in query.items() if value is not None}
    base = f"{bp.url_prefix}/{quote(bucket, safe='')}/{kind}/"
    if fits_path(key):
        return base + quote(key, safe="/") + (f"?{urlencode(given)}" if given else "")
    return base + "?" + urlencode({"key": key, **given})
