"""Lambda functions: may this API call it, and its answer, through Lambda's own Invoke as any client calls it."""

import asyncio
import json
import re
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from embedded.book import Where
from embedded.internal import request_as
from embedded.layers import Below
from embedded.overlays.apigateway.account import PRINCIPAL
from embedded.overlays.apigateway.flow import Failure, Flow
from embedded.overlays.apigateway.integrations import LAMBDA_PATH, LONGEST
from embedded.overlays.apigateway.journal import body as shown_body
from embedded.overlays.apigateway.journal import shown
from embedded.resource_policy import Caller, allows

_ARN = re.compile(r"arn:aws[\w-]*:lambda:([\w-]+):(\d{12}):function:([\w-]+)(?::([\w$-]+))?")
_VARIABLE = re.compile(r"\$\{stageVariables\.(\w+)\}")
NO_PERMISSION = "Execution failed due to configuration error: Invalid permissions on Lambda function"


@dataclass(frozen=True)
class Function:
    """Which function an integration calls."""

    arn: str
    where: Where
    name: str
    qualifier: str

    @property
    def path(self) -> str:
        """The path of the function's calls."""
        return f"/2015-03-31/functions/{quote(self.name)}"

    @property
    def query(self) -> str:
        """The version or the alias that is asked for."""
        return f"Qualifier={quote(self.qualifier, safe='')}" if self.qualifier else ""


@dataclass
class Returned:
    """What Lambda answered."""

    status: int
    body: bytes
    # "Unhandled" or "Handled" where the function itself failed.
    failed: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def message(self) -> str:
        """Return the errorMessage of a function that failed."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return ""
        return str(found.get("errorMessage") or "") if isinstance(found, dict) else ""


def parse(uri: str, variables: dict[str, str]) -> Function | None:
    """Return the function of an integration's address, its stage variables put in; None where that is none."""
    path = LAMBDA_PATH.search(_VARIABLE.sub(lambda found: variables.get(found.group(1), ""), uri))
    found = _ARN.fullmatch(path.group(1)) if path else None
    if path is None or found is None:
        return None
    region, account, name, qualifier = found.groups()
    return Function(path.group(1), Where(account, region), name, qualifier or "")


async def allowed(whole: Below, function: Function, source: str, account: str) -> bool:
    """Whether the function's own policy lets this method of the API call it; a function that is not there does not."""
    answer = await whole(request_as(function.where, "lambda", "GET", f"{function.path}/policy", query=function.query))
    if answer.status != 200:
        return False
    policy = json.loads(json.loads(answer.body)["Policy"])
    return allows(policy, Caller(PRINCIPAL, source, account, function.arn))


async def call(whole: Below, flow: Flow, payload: bytes, *, kind: str = "RequestResponse") -> Returned:
    """Call the integration's function, as long as the integration waits."""
    integration = flow.method["methodIntegration"]
    function = parse(integration["uri"], flow.variables)
    if function is None or not await allowed(whole, function, flow.arn(), flow.where.account):
        raise Failure("API_CONFIGURATION_ERROR", log=NO_PERMISSION)
    if integration["httpMethod"] != "POST":
        log = "Execution failed due to configuration error: a function is called by POST, whatever the method's verb is"
        raise Failure("API_CONFIGURATION_ERROR", log=log)
    seconds = integration.get("timeoutInMillis", LONGEST) / 1000
    address = f"https://lambda.{function.where.region}.amazonaws.com/2015-03-31/functions/{function.arn}/invocations"
    flow.journal.data(f"Endpoint request URI: {address}")
    flow.journal.data(f"Endpoint request body after transformations: {shown_body(payload)}")
    flow.journal.info(f"Sending request to {address}")
    began = time.monotonic()
    try:
        returned = await asyncio.wait_for(invoke(whole, function, payload, kind), seconds)
    except TimeoutError:
        flow.integration = {"latency": int(seconds * 1000), "status": "-", "error": "Endpoint request timed out"}
        log = "Execution failed due to a timeout error"
        raise Failure("INTEGRATION_TIMEOUT", log=log) from None
    _note(flow, returned, int((time.monotonic() - began) * 1000))
    return returned


def _note(flow: Flow, returned: Returned, latency: int) -> None:
    request_id = returned.headers.get("x-amzn-requestid", "")
    flow.integration = {
        "status": returned.status,
        "integrationStatus": returned.status,
        "latency": latency,
        "requestId": request_id,
        "error": returned.message() if returned.failed else "",
    }
    flow.journal.info(f"Received response. Status: {returned.status}, Integration latency: {latency} ms")
    told = {"x-amzn-RequestId": request_id, "Content-Type": "application/json"}
    if returned.failed:
        told["X-Amz-Function-Error"] = returned.failed
    flow.journal.data(f"Endpoint response headers: {shown(told)}")
    flow.journal.data(f"Endpoint response body before transformations: {shown_body(returned.body)}")


async def invoke(whole: Below, function: Function, payload: bytes, kind: str) -> Returned:
    """Call Lambda's Invoke."""
    headers = {"x-amz-invocation-type": kind, "content-type": "application/json"}
    path = f"{function.path}/invocations"
    answer = await whole(
        request_as(function.where, "lambda", "POST", path, body=payload, query=function.query, headers=headers)
    )
    return Returned(answer.status, answer.body, answer.headers.get("x-amz-function-error", ""), answer.headers)


def refused(returned: Returned) -> Failure | None:
    """Return the failure where Lambda itself, not the function, refused the call."""
    if returned.status < 400:
        return None
    request_id = returned.headers.get("x-amzn-requestid", "")
    log = f"Lambda invocation failed with status: {returned.status}. Lambda request id: {request_id}"
    if returned.status == 413:
        return Failure("REQUEST_TOO_LARGE", log=log)
    if returned.status == 429:
        return Failure("API_CONFIGURATION_ERROR", log=f"{log}. Too many requests", status=500)
    message = _lambda_message(returned)
    if message.startswith("Could not parse request body into json"):
        return Failure("BAD_REQUEST_BODY", message, log=log)
    return Failure("API_CONFIGURATION_ERROR", log=f"Execution failed due to configuration error: {message or log}")


def _lambda_message(returned: Returned) -> str:
    try:
        found: Any = json.loads(returned.body)
    except ValueError:
        return ""
    return str(found.get("message") or found.get("Message") or "") if isinstance(found, dict) else ""
