"""Lambda: the link to a function's code that GetFunction gives, signed as AWS signs it, so that it can be followed.

The emulator's own link leads to one of its closed endpoints and has no signature. Like AWS's, this one leads to an
object of a bucket that is not the caller's, for ten minutes. The emulator does not keep the code of earlier versions:
their links are refused rather than answered with the newest code.

https://docs.aws.amazon.com/lambda/latest/api/API_FunctionCodeLocation.html
"""

import base64
import hashlib
import json
import re
from datetime import UTC, datetime
from urllib.parse import quote

from embedded import signing
from embedded.errors import Response, aws_error
from embedded.layers import Below
from embedded.request import Request
from embedded.settings import Home

SECONDS = 600
_FUNCTION = re.compile(r"/2015-03-31/functions/(?:[^/]*:)?function:([\w-]+)|/2015-03-31/functions/([\w-]+)")
_CODE = re.compile(r"/awslambda-([a-z0-9-]+)-tasks/snapshots/(\d{12})/([\w-]+)-([\w=+/-]{44})")


class FunctionCode:
    """Rewrites the link in the answer, and answers it."""

    def __init__(self) -> None:
        self._home: Home | None = None

    async def begin(self, home: Home) -> None:
        """Remember whose secret signs."""
        self._home = home

    async def end(self) -> None:
        """Nothing runs."""

    def matches(self, request: Request) -> bool:
        """Whether this is GetFunction, or a link to code."""
        if request.service == "lambda":
            return request.method == "GET" and _FUNCTION.match(request.path) is not None and _last(request.path)
        return (
            request.service == "s3" and request.path.startswith("/awslambda-") and bool(_CODE.fullmatch(request.path))
        )

    async def handle(self, request: Request, forward: Below) -> Response | None:
        """Answer."""
        if request.service == "s3":
            return await self._code(request, forward)
        response = await forward(request)
        if response.status != 200:
            return response
        answer = json.loads(response.body)
        config = answer["Configuration"]
        if not answer.get("Code", {}).get("Location") or config.get("PackageType") == "Image":
            return response
        answer["Code"]["Location"] = self._link(request, config["FunctionName"], config["CodeSha256"])
        return Response(200, response.headers, json.dumps(answer).encode())

    def _link(self, request: Request, name: str, sha256: str) -> str:
        if self._home is None:
            raise RuntimeError("the overlay was not begun")
        plain = sha256.replace("/", "_").replace("+", "-")
        path = f"/awslambda-{request.region}-tasks/snapshots/{request.account}/{name}-{plain}"
        date = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        credential = f"{request.account}/{date[:8]}/{request.region}/s3/aws4_request"
        fields = {"Algorithm": signing.ALGORITHM, "Credential": credential, "Date": date, "Expires": str(SECONDS)}
        fields["SignedHeaders"] = "host"
        query = "&".join(f"X-Amz-{key}={quote(value, safe='')}" for key, value in fields.items())
        host = request.headers["host"]
        claim = signing.read_claim({}, f"{query}&X-Amz-Signature=none")
        if claim is None:
            raise RuntimeError("the link's own claim cannot be read")
        canonical = signing.canonical_request(claim, "GET", quote(path), query, {"host": host}, signing.UNSIGNED)
        digest = hashlib.sha256(canonical.encode("latin-1")).hexdigest()
        text = f"{signing.ALGORITHM}\n{date}\n{claim.scope}\n{digest}"
        key = signing.signing_key(self._home.secret(), date[:8], request.region, "s3")
        return f"http://{host}{quote(path)}?{query}&X-Amz-Signature={signing.sign(key, text)}"

    async def _code(self, request: Request, forward: Below) -> Response:
        found = _CODE.fullmatch(request.path)
        if found is None or found[2] != request.account:
            return aws_error(request.protocol, "AccessDenied", "Access Denied", 403)
        path = f"/_ministack/lambda-code/{found[2]}/{found[1]}/{found[3]}"
        scope = {**request.scope, "path": path, "raw_path": path.encode(), "query_string": b""}
        made = Request(scope, request.receive, "lambda", request.region, request.account)
        made.keep(b"", complete=True)
        answer = await forward(made)
        digest = base64.b64encode(hashlib.sha256(answer.body).digest()).decode()
        if answer.status != 200 or digest.replace("/", "_").replace("+", "-") != found[4]:
            return aws_error(request.protocol, "NoSuchKey", "The embedded AWS keeps the newest code alone.", 404)
        return answer


def _last(path: str) -> bool:
    """Whether the path ends with the function's name: /code, /policy and others are other operations."""
    return path.rstrip("/").count("/") == 3


overlay = FunctionCode()
