"""A Logs Insights query taken apart: words, strings, patterns and comments, and the stages between its pipes.

Not a judge: what is right the service says. This only has to see where a stage ends.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
"""

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""(?P<space>\s+)|(?P<comment>\#[^\n]*)|(?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(?P<name>`[^`]*`)"""
    r"""|(?P<number>\d+(?:\.\d+)?(?:ms|[smhdw]|mo|q|y)?\b)|(?P<word>[@$A-Za-z_][\w@.$]*(?:\[\d+\][\w.]*)*)"""
    r"""|(?P<pipe>\|)|(?P<sign>=~|!=|<=|>=|\{\{|\}\}|.)""",
    re.DOTALL,
)
_PATTERN = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n])*/[a-z]*", re.DOTALL)
_BEFORE_PATTERN = {"like", "=~", "(", ",", "parse", "|"}


@dataclass(frozen=True)
class Token:
    """A piece of a query; kinds: comment, string, name, number, word, pipe, sign, pattern, unclosed."""

    kind: str
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Stage:
    """What stands between two pipes; `tokens` are without comments, the command is not among them."""

    command: str
    text: str
    start: int
    end: int
    tokens: tuple[Token, ...]


def tokens(query: str) -> list[Token]:
    """Return the pieces of a query, without spaces."""
    found, at = list[Token](), 0
    while at < len(query):
        token = _pattern(query, at, found) or _token(query, at)
        if token.kind != "space":
            found.append(token)
        at = token.end
    return found


def _pattern(query: str, at: int, before: list[Token]) -> Token | None:
    """Return the regular expression that begins here; elsewhere a slash divides."""
    if query[at] != "/" or not _may_begin_pattern(before):
        return None
    match = _PATTERN.match(query, at)
    if match is None:
        line = query.find("\n", at)
        return Token("unclosed", query[at : line if line >= 0 else len(query)], at, line if line >= 0 else len(query))
    return Token("pattern", match.group(), at, match.end())


def _may_begin_pattern(before: list[Token]) -> bool:
    seen = [token for token in before if token.kind != "comment"]
    if not seen or seen[-1].text.lower() in _BEFORE_PATTERN:
        return True
    # parse @message /…/
    return len(seen) > 1 and seen[-2].text.lower() == "parse" and seen[-1].kind in ("word", "name")


def _token(query: str, at: int) -> Token:
    match = _TOKEN.match(query, at)
    assert match is not None and match.lastgroup is not None  # noqa: S101 the last sign takes any character
    if match.lastgroup == "sign" and match.group() in ("'", '"', "`"):
        return Token("unclosed", query[at:], at, len(query))
    return Token(match.lastgroup, match.group(), at, match.end())


def stages(query: str) -> list[Stage]:
    """Return the stages of a query; empty ones (a query of comments, a pipe at the end) are left out."""
    found, held, start = list[Stage](), list[Token](), 0
    for token in [*tokens(query), Token("pipe", "|", len(query), len(query))]:
        if token.kind != "pipe":
            held.append(token)
            continue
        made = _stage(query, held, start, token.start)
        found += [made] if made else []
        held, start = [], token.end
    return found


def _stage(query: str, held: list[Token], start: int, end: int) -> Stage | None:
    seen = [token for token in held if token.kind != "comment"]
    if not seen:
        return None
    return Stage(seen[0].text.lower(), query[start:end].strip(), start, seen[-1].end, tuple(seen[1:]))


def has(query: str, *commands: str) -> bool:
    """Whether a query has one of these commands."""
    return any(stage.command in commands for stage in stages(query))


_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def bins(query: str) -> int:
    """Return the seconds of the slices of time by which a query's last stats command groups; 0 where it does not.

    What is no number of them, AWS refuses.
    """
    stats = [stage for stage in stages(query) if stage.command == "stats"]
    words = [token.text.lower() for token in stats[-1].tokens] if stats else []
    if "bin" not in words:
        return 0
    size = next((word for word in words[words.index("bin") :] if word[:1].isdigit()), "1m")
    digits = size.rstrip("abcdefghijklmnopqrstuvwxyz")
    try:
        return int(float(digits) * _SECONDS.get(size[len(digits) :], 1))
    except (ValueError, OverflowError):
        return 0
