"""Where servers keep their data, and as whom they run: never as root, and never where that user could not reach it."""

import contextlib
import hashlib
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

# Used only where root keeps its state directory out of everyone's reach (below /root, say).
ELSEWHERE = Path("/var/lib/trellis")
_OTHERS_PASS = 0o001


@dataclass(frozen=True)
class Owner:
    """The user that servers run as; none where this process is unprivileged already."""

    uid: int | None = None
    gid: int | None = None

    def give(self, *paths: Path) -> None:
        """Make these files and directories the owner's."""
        if self.uid is None or self.gid is None:
            return
        for path in paths:
            os.chown(path, self.uid, self.gid)

    def give_tree(self, top: Path) -> None:
        """Make a directory and everything below it the owner's."""
        self.give(top, *top.rglob("*"))


def owner() -> Owner:
    """Return whom to run servers as: `nobody` when this is root."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return Owner()
    import pwd

    entry = pwd.getpwnam("nobody")
    return Owner(entry.pw_uid, entry.pw_gid)


@dataclass(frozen=True)
class Place:
    """The directory of one embedded AWS's databases, one directory below for each."""

    base: Path
    owner: Owner

    def directory(self, name: str) -> Path:
        """Return one database's directory, whether it exists or not."""
        return self.base / name

    def make(self, name: str) -> Path:
        """Make one database's directory, empty, for its owner alone."""
        path = self.directory(name)
        remove(path)
        path.mkdir(mode=0o700)
        self.owner.give(path)
        return path

    def remove_others(self, names: set[str]) -> list[str]:
        """Remove what no database has (a reset, a creation that a crash cut off); return the removed names."""
        others = [path.name for path in self.base.iterdir() if path.is_dir() and path.name not in names]
        for name in others:
            remove(self.base / name)
        return others


def prepare(state: Path) -> Place:
    """Return the place below a state directory, or its stand-in below ELSEWHERE."""
    who, base = owner(), state / "databases"
    if who.uid is not None and not reachable(base.parent, opened=(state, state.parent)):
        sweep(ELSEWHERE)
        base = stand_in(state)
        base.mkdir(mode=0o711, parents=True, exist_ok=True)
        (base / "state-directory").write_text(f"{state}\n")
    base.mkdir(mode=0o711, parents=True, exist_ok=True)
    return Place(base, who)


def stand_in(state: Path) -> Path:
    """Return where data is kept when the unprivileged user cannot reach the state directory."""
    return ELSEWHERE / f"databases-{hashlib.sha256(str(state).encode()).hexdigest()[:12]}"


def exists(state: Path) -> bool:
    """Whether there is a place already."""
    return (state / "databases").exists() or stand_in(state).exists()


def reachable(path: Path, opened: tuple[Path, ...] = ()) -> bool:
    """Whether any user may pass through to this directory; `opened` are ours, and let others pass (only pass)."""
    ours = set(opened)
    above = [part for part in (path, *path.parents) if part not in ours]
    if not all(part.stat().st_mode & _OTHERS_PASS for part in above if part.exists()):
        return False
    for part in ours:
        part.mkdir(mode=0o711, parents=True, exist_ok=True)
        part.chmod(part.stat().st_mode | _OTHERS_PASS)
    return True


def runnable(site: Path, parts: tuple[str, ...], version: str, who: Owner) -> Path:
    """Return a directory from which the owner can run these parts of an installation: `site`, or a copy made once."""
    if who.uid is None or reachable(site):
        return site
    copy = ELSEWHERE / f"programs-{version}"
    if not copy.exists():
        ELSEWHERE.mkdir(mode=0o711, parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(dir=ELSEWHERE))
        for part in parts:
            shutil.copytree(site / part, scratch / part, symlinks=True)
        scratch.chmod(0o755)
        try:
            scratch.replace(copy)
        except OSError:  # Another embedded AWS made the same copy meanwhile.
            remove(scratch)
    return copy


def remove(path: Path) -> None:
    """Remove a directory if it is there; another embedded AWS may be at it, too."""
    while path.exists():
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(path)


def sweep(elsewhere: Path) -> None:
    """Remove the stand-ins of temporary state directories that are gone; others may be on a disk not mounted now."""
    temporary = Path(tempfile.gettempdir()).resolve()
    for mark in elsewhere.glob("databases-*/state-directory"):
        try:
            state = Path(mark.read_text().strip())
        except FileNotFoundError:  # another embedded AWS sweeps as well
            continue
        if temporary in state.parents and not state.exists():
            remove(mark.parent)
