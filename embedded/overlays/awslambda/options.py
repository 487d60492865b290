"""How long things take: tests make them shorter in `lambda.json` of the state directory."""

import json
from dataclasses import dataclass

from embedded.settings import Home


@dataclass(frozen=True)
class Options:
    """A minute between tries, and how long an environment may wait for a call, in seconds."""

    seconds_per_minute: float = 60.0
    idle_seconds: float = 300.0


def read_options(home: Home) -> Options:
    """Return the options of a state directory."""
    path = home.root / "lambda.json"
    return Options(**json.loads(path.read_text())) if path.exists() else Options()
