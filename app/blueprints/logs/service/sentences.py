"""What a stage does, in a sentence, from its own words."""

import re
from collections.abc import Callable, Sequence

from app.blueprints.logs.service.pipeline import Stage, Token, stages

_SIGNS = {"=": "is", "!=": "is not", "<": "is below", ">": "is above", "<=": "is at most", ">=": "is at least"}
_UNITS = {"ms": "millisecond", "s": "second", "m": "minute", "h": "hour", "d": "day", "w": "week", "mo": "month"}
_AGGREGATES = {"avg": "the average of", "sum": "the sum of", "min": "the least", "max": "the greatest",
               "count_distinct": "the number of different values of", "stddev": "the standard deviation of",
               "earliest": "the value at the earliest time of", "latest": "the value at the latest time of",
               "sortsfirst": "the first in order of", "sortslast": "the last in order of"}  # fmt: skip
_FIXED = {
    "unmask": "Shows what a data protection policy masks, to those who may see it.",
    "pattern": "Groups the messages by their common shape, and counts each.",
    "diff": "Compares with the same query over the time before.",
    "anomaly": "Looks for messages that are unlike the usual ones.",
    "unnest": "Makes one row of each element of a list.",
    "join": "Joins the rows with those of another group, by a common field.",
    "lookup": "Adds fields from a lookup table.",
    "filterindex": "Reads only what the field index says can match.",
    "source": "Chooses the log groups.",
}


def sentence(stage: Stage) -> str:
    """Return a sentence on a stage; one that is not known here is said to be AWS's own."""
    if stage.command in _FIXED:
        return _FIXED[stage.command]
    made = _MAKERS.get(stage.command)
    return made(stage.tokens) if made else f"Runs AWS's command {stage.command}."


def text(found: Sequence[Token]) -> str:
    """Return tokens as one writes them."""
    out = ""
    for token in found:
        tight = token.text in (",", ")", "]", ".") or out.endswith(("(", "[", ".")) or not out
        tight = tight or (token.text == "(" and out[-1:].isalnum())
        out += token.text if tight else f" {token.text}"
    return out


def split(found: Sequence[Token], sign: str = ",") -> list[list[Token]]:
    """Return the parts between commas that no parenthesis holds."""
    parts, depth = [list[Token]()], 0
    for token in found:
        depth += (token.text in "([") - (token.text in ")]") if len(token.text) == 1 else 0
        if token.text == sign and depth == 0:
            parts.append([])
        else:
            parts[-1].append(token)
    return [part for part in parts if part]


def _named(part: Sequence[Token]) -> tuple[list[Token], str]:
    """Return an expression and the name after its `as`."""
    at = next((i for i, token in enumerate(part) if token.text.lower() == "as" and i), len(part))
    return list(part[:at]), text(part[at + 1 :])


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else "nothing"


def _fields(found: Sequence[Token]) -> str:
    plain, made = list[str](), list[str]()
    for part in split(found):
        expression, name = _named(part)
        made += [f"{name}, which is {text(expression)}"] if name else []
        plain += [] if name else [text(expression)]
    said = [f"picks {_listed(plain)}"] if plain else []
    said += [f"works out {_listed(made)}"] if made else []
    return (
        f"{' and '.join(said).capitalize()[:1]}{' and '.join(said)[1:]} for each event." if said else "Picks nothing."
    )


def _display(found: Sequence[Token]) -> str:
    return f"Shows only {_listed([text(part) for part in split(found)])}."


def _filter(found: Sequence[Token]) -> str:
    return f"Keeps only the events where {condition(found)}."


def condition(found: Sequence[Token]) -> str:
    """Return a condition in words."""
    out, negated = list[str](), False
    for at, token in enumerate(found):
        word = token.text.lower()
        after = found[at + 1] if at + 1 < len(found) else None
        if word == "not" and after is not None and after.text.lower() in ("like", "in"):
            negated = True
        elif word in ("like", "=~"):
            out.append(_like(after, negated))
            negated = False
        elif word == "in":
            out.append("is not one of" if negated else "is one of")
            negated = False
        else:
            out.append(_SIGNS.get(token.text, word if word in ("and", "or", "not") else token.text))
    said = text([Token("word", word, 0, 0) for word in out])
    return re.sub(r"\bispresent\(([^()]*)\)", r"\1 is present", said)


