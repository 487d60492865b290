"""Which AWS calls a function's code makes, and what its role must allow for them: read from its text.

What a variable holds is known only where the text says it: everything else becomes `*`, and is shown so.
"""

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from botocore import xform_name

from app.codegen.actions import TABLES
from app.codegen.grants import Where
from app.role_policies import Need

# boto3's own helpers and the operations behind them: (operation, names of the first arguments).
HELPERS = {
    "upload_file": ("PutObject", ("Filename", "Bucket", "Key")),
    "upload_fileobj": ("PutObject", ("Fileobj", "Bucket", "Key")),
    "download_file": ("GetObject", ("Bucket", "Key", "Filename")),
    "download_fileobj": ("GetObject", ("Bucket", "Key", "Fileobj")),
}
# Methods of resources: (kind of thing, method) -> operations.
METHODS = {
    ("Object", "get"): "GetObject", ("Object", "put"): "PutObject", ("Object", "delete"): "DeleteObject",
    ("Object", "load"): "HeadObject", ("Object", "upload_file"): "PutObject", ("Object", "upload_fileobj"): "PutObject",
    ("Object", "download_file"): "GetObject", ("Object", "download_fileobj"): "GetObject",
    ("Bucket", "put_object"): "PutObject", ("Bucket", "upload_file"): "PutObject",
    ("Bucket", "upload_fileobj"): "PutObject", ("Bucket", "download_file"): "GetObject",
    ("Bucket", "download_fileobj"): "GetObject", ("Bucket", "objects"): "ListObjects",
}  # fmt: skip
KINDS = {"Table": ("TableName",), "Bucket": ("Bucket",), "Object": ("Bucket", "Key")}


@dataclass(frozen=True)
class Made:
    """A client or a resource in the text: `kind` is client, resource or a thing of one, with its names."""

    service: str
    kind: str = "client"
    names: dict[str, Any] = field(default_factory=dict)
    operation: str = ""


@dataclass(frozen=True)
class Call:
    """One call that the text makes: the operation and those parameters that it states."""

    service: str
    operation: str
    parameters: dict[str, Any]
    line: int


@lru_cache(maxsize=32)
def _methods(service: str) -> dict[str, str]:
    """Return the operations that the table knows, by boto3's method."""
    return {xform_name(name): name for name in TABLES.get(service, {})}


