"""Zips: a function's code fetched, looked into, changed in one file; nothing in a zip is trusted."""

import base64
import hashlib
import io
import tempfile
import urllib.error
import urllib.request
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from app.blueprints.awslambda.service.checks import Remark
from app.blueprints.awslambda.service.checks import python as check_python

MIB = 1024 * 1024
HELD = 2 * MIB  # a larger zip goes through a file
LARGEST = 50 * MIB  # of a zip that is sent with the call
UNZIPPED = 250 * MIB
SHOWN = 400_000  # bytes of a file that the page shows
MOST = 5000  # names of a zip that are listed
PATIENCE = 20


# What unpacking a file of a zip raises where it is damaged, encrypted, or packed in a way that is not known here.
DAMAGED = (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error)


class Unreadable(Exception):
    """The code cannot be read; the text says why."""


@dataclass(frozen=True)
class Entry:
    """One file of a zip."""

    name: str
    size: int


def fetch(answer: Mapping[str, Any]) -> BinaryIO:
    """Return the zip of GetFunction's answer. Raises Unreadable, also where it is not the code that AWS names."""
    location = answer.get("Code", {}).get("Location", "")
    if urlsplit(location).scheme not in ("http", "https"):
        raise Unreadable("It is a container image: its code is in a registry, and not shown here.")
    held: Any = tempfile.SpooledTemporaryFile(max_size=HELD)  # noqa: SIM115 the caller closes it
    digest = hashlib.sha256()
    try:
        with urllib.request.urlopen(location, timeout=PATIENCE) as body:  # noqa: S310 http or https, and AWS's own
            while piece := body.read(MIB):
                digest.update(piece)
                held.write(piece)
    except (urllib.error.URLError, OSError) as error:
        held.close()
        raise Unreadable(f"AWS did not give the code: {error}.") from error
    if base64.b64encode(digest.digest()).decode() != answer["Configuration"]["CodeSha256"]:
        held.close()
        raise Unreadable("What AWS gave is not the code of this version: its hash is another one.")
    held.seek(0)
    found: BinaryIO = held
    return found


def opened(file: BinaryIO) -> zipfile.ZipFile:
    """Return a zip. Raises Unreadable for what is none, or would not fit."""
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise Unreadable("It is no zip file.") from error
    if sum(one.file_size for one in archive.infolist()) > UNZIPPED:
        raise Unreadable("Unpacked it is larger than the 250 MB that Lambda takes.")
    return archive


def entries(archive: zipfile.ZipFile) -> tuple[Entry, ...]:
    """Return the files by name, folders left out."""
    found = [Entry(one.filename, one.file_size) for one in archive.infolist() if not one.is_dir()]
    return tuple(sorted(found, key=lambda one: (one.name.count("/"), one.name))[:MOST])


def text_of(archive: zipfile.ZipFile, name: str) -> str:
    """Return a file as text. Raises Unreadable where it is none, or too long to show."""
    try:
        info = archive.getinfo(name)
    except KeyError as error:
        raise Unreadable(f"There is no {name} in the zip.") from error
    if info.file_size > SHOWN:
        raise Unreadable(f"{name} has {info.file_size:,} bytes: download the zip to see it.")
    try:
        with archive.open(info) as file:
            return file.read(SHOWN).decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable(f"{name} is not text.") from error
    except DAMAGED as error:
        raise Unreadable(f"{name} cannot be unpacked: {error}.") from error


def packed(files: Mapping[str, str]) -> bytes:
    """Return a new zip of texts; equal texts make equal bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted(files.items()):
            archive.writestr(_info(name), text.encode())
    return made.getvalue()


def changed(archive: zipfile.ZipFile, name: str, text: str) -> bytes:
    """Return the zip with one file's text replaced, all others as they are. Raises Unreadable."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for one in archive.infolist():
            if one.filename != name:
                target.writestr(one, _read(archive, one))
        info = archive.getinfo(name) if name in archive.namelist() else _info(name)
        target.writestr(info, text.encode())
    return made.getvalue()


def _read(archive: zipfile.ZipFile, one: zipfile.ZipInfo) -> bytes:
    try:
        return archive.read(one)
    except DAMAGED as error:
        raise Unreadable(f"{one.filename} cannot be unpacked: {error}.") from error


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)  # of 1980: the hash then tells whether the text is another one
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16  # Lambda reads as another user
    return info


def modules(names: Iterable[str]) -> set[str]:
    """Return the names of what code in a zip may import: its files and folders at the root."""
    return {name.split("/")[0].removesuffix(".py") for name in names}


def check(archive: zipfile.ZipFile, module: str, entry: str, layers: bool = False) -> tuple[Remark, ...]:
    """Return what is wrong with a zip for a handler: its file must be there, at the root, and hold the function."""
    names = [one.name for one in entries(archive)]
    if module not in names:
        return (_no_module(names, module),)
    try:
        return check_python(text_of(archive, module), entry, modules(names), layers)
    except Unreadable as error:
        return (Remark("failed", "The handler's file cannot be read", str(error)),)


def _no_module(names: list[str], module: str) -> Remark:
    deeper = next((name for name in names if name.endswith(f"/{module}")), "")
    if deeper:
        said = f"It is there as {deeper}, in a folder. Zip the files themselves, not the folder that holds them."
        return Remark("failed", f"{module} is not at the zip's root", said)
    some = ", ".join(names[:5]) or "nothing"
    said = f"The zip holds {some}{' and more' if len(names) > 5 else ''}. Name the handler after a file that is there."
    return Remark("failed", f"There is no {module} in the zip", said)
