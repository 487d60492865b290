"""The one module that touches the emulator's insides: every patch and every private name is here.

A contract test stands behind each; an upgrade of the emulator is tried against them.
"""

import importlib
import os
import subprocess
from collections.abc import Callable, Mapping
from typing import Any

from embedded import (
    children,
    host_copies,
    host_crc,
    host_dynamodb,
    host_logs,
    host_notices,
    host_parts,
    host_paths,
    host_ranges,
    host_recall,
    host_s3,
    host_sums,
    host_versions,
)
from embedded.asgi import App
from embedded.errors import Response
from embedded.events import EventStore
from embedded.host_lambda import Functions
from embedded.host_state import EmulatorState
from embedded.request import Request
from embedded.settings import Home, emulator_environment
from embedded.state import Store


class Host:
    """The emulator, loaded into this process."""

    def __init__(self, home: Home, port: int) -> None:
        os.environ.update(emulator_environment(home, port))
        self._module: Any = importlib.import_module("ministack.app")
        persistence: Any = importlib.import_module("ministack.core.persistence")
        host_s3.settle(home.objects)
        host_s3.install(self.service("s3"))
        host_crc.install(self.service("s3"))
        host_ranges.install(self.service("s3"))
        host_recall.install(self.service("s3"))
        sums = host_sums.Sums(self.service("s3"))
        sums.install()
        host_parts.Parts(self.service("s3"), sums, home.parts).install()
        host_copies.Copies(self.service("s3")).install()
        host_notices.install(self.service("s3"))
        host_versions.install(self.service("s3"))
        host_dynamodb.install(self.service("dynamodb"))
        host_paths.install(self._module)
        self.store = Store(home.state)
        self.state = EmulatorState(self._module, persistence, self.store)
        self._events = EventStore(home.state)
        self._keep_events(self._events)
        around = (self.service(name) for name in ("lambda_svc", "cloudwatch", "sns", "eventbridge"))
        self.functions = Functions(*around)
        self.keeper = children.Keeper() if children.POSIX else None
        subprocess.Popen = children.guarded(subprocess.Popen, self.keeper)  # type: ignore[misc,assignment]

    def _keep_events(self, events: EventStore) -> None:
        logs = self.service("cloudwatch_logs")
        host_logs.install(logs, events)

        def restored() -> None:
            host_logs.adopt(logs, events)
            self.functions.restored()

        self.state.restored = restored

    def on_function_run(self, seen: Callable[[], None]) -> None:
        """Call `seen` after each run of a Lambda function, also of those that no request asked for."""
        self.functions.seen = seen

    def end_children(self) -> None:
        """End every process that was started here, then close what they might have written to."""
        children.end_all()
        self._events.close()
        if self.keeper is not None:
            self.keeper.end()

    @property
    def app(self) -> App:
        """The emulator as an ASGI application."""
        app: App = self._module.app
        return app

    def service(self, name: str) -> Any:
        """Return an emulated service's module, loaded if it was not yet."""
        return self._module._get_module(name)

    def preflight(self, request: Request) -> Response:
        """Answer a browser's preflight from the CORS configuration of the bucket that the path names."""
        bucket, _, key = request.path.lstrip("/").partition("/")
        status, headers, body = self.service("s3").cors_preflight(bucket, key, request.headers)
        return Response(status, {**headers}, body)

    def cors_headers(self, request: Request) -> Mapping[str, str]:
        """Return the CORS headers that the bucket's configuration gives this request, none for other services."""
        if request.service not in ("", "s3"):
            return {}
        bucket = request.path.lstrip("/").partition("/")[0]
        answer: dict[str, str] = self.service("s3").cors_response_headers(bucket, request.method, request.headers)
        return answer

    def bucket_region(self, bucket: str) -> str | None:
        """Return the region where a bucket lies, None when there is no such bucket."""
        region: str | None = self.service("s3").bucket_region(bucket)
        return region
