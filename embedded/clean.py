"""A process that begins anew without the host's environment, before anything large is imported."""

import os
import sys
from pathlib import Path

from embedded.settings import Home, scrubbed_environment

_CLEAN = "TRELLIS_EMBEDDED_CLEAN"


def start_over(home: Home, arguments: list[str]) -> None:
    """Replace this process by one whose environment holds nothing of the host, not even in /proc."""
    if os.environ.pop(_CLEAN, "") or sys.platform == "win32":
        clean = scrubbed_environment(home)
        os.environ.clear()
        os.environ.update(clean)
        return
    os.chdir(Path(__file__).parent.parent)
    environment = {**scrubbed_environment(home), _CLEAN: "1"}
    os.execve(sys.executable, [sys.executable, "-m", "embedded", *arguments], environment)  # noqa: S606
