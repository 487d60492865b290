"""The instance's memory: a control group where this computer lets us make one, and what processes really hold."""

import os
from pathlib import Path

import psutil

MIB = 1024 * 1024
# A t3.micro has 1 GiB; Amazon Linux, nginx's host and Elastic Beanstalk's agents keep about a third of it.
INSTANCE = 640 * MIB
ROOTS = (Path("/sys/fs/cgroup/memory"), Path("/sys/fs/cgroup"))


class Group:
    """A control group with a memory limit; `folder` is None where none can be made (not root, or a container)."""

    def __init__(self, name: str, most: int = INSTANCE):
        self.folder = self._make(name, most)

    def _make(self, name: str, most: int) -> Path | None:
        for root, limit in zip(ROOTS, ("memory.limit_in_bytes", "memory.max"), strict=True):
            folder = root / name
            try:
                folder.mkdir()
                (folder / limit).write_text(str(most))
            except OSError:
                if folder.is_dir():
                    folder.rmdir()
                continue
            return folder
        return None

    @property
    def joining(self) -> list[str]:
        """The beginning of a shell script with which a process joins the group."""
        return [] if self.folder is None else [f"echo $$ > {self.folder}/cgroup.procs"]

    def killed(self) -> int:
        """Return how often the kernel had to kill for memory."""
        for name in ("memory.oom_control", "memory.events"):
            file = self.folder / name if self.folder else Path(os.devnull)
            if file.exists():
                words = file.read_text().split()
                return int(words[words.index("oom_kill") + 1]) if "oom_kill" in words else 0
        return 0

    def remove(self) -> None:
        """Remove the group; its processes have ended."""
        if self.folder is not None:
            self.folder.rmdir()


def held(pid: int) -> int:
    """Return the bytes that a process and its children hold, shared pages counted once."""
    parent = psutil.Process(pid)
    return sum(one.memory_full_info().pss for one in (parent, *parent.children(recursive=True)))
