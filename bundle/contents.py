"""What goes into the bundle, and how it becomes the same bytes each time.

Names are sorted; times, modes and compression are fixed. zlib's own releases may compress differently: what names a
version is therefore the digest of the contents (`app.beanstalk.package`), not that of the zip file.
"""

import io
import subprocess
import tarfile
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FORMS = ("single", "balanced")
# The root's files and folders that run; nothing else is ever packed.
FILES = {"application.py", "requirements.txt", "Procfile", "gunicorn.conf.py", "LICENSE"}
FOLDERS = ("app/", "templates/", "static/", ".ebextensions/", ".platform/")
SOURCES = ("static/editor/src/", "static/editor/package.json", "static/editor/package-lock.json")
FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip file can say
LEVEL = 9


class CannotBundle(Exception):
    """Something is in the way; the message says what, and what to do."""


@dataclass(frozen=True)
class Member:
    """One file of the bundle."""

    name: str
    content: bytes
    executable: bool = False


def version() -> str:
    """Return the project's version."""
    found: str = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    return found


def members(form: str = "single", dirty: bool = False) -> list[Member]:
    """Return the files of the bundle, sorted by name, from the last commit or (`dirty`) as they lie on the disk.

    Raises CannotBundle where there is no commit, or where there are changes that it does not hold.
    """
    if not dirty:
        _demand_clean()
    tracked = _from_disk() if dirty else _from_commit()
    packed = {one.name: one for one in tracked if wanted(one.name)}
    overlay = f"bundle/{form}/"
    for one in tracked:
        if one.name.startswith(overlay):
            name = one.name.removeprefix(overlay)
            packed[name] = Member(name, one.content, one.executable)
    return [packed[name] for name in sorted(packed)]


def wanted(name: str) -> bool:
    """Whether a tracked file runs on the instance."""
    return (name in FILES or name.startswith(FOLDERS)) and not name.startswith(SOURCES)


def _git(*arguments: str) -> bytes:
    try:
        return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True).stdout
    except FileNotFoundError as error:
        raise CannotBundle("git is missing, and says what belongs to the bundle. Install git.") from error
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip()
        raise CannotBundle(f"git says: {said}. The bundle is made from a commit: run this in a clone.") from error


def _demand_clean() -> None:
    changed = _git("status", "--porcelain", "--untracked-files=all").decode().splitlines()
    ours = [line for line in changed if wanted(_changed(line)) or _changed(line).startswith("bundle/")]
    if ours:
        listed = "\n".join(f"  {line}" for line in ours[:10])
        raise CannotBundle(f"These files are not committed:\n{listed}\nCommit them, or: make bundle DIRTY=yes")


def _changed(line: str) -> str:
    return line[3:].rpartition(" -> ")[2].strip('"')


def _from_commit() -> list[Member]:
    with tarfile.open(fileobj=io.BytesIO(_git("archive", "--format=tar", "HEAD"))) as archive:
        return [_member_of(archive, one) for one in archive.getmembers() if not one.isdir()]


def _member_of(archive: tarfile.TarFile, one: tarfile.TarInfo) -> Member:
    file = archive.extractfile(one) if one.isfile() else None
    if file is None:
        raise CannotBundle(f"{one.name} is a link: the bundle holds plain files only.")
    return Member(one.name, file.read(), bool(one.mode & 0o100))


def _from_disk() -> list[Member]:
    names = _git("ls-files", "-z", "--cached", "--others", "--exclude-standard").decode().split("\0")
    paths = [(name, ROOT / name) for name in names if name and (ROOT / name).is_file()]
    return [Member(name, path.read_bytes(), bool(path.stat().st_mode & 0o100)) for name, path in paths]


def write(path: Path, files: list[Member]) -> None:
    """Write the zip file, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as archive:
        for one in files:
            entry = zipfile.ZipInfo(one.name, FIRST_DAY)
            entry.create_system = 3  # Unix, wherever it is made
            entry.external_attr = (0o100755 if one.executable else 0o100644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, one.content, compresslevel=LEVEL)
    part.replace(path)
