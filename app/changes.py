"""How a change that worked is answered."""

from typing import Any

from flask import flash, jsonify, redirect
from werkzeug.wrappers import Response

from app import respond
from app.drawer import drawer


def done(data: Any, location: str, message: str, category: str = "done") -> Response:
    """Answer a change that worked: 303 with a message for people, the result and its calls as JSON for scripts."""
    if respond.wants_json():
        return jsonify({**respond.plain(data), "calls": respond.plain(drawer().calls)})
    flash(message, category)
    return redirect(location, 303)


def counted(number: int, one: str, many: str = "") -> str:
    """Return “1 object” or “2,000 objects”."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
