"""DynamoDB's update expressions: exact, and refused where DynamoDB refuses them (private names, like host.py).

The emulator adds with 28 digits, takes what it cannot add for what was there, and lets the last of two clauses win.
"""

from decimal import Decimal, localcontext
from typing import Any

CLAUSES = ("SET", "REMOVE", "ADD", "DELETE")
# More digits than any sum of two numbers has: 38 each, up to 256 places apart.
PRECISION = 400
_INVALID = "Invalid UpdateExpression: "
_OPERAND = "An operand in the update expression has an incorrect data type"
Token = tuple[str, str]


def install(dynamodb: Any) -> None:
    """Put exact arithmetic and the missing checks around the emulator's own."""
    apply, evaluate = dynamodb._apply_update_expression, dynamodb._eval_set_value

    def applied(item: Any, expression: str, values: Any, names: Any, updated: Any = None) -> Any:
        if said := refusal(dynamodb, expression, names):
            raise ValueError(said)
        with localcontext() as context:
            context.prec = PRECISION
            return apply(item, expression, values, names, updated)

    def evaluated(tokens: list[Token], item: Any, values: Any, names: Any) -> Any:
        def of(part: list[Token]) -> Any:
            return evaluated(part, item, values, names)

        if (at := _sign(tokens)) is not None:
            return _sum(dynamodb, of(tokens[:at]), tokens[at][0], of(tokens[at + 1 :]))
        if len(tokens) > 2 and tokens[0] == ("IDENT", "list_append"):
            parts = dynamodb._split_by_comma(tokens[2:-1])
            if any(set(of(part) or ()) != {"L"} for part in parts):
                raise ValueError(_OPERAND)
        return evaluate(tokens, item, values, names)

    dynamodb._apply_update_expression, dynamodb._eval_set_value = applied, evaluated


def _sign(tokens: list[Token]) -> int | None:
    """Return where a + or - stands outside of brackets."""
    depth = 0
    for at, (kind, _) in enumerate(tokens):
        depth += (kind == "LPAREN") - (kind == "RPAREN")
        if depth == 0 and at > 0 and kind in ("PLUS", "MINUS"):
            return at
    return None


def _sum(dynamodb: Any, left: Any, sign: str, right: Any) -> dict[str, str]:
    """Return a sum or difference, exact or not at all."""
    if set(left or ()) != {"N"} or set(right or ()) != {"N"}:
        raise ValueError(_OPERAND)
    first, second = Decimal(left["N"]), Decimal(right["N"])
    total = str(first + second if sign == "PLUS" else first - second)
    if said := dynamodb._number_error(total):
        raise ValueError(said)
    return {"N": dynamodb._ddb_canonicalize_number(total)}


def refusal(dynamodb: Any, expression: str, names: Any) -> str:
    """Return why an update expression is refused, an empty text when it is not."""
    paths: list[list[Any]] = []
    seen: list[str] = []
    for clause, tokens in _sections(dynamodb._tokenize(expression)):
        if clause in seen:
            return f'{_INVALID}The "{clause}" section can only be used once in an update expression;'
        seen.append(clause)
        for action in dynamodb._split_by_comma(tokens) or [[]]:
            target, missing = _target(clause, action)
            if missing:
                return f'{_INVALID}Syntax error; token: "<EOF>", near: "{missing}"'
            paths.append(dynamodb._parse_path_from_tokens(target, names or {}))
    return _overlap(paths)


def _sections(tokens: list[Token]) -> list[tuple[str, list[Token]]]:
    found: list[tuple[str, list[Token]]] = []
    for kind, text in tokens:
        if kind == "IDENT" and text.upper() in CLAUSES:
            found.append((text.upper(), []))
        elif kind != "EOF" and found:
            found[-1][1].append((kind, text))
    return found


def _target(clause: str, action: list[Token]) -> tuple[list[Token], str]:
    """Return the path that an action changes, and what it lacks a continuation of."""
    if not action:
        return [], clause
    if clause == "SET":
        at = next((at for at, (kind, _) in enumerate(action) if kind == "EQ"), None)
        if at is None or at + 1 == len(action):
            return [], action[-1][1]
        return action[:at], ""
    return ([one for one in action if one[0] != "VALUE_REF"], "")


def _overlap(paths: list[list[Any]]) -> str:
    for at, first in enumerate(paths):
        for second in paths[at + 1 :]:
            shared = min(len(first), len(second))
            if first[:shared] == second[:shared]:
                return (
                    f"{_INVALID}Two document paths overlap with each other; must remove or rewrite one of these paths; "
                    f"path one: {_shown(first)}, path two: {_shown(second)}"
                )
    return ""


def _shown(path: list[Any]) -> str:
    return f"[{', '.join(f'[{part}]' if isinstance(part, int) else str(part) for part in path)}]"
