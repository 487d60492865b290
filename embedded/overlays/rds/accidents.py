"""How often servers ended by themselves: one is started again, but not for ever."""

import time

RECOVERIES, WITHIN_SECONDS = 3, 300.0


class Accidents:
    """The accidents of the last minutes, by instance."""

    def __init__(self) -> None:
        self._moments: dict[str, list[float]] = {}

    def count(self, resource_id: str) -> int:
        """Note an accident of an instance, and return how many that is within minutes."""
        now = time.time()
        recent = [when for when in self._moments.get(resource_id, []) if when > now - WITHIN_SECONDS]
        self._moments[resource_id] = [*recent, now]
        return len(recent) + 1
