"""What is wrong with Python code before it is deployed: found in its text, without running it."""

import ast
import re
import sys
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

HANDLER = re.compile(r"[^\s.]+(?:[./][^\s.]+)+")
# What Lambda's Python runtimes bring besides the standard library.
BROUGHT = {
    "boto3",
    "botocore",
    "s3transfer",
    "jmespath",
    "dateutil",
    "six",
    "urllib3",
    "awslambdaric",
    "runtime_client",
}


@dataclass(frozen=True)
class Remark:
    """One finding: `kind` is failed (it cannot run) or warning; `line` and `column` count from 1, 0 without a place."""

    kind: str
    title: str
    text: str
    line: int = 0
    column: int = 0


def python(text: str, entry: str, beside: Collection[str] = (), layers: bool = False) -> tuple[Remark, ...]:
    """Return what is wrong with the file of a handler; `beside` are the modules that its zip brings."""
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        said = f"{error.msg}. Lambda could not import the file: each invocation would fail."
        return (Remark("failed", "Python cannot read this", said, error.lineno or 1, error.offset or 1),)
    except ValueError as error:  # a NUL in the text
        return (Remark("failed", "Python cannot read this", str(error), 1, 1),)
    found = [*_entry(tree, entry), *_imports(tree, beside, layers), *_returned(tree), *_printed(tree), *_endless(tree)]
    return tuple(sorted(found, key=lambda one: (one.kind != "failed", one.line)))


def handler_fault(handler: str) -> str:
    """Return what is wrong with how a handler is written, without looking at code."""
    if not HANDLER.fullmatch(handler) or len(handler) > 128:
        return "Write it as file.function, such as lambda_function.lambda_handler: the file's name without .py."
    return ""


def _entry(tree: ast.Module, entry: str) -> Iterator[Remark]:
    functions = [one for one in tree.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
    defined = next((one for one in functions if one.name == entry), None)
    names = {target.id for one in tree.body if isinstance(one, ast.Assign) for target in _names(one.targets)}
    names |= {alias.asname or alias.name for one in tree.body if isinstance(one, ast.ImportFrom) for alias in one.names}
    if defined is None and entry not in names:
        there = ", ".join(one.name for one in functions) or "no function at all"
        said = f"The handler names “{entry}”, and the file defines {there}. Rename one of them."
        yield Remark("failed", f"There is no {entry} in this file", said)
    elif isinstance(defined, ast.AsyncFunctionDef):
        said = "Lambda would call it and get a coroutine, which it cannot turn into JSON: write def, without async."
        yield Remark("failed", "The handler is async", said, defined.lineno, 1)
    elif defined is not None and not _takes_two(defined.args):
        said = "Lambda calls it with two values, event and context."
        yield Remark("failed", "The handler takes other arguments", said, defined.lineno, 1)


def _names(targets: Sequence[ast.expr]) -> Iterator[ast.Name]:
    return (one for one in targets if isinstance(one, ast.Name))


def _takes_two(given: ast.arguments) -> bool:
    most = len(given.posonlyargs) + len(given.args)
    return most - len(given.defaults) <= 2 and (most >= 2 or given.vararg is not None)


def _imports(tree: ast.Module, beside: Collection[str], layers: bool) -> Iterator[Remark]:
    known = sys.stdlib_module_names | BROUGHT | set(beside)
    seen = set[str]()
    for node in ast.walk(tree):
        for name in _imported(node):
            if name not in known and name not in seen:
                seen.add(name)
                where = "a layer may bring it; else " if layers else ""
                said = (
                    f"It is not part of Python {sys.version_info[0]} nor of Lambda's runtime, and no file beside this "
                    f"one has its name: {where}the import fails with Runtime.ImportModuleError. Put the package into "
                    "the zip, or into a layer."
                )
                yield Remark("warning", f"{name} is not there", said, getattr(node, "lineno", 0), 1)


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name.partition(".")[0] for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [node.module.partition(".")[0]]
    return []


def _returned(tree: ast.Module) -> Iterator[Remark]:
    """Find `except E as exc: return exc`: an exception is no JSON, and the real error is hidden."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.ExceptHandler) or not node.name:
            continue
        for inner in ast.walk(node):
            if isinstance(inner, ast.Return) and isinstance(inner.value, ast.Name) and inner.value.id == node.name:
                said = (
                    "An exception is no JSON: Lambda answers Runtime.MarshalError and hides the reason. Log it and "
                    "raise it again, or return its text: str(" + node.name + ")."
                )
                yield Remark("warning", f"return {node.name} gives an exception back", said, inner.lineno, 1)


def _printed(tree: ast.Module) -> Iterator[Remark]:
    for node in ast.walk(tree):
        called = isinstance(node, ast.Call) and ast.unparse(node.func) in ("print", "logging.info", "logger.info")
        if called and any(ast.unparse(one) in ("os.environ", "dict(os.environ)") for one in node.args):  # type: ignore[attr-defined]
            said = "On AWS the session's keys are in it, and whoever reads the log has them. Print the names you need."
            yield Remark("warning", "The whole environment goes into the log", said, getattr(node, "lineno", 0), 1)


def _endless(tree: ast.Module) -> Iterator[Remark]:
    for node in ast.walk(tree):
        if isinstance(node, ast.While) and isinstance(node.test, ast.Constant) and node.test.value:
            leaves = any(isinstance(one, ast.Break | ast.Return | ast.Raise) for one in ast.walk(node))
            if not leaves:
                said = "Nothing leaves this loop: the function runs to its timeout, and each second is billed."
                yield Remark("warning", "A loop that never ends", said, node.lineno, 1)
