"""Who may import whom, read from the source itself (the design's lines, enforced)."""

import ast
from functools import cache
from pathlib import Path

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


def imported(*folders: str) -> list[tuple[Path, str]]:
    """Return every file below the named folders with each name that it imports."""
    found = [(path, name) for path in sources(*folders) for name in imports(path)]
    assert found, folders
    return found


def said(path: Path, name: str) -> str:
    return f"{named(path)} imports {name}"


# One test looks at all files, and names each that is wrong: a test for each would take longer than its look.
def test_a_blueprint_imports_only_itself_and_core() -> None:
    wrong = []
    for path, name in imported("app/blueprints"):
        own, parts = path.relative_to(ROOT / "app/blueprints").parts[0], name.split(".")
        if parts[:2] == ["app", "blueprints"] and len(parts) > 2 and parts[2] not in (own, "Nav", "Status"):
            wrong.append(f"{named(path)} imports {name}")
    assert not wrong, "\n".join(wrong)


def test_a_service_knows_no_flask() -> None:
    layers = ("app.respond", "app.security", "app.templating")
    services = [(p, n) for p, n in imported("app/blueprints") if "service" in p.parts or p.stem == "service"]
    assert services
    wrong = [said(p, n) for p, n in services if n.split(".")[0] in FLASK or n.startswith(layers)]
    assert not wrong, "\n".join(wrong)


def test_forms_never_call_aws() -> None:
    forms = [(path, name) for path, name in imported("app/blueprints") if path.stem == "forms"]
    assert forms
    wrong = [said(p, n) for p, n in forms if n.split(".")[0] in {"boto3", "botocore"} or n.startswith("app.aws")]
    assert not wrong, "\n".join(wrong)


def test_core_imports_no_blueprint() -> None:
    core = [(path, name) for path, name in imported("app") if path.parent == ROOT / "app"]
    assert core
    allowed = {"GROUPS", "Nav", "Status", "discover"}
    wrong = [said(p, n) for p, n in core if n.startswith("app.blueprints.") and n.split(".")[2] not in allowed]
    assert not wrong, "\n".join(wrong)


def test_the_code_generator_is_pure() -> None:
    impure = FLASK | {"boto3", "requests", "socket"}
    wrong = [said(path, name) for path, name in imported("app/codegen") if name.split(".")[0] in impure]
    assert not wrong, "\n".join(wrong)


def test_the_dashboard_and_the_embedded_aws_are_strangers() -> None:
    for own, other in (("app", "embedded"), ("embedded", "app")):
        wrong = [said(path, name) for path, name in imported(own) if name.split(".")[0] == other]
        assert not wrong, "\n".join(wrong)


def test_only_one_module_opens_the_door_to_boto3() -> None:
    makers = {named(p) for p in sources("app") if "boto3" in {name.split(".")[0] for name in imports(p)}}
    helpers = {name for name in makers if "/service" in name}  # boto3.s3.transfer and the like
    assert makers - helpers == {"app/awssession.py"}


def test_files_stay_small() -> None:
    lines = {named(path): len(path.read_text().splitlines()) for path in sources("app", "embedded")}
    assert not {name: count for name, count in lines.items() if count > 250}, "move the walls: at most 250 lines"


def too_long(path: Path) -> list[str]:
    """Return what is wrong with a file's functions."""
    found = []
    for node in nodes(path):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            nested = any(isinstance(child, ast.FunctionDef) for child in node.body)
            if length > (80 if nested else 40):
                found.append(f"{named(path)}: {node.name} has {length} lines")
    return found


def test_functions_stay_small() -> None:
    wrong = [each for path in sources("app", "embedded", "tests", "bench") for each in too_long(path)]
    assert not wrong, "\n".join(wrong)


def test_nothing_patches_a_module() -> None:
    for path in sources("tests"):
        assert not {"unittest.mock.patch", "mock.patch"} & set(imports(path)), named(path)
