"""The mapping of columns: which are kept, under which names, as what."""

from dataclasses import dataclass

from app.numbers import is_canonical

KINDS = {"text": "Text", "whole": "Whole number", "number": "Number", "flag": "Yes or no"}
SPARK = {"text": "string", "whole": "long", "number": "double", "flag": "boolean"}
MOST = 500


@dataclass(frozen=True)
class Column:
    """One column of the input; `sample` is a value of it."""

    source: str
    name: str
    kind: str = "text"
    keep: bool = True
    sample: str = ""


def guessed(header: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> tuple[Column, ...]:
    """Return a mapping that keeps every column, with types that fit the first rows."""
    found = []
    for at, source in enumerate(header[:MOST]):
        values = [row[at] for row in rows if at < len(row) and row[at].strip()]
        found.append(Column(source, source.strip(), _kind(values), True, values[0] if values else ""))
    return tuple(found)


def _kind(values: list[str]) -> str:
    texts = [one.strip() for one in values]
    if not texts:
        return "text"
    if all(is_canonical(one) for one in texts):
        return "whole"
    if all(_number(one) for one in texts):
        return "number"
    return "flag" if all(one.lower() in ("true", "false", "yes", "no") for one in texts) else "text"


def _number(text: str) -> bool:
    whole, point, rest = text.removeprefix("-").partition(".")
    return is_canonical(whole) and (not point or (rest.isascii() and rest.isdigit()))


def faults(columns: tuple[Column, ...]) -> str:
    """Return what is wrong with a mapping, empty where nothing is."""
    kept = [one for one in columns if one.keep]
    names = [one.name for one in kept]
    if not kept:
        return "Keep at least one column."
    if not all(names):
        return "Give every column that is kept a name."
    twice = next((name for name in names if names.count(name) > 1), "")
    if twice:
        return f"Two columns are named {twice}."
    return next((f"AWS has no type {one.kind}." for one in kept if one.kind not in KINDS), "")


def quoted(value: str) -> str:
    """Return a text as Python writes it, whatever a header holds."""
    text = repr(value)
    return text if '"' in value or "\\" in text else f'"{value}"'
