"""How much memory a function and what it started have: where /proc tells."""

import contextlib
import os
import sys
from pathlib import Path

LINUX = sys.platform.startswith("linux")
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
MIB = 1024 * 1024


def resident(pid: int) -> int:
    """Return the bytes that a process and its descendants have in memory, 0 where it cannot be told."""
    total = 0
    waiting = [pid] if LINUX else []
    while waiting:
        process = waiting.pop()
        # One that ended meanwhile has none.
        with contextlib.suppress(OSError):
            total += int(Path(f"/proc/{process}/statm").read_text().split()[1]) * _PAGE
            for thread in Path(f"/proc/{process}/task").iterdir():
                waiting += map(int, (thread / "children").read_text().split())
    return total


def peak(pid: int) -> int:
    """Return the most bytes that a process ever had in memory, 0 where it cannot be told."""
    if LINUX:
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    return 0
