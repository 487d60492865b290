"""The helper thread: order, buffers that go round, and a fault that neither hangs nor hides."""

import threading

import pytest

from app import recorder
from app.blueprints.s3.service.sender import Sender


def test_jobs_run_in_order_and_buffers_go_round() -> None:
    done: list[tuple[int, int]] = []
    seen = set()
    with Sender(10, buffers=2) as sender:
        for number in range(20):
            buffer = sender.borrow()
            seen.add(id(buffer))
            buffer[:1] = bytes([number])
            sender.submit(lambda n=number, b=buffer: done.append((n, b[0])), buffer)  # type: ignore[misc]
    assert done == [(n, n) for n in range(20)]
    assert len(seen) == 2


def test_a_buffer_that_was_cut_is_replaced() -> None:
    with Sender(10) as sender:
        buffer = sender.borrow()
        del buffer[3:]
        sender.submit(lambda: None, buffer)
        other = sender.borrow()
        assert len(other) == 10
        assert len(sender.borrow()) == 10


def test_a_fault_is_raised_and_nobody_waits_for_ever() -> None:
    def fault() -> None:
        raise RuntimeError("a fault of ours")

    with pytest.raises(RuntimeError, match="a fault of ours"), Sender(10, buffers=1) as sender:
        sender.submit(fault, sender.borrow())
        sender.submit(lambda: None, sender.borrow())


def test_the_thread_writes_into_the_caller_s_record() -> None:
    names = []
    with recorder.recording() as calls:
        with Sender(10) as sender:
            sender.submit(lambda: names.append(threading.current_thread().name))
            sender.submit(lambda: recorder.recorded().append("seen"))  # type: ignore[arg-type]
        assert list(map(str, calls)) == ["seen"]
    assert names == ["s3-sender"]
