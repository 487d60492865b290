"""The process that runs queries: DuckDB lives here, away from the emulator's event loop and memory.

It reads commands as lines of JSON from stdin (`{"run": {...}}`, `{"stop": id}`) and writes what happens to stdout
(`{"id", "state", ...}`). Rows go into a file per query, one line of JSON each. It ends when its stdin does.
"""

import json
import sys
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from embedded.overlays.insights.engine import Engine, Stopped

AT_ONCE = 2


class Worker:
    """Runs up to two queries at a time, the others wait."""

    def __init__(self, state: Path) -> None:
        self._engine = Engine(state)
        self._pool = ThreadPoolExecutor(AT_ONCE)
        self._saying = threading.Lock()

    def serve(self) -> None:
        """Take commands until there are no more."""
        for line in sys.stdin:
            command = json.loads(line)
            if "stop" in command:
                self._engine.stop(command["stop"])
            else:
                self._pool.submit(self._run, command["run"])
        self._engine.stop_all()
        self._pool.shutdown(cancel_futures=True)
        self._engine.close()

    def _run(self, query: Mapping[str, Any]) -> None:
        try:
            self._say(id=query["id"], state="Running")
            self._say(id=query["id"], state="Complete", **self._engine.run(query))
        except Stopped:
            self._say(id=query["id"], state="Cancelled")
        except Exception as error:
            self._say(id=query["id"], state="Failed", message=f"{type(error).__name__}: {error}")

    def _say(self, **what: Any) -> None:
        with self._saying:
            sys.stdout.write(json.dumps(what) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    Worker(Path(sys.argv[1])).serve()
