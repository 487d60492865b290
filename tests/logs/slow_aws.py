"""A CloudWatch Logs whose queries take as long as one says; it tells when it had a result and what was stopped."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

WHO = (
    "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::000000000000:root</Arn>"
    "<UserId>x</UserId><Account>000000000000</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
)
GROUP = {
    "logGroupName": "/slow",
    "logGroupArn": "arn:aws:logs:us-east-1:000000000000:log-group:/slow",
    "storedBytes": 5_000_000_000,
}


@dataclass
class SlowAws:
    """The server's state: `seconds` is how long a query takes, `complete` when each has its result (epoch seconds)."""

    port: int = 0
    seconds: float = 1.0
    status: str = "Complete"
    complete: dict[str, float] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    stopped: list[str] = field(default_factory=list)
    refuse: str = ""  # the code with which the next queries are refused

    @property
    def env(self) -> dict[str, str]:
        """The environment of a client."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
            "AWS_ACCESS_KEY_ID": "000000000000",
            "AWS_SECRET_ACCESS_KEY": "none",
            "AWS_DEFAULT_REGION": "us-east-1",
        }

    def answer(self, operation: str, asked: dict[str, Any]) -> dict[str, Any]:
        """Return the answer of an operation."""
        known = {"StartQuery": self._start, "GetQueryResults": self._results, "StopQuery": self._stop}
        if operation in known:
            return known[operation](asked)
        fixed: dict[str, dict[str, Any]] = {
            "DescribeLogGroups": {"logGroups": [GROUP]},
            "GetLogGroupFields": {"logGroupFields": []},
        }
        return fixed.get(operation, {})

    def _start(self, _: dict[str, Any]) -> dict[str, Any]:
        name = f"query-{len(self.complete) + 1}"
        self.complete[name] = time.time() + self.seconds
        return {"queryId": name}

    def _results(self, asked: dict[str, Any]) -> dict[str, Any]:
        name = asked["queryId"]
        self.asked[name] = self.asked.get(name, 0) + 1
        left = self.complete[name] - time.time()
        status = "Cancelled" if name in self.stopped else "Running" if left > 0 else self.status
        share = 1 - max(left, 0) / self.seconds if self.seconds else 1
        statistics = {"recordsMatched": 0.0, "recordsScanned": round(1e6 * share), "bytesScanned": 1.5e8 * share}
        rows = [[{"field": "n", "value": "42"}]] if status == "Complete" else []
        return {"status": status, "results": rows, "statistics": statistics}

    def _stop(self, asked: dict[str, Any]) -> dict[str, Any]:
        self.stopped.append(asked["queryId"])
        return {"success": True}


def _handler(state: SlowAws) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            target = self.headers.get("X-Amz-Target", "")
            operation = target.rpartition(".")[2]
            text = json.dumps(state.answer(operation, json.loads(body or b"{}"))) if target else WHO
            refused = state.refuse if operation == "StartQuery" else ""
            text = json.dumps({"__type": refused, "message": "said"}) if refused else text
            self.send_response(400 if refused else 200)
            self.send_header("Content-Type", "application/x-amz-json-1.1" if target else "text/xml")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    return Handler


@contextmanager
def slow_aws(seconds: float = 1.0) -> Iterator[SlowAws]:
    """Serve one on a free port."""
    state = SlowAws(seconds=seconds)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(state))
    server.daemon_threads = True
    state.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
