"""A value in a few words, for cells and lists."""

from typing import Any

from app.blueprints.dynamodb.service.wire.writing import base64_of, plain_value_text

MANY = 60  # entries of a list or map beyond which only their number is told


def short(value: dict[str, Any], most: int = 80) -> str:
    """Return a value on one line of at most `most` characters, cut with an ellipsis."""
    kind, inner = next(iter(value.items()))
    if kind == "S":
        text = inner if len(inner) <= most else inner[: most + 1]
        return _cut(" ".join(text.split("\n")), most)
    if kind == "N":
        return str(inner)
    if kind == "B":
        return _cut(base64_of(bytes(inner)[: most + 3]), most)
    if kind in ("L", "M", "SS", "NS", "BS"):
        return _collection(kind, inner, most)
    return "null" if kind == "NULL" else ("true" if inner else "false")


def _collection(kind: str, inner: Any, most: int) -> str:
    if len(inner) > MANY:
        return f"{len(inner):,} {'names' if kind == 'M' else 'members'}"
    if kind in ("L", "M"):
        return _cut(plain_value_text({kind: inner}), most)
    return _cut(", ".join([short({kind[0]: one}, most) for one in inner]), most)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
