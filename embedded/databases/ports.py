"""Ports for database servers: the one asked for where it is free, else one that no client socket will take."""

import socket
import sys
from collections.abc import Collection

# Below those that systems hand to clients (from 32768 on), so that a port stays free while its server is down.
FALLBACKS = range(13300, 15900)


def is_free(port: int) -> bool:
    """Whether a server could listen on this loopback port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if sys.platform != "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen(1)
        except OSError:
            return False
    return True


def choose(wanted: int, taken: Collection[int], spread: int = 0) -> int:
    """Return the wanted port (0: any), else one of FALLBACKS, first tried from `spread` on; OSError: there is none."""
    start = spread % len(FALLBACKS)
    candidates: list[int] = [*([wanted] if wanted else []), *FALLBACKS[start:], *FALLBACKS[:start]]
    for port in candidates:
        if port not in taken and is_free(port):
            return port
    raise OSError("no free port for a database server")
