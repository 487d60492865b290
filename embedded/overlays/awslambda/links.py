"""Links to code: GetFunction and GetLayerVersion say where the zip can be fetched, for ten minutes, by whoever has it.

As on AWS they point to S3; the emulator's own go to an address that the guard keeps closed.
"""

import json
import re
from urllib.parse import quote

from embedded.errors import Response, aws_error
from embedded.host_lambda import Functions
from embedded.request import Request
from embedded.settings import Home
from embedded.signing import presigned

SECONDS = 600
_PATH = re.compile(r"/awslambda-[a-z0-9-]+-(tasks|layers)/snapshots/(?P<arn>arn:[^:/]*:lambda:[^/]+:[^/]+:[^/]+)")


def asks(request: Request) -> bool:
    """Whether this fetches code."""
    return request.service == "s3" and request.method == "GET" and bool(_PATH.fullmatch(request.path))


def answer(request: Request, functions: Functions) -> Response:
    """Return the zip; AccessDenied where there is none, or it belongs to someone else."""
    found = _PATH.fullmatch(request.path)
    arn = found["arn"] if found else ""
    data: bytes | None = None
    if arn.split(":")[4] == request.account:
        function = None if ":layer:" in arn else functions.find(arn)
        data = function.code if function is not None else functions.layer(arn)
    if not data:
        return aws_error("rest-xml", "AccessDenied", "Access Denied", 403)
    return Response(200, {"content-type": "application/zip"}, data)


def linked(response: Response, request: Request, home: Home) -> Response:
    """Put a link that works into an answer."""
    if response.status >= 300:
        return response
    body = json.loads(response.body)
    for part, kind in (("Code", "tasks"), ("Content", "layers")):
        if (body.get(part) or {}).get("Location"):
            arn = body.get("LayerVersionArn") or _versioned(body["Configuration"])
            body[part]["Location"] = _link(arn, kind, request, home)
    return Response(response.status, response.headers, json.dumps(body).encode())


def _versioned(config: dict[str, str]) -> str:
    arn, version = config["FunctionArn"], config.get("Version", "$LATEST")
    return ":".join(arn.split(":")[:7]) + ("" if version == "$LATEST" else f":{version}")


def _link(arn: str, kind: str, request: Request, home: Home) -> str:
    host = f"127.0.0.1:{home.last_port()}"
    path = f"/awslambda-{request.region}-{kind}/snapshots/{quote(arn, safe='')}"
    query = presigned(home.secret(), request.account, request.region, host, path, SECONDS)
    return f"http://{host}{path}?{query}"
