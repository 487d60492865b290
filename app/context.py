"""What belongs to this request, past Flask's proxies: each look through one of those takes as long as ten plain ones.

A page looked through them two hundred times. Who asks several things of one takes it from here once.
"""

from typing import Any

from flask import Flask, Request, current_app, g, request
from flask.ctx import _AppCtxGlobals


def application() -> Flask:
    """Return the application; raises RuntimeError outside of its context, as Flask does."""
    found: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return found


def asked() -> Request:
    """Return this request; raises RuntimeError where there is none."""
    found: Request = request._get_current_object()  # type: ignore[attr-defined]
    return found


def kept() -> _AppCtxGlobals:
    """Return what is kept for this request alone, Flask's g."""
    found: _AppCtxGlobals = g._get_current_object()
    return found


def extension(name: str) -> Any:
    """Return what the application has under a name."""
    return application().extensions[name]


def root() -> str:
    """Return the path under which the application is served, empty at the top of its host: WSGI's SCRIPT_NAME."""
    found: str = asked().root_path
    return found
