"""Who may call: loopback Host, no foreign Origin, and a signature made with the state directory's secret.

The emulator behind this layer executes code for whoever reaches it, so nothing passes unproved.
"""

import contextlib
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import unquote

from embedded import forms, signing, signing_v2, stage_calls
from embedded.asgi import App, Headers, Message, Receive, Scope, Send, send_response
from embedded.errors import Response, refuse
from embedded.request import BodyRefusedError, DisconnectedError, Request
from embedded.settings import REGION
from embedded.signing import Signed, SigningError

# The emulator's own endpoints (reset, configuration, code downloads); no bucket's name can begin so.
CLOSED = "/_"
_ACCOUNT = re.compile(r"\d{12}")
_HEX = re.compile(r"[0-9a-f]{64}")

# (access key, session token) -> (secret, account), or None when nobody has that key.
Credentials = Callable[[str, str], tuple[str, str] | None]
# (request) -> CORS headers of the bucket it names; with a preflight also the whole answer.
Preflight = Callable[[Request], Response]
CorsHeaders = Callable[[Request], Mapping[str, str]]


def root_credentials(secret: str) -> Credentials:
    """Return credentials where each 12-digit access key is an account of its own, all with one secret."""

    def find(access_key: str, token: str) -> tuple[str, str] | None:
        return (secret, access_key) if _ACCOUNT.fullmatch(access_key) and not token else None

    return find


