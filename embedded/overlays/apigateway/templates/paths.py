"""JSONPath as templates use it: names, indexes and stars. Filters, slices and descents are refused."""

import re
from typing import Any

_STEP = re.compile(r"\.([\w-]+)|\.(\*)|\[\s*'([^']*)'\s*\]|\[\s*\"([^\"]*)\"\s*\]|\[\s*(-?\d+)\s*\]|\[\s*(\*)\s*\]")


class PathError(Exception):
    """A path that is none, or one that is not understood here."""


def find(document: Any, path: str) -> Any:
    """Return what a path names: one value, or with a star the list of all; None where there is nothing."""
    if not path.startswith("$"):
        path = f"$.{path}"
    found, several, at = [document], False, 1
    while at < len(path):
        step = _STEP.match(path, at)
        if step is None:
            raise PathError(f"JSONPath {path} cannot be used in the embedded AWS")
        at = step.end()
        found = [one for value in found for one in _next(value, step)]
        several = several or bool(step.group(2) or step.group(6))
    if several:
        return found
    return found[0] if found else None


def _next(value: Any, step: re.Match[str]) -> list[Any]:
    name = next((part for part in step.group(1, 3, 4) if part is not None), None)
    if name is not None:
        return [value[name]] if isinstance(value, dict) and name in value else []
    if step.group(5) is not None:
        index = int(step.group(5))
        return [value[index]] if isinstance(value, list) and -len(value) <= index < len(value) else []
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, list) else []
