"""JSON Patch as the Update operations take it: paths from a table, everything else refused with AWS's sentence."""

from collections.abc import Mapping, Sequence
from typing import Any

from embedded.overlays.apigateway.faults import Fault, bad
from embedded.overlays.apigateway.fields import Convert

# "name" is a field, "variables/*" an entry of a map, "binaryMediaTypes/+" an item of a list.
Rules = Mapping[str, Convert]


def operations(asked: Mapping[str, Any]) -> list[tuple[str, list[str], Any]]:
    """Return what is asked for: operation, the path's parts, value."""
    found = []
    for one in asked.get("patchOperations") or []:
        op, path = one.get("op"), str(one.get("path") or "")
        if op not in ("add", "remove", "replace", "copy", "move", "test"):
            raise bad(f"Invalid patch operation specified. Must be one of: [add, remove, replace, copy]. Was: {op}")
        parts = [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]
        found.append((op, parts, one.get("value")))
    return found


def apply(record: dict[str, Any], asked: Mapping[str, Any], rules: Rules) -> None:
    """Change a record in place by every operation, or raise."""
    for op, parts, value in operations(asked):
        change(record, op, parts, value, rules)


def change(record: dict[str, Any], op: str, parts: Sequence[str], value: Any, rules: Rules) -> None:
    """Change a record by one operation."""
    pattern, convert = _rule(parts, rules)
    if convert is None or op not in ("add", "remove", "replace"):
        raise wrong_path(op, parts, rules)
    if pattern.endswith("/+"):
        _item(record, op, parts, value)
    elif op == "remove":
        _inside(record, parts).pop(parts[-1], None)
    else:
        _inside(record, parts)[parts[-1]] = convert(value)


def wrong_path(op: str, parts: Sequence[str], rules: Rules) -> Fault:
    """Return the error for a path that cannot be changed."""
    allowed = ", ".join(f"/{name}" for name in rules)
    return bad(f"Invalid patch path  '/{'/'.join(parts)}' specified for op '{op}'. Must be one of: [{allowed}]")


def _rule(parts: Sequence[str], rules: Rules) -> tuple[str, Convert | None]:
    exact = "/".join(parts)
    for pattern in (exact, *(f"{'/'.join(parts[:-1])}/{end}" for end in "*+")):
        if pattern in rules:
            return pattern, rules[pattern]
    return "", None


def _inside(record: dict[str, Any], parts: Sequence[str]) -> dict[str, Any]:
    for part in parts[:-1]:
        if not isinstance(record.get(part), dict):
            record[part] = {}
        record = record[part]
    return record


def _item(record: dict[str, Any], op: str, parts: Sequence[str], value: Any) -> None:
    """Add or remove an item of a list, which the path names; `replace` puts another in its place."""
    items = record.setdefault(parts[0], [])
    if op != "add" and parts[1] not in items:
        raise bad(f"Invalid patch path /{'/'.join(parts)}")
    if op != "add":
        items.remove(parts[1])
    if op != "remove":
        items.append(parts[1] if op == "add" else str(value))
