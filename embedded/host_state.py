"""The emulator's state: read from our files, written to them (private names of the emulator, like host.py)."""

import contextlib
import copy
import ctypes
import gc
import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterable
from typing import Any

from embedded import host_tables
from embedded.state import Store

logger = logging.getLogger("embedded.state")
_libc = ctypes.CDLL(None) if sys.platform.startswith("linux") else None
# What the emulator's serialisation writes around its containers, as a rule at the top only.
_MARKS = {"__scoped__", "__account_region_scoped__"}


class EmulatorState:
    """Saves and restores each emulated service through the emulator's own serialisation."""

    def __init__(self, app: Any, persistence: Any, store: Store) -> None:
        self._app, self._persistence, self._store = app, persistence, store
        self._tables = host_tables.Tables(app._get_module("dynamodb"), store.forget)
        # Called when everything is loaded.
        self.restored: Callable[[], None] = lambda: None
        # The emulator would save on a graceful stop only, and load whatever lies there.
        app._load_persisted_state = self.restore
        app.save_all = lambda _: None

    def restore(self) -> None:
        """Load every saved service; one that cannot be used is set aside, never half loaded and overwritten."""
        # Nothing of what is loaded is garbage: looking for some would take longer than the loading.
        gc.disable()
        for name, module in self._app._state_map.items():
            payload = self._store.load(name)
            if payload is None:
                continue
            try:
                data = self._decoded(payload)
                self._app._get_module(module).load_persisted_state(data)
            except Exception:
                logger.exception("The state of %s could not be restored.", name)
                self._store.set_aside(name)
        self._tables.restore(self._store.load)
        self.restored()
        gc.freeze()
        gc.enable()

    def _decoded(self, payload: bytes) -> Any:
        """Return a state from JSON; where it holds no bytes, without a look at every single dictionary."""
        hook = self._persistence._json_object_hook
        if b'"__bytes__"' not in payload:
            parts = json.loads(payload)
            marked = [name for name, part in parts.items() if isinstance(part, dict) and _MARKS & part.keys()]
            if len(marked) == payload.count(b'scoped__": true'):
                return {name: hook(part) if name in marked else part for name, part in parts.items()}
        return json.loads(payload, object_hook=hook)

    def state_names(self) -> list[str]:
        """Return the services that are loaded and hold state."""
        return list(self._getters())

    def changed_names(self) -> list[str]:
        """Return the states that are known to have changed, whatever is marked: large tables."""
        return self._tables.changed()

    def saved(self, names: Iterable[str]) -> list[str]:
        """Note which states were written; return those that are to be written once more."""
        return ["dynamodb"] if self._tables.saved(names) else []

    def names_of(self, service: str) -> list[str]:
        """Return the states that a service, by its signing name, is kept in."""
        name = self._app.SERVICE_NAME_ALIASES.get(service, service)
        entry = self._app.SERVICE_REGISTRY.get(name)
        if entry is None:
            return self.state_names()
        return [entry.get("state_key", entry["module"]), *entry.get("sub_modules", ())]

    def serialise(self, name: str) -> bytes | None:
        """Return one service's state as JSON, the way the emulator writes it."""
        if name.startswith(host_tables.PREFIX):
            return self._tables.serialise(name)
        getter = self._getters().get(name)
        state = getter() if getter else None
        if state is None:
            return None
        if name == "dynamodb":
            state = self._tables.without(state)
        if name == "cloudwatch_logs":
            # An index of the events, which the emulator builds again when they are queried.
            state.pop("log_records", None)
        return json.dumps(state, default=self._persistence._json_default).encode()

    def acts_by_itself(self) -> bool:
        """Whether rules or schedules may change state without any request."""
        rules = getattr(self._app._get_module("eventbridge"), "_rules", None)
        schedules = getattr(self._app._get_module("scheduler"), "_schedules", None)
        return any(getattr(kept, "_data", None) for kept in (rules, schedules))

    def enter_child(self) -> None:
        """Prepare a forked child: it dies with its parent, makes way for requests, and need not copy what it writes."""
        if _libc is not None:
            _libc.prctl(1, signal.SIGKILL)
        with contextlib.suppress(OSError, AttributeError):
            os.nice(5)
        gc.disable()
        copy.deepcopy = _itself  # type: ignore[assignment]

    def _getters(self) -> dict[str, Callable[[], Any]]:
        getters: dict[str, Callable[[], Any]] = self._app._build_persistence_save_dict()
        return getters


def _itself(value: Any, _memo: object = None) -> Any:
    return value
