"""Prints its environment, one event a variable; what opens doors is left out, for a log is read by many."""

import os
from typing import Any

SECRET = ("KEY", "TOKEN", "SECRET", "PASSWORD")


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one call."""
    for name in sorted(os.environ):
        hidden = any(word in name for word in SECRET)
        print(f"{name} = {'(hidden)' if hidden else os.environ[name]}")
    return {"variables": len(os.environ), "log_stream": context.log_stream_name}
