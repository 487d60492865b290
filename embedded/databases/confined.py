"""Runs a database server as an unprivileged user that sees its own files only, and ends it with its parent.

A program of its own, run before the server as `python -I -S confined.py '{"command": [...], ...}'`: the kernel
forgets the order to die with the parent when the user changes, so it must be given after that. Where the
kernel has Landlock, the server can open nothing but what is listed, connect nowhere and listen on its own
port only, whatever SQL makes it do.
"""

import ctypes
import json
import os
import signal
import struct
import sys
from typing import Any

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_PDEATHSIG, _NO_NEW_PRIVILEGES = 1, 38
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR, _TRUNCATE = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 14
_READING = _EXECUTE | _READ_FILE | _READ_DIR
_ON_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE
_BENEATH, _PORT = 1, 2
_BIND_TCP, _CONNECT_TCP = 1, 2
# What each version of Landlock's interface knows of the file system: 13 rights, then REFER, then TRUNCATE.
_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1}
_ALL_RIGHTS = (1 << 15) - 1
_WITH_NETWORK = 4

libc: Any = ctypes.CDLL(None, use_errno=True)


def main(order: dict[str, Any]) -> None:
    """Become the server; `order` has command, parent, and where they apply uid, gid, read, write, port."""
    if order.get("uid") is not None:
        os.setgroups([])
        os.setgid(order["gid"])
        os.setuid(order["uid"])
    os.umask(0o077)
    if sys.platform.startswith("linux"):
        libc.prctl(_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != order["parent"]:
            sys.exit("the embedded AWS ended before its database server started")
        restrict(order["read"], order["write"], order["port"])
    os.execv(order["command"][0], order["command"])  # noqa: S606 - becoming another program is its purpose


def restrict(read: list[str], write: list[str], port: int) -> None:
    """Give up every file that is not listed and every connection, where the kernel can do that."""
    version = libc.syscall(_CREATE, None, 0, 1)
    if version < 1:
        return
    rights = _RIGHTS.get(version, _ALL_RIGHTS)
    network = version >= _WITH_NETWORK
    attributes = struct.pack("=QQ", rights, _BIND_TCP | _CONNECT_TCP) if network else struct.pack("=Q", rights)
    ruleset = checked(libc.syscall(_CREATE, attributes, len(attributes), 0))
    for paths, allowed in ((read, rights & _READING), (write, rights)):
        for path in paths:
            allow(ruleset, path, allowed)
    if network:
        checked(libc.syscall(_ADD, ruleset, _PORT, struct.pack("=QQ", _BIND_TCP, port), 0))
    checked(libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
    checked(libc.syscall(_RESTRICT, ruleset, 0))
    os.close(ruleset)


def allow(ruleset: int, path: str, allowed: int) -> None:
    """Allow a directory with what lies below it, or a file; what does not exist here needs no permission."""
    try:
        opened = os.open(path, getattr(os, "O_PATH", 0) | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    if not os.path.isdir(path):  # noqa: PTH112 - pathlib takes longer to load than all of this takes to run
        allowed &= _ON_FILES
    checked(libc.syscall(_ADD, ruleset, _BENEATH, struct.pack("=Qi", allowed, opened), 0))
    os.close(opened)


def checked(result: int) -> int:
    """Return the result of a system call; OSError when it failed."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
