"""Conditions and filters of DynamoDB, checked before anything is read (private names of the emulator, like host.py).

The emulator checks an expression anew on every item, so on none where there is no item, and evaluates a key condition
as it does a filter, OR and <> with it: DynamoDB has neither there.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

_FOREIGN = frozenset(("OR", "NOT", "IN"))
_FUNCTIONS = frozenset(("attribute_exists", "attribute_not_exists", "attribute_type", "contains", "size"))
_INVALID = "Invalid operator used in KeyConditionExpression: "
_NOT_SUPPORTED = "Query key condition not supported"
_RESERVED = "Invalid UpdateExpression: Attribute name is"
_MOST = 1000
Token = tuple[str, str]


def install(dynamodb: Any) -> None:
    """Cut an expression into tokens once, not once for every item that it is tried on."""
    cut = lru_cache(maxsize=256)(dynamodb._tokenize)

    def tokens(expression: str) -> list[Token]:
        return list(cut(expression))

    dynamodb._tokenize = tokens
    _evaluate_faster(dynamodb)


def _evaluate_faster(dynamodb: Any) -> None:
    """Check an expression on the first item only, and say in which expression a reserved word stands."""
    evaluate = dynamodb._evaluate_condition
    sound: set[tuple[str, str]] = set()

    def evaluated(expression: str, item: Any, values: Any, names: Any, slot: str = "ConditionExpression") -> Any:
        if (expression, slot) in sound:
            return dynamodb._ExprEval(dynamodb._tokenize(expression), item, values, names).evaluate()
        try:
            found = evaluate(expression, item, values, names, slot=slot)
        except ValueError as error:
            raise ValueError(str(error).replace(_RESERVED, f"Invalid {slot}: Attribute name is")) from None
        if expression and "BETWEEN" not in expression.upper():
            # Whether the bounds of a BETWEEN are in order depends on values.
            if len(sound) > _MOST:
                sound.clear()
            sound.add((expression, slot))
        return found

    dynamodb._evaluate_condition = evaluated


def filter_refusal(dynamodb: Any, data: dict[str, Any]) -> str:
    """Return why a filter or a projection is refused, an empty text when it is not."""
    for slot in ("FilterExpression", "ProjectionExpression"):
        expression = data.get(slot)
        if not isinstance(expression, str) or not expression.strip():
            continue
        reserved = dynamodb._check_reserved_keyword_usage(dynamodb._tokenize(expression))
        if reserved:
            return str(reserved).replace(_RESERVED, f"Invalid {slot}: Attribute name is")
        wrong = (
            dynamodb._condition_syntax_error(expression, slot)
            if slot == "FilterExpression"
            else dynamodb._validate_projection_expression_syntax(expression.strip())
        )
        if wrong:
            return str(wrong)
    return ""


def refusal(dynamodb: Any, data: dict[str, Any], hashes: list[str], ranges: list[str]) -> str:
    """Return why a key condition is refused, an empty text when it is not."""
    tokens: list[Token] = dynamodb._tokenize(data.get("KeyConditionExpression") or "")
    for kind, text in tokens:
        if kind == "NE" or (kind == "IDENT" and (text.upper() in _FOREIGN or text in _FUNCTIONS)):
            return _INVALID + (text.upper() if text.upper() in _FOREIGN else text)
    names = data.get("ExpressionAttributeNames") or {}
    conditions = [(_name(clause, names), clause) for clause in clauses(tokens)]
    for name, clause in conditions:
        if name in hashes and not any(kind == "EQ" for kind, _ in clause):
            return _NOT_SUPPORTED
    known = {*hashes, *ranges}
    strange = [name for name, _ in conditions if name not in known]
    missed = [name for name in (*hashes, *ranges) if name not in {found for found, _ in conditions}]
    return f"Query condition missed key schema element: {missed[0]}" if strange and missed else ""


def clauses(tokens: Sequence[Token]) -> list[list[Token]]:
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
