"""History and saved queries of a person, in the state table; noting one never makes a query wait.

`kind` is the sort of query (sql, partiql, insights): what it names is kept under `<kind>-history` and `<kind>-saved`.
`scope` is what a query belongs to, such as an instance, or the empty string.
"""

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from app.store import Entry, Store, held, owner, store

logger = logging.getLogger("trellis.notes")
KEPT = 90 * 86400  # seconds that history is kept
LONGEST = 20_000  # characters of a query in history
LONGEST_NAME = 100
SHOWN = 50
SEARCHED = 200  # newest entries among which a scope's are looked for
REPEATED = 60  # seconds in which the same run after itself is noted once
_last: dict[tuple[str, str], tuple[tuple[Any, ...], int]] = {}  # each person's last run and its time
_writer = ThreadPoolExecutor(1, thread_name_prefix="notes")


def note(kind: str, scope: str, entry: dict[str, Any], same: tuple[Any, ...]) -> None:
    """Write a run into the history, after the answer; `same` tells whether it is the last one loaded again.

    A real account that is read-only is not written to.
    """
    if not held() and not _just_noted(kind, (scope, *same)):
        _writer.submit(_put, store(f"{kind}-history"), {"scope": scope, "at": int(time.time()), **entry})


def _just_noted(kind: str, run: tuple[Any, ...]) -> bool:
    """Whether this person's last note was the very same run a moment ago: a page loaded again is no new entry."""
    who, now = (owner(), kind), int(time.time())
    before, at = _last.get(who, ((), 0))
    _last[who] = (run, now)
    return before == run and now - at < REPEATED


def _put(target: Store, entry: dict[str, Any]) -> None:
    try:
        target.put(entry, seconds=KEPT)
    except Exception:
        logger.exception("a query could not be noted in the history")


def settle() -> None:
    """Wait until everything noted so far is written."""
    _writer.submit(lambda: None).result()


def history(kind: str, scope: str) -> list[Entry]:
    """Return the newest runs of a scope, newest first."""
    past = store(f"{kind}-history").newest(SEARCHED)
    return [one for one in past if one.value.get("scope") == scope][:SHOWN]


def saved(kind: str, scope: str) -> list[Entry]:
    """Return the saved queries of a scope by name; each value has `name` and what was saved with it."""
    found = store(f"{kind}-saved").newest(500, prefix=f"{scope}:")
    return sorted(found, key=lambda one: str(one.value["name"]).lower())


def save(kind: str, scope: str, name: str, value: dict[str, Any]) -> None:
    """Save a query under a name; the same name again replaces it. Raises store.TooLarge."""
    store(f"{kind}-saved").put({"scope": scope, "name": name, **value}, f"{scope}:{name}")


def forget(kind: str, id: str) -> None:
    """Remove a saved query; one that is not there is no error."""
    store(f"{kind}-saved").delete(id)
