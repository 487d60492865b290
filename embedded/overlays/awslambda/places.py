"""Where functions lie on disk: a folder for this run, the code in it once, a /tmp for each environment."""

import hashlib
import io
import shutil
import tempfile
import threading
import zipfile
import zlib
from pathlib import Path

from embedded.functions.calls import Function
from embedded.settings import Home, write_private


class NotUnpacked(Exception):
    """An archive holds what cannot lie in a folder: a file below a file, a name without an end, a damaged entry."""


class Places:
    """The folder, made at the first use; what an earlier run left is removed at the start."""

    def __init__(self, home: Home) -> None:
        self._note = home.root / "functions"
        self._root: Path | None = None
        self._lock = threading.Lock()
        self._whole: set[str] = set()

    def sweep(self) -> None:
        """Remove what a run that was killed left behind."""
        if self._note.exists():
            left = Path(self._note.read_text().strip())
            if left.name.startswith("lambda-"):
                shutil.rmtree(left, ignore_errors=True)
            self._note.unlink()

    def close(self) -> None:
        """Remove everything."""
        self.sweep()
        self._root = None

    def code(self, function: Function) -> Path:
        """Return the folder with the function's code, as AWS has it in /var/task."""
        return self._unpacked("task", [function.code])

    def layers(self, function: Function) -> Path | None:
        """Return the folder with the layers, one over the other, as AWS has them in /opt."""
        return self._unpacked("opt", list(function.layers)) if function.layers else None

    def temporary(self) -> Path:
        """Return a new folder for the /tmp of an environment."""
        return Path(tempfile.mkdtemp(prefix="tmp-", dir=self._folder()))

    def _unpacked(self, kind: str, archives: list[bytes]) -> Path:
        digest = hashlib.sha256(b"".join(hashlib.sha256(one).digest() for one in archives)).hexdigest()[:32]
        with self._lock:
            folder = self._folder() / f"{kind}-{digest}"
            if folder.name not in self._whole or not folder.is_dir():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                for data in archives:
                    unpack(data, folder)
                self._whole.add(folder.name)
            return folder

    def _folder(self) -> Path:
        # What lies in /tmp for long, the system may remove.
        if self._root is None or not self._root.is_dir():
            self._root = Path(tempfile.mkdtemp(prefix="lambda-"))
            write_private(self._note, str(self._root))
        return self._root


def unpack(data: bytes, folder: Path) -> None:
    """Unpack an archive, with the rights that it gives; zipfile keeps names inside the folder. Raises NotUnpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.infolist():
                written = Path(archive.extract(entry, folder))
                rights = entry.external_attr >> 16 & 0o777
                if rights and not entry.is_dir():
                    written.chmod(rights | 0o400)
    except OSError as error:
        raise NotUnpacked(f"The code cannot be unpacked: {error.strerror}") from error
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error, EOFError) as error:
        raise NotUnpacked(f"The code cannot be unpacked: {error}") from error
