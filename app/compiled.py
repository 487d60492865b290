"""Compiled templates outlive the process, as Python's own modules do: to compile those of one page takes 0.3 s."""

from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import jinja2
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket

from app.assets import served_version

FOLDER = "templates"  # below TRELLIS_HOME, which only its owner reads and writes


class Compiled(FileSystemBytecodeCache):
    """Keeps one file for each template; one that was compiled under another `mark` counts as not there."""

    def __init__(self, folder: Path, mark: str) -> None:
        super().__init__(str(folder), "%s")
        self._folder, self._mark = folder, mark

    def get_source_checksum(self, source: str) -> str:
        """Return what a kept template must have been compiled from."""
        return sha256(f"{self._mark}{source}".encode()).hexdigest()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a compiled template, if the disk takes it: a page does not fail because the next one will be slower."""
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, exist_ok=True)
            super().dump_bytecode(bucket)


def mark(code: Path) -> str:
    """Return what tells whether compiled templates still hold: parts drawn by our own code, and files' addresses."""
    digest = sha256(f"{jinja2.__version__} {served_version()}".encode())
    for path in sorted(code.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def init_app(app: Flask) -> None:
    """Keep compiled templates where the embedded AWS has its state, if there is such a folder."""
    home: Path = app.extensions["settings"].home
    if not home.is_dir() or app.testing:
        return
    app.jinja_env.bytecode_cache = Compiled(home.resolve() / FOLDER, mark(Path(__file__).parent))
