"""Who may import whom, read from the source itself (the design's lines, enforced)."""

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLASK = {"flask", "flask_wtf", "werkzeug"}
CORE = {path.stem for path in (ROOT / "app").glob("*.py")} | {"codegen"}


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Return everything in a file; the tests below ask for each several times."""
    return tuple(ast.walk(ast.parse(path.read_text())))


@cache
def imports(path: Path) -> tuple[str, ...]:
    """Return the dotted names of the modules that a file imports."""
    found: list[str] = []
    for node in nodes(path):
        if isinstance(node, ast.Import):
            found += (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.append(node.module)
            found += (f"{node.module}.{alias.name}" for alias in node.names)
    return tuple(found)


def sources(*folders: str) -> list[Path]:
    """Return the Python files below the named folders of the project."""
    found = (path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")))
    return [path for path in found if not {".venv", ".venv-spark"} & set(path.parts)]


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", sources("app/blueprints"), ids=named)
def test_a_blueprint_imports_only_itself_and_core(path: Path) -> None:
    own = path.relative_to(ROOT / "app/blueprints").parts[0]
    for name in imports(path):
        parts = name.split(".")
        if parts[:2] == ["app", "blueprints"] and len(parts) > 2:
            assert parts[2] in (own, "Nav", "Status"), f"{named(path)} imports {name}"


@pytest.mark.parametrize(
    "path", [p for p in sources("app/blueprints") if "service" in p.parts or p.stem == "service"], ids=named
)
def test_a_service_knows_no_flask(path: Path) -> None:
    for name in imports(path):
        assert name.split(".")[0] not in FLASK, f"{named(path)} imports {name}"
        assert not name.startswith(("app.respond", "app.security", "app.templating")), f"{named(path)} imports {name}"


@pytest.mark.parametrize("path", [p for p in sources("app/blueprints") if p.stem == "forms"], ids=named)
def test_forms_never_call_aws(path: Path) -> None:
    for name in imports(path):
        assert name.split(".")[0] not in {"boto3", "botocore"}, f"{named(path)} imports {name}"
        assert not name.startswith("app.aws"), f"{named(path)} imports {name}"


@pytest.mark.parametrize("path", sorted((ROOT / "app").glob("*.py")), ids=named)
def test_core_imports_no_blueprint(path: Path) -> None:
    for name in imports(path):
        if name.startswith("app.blueprints."):
            assert name.split(".")[2] in {"GROUPS", "Nav", "Status", "discover"}, f"{named(path)} imports {name}"


@pytest.mark.parametrize("path", sources("app/codegen"), ids=named)
def test_the_code_generator_is_pure(path: Path) -> None:
    for name in imports(path):
        assert name.split(".")[0] not in FLASK | {"boto3", "requests", "socket"}, f"{named(path)} imports {name}"


@pytest.mark.parametrize("path", sources("app", "embedded"), ids=named)
def test_the_dashboard_and_the_embedded_aws_are_strangers(path: Path) -> None:
    other = "embedded" if path.is_relative_to(ROOT / "app") else "app"
    for name in imports(path):
        assert name.split(".")[0] != other, f"{named(path)} imports {name}"


def test_only_one_module_opens_the_door_to_boto3() -> None:
    makers = {named(p) for p in sources("app") if "boto3" in {name.split(".")[0] for name in imports(p)}}
    helpers = {name for name in makers if "/service" in name}  # boto3.s3.transfer and the like
    assert makers - helpers == {"app/awssession.py"}


@pytest.mark.parametrize("path", sources("app", "embedded"), ids=named)
def test_files_stay_small(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 250, "move the walls: a file has at most 250 lines"


@pytest.mark.parametrize("path", sources("app", "embedded", "tests", "bench"), ids=named)
def test_functions_stay_small(path: Path) -> None:
    for node in nodes(path):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            nested = any(isinstance(child, ast.FunctionDef) for child in node.body)
            assert length <= (80 if nested else 40), f"{named(path)}: {node.name} has {length} lines"


def test_nothing_patches_a_module() -> None:
    for path in sources("tests"):
        assert not {"unittest.mock.patch", "mock.patch"} & set(imports(path)), named(path)
