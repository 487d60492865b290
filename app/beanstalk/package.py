"""A source bundle: what names its version, and whether AWS would take it."""

import hashlib
import zipfile
from pathlib import Path

LARGEST = (
    500 * 1024 * 1024
)  # bytes; https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/applications-sourcebundle.html


class NotABundle(ValueError):
    """A file is no source bundle; the message says why."""


def digest(path: Path) -> str:
    """Return the SHA-256 of what a bundle holds: names, modes and contents, however they are compressed."""
    found = hashlib.sha256()
    with _opened(path) as archive:
        for entry in sorted(archive.infolist(), key=lambda one: one.filename):
            content = hashlib.sha256(archive.read(entry)).hexdigest()
            found.update(f"{entry.filename}\0{entry.external_attr >> 16:o}\0{content}\n".encode())
    return found.hexdigest()


def label(path: Path) -> str:
    """Return the label of the version that a bundle is: its file's name and the beginning of its digest."""
    return f"{path.stem}-{digest(path)[:12]}"


def check(path: Path) -> None:
    """Raise NotABundle where AWS would refuse a file, or could not start what is in it."""
    if path.stat().st_size > LARGEST:
        raise NotABundle(f"{path.name} has {path.stat().st_size:,} bytes; AWS takes at most {LARGEST:,}.")
    with _opened(path) as archive:
        names = archive.namelist()
    if not {"Procfile", "application.py"} & set(names):
        tops = {name.partition("/")[0] for name in names}
        folder = f" Everything lies in the folder {tops.pop()}: pack its contents instead." if len(tops) == 1 else ""
        raise NotABundle(f"{path.name} holds neither a Procfile nor an application.py at its root.{folder}")


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise NotABundle(f"{path.name} is no zip file.") from error
