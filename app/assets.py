"""Static files under an address that changes with their content, so that browsers may keep them for a year."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, send_from_directory

YEAR = 365 * 24 * 3600
FOLDER = Path(__file__).resolve().parent.parent / "static"


def version(folder: Path = FOLDER) -> str:
    """Return a short hash over the names and contents of every file that is served."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "node_modules" not in path.parts:
            digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


@cache
def served_version() -> str:
    """Return the hash of what this process serves."""
    return version()


def address(filename: str) -> str:
    """Return the address of a file; a page names a hundred, and this is quicker than url_for."""
    return f"/static/{served_version()}/{filename}"


def init_app(app: Flask) -> None:
    """Serve the folder below /static/<version>/: scripts that import one another stay within one version."""
    current = served_version()

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values.setdefault("version", current)

    app.jinja_env.globals["asset"] = address

    @app.get("/static/<version>/<path:filename>", endpoint="static")
    def static(version: str, filename: str) -> Response:
        # An older page may still ask for its version while instances are being replaced: it gets what there is.
        return send_from_directory(FOLDER, filename, max_age=YEAR if version == current else 0)
