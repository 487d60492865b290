"""Requests that an overlay makes by itself, in the name of an account and a region, with nobody's request at hand."""

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from embedded.book import Where
from embedded.request import Request
from embedded.signing import ALGORITHM


def request_as(
    where: Where,
    service: str,
    method: str,
    path: str,
    *,
    body: bytes = b"",
    query: str = "",
    headers: Mapping[str, str] | None = None,
    host: str = "127.0.0.1",
) -> Request:
    """Return a proved request to a service; `path` is encoded as in an address."""
    day = datetime.now(UTC).strftime("%Y%m%d")
    credential = f"{where.account}/{day}/{where.region}/{service}/aws4_request"
    fields = {
        "host": host,
        "content-length": str(len(body)),
        "authorization": f"{ALGORITHM} Credential={credential}, SignedHeaders=host, Signature=proved",
        **(headers or {}),
    }
    scope = {
        "type": "http",
        "http_version": "1.1",
        "scheme": "http",
        "method": method,
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in fields.items()],
        "client": ("127.0.0.1", 0),
        "server": ("127.0.0.1", 0),
    }
    made = Request(scope, _nothing_more, service, where.region, where.account)
    made.keep(body, complete=True)
    return made


def json_request_as(where: Where, service: str, target: str, parameters: Any) -> Request:
    """Return a request to a service of the JSON protocol."""
    kind = {"content-type": "application/x-amz-json-1.1", "x-amz-target": target}
    return request_as(where, service, "POST", "/", body=json.dumps(parameters).encode(), headers=kind)


async def _nothing_more() -> dict[str, Any]:
    """Wait: the body is complete, and whoever asks inside does not leave before the answer."""
    never: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
    return await never
