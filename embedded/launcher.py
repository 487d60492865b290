"""Start and stop: the lock, the port, the ready line, the graceful end."""

import asyncio
import logging
import os
import socket
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

from embedded import lock
from embedded.server import run, say
from embedded.settings import Home, Settings

IN_USE, PORT_TAKEN = 3, 4


class PortTakenError(Exception):
    """Another process listens on the port that was asked for."""


def serve(settings: Settings) -> int:
    """Run an embedded AWS until it is told to end; return the exit code."""
    home = settings.home
    home.prepare()
    try:
        held = lock.acquire(home.lock)
    except lock.InUseError:
        return _not_ready("in-use", f"Another embedded AWS is using the state directory {home.root}.", IN_USE)
    try:
        listener = listen(settings.port, home.last_port())
    except PortTakenError as error:
        return _not_ready("port-taken", str(error), PORT_TAKEN)
    _log_to(home)
    try:
        asyncio.run(run(settings, listener))
    finally:
        os.close(held)
    return 0


def reset(home: Home) -> int:
    """Empty the state directory, keeping its secret and port; refused while an embedded AWS runs there."""
    if not home.root.is_dir():
        return 0
    try:
        held = lock.acquire(home.lock)
    except lock.InUseError:
        sys.stderr.write(f"An embedded AWS is using {home.root}: stop it first, then reset.\n")
        return IN_USE
    for directory in (home.state, home.objects, home.parts):
        _remove(directory)
    os.close(held)
    return 0


def _remove(path: Path) -> None:
    import shutil

    if path.exists():
        shutil.rmtree(path)


def listen(wanted: int | None, last: int) -> socket.socket:
    """Bind 127.0.0.1 on the wanted port, else the last one, else any free one; PortTakenError when it is taken."""
    for port in (wanted,) if wanted else (last, 0):
        # With the protocol named, asyncio sends small answers at once (TCP_NODELAY): without, they wait 40 ms.
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        if sys.platform != "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
            listener.listen(128)
        except OSError:
            listener.close()
            continue
        return listener
    raise PortTakenError(f"Port {wanted} on 127.0.0.1 is taken by another program.")


def _log_to(home: Home) -> None:
    handler = RotatingFileHandler(home.log, maxBytes=1_000_000, backupCount=2)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s [%(name)s] %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("embedded").setLevel(logging.INFO)


def _not_ready(error: str, message: str, code: int) -> int:
    say({"ready": False, "error": error, "message": message})
    return code
