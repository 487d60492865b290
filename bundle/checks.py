"""What must hold of a bundle before anybody uploads it; each check yields the problems that it finds."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from bundle import extensions

LARGEST = 5_000_000  # bytes; AWS takes 500 MB, but what grows past this carries something that does not run
_NEVER = re.compile(
    r"(?:\A|/)(?:tests?|bench|embedded|bundle|node_modules|\.git|\.?venv|\.trellis|__pycache__|\.env|[^/]+\.pyc"
    r"|\.elasticbeanstalk|\.(?:pytest|mypy|ruff)_cache)(?:/|\Z)|~\Z"
)
_SECRETS = (
    re.compile(rb"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b"),
    re.compile(rb"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s+[A-Za-z0-9+/]{20}"),
    re.compile(rb"(?i)aws_secret_access_key\s*[=:]\s*[\"']?[A-Za-z0-9/+]{40}\b"),
)
_PINNED = re.compile(r"[A-Za-z0-9][\w.-]*(?:\[[\w,-]+\])?==[\w.!+]+\Z")
_PROCESS = re.compile(r"[A-Za-z0-9_-]+:\s*\S.*\Z")
NEEDED = ("application.py", "requirements.txt", "Procfile", "gunicorn.conf.py", "LICENSE", "app/__init__.py")


def run(path: Path) -> list[str]:
    """Return everything that is wrong with a bundle; a check that could not be made is named as a problem too."""
    with tempfile.TemporaryDirectory(prefix="trellis-bundle-") as name:
        folder = Path(name)
        with zipfile.ZipFile(path) as archive:
            archive.extractall(folder)
            names = archive.namelist()
        found = [] if path.stat().st_size <= LARGEST else [f"it has {path.stat().st_size:,} bytes, over {LARGEST:,}"]
        found += _names(names)
        found += [f"{each}" for check in CHECKS for each in check(folder)]
        return found


def _names(names: list[str]) -> Iterator[str]:
    yield from (f"{name} does not belong into it" for name in names if _NEVER.search(name))
    yield from (f"{name} is missing" for name in NEEDED if name not in names)
    hooks = [name for name in names if name.startswith(".platform/hooks/")]
    if not hooks:
        yield "there is no hook that tests a deployment"


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path.read_bytes()


def _no_secrets(folder: Path) -> Iterator[str]:
    for name, content in _files(folder):
        if any(pattern.search(content) for pattern in _SECRETS):
            yield f"{name} holds what looks like a credential"


def _pinned(folder: Path) -> Iterator[str]:
    for line in (folder / "requirements.txt").read_text().splitlines():
        text = line.partition("#")[0].strip()
        if text and not _PINNED.match(text):
            yield f"requirements.txt: {text!r} names no exact version"


def _procfile(folder: Path) -> Iterator[str]:
    lines = (folder / "Procfile").read_text().splitlines()
    yield from (f"Procfile: {line!r} is not of the form name: command" for line in lines if not _PROCESS.match(line))
    if not any(line.startswith("web:") for line in lines):
        yield "Procfile: there is no process web"


def _imports(folder: Path) -> Iterator[str]:
    """Import the WSGI callable as gunicorn would, from the bundle alone."""
    code = "import application, app; print(callable(application.application), app.__file__)"
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "SYSTEMROOT") if name in os.environ}
    environment = {**kept, "TRELLIS_SECRET_KEY": "check", "PYTHONDONTWRITEBYTECODE": "1", "AWS_CONFIG_FILE": os.devnull}
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        yield "application.py cannot be imported: " + (done.stderr.strip().splitlines() or ["no word why"])[-1]
    elif not done.stdout.startswith("True ") or not done.stdout.split()[1].startswith(str(folder.resolve())):
        yield f"application.py gives no application of its own: {done.stdout.strip()}"


def _cfn_lint(folder: Path) -> Iterator[str]:
    if any(extensions.problems(folder)):
        return  # they are told already, and may be why there is nothing to read
    beside = Path(sys.executable).with_name("cfn-lint")
    tool = str(beside) if beside.exists() else shutil.which("cfn-lint")
    if tool is None:
        yield "its Resources were not checked: cfn-lint is missing (it is in requirements-dev.txt)"
        return
    template = folder.parent / f"{folder.name}.template.json"
    try:
        template.write_text(extensions.template(folder))
        done = subprocess.run(
            # I: what merely informs. Errors and warnings count.
            [tool, "--format", "parseable", "--region", "us-east-1", "--ignore-checks", "I", "--", str(template)],
            capture_output=True,
            text=True,
        )
    finally:
        template.unlink(missing_ok=True)
    if done.returncode != 0:
        lines = (done.stdout or done.stderr).strip().splitlines()
        yield from (f"cfn-lint: {line.rpartition('template.json:')[2]}" for line in lines)


CHECKS: tuple[Callable[[Path], Iterator[str]], ...] = (
    _no_secrets,
    _pinned,
    _procfile,
    extensions.problems,
    _imports,
    _cfn_lint,
)
