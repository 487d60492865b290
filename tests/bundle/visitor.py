"""A browser's requests to an instance: cookies kept, any Host, any headers, from any loopback address."""

import http.client
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from tests.bundle.instance import HOST

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def token(self) -> str:
        """The form token of a page."""
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.text)
        assert found, self.text[:500]
        return found[1]

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass
class Visitor:
    """One person's browser, which comes from `address` to a port on this computer."""

    port: int
    host: str = HOST
    address: str = "127.0.0.1"
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Ask for a page."""
        return self.ask("GET", path, headers=headers)

    def post(self, path: str, fields: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Answer:
        """Send a form."""
        return self.ask("POST", path, urlencode(fields).encode(), {"Content-Type": FORM, **(headers or {})})

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send one request on a connection of its own and read the whole answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60, source_address=(self.address, 0))
        sent = {"Host": self.host, **self._cookie(), **(headers or {})}
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read())
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def _cookie(self) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} if self.cookies else {}

    def copy(self) -> "Visitor":
        """Return the same person in another window."""
        return Visitor(self.port, self.host, self.address, dict(self.cookies))
