"""Start and stop: the lock, the scrubbed environment, the port, the ready line, the graceful end."""

import asyncio
import contextlib
import json
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Mapping
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from embedded import children, lock
from embedded.guard import Guard, root_credentials
from embedded.settings import ACCOUNT, REGION, Home, Settings, scrubbed_environment, write_private

IN_USE, PORT_TAKEN = 3, 4
_CLEAN = "TRELLIS_EMBEDDED_CLEAN"
logger = logging.getLogger("embedded")


class PortTakenError(Exception):
    """Another process listens on the port that was asked for."""


def serve(settings: Settings, arguments: list[str]) -> int:
    """Run an embedded AWS until it is told to end; return the exit code."""
    home = settings.home
    _start_over_clean(home, arguments)
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
        asyncio.run(_run(settings, listener))
    finally:
        children.end_all()
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
    for directory in (home.state, home.objects):
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
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
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


async def _run(settings: Settings, listener: socket.socket) -> None:
    from hypercorn.asyncio import serve as serve_asgi
    from hypercorn.config import Config

    from embedded.host import Host

    home, port = settings.home, listener.getsockname()[1]
    os.chdir(home.root)
    host = Host(home, port)
    ending = asyncio.Event()
    _end_on_signals(ending)
    config = Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 2
    config.errorlog = logging.getLogger("hypercorn")
    task = asyncio.create_task(serve_asgi(build(settings, host, port), config, shutdown_trigger=ending.wait))
    await asyncio.wait([task], timeout=0.05)
    if task.done():
        await task
    home.remember_port(port)
    facts = connection(home, port)
    write_environment(home, facts)
    if settings.watch_stdin:
        _end_with_stdin(asyncio.get_running_loop(), ending)
    _say({"ready": True, **facts})
    await task


def build(settings: Settings, host: Any, port: int) -> Guard:
    """Put the layers together: guard, then what makes answers true, then the emulator."""
    root = root_credentials(settings.home.secret())

    def find(access_key: str, token: str) -> tuple[str, str] | None:
        return root(access_key, token) or host.credentials(access_key, token)

    return Guard(
        host.app,
        port,
        find,
        settings.allow_origins,
        host.preflight,
        host.cors_headers,
        host.bucket_region,
    )


def connection(home: Home, port: int) -> dict[str, Any]:
    """Return how clients reach this embedded AWS."""
    return {
        "endpoint": f"http://127.0.0.1:{port}",
        "account": ACCOUNT,
        "region": REGION,
        "access_key": ACCOUNT,
        "secret_key": home.secret(),
        "pid": os.getpid(),
        "env_file": str(home.env_file),
    }


def client_environment(home: Home, facts: Mapping[str, Any]) -> dict[str, str]:
    """Return the variables with which any AWS client talks to this embedded AWS and to nothing else."""
    return {
        "AWS_ENDPOINT_URL": facts["endpoint"],
        "AWS_ACCESS_KEY_ID": facts["access_key"],
        "AWS_SECRET_ACCESS_KEY": facts["secret_key"],
        "AWS_DEFAULT_REGION": facts["region"],
        "AWS_REGION": facts["region"],
        "AWS_CONFIG_FILE": str(home.no_profile),
        "AWS_SHARED_CREDENTIALS_FILE": str(home.no_profile),
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def write_environment(home: Home, facts: Mapping[str, Any]) -> None:
    """Write the exports that people source in a shell."""
    import shlex

    lines = [f"export {name}={shlex.quote(value)}" for name, value in client_environment(home, facts).items()]
    # A profile or a session of the host would win over the keys, or be sent along with them.
    text = "unset AWS_PROFILE AWS_SESSION_TOKEN\n" + "\n".join(lines) + "\n"
    write_private(home.env_file, text)


def _start_over_clean(home: Home, arguments: list[str]) -> None:
    """Replace this process by one whose environment holds nothing of the host, not even in /proc."""
    if os.environ.pop(_CLEAN, "") or sys.platform == "win32":
        clean = scrubbed_environment(home)
        os.environ.clear()
        os.environ.update(clean)
        return
    os.chdir(Path(__file__).parent.parent)
    environment = {**scrubbed_environment(home), _CLEAN: "1"}
    os.execve(sys.executable, [sys.executable, "-m", "embedded", *arguments], environment)  # noqa: S606


def _end_on_signals(ending: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(number, ending.set)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(ending.set))


def _end_with_stdin(loop: asyncio.AbstractEventLoop, ending: asyncio.Event) -> None:
    """End when whoever holds the other end of stdin is gone."""

    def watch() -> None:
        while os.read(0, 4096):
            pass
        # The loop may be closed by now: then the end has come already.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(ending.set)

    threading.Thread(target=watch, name="stdin", daemon=True).start()


def _log_to(home: Home) -> None:
    handler = RotatingFileHandler(home.log, maxBytes=1_000_000, backupCount=2)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s [%(name)s] %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logger.setLevel(logging.INFO)


def _not_ready(error: str, message: str, code: int) -> int:
    _say({"ready": False, "error": error, "message": message})
    return code


def _say(line: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
