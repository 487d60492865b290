"""The way into CloudWatch Logs, from the thread of an environment."""

import asyncio
import logging
from collections.abc import Callable

from embedded.emulator import Emulator
from embedded.overlays.awslambda.story import Events

logger = logging.getLogger("embedded.awslambda")
LONGEST_PUT = 60
_TARGET = "Logs_20140328."


def writer(emulator: Emulator, loop: asyncio.AbstractEventLoop, group: str, stream: str) -> Callable[[Events], None]:
    """Return what stores events in a stream, which is made with the first of them, and waits until they are stored."""
    names = {"logGroupName": group, "logStreamName": stream}

    async def store(events: Events) -> None:
        fields = {**names, "logEvents": events}
        status, answer = await emulator.json("logs", _TARGET + "PutLogEvents", fields)
        if status == 400 and "ResourceNotFound" in str(answer.get("__type")):
            await emulator.json("logs", _TARGET + "CreateLogGroup", {"logGroupName": group})
            await emulator.json("logs", _TARGET + "CreateLogStream", names)
            status, answer = await emulator.json("logs", _TARGET + "PutLogEvents", fields)
        if status != 200:
            logger.error("The log of %s was not stored: %s", group, answer)

    def put(events: Events) -> None:
        storing = asyncio.run_coroutine_threadsafe(store(events), loop)
        try:
            storing.result(LONGEST_PUT)
        except (RuntimeError, TimeoutError):
            logger.exception("The log of %s could not be stored.", group)

    return put
