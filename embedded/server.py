"""One run: the layers put together, served until told to end, saved before the end."""

import asyncio
import contextlib
import json
import logging
import os
import shlex
import signal
import socket
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from embedded import layers, seed_apigateway, seed_awslambda, seed_dynamodb, seed_glue, seed_logs, seed_rds, sessions
from embedded.durable import Durable
from embedded.guard import Guard, root_credentials
from embedded.layers import Overlaid, Overlay
from embedded.saver import Saver
from embedded.settings import ACCOUNT, REGION, Home, Settings, scrubbed_environment, write_private

logger = logging.getLogger("embedded")
# Databases and 50,000 items take seconds: what puts them in goes on after the ready line.
_later: set["asyncio.Task[None]"] = set()
# What is quickly in first; APIs call functions.
LATER = (seed_awslambda, seed_apigateway, seed_glue, seed_rds, seed_logs, seed_dynamodb)


async def run(settings: Settings, listener: socket.socket) -> None:
    """Serve on the listening socket until a signal, or the end of stdin, says to end."""
    # Imported here: the environment must be clean before the emulator is loaded.
    from embedded.host import Host
    from embedded.http import serve

    home, port = settings.home, listener.getsockname()[1]
    os.chdir(home.root)
    host = Host(home, port)
    saver = Saver(host.state, host.store)
    _save_after_functions(host, saver)
    ending = asyncio.Event()
    _end_on_signals(ending)
    saving = asyncio.create_task(saver.run())
    started = asyncio.Event()
    overlays = await layers.begin(home, host.functions)
    app = build(settings, host, port, saver, overlays)
    serving = asyncio.create_task(serve(app, listener, started, ending.wait))
    await asyncio.wait([serving, asyncio.create_task(started.wait())], return_when=asyncio.FIRST_COMPLETED)
    if not serving.done():
        await _announce(settings, port)
    if settings.watch_stdin:
        _end_with_stdin(asyncio.get_running_loop(), ending)
    try:
        await serving
    finally:
        for task in (saving, *_later):
            task.cancel()
        await asyncio.wait([saving, *_later])
        saver.mark(None)
        await saver.save()
        await layers.end(overlays)
        host.end_children()


async def _announce(settings: Settings, port: int) -> None:
    """Say that it answers, with the demo data in it at the first start."""
    home = settings.home
    home.remember_port(port)
    facts = connection(home, port)
    write_environment(home, facts)
    if settings.seed and not home.seeded.exists() and await _seed(home, facts, "embedded.seed"):
        home.seeded.touch()
    say({"ready": True, **facts})
    if settings.seed:
        _later.add(asyncio.create_task(_seed_later(home, facts)))


async def _seed_later(home: Home, facts: Mapping[str, Any]) -> None:
    """Put in what nobody should wait for, one after the other; what an end cuts off goes on at the next start."""
    for data in LATER:
        if data.due(home.state):
            await _seed(home, facts, data.__name__, str(home.state))


async def _seed(home: Home, facts: Mapping[str, Any], *program: str) -> bool:
    """Put demo data in by a process of its own (boto3 would stay in this one's memory); return whether it is in."""
    environment = {**scrubbed_environment(home), **client_environment(home, facts)}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", *program), cwd=Path(__file__).parent.parent, env=environment, stderr=-1
    )
    try:
        _, said = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        raise
    if process.returncode:
        logger.error("The demo data could not be put in:\n%s", said.decode())
    return not process.returncode


def _save_after_functions(host: Any, saver: Saver) -> None:
    loop = asyncio.get_running_loop()

    def seen() -> None:
        # A function that ends while everything ends: the last save writes it all anyway.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(saver.mark, None)

    host.on_function_run(seen)


def build(settings: Settings, host: Any, port: int, saver: Saver, overlays: Sequence[Overlay]) -> Guard:
    """Put the layers together: guard, then what makes answers true, then the emulator."""
    root = root_credentials(settings.home.secret())

    def find(access_key: str, token: str) -> tuple[str, str] | None:
        return root(access_key, token) or sessions.find(access_key, token)

    return Guard(
        Overlaid(Durable(host.app, saver, host.state.names_of), overlays),
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


# Version 1 of the AWS CLI goes to real AWS for RDS, SQS and a few more, whatever AWS_ENDPOINT_URL says.
SHELL_FUNCTION = 'aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }\n'


def write_environment(home: Home, facts: Mapping[str, Any]) -> None:
    """Write the exports that people source in a shell."""
    lines = [f"export {name}={shlex.quote(value)}" for name, value in client_environment(home, facts).items()]
    # A profile or a session of the host would win over the keys, or be sent along with them.
    text = "unset AWS_PROFILE AWS_SESSION_TOKEN\n" + "\n".join(lines) + "\n" + SHELL_FUNCTION
    write_private(home.env_file, text)


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


def say(line: Mapping[str, Any]) -> None:
    """Write one line of JSON on stdout."""
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
