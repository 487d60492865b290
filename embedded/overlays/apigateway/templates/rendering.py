"""A template applied: its nodes written with the values of one request."""

import operator
from collections.abc import Callable
from typing import Any

from embedded.overlays.apigateway.templates import methods
from embedded.overlays.apigateway.templates.methods import written
from embedded.overlays.apigateway.templates.nodes import (
    Assign,
    Binary,
    Choice,
    Expression,
    Listed,
    Literal,
    Loop,
    Mapped,
    Negation,
    Node,
    Quoted,
    Reference,
    Span,
    Step,
    Text,
)
from embedded.overlays.apigateway.templates.objects import Input, TemplateError, Util
from embedded.overlays.apigateway.templates.parser import parse

# As on AWS: a loop goes round a thousand times at most.
MOST_ROUNDS = 1000
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
Names = dict[str, Any]


def render(template: str, names: Names) -> str:
    """Return a template with its values; TemplateError where it cannot be applied."""
    try:
        return _block(parse(template), dict(names))
    except TemplateError:
        raise
    except (ValueError, TypeError, LookupError, ArithmeticError, RecursionError) as error:
        raise TemplateError(f"{type(error).__name__}: {error}") from error


def _block(nodes: tuple[Node, ...], names: Names) -> str:
    return "".join(_node(node, names) for node in nodes)


def _node(node: Node, names: Names) -> str:
    if isinstance(node, Text):
        return node.text
    if isinstance(node, Reference):
        value = _reference(node, names)
        return ("" if node.silent else node.source) if value is None else written(value)
    if isinstance(node, Assign):
        _assign(node, names)
        return ""
    if isinstance(node, Choice):
        for condition, block in node.branches:
            if condition is None or _true(_value(condition, names)):
                return _block(block, names)
        return ""
    return _loop(node, names)


def _assign(node: Assign, names: Names) -> None:
    value = _value(node.value, names)
    steps = node.target.steps
    if not steps:
        names[node.target.name] = value
        return
    inside = names.get(node.target.name)
    for step in steps[:-1]:
        inside = _step(inside, step, names)
    last = steps[-1]
    if not isinstance(inside, dict | list):
        raise TemplateError(f"{node.target.source} cannot be set")
    key: Any = _value(last.arguments[0], names) if last.arguments else last.name
    inside[key] = value


def _loop(node: Loop, names: Names) -> str:
    items = _value(node.items, names)
    if items is None:
        return ""
    if isinstance(items, dict):
        items = list(items.values())
    if not isinstance(items, list):
        raise TemplateError("#foreach needs a list or a map")
    if len(items) > MOST_ROUNDS:
        raise TemplateError(f"#foreach goes round {MOST_ROUNDS} times at most")
    before = {name: names.get(name) for name in (node.name, "foreach", "velocityCount")}
    found = []
    for index, item in enumerate(items):
        last = index == len(items) - 1
        place = {"index": index, "count": index + 1, "hasNext": not last, "first": index == 0, "last": last}
        names.update({node.name: item, "foreach": place, "velocityCount": index + 1})
        found.append(_block(node.block, names))
    names.update(before)
    return "".join(found)


def _true(value: Any) -> bool:
    """Whether a condition holds: everything does but null and false."""
    return value is not None and value is not False


def _value(expression: Expression, names: Names) -> Any:
    if isinstance(expression, Literal):
        return expression.value
    if isinstance(expression, Reference):
        return _reference(expression, names)
    if isinstance(expression, Quoted):
        return _block(expression.block, names)
    if isinstance(expression, Negation):
        return not _true(_value(expression.operand, names))
    if isinstance(expression, Binary):
        return _binary(expression, names)
    return _made(expression, names)


def _made(expression: Listed | Mapped | Span, names: Names) -> Any:
    if isinstance(expression, Listed):
        return [_value(one, names) for one in expression.items]
    if isinstance(expression, Mapped):
        return {_value(key, names): _value(one, names) for key, one in expression.pairs}
    first, last = _value(expression.first, names), _value(expression.last, names)
    if abs(last - first) >= MOST_ROUNDS:
        raise TemplateError(f"a range has {MOST_ROUNDS} numbers at most")
    return list(range(first, last + 1)) if first <= last else list(range(first, last - 1, -1))


def _binary(node: Binary, names: Names) -> Any:
    left = _value(node.left, names)
    if node.operator in ("&&", "||"):
        decided = _true(left) == (node.operator == "||")
        return _true(left) if decided else _true(_value(node.right, names))
    right = _value(node.right, names)
    if node.operator in ("==", "!="):
        return _same(left, right) == (node.operator == "==")
    if left is None or right is None:
        return None
    if node.operator in _COMPARE:
        return _COMPARE[node.operator](left, right)
    return _calculated(node.operator, left, right)


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, str) != isinstance(right, str) and None not in (left, right):
        # Values of different kinds are compared as they are written.
        return written(left) == written(right)
    return bool(left == right)


def _calculated(sign: str, left: Any, right: Any) -> Any:
    if sign == "+" and (isinstance(left, str) or isinstance(right, str)):
        return written(left) + written(right)
    if sign in "+-*":
        return {"+": operator.add, "-": operator.sub, "*": operator.mul}[sign](left, right)
    if right == 0:
        return None
    if isinstance(left, int) and isinstance(right, int):
        # Java cuts towards zero.
        quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
        return quotient if sign == "/" else left - quotient * right
    return left / right if sign == "/" else left % right


def _reference(node: Reference, names: Names) -> Any:
    value = names.get(node.name)
    for step in node.steps:
        if value is None:
            return None
        value = _step(value, step, names)
    return value


def _step(value: Any, step: Step, names: Names) -> Any:
    if step.arguments is None:
        if isinstance(value, Input):
            return value.body if step.name == "body" else None
        return value.get(step.name) if isinstance(value, dict) else None
    arguments = [_value(one, names) for one in step.arguments]
    if not step.name:
        return _indexed(value, arguments[0])
    if isinstance(value, Input | Util):
        return value.call(step.name, arguments)
    method = methods.of(value).get(step.name)
    if method is None:
        raise TemplateError(f"there is no method {step.name}() of {type(value).__name__}")
    return method(value, *arguments)


def _indexed(value: Any, key: Any) -> Any:
    if isinstance(value, list):
        return value[key] if isinstance(key, int) and -len(value) <= key < len(value) else None
    return value.get(key) if isinstance(value, dict) else None
