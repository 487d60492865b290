"""Calls of deployed API Gateway stages: public on AWS, unsigned here, and the only such calls that pass the guard.

What makes that safe: the guard has seen a loopback Host (no DNS rebinding); nothing but a deployed stage is reached
(the emulator's own endpoints and every AWS API stay closed); a web page of another origin is let through only where
the API's own preflight allows it, which `embedded/overlays/apigateway/origins.py` asks.
"""

from embedded.errors import Response
from embedded.request import Request

SERVICE = "execute-api"
PREFIX = "/_aws/execute-api/"
# The name under which the overlay finds, in the scope, the origin that is foreign to the guard.
FOREIGN = "trellis.foreign_origin"


def is_one(raw_path: str) -> bool:
    """Whether a path, as sent, is that of a deployed stage: `/_aws/execute-api/<api>/<stage>/...`."""
    return raw_path.startswith(PREFIX) and len(raw_path) > len(PREFIX)


def prepare(request: Request, allow_origins: tuple[str, ...]) -> Response | None:
    """Mark the request as such a call, with the origin that the API itself must allow; or refuse it."""
    request.service = SERVICE
    origin = request.headers.get("origin")
    if origin is not None and origin not in allow_origins:
        request.scope[FOREIGN] = origin
    elif origin is None and _embedded_elsewhere(request):
        return Response(403, {"content-type": "application/json"}, b'{"message":"Web pages may not embed this API."}')
    return None


def _embedded_elsewhere(request: Request) -> bool:
    """Whether a page of another site, or of another program here, loads this: a picture, a script, a frame, a guess.

    Another port of this computer is another program, which browsers call the same site. A link may be followed.
    """
    headers = request.headers
    if headers.get("sec-fetch-site", "none") in ("none", "same-origin"):
        return False
    place = headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest", "document"), request.method
    return place != ("navigate", "document", "GET") or "sec-purpose" in headers
