"""How the dashboard is served; the bundle for Elastic Beanstalk uses the same file."""

import contextlib
import ctypes
import gc
import os
import signal
import threading
import time
from datetime import timedelta
from typing import Any

from botocore.exceptions import BotoCoreError
from gunicorn import glogging
from gunicorn.workers import gthread

# nginx of Elastic Beanstalk asks on port 8000, or on that of the property PORT.
bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
workers = 1
threads = 16
# Loaded once, before the workers are made: they share what they do not change, and start at once.
preload_app = True
timeout = 60
graceful_timeout = 10
keepalive = 65
# A key may have 1,024 bytes, each of which takes three characters in an address, beside a token of S3's own.
limit_request_line = 8190
# A heartbeat file on a real disk can block a worker.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108, PTH112
# Any client on the same host could otherwise claim https by a header of its own.
forwarded_allow_ips = ""
# Under `python -m app up`, which nobody reads the log of, no line is written.
accesslog = None if os.environ.get("TRELLIS_WATCH_STDIN") else "-"
# The path without its query, in which SQL, parameters and keys stand.
access_log_format = '%(h)s %(t)s "%(m)s %(U)s %(H)s" %(s)s %(b)s %(M)sms'


# glibc gives threads heaps of their own, up to eight for each core, and what a page freed in one stays there: 30 to
# 50 MiB of every worker. Two are as quick: Python's threads take turns. -8 is M_ARENA_MAX; others have no mallopt.
LIBC = ctypes.CDLL(None)
TRIM_SECONDS = 10
with contextlib.suppress(AttributeError):
    LIBC.mallopt(-8, 2)


# Services whose descriptions every worker comes to need.
SHARED = (
    *("s3", "rds", "dynamodb", "logs", "glue", "secretsmanager", "sts", "iam"),
    *("lambda", "apigateway", "cloudwatch", "elasticbeanstalk"),
)


class Log(glogging.Logger):  # type: ignore[misc]
    """gunicorn's log; of each request it collects what the line above names, not every header."""

    def atoms(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> dict[str, Any]:  # noqa: ARG002
        """Return what the access log's line is made of."""
        return {
            "h": environ.get("REMOTE_ADDR", "-"),
            "t": self.now(),
            "m": environ.get("REQUEST_METHOD"),
            "U": environ.get("PATH_INFO"),
            "H": environ.get("SERVER_PROTOCOL"),
            "s": str(resp.status).split(None, 1)[0],
            "b": str(resp.sent or "-"),
            "M": round(request_time / timedelta(milliseconds=1)),
        }


logger_class = Log


class Worker(gthread.ThreadWorker):  # type: ignore[misc]
    """gunicorn's worker of threads; it tells the arbiter that it lives once a second, not with every event.

    A request that is handed to a thread would wait for the interpreter meanwhile.
    """

    _told = 0.0

    def notify(self) -> None:
        """Tell the arbiter."""
        now = time.monotonic()
        if now - self._told >= 1:
            self._told = now
            super().notify()


worker_class = Worker


def when_ready(server: Any) -> None:
    """Read botocore's descriptions, and make the clients, before the workers are made, who then share them.

    No client has a connection before its first call. Credentials that are not in the environment may come over one,
    which workers must not share: with those, each worker makes its own clients.
    """
    extensions = server.app.wsgi().extensions
    door, region = extensions["aws"], extensions["settings"].region
    door.read(SHARED)
    if "AWS_ACCESS_KEY_ID" in os.environ:
        with contextlib.suppress(BotoCoreError):  # half of the credentials, say: every page tells it
            for service in SHARED:
                door.client(service, region)


def pre_fork(server: Any, worker: Any) -> None:  # noqa: ARG001 the interface is gunicorn's
    """Leave what is loaded out of every later search for garbage, which would copy shared memory and takes time.

    What the loading itself has let go of goes back to the system: a worker that filled its gaps would copy them.
    """
    gc.collect()
    gc.freeze()
    if hasattr(LIBC, "malloc_trim"):
        LIBC.malloc_trim(0)


def post_worker_init(worker: Any) -> None:
    """Give memory back from time to time; under `python -m app up`, end when the parent does.

    Its pipe on our standard input closes then.
    """
    if hasattr(LIBC, "malloc_trim"):
        threading.Thread(target=_give_back, args=(worker,), daemon=True).start()
    if os.environ.get("TRELLIS_WATCH_STDIN"):
        threading.Thread(target=_end_with_parent, args=(worker.ppid,), daemon=True).start()


def _give_back(worker: Any) -> None:
    """Return to the system what pages have freed, which glibc keeps: 5 MiB of every worker after a busy minute."""
    served = 0
    while True:
        time.sleep(TRIM_SECONDS)
        if worker.nr != served:
            served = worker.nr
            LIBC.malloc_trim(0)


def _end_with_parent(arbiter: int) -> None:
    while os.read(0, 1):  # not sys.stdin, whose lock would stop the interpreter's end
        pass
    os.kill(arbiter, signal.SIGTERM)
