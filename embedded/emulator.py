"""The emulator in the name of one account and region, for what overlays do without a request: a run, a schedule."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlencode

from embedded.book import Where
from embedded.errors import Response
from embedded.internal import request_as
from embedded.layers import Below, json_request
from embedded.request import Request


class ObjectError(Exception):
    """An object that cannot be read, with S3's own reason."""


@dataclass(frozen=True)
class Emulator:
    """Calls to other services."""

    forward: Below
    where: Where
    port: int

    async def json(self, service: str, target: str, parameters: Any) -> tuple[int, Any]:
        """Call a JSON service; return status and answer."""
        request = json_request(self._request("", "POST", "/", b"", "", ""), service, target, parameters)
        response = await self.forward(request)
        return response.status, json.loads(response.body or b"{}")

    async def query(self, service: str, **parameters: str) -> Response:
        """Call a service of the query protocol."""
        body = urlencode(parameters).encode()
        return await self.forward(self._request(service, "POST", "/", body, "", "application/x-www-form-urlencoded"))

    async def rest(
        self,
        service: str,
        path: str,
        method: str = "GET",
        body: bytes = b"",
        query: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Call a service whose operations are paths (encoded), with JSON."""
        request = self._request(service, method, unquote(path), body, query, "application/json")
        request.scope["raw_path"] = path.encode()
        for name, value in (headers or {}).items():
            request.scope["headers"].append((name.encode(), value.encode()))
            request.headers[name] = value
        return await self.forward(request)

    async def read(self, bucket: str, key: str) -> bytes:
        """Return an object; ObjectError when there is none."""
        response = await self.forward(self._request("s3", "GET", f"/{bucket}/{key}", b"", "", ""))
        if response.status != 200:
            known = {404: "The specified key does not exist.", 403: "Access Denied."}
            if b"NoSuchBucket" in response.body:
                raise ObjectError("The specified bucket does not exist.")
            raise ObjectError(known.get(response.status, f"S3 answered {response.status}."))
        return response.body

    async def get(self, path: str, query: str) -> Response:
        """Ask S3."""
        return await self.forward(self._request("s3", "GET", path, b"", query, ""))

    async def part(self, bucket: str, key: str, start: int, length: int) -> bytes:
        """Return some bytes of an object, fewer where it ends before."""
        request = self._request("s3", "GET", f"/{bucket}/{key}", b"", "", "")
        request.scope["headers"].append((b"range", f"bytes={start}-{start + length - 1}".encode()))
        request.headers["range"] = f"bytes={start}-{start + length - 1}"
        response = await self.forward(request)
        if response.status not in (200, 206):
            raise ObjectError(f"S3 answered {response.status} for {key}.")
        return response.body[:length]

    def _request(self, service: str, method: str, path: str, body: bytes, query: str, kind: str) -> Request:
        headers = {"content-type": kind} if kind else {}
        host = f"127.0.0.1:{self.port}"
        # Keys may hold a percent sign of their own.
        place = quote(path)
        return request_as(self.where, service, method, place, body=body, query=query, headers=headers, host=host)