def _like(after: Token | None, negated: bool) -> str:
    matches = after is not None and after.kind == "pattern"
    verb = "match the pattern" if matches else "contain"
    return f"does not {verb}" if negated else ("matches the pattern" if matches else "contains")


def keys(query: str) -> tuple[str, ...]:
    """Return the columns by which a query's last stats command groups, as AWS names them."""
    stats = [stage for stage in stages(query) if stage.command == "stats"]
    if not stats:
        return ()
    named = [_named(part) for part in split(stats[-1].tokens[_by(stats[-1].tokens) + 1 :])]
    return tuple(name.strip("`") or text(expression).strip("`") for expression, name in named)


def _by(found: Sequence[Token]) -> int:
    """Return the place of the word `by`, the number of tokens where there is none."""
    depth = 0
    for at, token in enumerate(found):
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0 and token.text.lower() == "by":
            return at
    return len(found)


def _stats(found: Sequence[Token]) -> str:
    at = _by(found)
    values = [_aggregate(part) for part in split(found[:at])]
    groups = [_key(part) for part in split(found[at + 1 :])]
    by = f" for each {_listed(groups)}" if groups else " over all of them"
    return f"Works out {_listed(values)}{by}."


def _aggregate(part: Sequence[Token]) -> str:
    expression, name = _named(part)
    function = expression[0].text.lower() if expression else ""
    inner = text(expression[2:-1])
    called = f" (called {name})" if name else ""
    if function == "count":
        return ("how many there are" if inner in ("", "*") else f"how many have {inner}") + called
    if function in ("pct", "percentile") and "," in inner:
        field, _, share = inner.partition(",")
        return f"the {share.strip()}th percentile of {field}{called}"
    if function in _AGGREGATES and len(expression) > 2 and expression[-1].text == ")":
        return f"{_AGGREGATES[function]} {inner}{called}"
    return f"{text(expression)}{called}"


def _key(part: Sequence[Token]) -> str:
    expression, name = _named(part)
    if expression and expression[0].text.lower() == "bin" and len(expression) > 2:
        size = text(expression[2:-1])
        digits = size.rstrip("mshdwoqy")
        unit = _UNITS.get(size[len(digits) :].strip())
        return f"{digits}-{unit} slice of time" if unit and digits.isdigit() else f"slice of {size}"
    return name or text(expression)


def _sort(found: Sequence[Token]) -> str:
    said = []
    for part in split(found):
        down = part[-1].text.lower() == "desc"
        named = [token for token in part if token.text.lower() not in ("asc", "desc")]
        said.append(f"{text(named)}, {'largest or latest' if down else 'smallest or earliest'} first")
    return f"Orders by {', then '.join(said)}." if said else "Orders by nothing."


def _limit(found: Sequence[Token]) -> str:
    return f"Keeps the first {text(found)} rows."


def _parse(found: Sequence[Token]) -> str:
    at = next((i for i, token in enumerate(found) if token.text.lower() == "as"), len(found))
    names = [text(part) for part in split(found[at + 1 :])]
    pattern = next((token for token in found if token.kind in ("string", "pattern")), None)
    field = text(found[:1]) if found and found[0] is not pattern else "@message"
    into = f" into {_listed(names)}" if names else ""
    shape = f" by {pattern.text}" if pattern else ""
    return f"Cuts {field}{into}{shape}; every event passes, also one without a match."


def _dedup(found: Sequence[Token]) -> str:
    return f"Keeps one row of each different {_listed([text(part) for part in split(found)])}."


_MAKERS: dict[str, Callable[[Sequence[Token]], str]] = {
    "fields": _fields, "display": _display, "filter": _filter, "stats": _stats, "sort": _sort, "limit": _limit,
    "head": _limit, "parse": _parse, "dedup": _dedup,
}  # fmt: skip
