"""Which key conditions a DynamoDB query may have (private names of the emulator, like host.py).

The emulator evaluates a key condition as it does a filter, OR and <> with it: DynamoDB has neither there.
"""

from functools import lru_cache
from typing import Any

_FOREIGN = frozenset(("OR", "NOT", "IN"))
_FUNCTIONS = frozenset(("attribute_exists", "attribute_not_exists", "attribute_type", "contains", "size"))
_INVALID = "Invalid operator used in KeyConditionExpression: "
_NOT_SUPPORTED = "Query key condition not supported"
Token = tuple[str, str]


def install(dynamodb: Any) -> None:
    """Cut an expression into tokens once, not once for every item that it is tried on."""
    cut = lru_cache(maxsize=256)(dynamodb._tokenize)

    def tokens(expression: str) -> list[Token]:
        return list(cut(expression))

    dynamodb._tokenize = tokens


def refusal(dynamodb: Any, data: dict[str, Any], hashes: list[str], ranges: list[str]) -> str:
    """Return why a key condition is refused, an empty text when it is not."""
    tokens: list[Token] = dynamodb._tokenize(data.get("KeyConditionExpression") or "")
    for kind, text in tokens:
        if kind == "NE" or (kind == "IDENT" and (text.upper() in _FOREIGN or text in _FUNCTIONS)):
            return _INVALID + (text.upper() if text.upper() in _FOREIGN else text)
    names = data.get("ExpressionAttributeNames") or {}
    conditions = [(_name(clause, names), clause) for clause in _clauses(tokens)]
    for name, clause in conditions:
        if name in hashes and not any(kind == "EQ" for kind, _ in clause):
            return _NOT_SUPPORTED
    known = {*hashes, *ranges}
    strange = [name for name, _ in conditions if name not in known]
    missed = [name for name in (*hashes, *ranges) if name not in {found for found, _ in conditions}]
    return f"Query condition missed key schema element: {missed[0]}" if strange and missed else ""


def _clauses(tokens: list[Token]) -> list[list[Token]]:
    """Return the conditions that AND joins, without brackets; the AND of BETWEEN belongs to its condition."""
    found: list[list[Token]] = [[]]
    between = False
    for kind, text in tokens:
        word = text.upper() if kind == "IDENT" else ""
        if word == "AND" and not between:
            found.append([])
        elif kind not in ("LPAREN", "RPAREN", "EOF"):
            found[-1].append((kind, text))
        between = word == "BETWEEN" or (between and word != "AND")
    return [clause for clause in found if clause]


def _name(clause: list[Token], names: dict[str, str]) -> str:
    """Return the attribute that a condition is about."""
    for kind, text in clause:
        if kind == "NAME_REF":
            return names.get(text, text)
        if kind == "IDENT" and text != "begins_with" and text.upper() != "BETWEEN":
            return text
    return ""
