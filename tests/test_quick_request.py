"""The request's own headers and fields answer as werkzeug's do."""

import pytest
from flask import Request
from werkzeug.datastructures import Headers
from werkzeug.exceptions import BadRequestKeyError
from werkzeug.test import EnvironBuilder

from app.quick_request import QuickRequest

GIVEN = {"X-Forwarded-For": "10.0.0.1", "Accept": "text/html", "Content-Type": "text/plain", "Cookie": "a=b"}
ASKED = (
    "x-forwarded-for",
    "X-FORWARDED-FOR",
    "accept",
    "Content-Type",
    "Content-Length",
    "Via",
    "Http-Accept",
    "",
    "é",
)


def both() -> tuple[Request, QuickRequest]:
    environ = EnvironBuilder(
        "/p?n=3&n=4&word=x&empty=", headers=Headers(GIVEN), method="POST", data=b"abc"
    ).get_environ()
    return Request(dict(environ)), QuickRequest(dict(environ))


def test_headers_are_those_that_came() -> None:
    theirs, ours = both()
    for name in ASKED:
        assert (name in ours.headers) == (name in theirs.headers), name
        assert ours.headers.get(name) == theirs.headers.get(name), name
        assert ours.headers.get(name, "-") == theirs.headers.get(name, "-"), name
    assert list(ours.headers) == list(theirs.headers)
    assert ours.headers.get("Content-Length", type=int) == 3
    with pytest.raises(KeyError):
        ours.headers["Via"]


def test_fields_are_those_that_came() -> None:
    theirs, ours = both()
    for name in ("n", "word", "empty", "missing"):
        assert ours.args.get(name) == theirs.args.get(name), name
        assert ours.args.get(name, 7, type=int) == theirs.args.get(name, 7, type=int), name
        assert ours.args.getlist(name) == theirs.args.getlist(name), name
    assert ours.args.to_dict() == theirs.args.to_dict()
    assert ours.cookies.get("a") == "b"
    assert ours.cookies.get("missing") is None
    with pytest.raises(BadRequestKeyError):
        ours.args["missing"]


def test_cookies_are_those_that_came() -> None:
    for text in ("a=b", "a=b; a=c; d", 'q="x\\"y"', "", "ü=ö", "a=" + "x" * 5000):
        environ = EnvironBuilder("/", headers=Headers({"Cookie": text})).get_environ()
        theirs, ours = Request(dict(environ)), QuickRequest(dict(environ))
        assert ours.cookies == theirs.cookies
        assert ours.cookies.get("missing") is None
    assert QuickRequest(EnvironBuilder("/").get_environ()).cookies == {}
