"""PartiQL conditions and assignments, said again as DynamoDB's expressions."""

from typing import Any

from embedded.overlays.dynamodb.faults import Fault
from embedded.overlays.dynamodb.nodes import (
    Arithmetic,
    Between,
    Call,
    Compare,
    In,
    Is,
    Joined,
    Node,
    Not,
    Parts,
    Path,
    Update,
    Value,
    joined,
)

# Functions of a condition, and how many operands each takes.
FUNCTIONS = {
    "attribute_exists": 1,
    "attribute_not_exists": 1,
    "attribute_type": 2,
    "begins_with": 2,
    "contains": 2,
    "size": 1,
}
_ORDERED = ("<", "<=", ">", ">=")
_OPERANDS = "Incorrect number of operands for operator or function; operator or function: {}, number of operands: {}"
_TYPE = "Incorrect operand type for operator or function; operator or function: {}, operand type: {}"


class Expressions:
    """The expressions of one request: they share names and values."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.values: dict[str, dict[str, Any]] = {}

    def fields(self) -> dict[str, Any]:
        """Return the request's fields for names and values, where there are any."""
        found = {
            "ExpressionAttributeNames": {alias: name for name, alias in self.names.items()},
            "ExpressionAttributeValues": self.values,
        }
        return {field: kept for field, kept in found.items() if kept}

    def path(self, parts: Parts) -> str:
        """Return a document path, every name an alias: reserved words and dots are names like any other."""
        text = ""
        for part in parts:
            if isinstance(part, int):
                text += f"[{part}]"
            else:
                alias = self.names.setdefault(part, f"#n{len(self.names)}")
                text += f".{alias}" if text else alias
        return text

    def value(self, value: dict[str, Any]) -> str:
        """Return the placeholder of a value."""
        name = f":v{len(self.values)}"
        self.values[name] = value
        return name

    def operand(self, node: Node) -> str:
        """Return one side of a comparison."""
        if isinstance(node, Path):
            return self.path(node.parts)
        if isinstance(node, Value):
            return self.value(node.value)
        if isinstance(node, Call):
            return self._call(node)
        if isinstance(node, Arithmetic):
            raise Fault(f"Unsupported operation: {'Plus' if node.operator == '+' else 'Minus'}")
        raise Fault("WHERE clause must contain an expression that resolves to a boolean")

    def condition(self, node: Node) -> str:
        """Return a condition; brackets stand only where they are needed: DynamoDB refuses others."""
        if isinstance(node, Joined):
            return f" {node.word} ".join(self._inner(one, node.word) for one in node.nodes)
        if isinstance(node, Not):
            return f"NOT {self._inner(node.node, 'NOT')}"
        if isinstance(node, Compare):
            return self._compare(node)
        if isinstance(node, Between):
            _ordered("BETWEEN", node.low, node.high)
            return f"{self.operand(node.value)} BETWEEN {self.operand(node.low)} AND {self.operand(node.high)}"
        if isinstance(node, In):
            return f"{self.operand(node.value)} IN ({', '.join(self.operand(one) for one in node.choices)})"
        if isinstance(node, Is):
            return self._is(node)
        if isinstance(node, Call) and node.name != "size":
            return self._call(node)
        raise Fault("WHERE clause must contain an expression that resolves to a boolean")

    def _inner(self, node: Node, around: str) -> str:
        text = self.condition(node)
        loose = (isinstance(node, Joined) and node.word != around) or (isinstance(node, Is) and " OR " in text)
        return f"({text})" if loose else text

    def _compare(self, node: Compare) -> str:
        if node.operator in _ORDERED:
            _ordered(node.operator, node.left, node.right)
        return f"{self.operand(node.left)} {node.operator} {self.operand(node.right)}"

    def _is(self, node: Is) -> str:
        subject = self.operand(node.value)
        if node.kind == "MISSING":
            return f"attribute_not_exists({subject})"
        kinds = ("SS", "NS", "BS") if node.kind == "BAG" else (node.kind,)
        tests = [f"attribute_type({subject}, {self.value({'S': kind})})" for kind in kinds]
        if node.kind == "NULL":
            tests.append(f"attribute_not_exists({subject})")
        return " OR ".join(tests)

    def _call(self, node: Call) -> str:
        if node.name not in FUNCTIONS:
            raise Fault(f"Unrecognized function: {node.name} at {node.at}")
        if len(node.arguments) != FUNCTIONS[node.name]:
            raise Fault(_OPERANDS.format(node.name, len(node.arguments)))
        if node.name.startswith("attribute_") and not isinstance(node.arguments[0], Path):
            raise Fault(f"Operator or function requires a document path; operator or function: {node.name}")
        return f"{node.name}({', '.join(self.operand(one) for one in node.arguments)})"

    def update(self, statement: Update) -> str:
        """Return the assignments as an update expression."""
        clauses: dict[str, list[str]] = {}
        for target, node in statement.sets:
            clause, action = self._assignment(target, node)
            clauses.setdefault(clause, []).append(action)
        for target in statement.removes:
            clauses.setdefault("REMOVE", []).append(self.path(target))
        return " ".join(f"{clause} {', '.join(actions)}" for clause, actions in clauses.items())

    def _assignment(self, target: Parts, node: Node) -> tuple[str, str]:
        if isinstance(node, Call) and node.name in ("set_add", "set_delete"):
            clause = "ADD" if node.name == "set_add" else "DELETE"
            return clause, f"{self.path(target)} {self.value(_members(target, node))}"
        return "SET", f"{self.path(target)} = {self._assigned(node)}"

    def _assigned(self, node: Node) -> str:
        if isinstance(node, Arithmetic):
            return f"{self._assigned(node.left)} {node.operator} {self._assigned(node.right)}"
        if isinstance(node, Call):
            if node.name not in ("list_append", "if_not_exists"):
                raise Fault(f"Unrecognized function: {node.name} at {node.at}")
            if len(node.arguments) != 2:
                raise Fault(_OPERANDS.format(node.name, len(node.arguments)))
            return f"{node.name}({', '.join(self._assigned(one) for one in node.arguments)})"
        if isinstance(node, (Path, Value)):
            return self.operand(node)
        raise Fault("Unsupported operator in Update Expression.")


def _members(target: Parts, node: Call) -> dict[str, Any]:
    """Return the set that set_add or set_delete is given."""
    name = node.name.upper()
    if len(node.arguments) != 2:
        raise Fault(f"{name} must have exactly two arguments at {node.at}")
    first, second = node.arguments
    if not isinstance(first, Path) or first.parts != target:
        raise Fault(f"The first argument to {name} must equal the assignment value at {node.at}")
    if not isinstance(second, Value) or not set(second.value) <= {"SS", "NS", "BS"}:
        raise Fault(f"The second argument to {name} must be a value with type SET at {node.at}")
    return second.value


def _ordered(operator: str, *nodes: Node) -> None:
    """Refuse to order what has no order."""
    for node in nodes:
        kind = next(iter(node.value), "") if isinstance(node, Value) else "S"
        if kind not in ("S", "N", "B"):
            raise Fault(_TYPE.format(operator, kind))


def all_of(nodes: list[Node]) -> Node | None:
    """Return the conditions that must all hold as one, None when there are none."""
    return joined("AND", nodes)
