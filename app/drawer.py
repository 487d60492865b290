"""What the call drawer shows (placeholder until the generator lands)."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Drawer:
    """The calls of a page as code."""

    calls: tuple[Any, ...] = ()
    earlier: tuple[Any, ...] = ()
    milliseconds: float = 0.0
    script: str = ""
    commands: str = ""
    policy: str = ""
    failed: int = 0


def drawer() -> Drawer:
    """Return this page's drawer."""
    return Drawer()