def find(text: str, environment: Mapping[str, str]) -> tuple[Call, ...]:
    """Return the calls in order; none where the text is no Python. Variables of the environment are known values."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return ()
    reader = _Reader(environment)
    for _ in range(2):  # a name may be used above its making
        reader.found = []
        reader.visit(tree)
    unique = {(one.service, one.operation, str(one.parameters)): one for one in reversed(reader.found)}
    return tuple(sorted(unique.values(), key=lambda one: one.line))


def needs(text: str, where: Where, environment: Mapping[str, str]) -> tuple[Need, ...]:
    """Return what a role must allow for the calls of a text."""
    found: dict[tuple[str, str], Need] = {}
    for call in find(text, environment):
        rule = TABLES[call.service][call.operation]
        for grant in rule(call.parameters, where):
            key = (grant.action, grant.resource)
            found.setdefault(key, Need(*key, f"line {call.line} calls {xform_name(call.operation)}"))
    return tuple(found.values())


class _Reader(ast.NodeVisitor):
    """Walks a module, remembering what names hold."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment
        self.held: dict[str, Made] = {}
        self.texts: dict[str, Any] = {}
        self.found: list[Call] = []

    def visit_Assign(self, node: ast.Assign) -> None:
        self.generic_visit(node)
        made = self._made(node.value)
        for target in node.targets:
            name = _dotted(target)
            if name and made is not None:
                self.held[name] = made
            elif name and (value := self._value(node.value)) is not None:
                self.texts[name] = value

    def visit_Call(self, node: ast.Call) -> None:
        self.generic_visit(node)
        if isinstance(node.func, ast.Attribute):
            self.found += self._calls(node, node.func)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self.generic_visit(node)
        made = self._made(node.value)
        if made is not None and (made.kind, node.attr) == ("Bucket", "objects"):
            self.found.append(Call("s3", "ListObjects", made.names, node.lineno))

    def _calls(self, node: ast.Call, func: ast.Attribute) -> Iterator[Call]:
        made, method = self._made(func.value), func.attr
        if made is None:
            return
        if made.kind == "client" and made.operation and method == "paginate":
            yield Call(made.service, made.operation, self._given(node), node.lineno)
        elif made.kind == "client" and made.service == "s3" and method in HELPERS:
            operation, names = HELPERS[method]
            yield Call("s3", operation, self._given(node, names), node.lineno)
        elif made.kind == "client" and method in _methods(made.service):
            yield Call(made.service, _methods(made.service)[method], self._given(node), node.lineno)
        elif made.kind == "Table" and method in _methods("dynamodb"):
            yield Call("dynamodb", _methods("dynamodb")[method], {**self._given(node), **made.names}, node.lineno)
        elif made.kind == "Table" and method == "batch_writer":
            yield Call("dynamodb", "BatchWriteItem", {"RequestItems": {made.names.get("TableName"): []}}, node.lineno)
        elif (made.kind, method) in METHODS:
            yield Call("s3", METHODS[made.kind, method], {**self._given(node), **made.names}, node.lineno)

    def _given(self, node: ast.Call, names: tuple[str, ...] = ()) -> dict[str, Any]:
        placed = {name: self._value(one) for name, one in zip(names, node.args, strict=False)}
        named = {one.arg: self._value(one.value) for one in node.keywords if one.arg}
        return {name: value for name, value in {**placed, **named}.items() if value is not None}

    def _value(self, node: ast.expr) -> Any:
        if isinstance(node, ast.Constant):
            return node.value
        if named := _environment_name(node):
            return self.environment.get(named)
        return self.texts.get(_dotted(node))

    def _made(self, node: ast.expr) -> Made | None:
        """Return what an expression makes or holds."""
        if not isinstance(node, ast.Call):
            return self.held.get(_dotted(node))
        if not isinstance(node.func, ast.Attribute):
            return None
        makers: dict[str, Callable[[ast.Call], Made | None]] = {"client": self._door, "resource": self._door}
        if node.func.attr in makers:
            return makers[node.func.attr](node)
        of = self._made(node.func.value)
        if of is None:
            return None
        return self._thing(node, node.func.attr, of)

    def _door(self, node: ast.Call) -> Made | None:
        named = [one.value for one in node.keywords if one.arg == "service_name"]
        service = self._value((node.args or named)[0]) if node.args or named else None
        kind = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        return Made(service, kind) if isinstance(service, str) and service in TABLES else None

    def _thing(self, node: ast.Call, name: str, of: Made) -> Made | None:
        if of.kind == "client" and name == "get_paginator" and node.args:
            operation = _methods(of.service).get(str(self._value(node.args[0])))
            return Made(of.service, operation=operation) if operation else None
        if of.kind in ("resource", "Bucket") and name in KINDS:
            names = KINDS[name] if of.kind == "resource" else KINDS[name][1:]
            return Made(of.service, name, {**of.names, **self._given(node, names)})
        return None


def _dotted(node: ast.expr) -> str:
    return ast.unparse(node) if isinstance(node, ast.Name | ast.Attribute) else ""


def _environment_name(node: ast.expr) -> str:
    """Return the variable of os.environ["X"], os.environ.get("X") or os.getenv("X"), else the empty string."""
    if isinstance(node, ast.Subscript) and ast.unparse(node.value) in ("os.environ", "environ"):
        key: ast.expr | None = node.slice
    elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("os.environ.get", "os.getenv", "environ.get"):
        key = node.args[0] if node.args else None
    else:
        key = None
    return key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else ""