@dataclass
class Guard:
    """The outermost layer."""

    app: App
    port: int
    credentials: Credentials
    allow_origins: tuple[str, ...] = ()
    preflight: Preflight | None = None
    cors_headers: CorsHeaders | None = None
    bucket_region: Callable[[str], str | None] = lambda _: None
    hosts: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self.hosts = frozenset(f"{name}:{self.port}" for name in ("127.0.0.1", "localhost", "[::1]"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one ASGI event: HTTP is checked, WebSockets are closed, the lifespan passes."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(Request(scope, receive), send)
        else:
            await receive()
            await send({"type": "websocket.close", "code": 1008})

    async def _http(self, request: Request, send: Send) -> None:
        refusal = self._door(request)
        if refusal is None:
            try:
                await self._prove(request)
            except (SigningError, BodyRefusedError) as error:
                refusal = refuse(error.reason, request.protocol)
            except DisconnectedError:
                return
        if refusal is None:
            await self._pass_on(request, send)
        else:
            await answer(request, refusal, self._with_cors(request, send))

    def _door(self, request: Request) -> Response | None:
        """What is refused, or answered, before any signature is looked at."""
        if request.headers.get("host", "") not in self.hosts:
            return _plain(421, "This is an embedded AWS for this machine only: call it by its loopback address.")
        if stage_calls.is_one(request.raw_path):
            return stage_calls.prepare(request, self.allow_origins)
        origin = request.headers.get("origin")
        if origin is not None and origin not in self.allow_origins:
            return _plain(403, "Web pages may not call the embedded AWS.")
        if request.path.startswith(CLOSED):
            return _plain(404, "The emulator's own endpoints are closed.")
        if request.method == "OPTIONS":
            if origin is not None and self.preflight is not None:
                return self.preflight(request)
            return _plain(403, "Preflights are answered for allowed origins only.")
        return None

    async def _prove(self, request: Request) -> None:
        """Check the signature, holding the body only where the signature covers it and no header claims its hash."""
        if request.service == stage_calls.SERVICE:
            return
        if forms.is_upload_form(request):
            await forms.prove(request, self.credentials)
            return
        if signing_v2.is_presigned(request.query):
            self._prove_older(request)
            return
        claim = signing.read_claim(request.headers, request.query)
        if claim is None:
            raise SigningError("unsigned")
        request.service, request.region = claim.service, claim.region
        found = self.credentials(claim.access_key, claim.token)
        if found is None:
            raise SigningError("unknown-key")
        secret, request.account = found
        signing.check_time(claim)
        signing.check_headers(claim, request.headers)
        payload = _claimed_hash(claim, request.headers)
        if payload is None:
            await request.hold()
            payload = request.held_hash()
        elif _HEX.fullmatch(payload):
            request.inspect = hash_check(payload)
        signing.check_signature(
            claim, secret, request.method, request.raw_path, request.query, request.headers, payload
        )
        dropped = signing.PRESIGN_PARAMETERS if claim.presigned else frozenset[str]()
        _as_account(request, claim.date[:8], dropped)

    def _prove_older(self, request: Request) -> None:
        """Check a link of the older signature, which only S3 takes and which names no region."""
        parameters = dict(signing.query_pairs(request.query))
        found = self.credentials(parameters["AWSAccessKeyId"], parameters.get("x-amz-security-token", ""))
        request.service = "s3"
        if found is None:
            raise SigningError("unknown-key")
        secret, request.account = found
        signing_v2.check_link(parameters, secret, request.method, request.raw_path, request.headers)
        bucket = request.path.lstrip("/").partition("/")[0]
        request.region = self.bucket_region(bucket) or REGION
        lower = frozenset(name.lower() for name in signing_v2.SIGNATURE_PARAMETERS)
        _as_account(request, datetime.now(UTC).strftime("%Y%m%d"), lower)

    async def _pass_on(self, request: Request, send: Send) -> None:
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await self._with_cors(request, send)(message)

        with contextlib.suppress(DisconnectedError):
            await self.app({**request.scope, "trellis.request": request}, request.replay, watched)
        if request.refused and not started:
            await answer(request, refuse(request.refused, request.protocol), self._with_cors(request, send))

    def _with_cors(self, request: Request, send: Send) -> Send:
        """Return a send that drops the emulator's `*` and says what the bucket's own configuration says."""

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": self._cleaned(request, message["headers"])}
            await send(message)

        return sending

    def _cleaned(self, request: Request, headers: Headers) -> Headers:
        if request.method == "OPTIONS" or request.service == stage_calls.SERVICE:
            return headers
        kept = [(name, value) for name, value in headers if not name.lower().startswith(b"access-control-")]
        if "origin" in request.headers and self.cors_headers is not None:
            allowed = self.cors_headers(request)
            kept += [(name.encode(), value.encode("latin-1")) for name, value in allowed.items()]
        return kept


async def answer(request: Request, response: Response, send: Send) -> None:
    """Send a whole answer, without a body to HEAD."""
    pairs = (*response.headers.items(), *response.more)
    headers = [(name.encode(), value.encode("latin-1")) for name, value in pairs]
    await send_response(send, response.status, headers, response.body, head=request.method == "HEAD")


def hash_check(claimed: str) -> Callable[[bytes, bool], None]:
    """Return an inspector that compares the passing body with the hash that was signed."""
    digest = hashlib.sha256()

    def inspect(chunk: bytes, more: bool) -> None:
        digest.update(chunk)
        if not more and digest.hexdigest() != claimed:
            raise BodyRefusedError("payload")

    return inspect


def _claimed_hash(claim: Signed, headers: Mapping[str, str]) -> str | None:
    claimed = headers.get("x-amz-content-sha256")
    if claimed is None and claim.presigned and claim.service.startswith("s3"):
        return signing.UNSIGNED
    return claimed


def _as_account(request: Request, day: str, dropped: frozenset[str]) -> None:
    """Write the proved signer into the request the way the emulator reads it: an account's own key, in a header.

    Presigned and temporary credentials thereby need no second check behind the guard. `dropped` are the query
    parameters, in lower case, that were the signature.
    """
    names = (b"authorization", b"x-amz-security-token")
    kept = [(name, value) for name, value in request.scope["headers"] if name.lower() not in names]
    scope = f"{request.account}/{day}/{request.region}/{request.service}/aws4_request"
    proved = f"{signing.ALGORITHM} Credential={scope}, SignedHeaders=host, Signature=proved"
    request.scope["headers"] = [*kept, (b"authorization", proved.encode("latin-1"))]
    parts = (part for part in request.query.split("&") if part)
    left = [part for part in parts if unquote(part.partition("=")[0]).lower() not in dropped]
    if dropped:
        request.scope["query_string"] = "&".join(left).encode("latin-1")


def _plain(status: int, sentence: str) -> Response:
    return Response(status, {"content-type": "text/plain; charset=utf-8"}, sentence.encode() + b"\n")
