"""What time it is: the computer's, or, in tests, another one that goes on from a given moment."""

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


class Clock:
    """The time, in UTC."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        begins = options.get("clock_starts")
        self._ahead = datetime.fromisoformat(begins).timestamp() - time.time() if begins else 0.0

    def now(self) -> datetime:
        """Return the time."""
        return datetime.fromtimestamp(time.time() + self._ahead, UTC)

    async def next_minute(self) -> datetime:
        """Wait for the next minute to begin, and return it."""
        now = self.now()
        await asyncio.sleep(60 - now.second - now.microsecond / 1_000_000 + 0.005)
        return self.now()
