"""Cut SQL into the few kinds of token that matter here, exactly where each server's own lexer does.

It knows strings, quoted names, comments, dollar quotes, words, parameters and single marks; it judges no grammar.
Two regular expressions, each linear in the length of its text: 5 MB take about a second.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from app.sql.target import Dialect


class Token(NamedTuple):
    """One token of a text: `kind` is word, string, name, comment, parameter, number, unclosed, or a mark itself."""

    kind: str
    start: int
    end: int


_COMMON = r"""
| (?P<space>[\s]+)
| (?P<number>\d[\w.]*)
| (?P<cast>::|:=)
| (?P<parameter>:[A-Za-z_]\w*)
"""
# MySQL ends a line comment at \n only, wants a blank after --, does not nest /* */, and runs what stands in /*! */.
_MYSQL = re.compile(
    r"""
  (?P<comment>(?:\#|--(?=[\x00-\x20]|\Z))[^\n]*|/\*(?!M?!)[^*]*\*+(?:[^/*][^*]*\*+)*/)
| (?P<code>/\*M?!|\*/)
| (?P<string>'[^'\\]*(?:(?:''|\\.)[^'\\]*)*'|"[^"\\]*(?:(?:""|\\.)[^"\\]*)*")
| (?P<name>`[^`]*(?:``[^`]*)*`)
| (?P<open>['"`]|/\*)
| (?P<word>[A-Za-z_$@\x80-\U0010ffff][\w$@]*)
"""
    + _COMMON
    + r"| (?P<mark>.)",
    re.VERBOSE | re.DOTALL,
)
_POSTGRES = re.compile(
    r"""
  (?P<comment>--[^\r\n]*)
| (?P<nested>/\*)
| (?P<string>[eE]'[^'\\]*(?:(?:''|\\.)[^'\\]*)*'|'[^']*(?:''[^']*)*'
    |\$(?P<tag>(?:[A-Za-z_\x80-\U0010ffff][\w]*)?)\$.*?\$(?P=tag)\$)
| (?P<name>(?:[uU]&)?"[^"]*(?:""[^"]*)*")
| (?P<open>[eE]'|['"]|\$(?:[A-Za-z_\x80-\U0010ffff]\w*)?\$)
| (?P<word>[A-Za-z_\x80-\U0010ffff][\w$]*)
"""
    + _COMMON
    + r"| (?P<mark>.)",
    re.VERBOSE | re.DOTALL,
)
_COMMENT_MARKS = re.compile(r"/\*|\*/")


def tokens(text: str, dialect: Dialect) -> Iterator[Token]:
    """Yield the tokens of a text but for blanks; a quote or comment without end is one token `unclosed` to the end."""
    match = (_MYSQL if dialect == "mysql" else _POSTGRES).match
    position, length = 0, len(text)
    while position < length:
        found = match(text, position)
        if found is None:
            raise AssertionError("the last alternative takes any character")
        kind, end = _kind(found), found.end()
        if kind == "nested":
            end = _comment_end(text, position)
            kind = "comment" if end else "unclosed"
        if kind in ("open", "unclosed"):
            kind, end = "unclosed", length
        if kind != "space":
            yield Token(text[position] if kind == "mark" else kind, position, end)
        position = end


def _kind(found: "re.Match[str]") -> str:
    kind = found.lastgroup or "mark"
    return "string" if kind == "tag" else kind


def _comment_end(text: str, start: int) -> int:
    """Return where PostgreSQL's nested comment ends, 0 if nowhere."""
    depth = 0
    for found in _COMMENT_MARKS.finditer(text, start):
        depth += 1 if found.group() == "/*" else -1
        if not depth:
            return found.end()
    return 0
