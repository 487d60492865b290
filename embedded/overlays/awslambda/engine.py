"""Runs functions: an environment, a call, what came of it, and the log of it all; in the caller's thread."""

import asyncio
import json
import platform
import shutil
import time
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from embedded.emulator import Emulator
from embedded.functions.calls import ASKED, TRACE, Asked, Function, Outcome
from embedded.layers import Below
from embedded.overlays.awslambda import lineage, words
from embedded.overlays.awslambda.environment import INIT_SECONDS, Ended, Environment, Order
from embedded.overlays.awslambda.journal import writer
from embedded.overlays.awslambda.memory import MIB
from embedded.overlays.awslambda.places import NotUnpacked, Places
from embedded.overlays.awslambda.pool import Member, Pool, Throttled, key_of, shape_of
from embedded.overlays.awslambda.story import Events, Story, new_stream
from embedded.overlays.awslambda.variables import environment, log_group, python_path
from embedded.overlays.awslambda.words import Report, Words
from embedded.settings import Home

RUNS_ON = platform.python_version()


class Engine:
    """All functions of this embedded AWS."""

    def __init__(self, home: Home, loop: asyncio.AbstractEventLoop) -> None:
        self._home, self._loop = home, loop
        self._places = Places(home)
        self._forward: Below | None = None
        self.pool = Pool()
        # Told of each call, whoever made it.
        self.noted: Callable[[Function, Outcome], None] = lambda _function, _outcome: None
        self._places.sweep()

    def reach(self, forward: Below) -> None:
        """Keep the way to the emulator."""
        self._forward = forward

    def emulator(self, function: Function) -> Emulator:
        """Return the emulator as the function's account sees it."""
        assert self._forward is not None  # noqa: S101 - no function is known before the emulator is
        return Emulator(self._forward, function.where, self._home.last_port())

    def writer(self, function: Function, stream: str) -> Callable[[Events], None]:
        """Return the way into a stream of the function's log."""
        return writer(self.emulator(function), self._loop, log_group(function), stream)

    def close(self) -> None:
        """End every environment."""
        self.pool.close()
        self._places.close()

    def run(self, function: Function, event: Any) -> Outcome:
        """Call a function and wait for the end."""
        asked = ASKED.get() or Asked(str(uuid.uuid4()), json.dumps(event).encode())
        try:
            member = self.pool.begin(function)
        except Throttled as reason:
            outcome = Outcome(refused=str(reason))
        else:
            outcome = self._call(function, asked, member)
        self.noted(function, outcome)
        return outcome

    def _call(self, function: Function, asked: Asked, member: Member | None) -> Outcome:
        call = Call(self, function, asked, member)
        try:
            return call.outcome()
        except NotUnpacked as problem:
            return Outcome(words.failed("Runtime.InvalidCode", str(problem)), "Runtime.InvalidCode")
        except BaseException:
            # It may still be at work: the next call would get the answer to this one.
            if call.member is not None:
                call.member.environment.alive = False
            raise
        finally:
            self.pool.finish(function, call.member)

    def start(self, function: Function) -> Member:
        """Start an environment; what it tells goes to a log stream of its own."""
        code, layers, temporary = (
            self._places.code(function),
            self._places.layers(function),
            self._places.temporary(),
        )
        stream = new_stream(function)
        story = Story(self.writer(function, stream))
        story.say(Words(function).begins(RUNS_ON))
        config = function.config
        order = Order(
            str(config.get("Handler", "")),
            str(code),
            python_path(function, code, layers),
            environment(function, code, temporary, stream, self._home.last_port()),
            int(config.get("MemorySize", 128)) * MIB,
            int((config.get("EphemeralStorage") or {}).get("Size", 512)) * MIB,
        )
        started = Environment(order, story)
        return Member(key_of(function), shape_of(function), started, story, partial(_remove, temporary))


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


class Call:
    """One call of a function."""

    def __init__(self, engine: Engine, function: Function, asked: Asked, member: Member | None) -> None:
        self._engine, self._function, self._asked = engine, function, asked
        self.member = member
        self._words = Words(function)
        self._seconds = float(function.config.get("Timeout", 3))
        self._init: float | None = None

    def outcome(self) -> Outcome:
        """Make it, and tell what came of it."""
        broken = None
        if self.member is None:
            self.member = self._engine.start(self._function)
            self._engine.pool.add(self.member)
            broken = self._ready(self.member)
        else:
            self.member.story.begin()
        story, request_id = self.member.story, self._asked.request_id
        story.say(self._words.start(request_id))
        began = time.monotonic()
        ended = broken or self._made(self.member)
        milliseconds = (time.monotonic() - began) * 1000
        body, error = self._judge(ended)
        if ended.kind in ("timeout", "exit", "memory"):
            self._tell(ended, body, error)
        story.rest()
        status = "" if not error or ended.kind == "error" else "timeout" if ended.kind == "timeout" else "error"
        shown = error if status == "error" else ""
        used = self.member.environment.memory
        if ended.kind == "memory":
            shown = "Runtime.OutOfMemory"
        for line in self._words.ends(Report(request_id, milliseconds, used, self._init, status, shown)):
            story.say(line)
        story.flush()
        return Outcome(body, error, story.tail, milliseconds)

    def _ready(self, member: Member) -> Ended | None:
        """Wait until the handler is imported; return what went wrong."""
        began = time.monotonic()
        ended = member.environment.ready(began + INIT_SECONDS + self._seconds)
        milliseconds = (time.monotonic() - began) * 1000
        if ended.kind == "ready":
            self._init = milliseconds
            return None
        _, error = self._judge(ended)
        member.story.say(self._words.init_failed(milliseconds, error))
        return ended

    def _made(self, member: Member) -> Ended:
        arn = self._function.arn
        facts = {
            "request_id": self._asked.request_id,
            "arn": arn,
            "deadline": int((time.time() + self._seconds) * 1000),
            "trace": lineage.continued(TRACE.get(), arn),
            "client_context": self._asked.client_context,
        }
        return member.environment.call(facts, self._asked.payload, time.monotonic() + self._seconds)

    def _judge(self, ended: Ended) -> tuple[bytes, str]:
        """Return the answer, and the name of the error."""
        before = f"RequestId: {self._asked.request_id} Error: "
        if ended.kind == "timeout":
            kind, message = "Sandbox.Timedout", f"{before}Task timed out after {self._seconds:.2f} seconds"
        elif ended.kind in ("exit", "memory"):
            code = -9 if ended.kind == "memory" else int(ended.facts["code"])
            kind, message = "Runtime.ExitError", before + words.exited(code)
        elif ended.kind == "result" and len(ended.payload) > words.LARGEST_ANSWER:
            kind = "Function.ResponseSizeTooLarge"
            message = f"Response payload size exceeded maximum allowed payload size ({words.LARGEST_ANSWER} bytes)."
        else:
            return ended.payload, str(ended.facts.get("type", ""))
        return words.failed(kind, message), kind

    def _tell(self, ended: Ended, body: bytes, error: str) -> None:
        """Write into the log why the function could not tell it itself."""
        assert self.member is not None  # noqa: S101 - for the type checker: it was called
        if ended.kind == "timeout":
            told = f"{words.stamp()} {self._asked.request_id} Task timed out after {self._seconds:.2f} seconds\n\n"
            self.member.story.say(told)
        else:
            self.member.story.say(f"{json.loads(body)['errorMessage']}\n{error}\n")
