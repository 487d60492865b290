"""Invoke: what is refused before a function is called, and what belongs to the answer.

https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
"""

import base64
import binascii
import json
import uuid

from embedded.emulator import Emulator
from embedded.errors import Response
from embedded.functions.calls import ASKED, TRACE, Asked
from embedded.layers import Below
from embedded.overlays.awslambda import lineage
from embedded.overlays.awslambda.faults import Fault, invalid
from embedded.overlays.awslambda.memory import MIB
from embedded.overlays.awslambda.routes import Route
from embedded.request import Request

LARGEST_REQUEST, LARGEST_EVENT = 6 * MIB, MIB
LARGEST_CONTEXT = 3583
TYPES = ("RequestResponse", "Event", "DryRun")


async def invoke(request: Request, forward: Below, asked: Route, emulator: Emulator) -> Response:
    """Call a function."""
    kind = request.headers.get("x-amz-invocation-type") or TYPES[0]
    payload = request.body
    if kind not in TYPES:
        raise invalid(f"Value '{kind}' at 'invocationType' failed to satisfy constraint: {', '.join(TYPES)}")
    _check_size(len(payload), LARGEST_EVENT if kind == "Event" else LARGEST_REQUEST, kind)
    _check_json(payload)
    arn = f"arn:aws:lambda:{request.region}:{request.account}:function:{asked.name}"
    if lineage.loops(TRACE.get(), arn) and not await _may_loop(asked.name, emulator):
        raise Fault(
            "RecursiveInvocationException",
            "Lambda has detected your function being invoked in a recursive loop with other Amazon Web Services "
            "resources and stopped your function's invocation.",
        )
    request_id = str(uuid.uuid4())
    context = _client_context(request.headers.get("x-amz-client-context", "")) if kind == TYPES[0] else ""
    ASKED.set(Asked(request_id, payload, context))
    response = await forward(request)
    headers = {**response.headers, "x-amzn-requestid": request_id}
    if response.status >= 400 and "x-amzn-errortype" not in headers:
        headers["x-amzn-errortype"] = str(json.loads(response.body or b"{}").get("__type", "ServiceException"))
    if kind != TYPES[0]:
        headers.pop("x-amz-log-result", None)
    return Response(response.status, headers, response.body)


def _check_size(size: int, most: int, kind: str) -> None:
    if size <= most:
        return
    # The API's model says RequestTooLargeException; this is what the service really answers.
    message = f"Request must be smaller than {most} bytes for the InvokeFunction operation"
    if kind == "Event":
        message = f"{size} byte payload is too large for the Event invocation type (limit {most} bytes)"
    raise Fault("RequestEntityTooLargeException", message, 413)


def _check_json(payload: bytes) -> None:
    try:
        json.loads(payload or b"{}")
    except ValueError as error:
        problem = f"Could not parse request body into json: Could not parse payload into json: {error}"
        raise Fault("InvalidRequestContentException", problem) from error


async def _may_loop(name: str, emulator: Emulator) -> bool:
    response = await emulator.rest("lambda", f"/2024-08-31/functions/{name}/recursion-config")
    return response.status == 200 and json.loads(response.body).get("RecursiveLoop") == "Allow"


def _client_context(encoded: str) -> str:
    try:
        text = base64.b64decode(encoded, validate=True).decode()
        if len(encoded) > LARGEST_CONTEXT or (text and not isinstance(json.loads(text), dict)):
            raise ValueError("it is no object, or too long")
    except (binascii.Error, ValueError) as error:
        problem = f"Client context must be a valid Base64-encoded JSON object: {error}"
        raise Fault("InvalidRequestContentException", problem) from error
    return text
