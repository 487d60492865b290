"""The helper thread that talks to S3 while the request is still being read."""

import contextvars
import queue
import threading
from collections.abc import Callable
from typing import Self

Job = Callable[[], None]


class Sender:
    """Runs jobs one after the other in a thread of its own, and lends the buffers that they send.

    At most `buffers` buffers of `size` bytes exist, and the reader waits for a free one: memory does not grow with the
    file. Two are enough, one is sent while the other is filled. The thread works in a copy of the caller's context, so
    that the recorder sees its AWS calls. A job puts its failure where it belongs; one that raises is a fault of ours,
    raised at the end of the block.
    """

    def __init__(self, size: int, buffers: int = 2):
        self._free: queue.SimpleQueue[bytearray | None] = queue.SimpleQueue()
        for _ in range(buffers):
            self._free.put(None)  # made when first needed
        self._size = size
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._fault: BaseException | None = None
        context = contextvars.copy_context()
        self._thread = threading.Thread(target=context.run, args=(self._work,), name="s3-sender", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Wait until every job is done."""
        self._jobs.put(None)
        self._thread.join()
        if self._fault is not None:
            raise self._fault

    def borrow(self) -> bytearray:
        """Return a free buffer, waiting for one if need be; its content is whatever was there before."""
        buffer = self._free.get()
        return buffer if buffer is not None and len(buffer) == self._size else bytearray(self._size)

    def give_back(self, buffer: bytearray) -> None:
        """Make a buffer free again."""
        self._free.put(buffer)

    def submit(self, job: Job, buffer: bytearray | None = None) -> None:
        """Run `job` after those before it; `buffer` is free again when it is done."""

        def run() -> None:
            try:
                job()
            except BaseException as error:  # the thread must live on, or the reader would wait for a buffer for ever
                self._fault = self._fault or error
            finally:
                if buffer is not None:
                    self.give_back(buffer)

        self._jobs.put(run)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()
