"""What other processes are called, where one may end while it is looked at."""

from typing import Any

import psutil


def command_of(process: Any) -> list[str]:
    """Return a process's command line, empty when it has ended."""
    try:
        return list(process.cmdline())
    except psutil.NoSuchProcess:  # an ended one that nobody has waited for as well
        return []
