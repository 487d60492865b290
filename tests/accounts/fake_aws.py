"""An AWS on this computer that gives roles, and remembers with whose credentials each call came."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

HOME = "AKIAHOME"
_KEY = re.compile(r"Credential=([A-Z0-9]+)/")
ROLE = "arn:aws:iam::{}:role/trellis"
STAGING, TEACHING = ROLE.format("111111111111"), ROLE.format("222222222222")
EXTERNAL = {STAGING: "a-word", TEACHING: ""}


@dataclass
class Given:
    """One session of a role that was given, by its access key."""

    role: str
    session: str
    external: str


@dataclass
class FakeAws:
    """What was asked, and how roles are given."""

    endpoint: str = ""
    given: dict[str, Given] = field(default_factory=dict)
    seen: list[tuple[str, str, str]] = field(default_factory=list)  # access key, service, what was asked for
    seconds: int = 3600
    refused: set[str] = field(default_factory=set)
    lock: Any = field(default_factory=threading.Lock)

    def assume(self, form: dict[str, str]) -> tuple[int, str]:
        """Give a role, or refuse it as STS does."""
        role, external = form["RoleArn"], form.get("ExternalId", "")
        if role in self.refused or EXTERNAL.get(role) != external:
            return 403, _error("AccessDenied", f"User is not authorized to perform: sts:AssumeRole on resource: {role}")
        with self.lock:
            key = f"ASIA{len(self.given):012d}"
            self.given[key] = Given(role, form["RoleSessionName"], external)
        ends = datetime.now(UTC) + timedelta(seconds=self.seconds)
        inner = (
            f"<Credentials><AccessKeyId>{key}</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
            f"<SessionToken>t-{key}</SessionToken><Expiration>{ends:%Y-%m-%dT%H:%M:%SZ}</Expiration></Credentials>"
        )
        return 200, _answer("AssumeRole", inner)

    def who(self, key: str) -> str:
        """Return GetCallerIdentity's answer for an access key."""
        found = self.given.get(key)
        account = found.role.split(":")[4] if found else "000000000000"
        arn = f"arn:aws:sts::{account}:assumed-role/trellis/{found.session}" if found else _HOME_ARN
        inner = f"<Arn>{arn}</Arn><UserId>u</UserId><Account>{account}</Account>"
        return _answer("GetCallerIdentity", inner)

    def buckets(self, key: str) -> str:
        """Return ListBuckets' answer: one bucket, which is named after who asks."""
        found = self.given.get(key)
        name = f"{found.role.split(':')[4]}-{found.session}".lower() if found else "home"
        one = f"<Bucket><Name>{name}</Name><CreationDate>2026-01-01T00:00:00Z</CreationDate></Bucket>"
        return f"<ListAllMyBucketsResult><Buckets>{one}</Buckets></ListAllMyBucketsResult>"


_HOME_ARN = "arn:aws:sts::000000000000:assumed-role/trellis-demo-instance/i-0"


def _answer(operation: str, inner: str) -> str:
    return (
        f'<{operation}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{operation}Result>{inner}'
        f"</{operation}Result><ResponseMetadata><RequestId>REQUEST</RequestId></ResponseMetadata></{operation}Response>"
    )


def _error(code: str, message: str) -> str:
    told = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
    return f'<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">{told}<RequestId>REFUSED-1</RequestId></ErrorResponse>'


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    fake: FakeAws
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        asked = str(form.get("Action") or self.headers.get("X-Amz-Target", ""))
        self._seen(asked)
        if asked == "AssumeRole":
            self._answer(*self.fake.assume(form))
        elif asked == "GetCallerIdentity":
            self._answer(200, self.fake.who(self._key()))
        elif asked.startswith("DynamoDB"):
            kind = "ResourceNotFoundException"
            self._answer(400, f'{{"__type": "com.amazonaws#{kind}", "message": "none"}}', "application/x-amz-json-1.0")
        else:
            self._answer(400, _error("NotHere", asked))

    def do_GET(self) -> None:
        self._seen(self.path)
        self._answer(200, self.fake.buckets(self._key()))

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._seen(f"PUT {self.path}")
        self._answer(200, "")

    def _key(self) -> str:
        found = _KEY.search(self.headers.get("Authorization", ""))
        return found[1] if found else ""

    def _seen(self, asked: str) -> None:
        key, token = self._key(), self.headers.get("X-Amz-Security-Token", "")
        good = token == (f"t-{key}" if key.startswith("ASIA") else "")
        with self.fake.lock:
            self.fake.seen.append((key if good else f"mixed {key} {token}", self.path, asked))

    def _answer(self, status: int, text: str, kind: str = "text/xml") -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("x-amzn-requestid", "REFUSED-1")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def running() -> Iterator[FakeAws]:
    """Serve one on a free port."""
    fake = FakeAws()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Handler,), {"fake": fake}))
    server.daemon_threads = True
    fake.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
