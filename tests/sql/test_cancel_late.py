"""An order to stop that arrives when the statement has ended: it stops nobody else's."""

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from app.sql import errors, sessions
from app.sql.cancel import cancel
from app.sql.engines import Engines
from app.sql.target import Target
from tests.sql import servers
from tests.sql.test_cancel import running
from tests.sql.test_run import ask

MARKS = {"first": "600.5", "second": "601.5"}


class Late(Engines):
    """Its orders to stop go out when they are let."""

    def __init__(self) -> None:
        super().__init__()
        self.about, self.let = threading.Event(), threading.Event()

    @contextlib.contextmanager
    def own(self, target: Target) -> Iterator[Any]:
        with super().own(target) as connection:
            yield self._held(connection)

    def _held(self, connection: Any) -> Any:
        cursor, late = connection.cursor(), self

        class Cursor:
            def cursor(self) -> "Cursor":
                return self

            def execute(self, text: str) -> None:
                if text.startswith("KILL"):
                    late.about.set()
                    assert late.let.wait(servers.PATIENCE)
                cursor.execute(text)

            def fetchone(self) -> Any:
                return cursor.fetchone()

        return Cursor()


def test_an_order_that_comes_late_stops_nobody_else(
    engines: Engines, maria: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "CANCELLED_FROM", 0.0, raising=False)
    late, answers = Late(), dict[str, Any]()

    def work(name: str) -> None:
        try:
            answers[name] = ask(engines, maria, f"SELECT SLEEP({MARKS[name]})", timeout=700, token=name).answer.rows
        except errors.SqlError as error:
            answers[name] = error

    def begin(name: str) -> threading.Thread:
        thread = threading.Thread(target=work, args=(name,), daemon=True)
        thread.start()
        servers.wait(lambda: running(Engines(), maria, MARKS[name]) == 1)
        return thread

    def stop() -> None:
        answers["stop"] = cancel(maria, "first", late)

    first = begin("first")
    stopping = threading.Thread(target=stop, daemon=True)
    stopping.start()
    assert late.about.wait(servers.PATIENCE)
    assert cancel(maria, "first", Engines()) == "stopped"  # it ends before the order
    first.join(servers.PATIENCE)
    second = begin("second")
    late.let.set()
    stopping.join(servers.PATIENCE)
    assert answers.get("stop") == "nothing"
    assert "second" not in answers
    assert running(Engines(), maria, MARKS["second"]) == 1
    assert cancel(maria, "second", Engines()) == "stopped"
    second.join(servers.PATIENCE)
