"""HTTP on the listening socket: Hypercorn's protocol, read in larger pieces than its own server does.

A part of an upload is 8 MiB; at 64 KiB a read, most of the time would go into passing pieces around.
"""

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable
from typing import Any

from hypercorn.asyncio import tcp_server
from hypercorn.asyncio.lifespan import Lifespan
from hypercorn.asyncio.worker_context import WorkerContext
from hypercorn.config import Config
from hypercorn.utils import wrap_app

from embedded.asgi import App

PIECE = 1024 * 1024
_GRACE = 2.0


async def serve(app: App, listener: socket.socket, started: asyncio.Event, ended: Callable[[], Awaitable[Any]]) -> None:
    """Run the application's lifespan and answer connections until `ended` returns."""
    config = Config()
    config.keep_alive_timeout = 75
    config.errorlog = logging.getLogger("hypercorn")
    loop = asyncio.get_running_loop()
    wrapped: Any = wrap_app(app, config.wsgi_max_body_size, "asgi")
    lifespan = Lifespan(wrapped, config, loop, {})
    living = loop.create_task(lifespan.handle_lifespan())
    await lifespan.wait_for_startup()
    context = WorkerContext(None)
    connections: set[asyncio.Task[None]] = set()
    tcp_server.MAX_RECV = PIECE

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - for the type checker: a coroutine runs in a task
        connections.add(task)
        task.add_done_callback(connections.discard)
        await tcp_server.TCPServer(wrapped, loop, config, context, {}, reader, writer)

    server = await asyncio.start_server(connected, sock=listener, backlog=128, limit=PIECE)
    started.set()
    await ended()
    await context.terminated.set()
    server.close()
    if connections:
        await asyncio.wait(connections, timeout=_GRACE)
    await lifespan.wait_for_shutdown()
    living.cancel()
    await asyncio.wait([living])
