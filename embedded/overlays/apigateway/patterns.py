"""The regular expressions that people give, by RE2: its time grows with the text alone, whatever the pattern.

They run where all requests are served, so none may take long. What RE2 cannot do, looking around and back
references, is refused.
"""

import importlib
from functools import lru_cache
from typing import Any


class PatternError(ValueError):
    """A pattern that is none, or one that RE2 does not take."""


@lru_cache(maxsize=256)
def compiled(pattern: str) -> Any:
    """Return the expression, or raise PatternError."""
    re2: Any = importlib.import_module("re2")
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except (re2.error, UnicodeEncodeError) as error:
        raise PatternError(f"the regular expression {pattern!r} is none, or looks around or back") from error


def _whole(text: str) -> str:
    """Return a text without halves of characters, which RE2 cannot read."""
    return text.encode("utf-8", "replace").decode()


def fits(pattern: str, text: str) -> bool:
    """Whether the pattern matches the text from its first sign to its last."""
    return compiled(pattern).fullmatch(_whole(text)) is not None


def replaced(pattern: str, new: str, text: str) -> str:
    """Return the text with each match replaced; `new` is as re.sub takes it."""
    return str(compiled(pattern).sub(new, _whole(text)))


def split(pattern: str, text: str) -> list[str]:
    """Return the parts between the matches."""
    return list(compiled(pattern).split(_whole(text)))
