"""Regular expressions and globs: checked once by RE2, then given to DuckDB, whose RE2 is an older one."""

import functools
import importlib
import re
from typing import Any

from embedded.overlays.insights.language.lexer import QueryError
from embedded.overlays.insights.language.tree import Pattern, Text

_PLAIN = re.compile(r"[^\\.^$*+?()\[\]{}|]+")


@functools.cache
def _re2() -> tuple[Any, Any]:
    re2: Any = importlib.import_module("re2")
    options = re2.Options()
    options.log_errors = False
    return re2, options


def checked(pattern: str, start: int, end: int) -> Any:
    """Return a compiled regular expression; QueryError where RE2 does not take it (it runs in linear time)."""
    re2, options = _re2()
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0] if error.args else ""
        words = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        raise QueryError(f"the regular expression /{pattern}/ is not understood: {words}", start, end) from error


def condition(pattern: Pattern) -> tuple[str, str]:
    """Return the SQL function that searches for a pattern, and what to search for."""
    checked(pattern.value, pattern.start, pattern.end)
    if _PLAIN.fullmatch(pattern.value):
        return "contains", pattern.value
    return "regexp_matches", unnamed(pattern.value)


def unnamed(pattern: str) -> str:
    """Return a pattern with its named groups as plain ones."""
    pieces, at, listed = [], 0, False
    while at < len(pattern):
        if pattern[at] == "\\":
            pieces.append(pattern[at : at + 2])
            at += 2
            continue
        named = None if listed else re.compile(r"\(\?P?<[A-Za-z_]\w*>").match(pattern, at)
        listed = (pattern[at] == "[" or listed) and pattern[at] != "]"
        pieces.append("(" if named else pattern[at])
        at = named.end() if named else at + 1
    return "".join(pieces)


def groups(pattern: Pattern) -> tuple[str, list[tuple[str, int]], bool]:
    """Return a pattern for DuckDB, its named groups with their numbers, and whether it matches an empty text."""
    compiled = checked(pattern.value, pattern.start, pattern.end)
    named = sorted(((str(name), int(place)) for name, place in compiled.groupindex.items()), key=lambda pair: pair[1])
    if not named:
        raise QueryError("this regular expression has no named group, as in (?<name>...)", pattern.start, pattern.end)
    return unnamed(pattern.value), named, compiled.search("") is not None


def glob(pattern: Text, names: tuple[str, ...], start: int, end: int) -> tuple[str, list[tuple[str, int]], bool]:
    """Return a glob as the same: each star is as short as can be, a last one goes to the end."""
    pieces = pattern.value.split("*")
    if len(pieces) - 1 != len(names):
        raise QueryError(f"the pattern has {len(pieces) - 1} stars, but {len(names)} names follow", start, end)
    stars = ["(.*?)"] * (len(pieces) - 1)
    if stars and pieces[-1] == "":
        stars[-1] = "(.*)"
    quoted = [re.sub(r"([\\.^$*+?()\[\]{}|])", r"\\\1", piece) for piece in pieces]
    text = "(?s)" + "".join(piece + star for piece, star in zip(quoted, [*stars, ""], strict=True))
    compiled = checked(text, pattern.start, pattern.end)
    return text, [(name, place + 1) for place, name in enumerate(names)], compiled.search("") is not None
