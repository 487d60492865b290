"""What becomes of calls and events when something fails here, not in the function. No function is run."""

import asyncio
import io
import json
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from embedded.book import Book, Where
from embedded.functions.calls import Function, Outcome
from embedded.overlays.awslambda.engine import Engine
from embedded.overlays.awslambda.environment import Ended
from embedded.overlays.awslambda.events import Events
from embedded.overlays.awslambda.places import Places
from embedded.overlays.awslambda.pool import Member, key_of, shape_of
from embedded.overlays.awslambda.story import Story
from embedded.settings import Home

ARN = "arn:aws:lambda:us-east-1:000000000000:function:mine"


def packed() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("m.py", "def handler(event, context): pass")
    return out.getvalue()


FUNCTION = Function(Where("000000000000", "us-east-1"), ARN, {"FunctionName": "mine", "Timeout": 3}, packed())


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.prepare()
    return made


class Torn:
    """An environment whose answer cannot be read: the function works on."""

    alive, memory, ended = True, 0, False

    def ready(self, _deadline: float) -> Ended:
        return Ended("ready", {})

    def call(self, _facts: Mapping[str, Any], _payload: bytes, _deadline: float) -> Ended:
        raise OSError(24, "Too many open files")

    def end(self) -> None:
        self.ended = True


def test_an_environment_that_may_still_work_is_not_called_again(home: Home) -> None:
    torn: Any = Torn()

    class Started(Engine):
        def start(self, function: Function) -> Member:
            return Member(key_of(function), shape_of(function), torn, Story(lambda _events: None), lambda: None)

    engine = Started(home, asyncio.new_event_loop())
    with pytest.raises(OSError, match="Too many open files"):
        engine.run(FUNCTION, {})
    assert torn.ended
    assert engine.pool.begin(FUNCTION) is None
    engine._loop.close()


def test_an_event_that_could_not_be_given_is_given_again(home: Home) -> None:
    (home.root / "lambda.json").write_text(json.dumps({"seconds_per_minute": 0.01}))
    runs: list[str] = []

    class Failing(Engine):
        def run(self, function: Function, event: Any) -> Outcome:
            runs.append(function.name)
            if len(runs) == 1:
                raise BlockingIOError(11, "Resource temporarily unavailable")
            return Outcome(b"null")

    class Known:
        restored: Any = None

        def find(self, _arn: str) -> Function:
            return FUNCTION

    async def walk() -> list[Any]:
        book = Book(home.state / "lambda.sqlite")
        engine = Failing(home, asyncio.get_running_loop())
        nothing: Any = None  # nothing is asked of the emulator
        engine.reach(nothing)
        events = Events(engine, book, home)
        known: Any = Known()
        events.begin(known)
        events.take(FUNCTION, {})
        await asyncio.sleep(0)
        while events._tasks:
            await asyncio.wait(events._tasks)
        kept = list(book.everywhere("event"))
        await events.close()
        return kept

    Engine.emulator, emulator = lambda *_: None, Engine.emulator  # type: ignore[assignment,method-assign]
    try:
        assert asyncio.run(walk()) == []
    finally:
        Engine.emulator = emulator  # type: ignore[method-assign]
    assert runs == ["mine", "mine"]


def test_code_is_unpacked_again_when_the_system_removed_it(home: Home) -> None:
    places = Places(home)
    first = places.code(FUNCTION)
    shutil.rmtree(first)
    again = places.code(FUNCTION)
    assert (again, (again / "m.py").exists()) == (first, True)
    shutil.rmtree(first.parent)
    assert (places.code(FUNCTION) / "m.py").exists()
    assert places.temporary().is_dir()
    places.close()
