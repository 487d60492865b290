"""State files: one per service, replaced whole or not at all, with a checksum and the last good one kept."""

import contextlib
import hashlib
import logging
import os
from pathlib import Path

logger = logging.getLogger("embedded.state")
_MARK = b"trellis-state 1 "


def checksum(payload: bytes) -> str:
    """Return what tells a whole file from a damaged one."""
    return hashlib.sha256(payload).hexdigest()


class Store:
    """The state files in one directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        # The checksum of each current state that was loaded or written.
        self.current: dict[str, str] = {}

    def write_candidate(self, service: str, payload: bytes, digest: str) -> None:
        """Write a new state, of this checksum, beside the current one; nothing is replaced yet."""
        _write(self._candidate(service), payload, digest)

    def commit(self, service: str) -> None:
        """Make the candidate the current state, and the current state the previous one."""
        self._replace(service, self._candidate(service))

    def _replace(self, service: str, written: Path) -> None:
        current, previous, spare = self._current(service), self._previous(service), self._spare(service)
        if current.exists():
            spare.unlink(missing_ok=True)
            # A second name first, then a replacement: at no moment is the service without a current state.
            os.link(current, spare)
            spare.replace(previous)
        written.replace(current)

    def discard(self, service: str) -> None:
        """Forget a candidate that something newer overtook."""
        self._candidate(service).unlink(missing_ok=True)

    def forget(self, service: str) -> None:
        """Remove every state of a service: what it held was deleted."""
        self.current.pop(service, None)
        for path in (self._current(service), self._previous(service)):
            path.unlink(missing_ok=True)

    def write(self, service: str, payload: bytes) -> str:
        """Replace a service's state and return its checksum."""
        digest = checksum(payload)
        # Not by the candidate: another process may be writing that one.
        written = self._directory / f"{service}.now"
        _write(written, payload, digest)
        self._replace(service, written)
        return digest

    def load(self, service: str) -> bytes | None:
        """Return the newest undamaged state, None when there is none; damaged files are set aside and logged."""
        for path in (self._current(service), self._previous(service)):
            payload = _read(path)
            if payload is not None:
                if path == self._current(service):
                    self.current[service] = checksum(payload)
                return payload
            if path.exists():
                self.set_aside(service, path)
        return None

    def set_aside(self, service: str, path: Path | None = None) -> None:
        """Keep a state that cannot be used under another name, out of the way of the next save."""
        path = path or self._current(service)
        damaged = path.with_suffix(".damaged")
        with contextlib.suppress(FileNotFoundError):
            path.replace(damaged)
            logger.error("The state in %s cannot be used: kept as %s, the last good one is tried.", path, damaged)

    def _current(self, service: str) -> Path:
        return self._directory / f"{service}.state"

    def _previous(self, service: str) -> Path:
        return self._directory / f"{service}.previous"

    def _candidate(self, service: str) -> Path:
        return self._directory / f"{service}.new"

    def _spare(self, service: str) -> Path:
        return self._directory / f"{service}.spare"


def _write(path: Path, payload: bytes, digest: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(_MARK + digest.encode() + b"\n")
        file.write(payload)
        file.flush()
        os.fsync(file.fileno())


def _read(path: Path) -> bytes | None:
    """Return the payload of a whole file, None when it is missing or damaged."""
    if not path.exists():
        return None
    head, newline, payload = path.read_bytes().partition(b"\n")
    digest = head.removeprefix(_MARK)
    sound = newline and head.startswith(_MARK) and checksum(payload).encode() == digest
    return payload if sound else None
