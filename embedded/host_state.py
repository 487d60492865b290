"""The emulator's state: read from our files, written to them (private names of the emulator, like host.py)."""

import contextlib
import copy
import ctypes
import json
import logging
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from embedded.state import Store

logger = logging.getLogger("embedded.state")
_libc = ctypes.CDLL(None) if sys.platform.startswith("linux") else None


class EmulatorState:
    """Saves and restores each emulated service through the emulator's own serialisation."""

    def __init__(self, app: Any, persistence: Any, store: Store) -> None:
        self._app, self._persistence, self._store = app, persistence, store
        # The emulator would save on a graceful stop only, and load whatever lies there.
        app._load_persisted_state = self.restore
        app.save_all = lambda _: None

    def restore(self) -> None:
        """Load every saved service; one that cannot be used is set aside, never half loaded and overwritten."""
        for name, module in self._app._state_map.items():
            payload = self._store.load(name)
            if payload is None:
                continue
            try:
                data = json.loads(payload, object_hook=self._persistence._json_object_hook)
                self._app._get_module(module).load_persisted_state(data)
            except Exception:
                logger.exception("The state of %s could not be restored.", name)
                self._store.set_aside(name)

    def state_names(self) -> list[str]:
        """Return the services that are loaded and hold state."""
        return list(self._getters())

    def names_of(self, service: str) -> list[str]:
        """Return the states that a service, by its signing name, is kept in."""
        name = self._app.SERVICE_NAME_ALIASES.get(service, service)
        entry = self._app.SERVICE_REGISTRY.get(name)
        if entry is None:
            return self.state_names()
        return [entry.get("state_key", entry["module"]), *entry.get("sub_modules", ())]

    def serialise(self, name: str) -> bytes | None:
        """Return one service's state as JSON, the way the emulator writes it."""
        getter = self._getters().get(name)
        state = getter() if getter else None
        if state is None:
            return None
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
        copy.deepcopy = _itself  # type: ignore[assignment]

    def _getters(self) -> dict[str, Callable[[], Any]]:
        getters: dict[str, Callable[[], Any]] = self._app._build_persistence_save_dict()
        return getters


def _itself(value: Any, _memo: object = None) -> Any:
    return value
