"""What time it is: the computer's, or, in tests, another one that goes on from a given moment, faster."""

import asyncio
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def read_options(root: Path) -> dict[str, Any]:
    """Return what `glue.json` in the state directory sets: tests make a minute shorter there, and choose the time."""
    path = root / "glue.json"
    return dict(json.loads(path.read_text())) if path.exists() else {}


class Clock:
    """The time, in UTC."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        begins = options.get("clock_starts")
        self._real = time.time()
        self._begins = datetime.fromisoformat(begins).timestamp() if begins else self._real
        self._rate = int(options.get("clock_rate", 1))

    def now(self) -> datetime:
        """Return the time."""
        return datetime.fromtimestamp(self._begins + (time.time() - self._real) * self._rate, UTC)

    async def next_minute(self) -> datetime:
        """Wait for the next minute to begin, and return it."""
        now = self.now()
        left = 60 - now.second - now.microsecond / 1_000_000
        await asyncio.sleep(left / self._rate + 0.005)
        return self.now()
