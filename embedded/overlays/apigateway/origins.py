"""Web pages of other origins: let through where the API's own preflight allows it, and only there.

On AWS a simple POST runs whatever the API's CORS says: the browser only hides the answer. Here the API lies on the
machine of whoever looks at the page, so that a page must be allowed before anything runs.
"""

import json
from dataclasses import replace

from embedded.overlays.apigateway.execution import Engine, run
from embedded.overlays.apigateway.flow import Answer, Flow

_REFUSED = (
    "The embedded AWS refuses calls of web pages from {origin}: this method's own preflight (OPTIONS) does not allow "
    "that origin. Enable CORS for it and deploy the API."
)


async def refusal(flow: Flow, origin: str, engine: Engine) -> Answer | None:
    """Return the answer to a page that the API does not allow, None where it may call."""
    if flow.verb == "OPTIONS":
        return None
    asked = [("Origin", origin), ("Access-Control-Request-Method", flow.verb)]
    preflight = replace(flow, verb="OPTIONS", headers=asked, body=b"", query=[])
    made = await run(preflight, engine)
    if made.status < 400 and made.header("access-control-allow-origin") in ("*", origin):
        return None
    body = json.dumps({"message": _REFUSED.format(origin=origin)}).encode()
    return Answer(403, [("Content-Type", "application/json"), ("x-amzn-ErrorType", "ForbiddenException")], body)
