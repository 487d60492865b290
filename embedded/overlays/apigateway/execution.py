"""A method carried out: gates, the integration of its kind, the answer, and the log of it all."""

import json
from dataclasses import dataclass, field

from embedded.book import Book
from embedded.layers import Below
from embedded.overlays.apigateway import authorizing, functions, gates, gateway_responses, mapping, proxy, usage
from embedded.overlays.apigateway.authorizing import Decisions
from embedded.overlays.apigateway.flow import Answer, Failure, Flow
from embedded.overlays.apigateway.functions import Returned
from embedded.overlays.apigateway.journal import body as shown_body
from embedded.overlays.apigateway.journal import shown
from embedded.overlays.apigateway.routing import route

LARGEST = 10 * 1024 * 1024


@dataclass
class Engine:
    """What carrying out needs."""

    book: Book
    whole: Below
    buckets: usage.Buckets = field(default_factory=usage.Buckets)
    decisions: Decisions = field(default_factory=Decisions)


async def run(flow: Flow, engine: Engine) -> Answer:
    """Carry out a request to a stage; whatever happens, there is an answer."""
    try:
        route(flow)
        _begin(flow)
        if len(flow.body) > LARGEST:
            raise Failure("REQUEST_TOO_LARGE", log=f"The body has more than {LARGEST} bytes")
        await authorizing.authorize(flow, engine.whole, engine.decisions)
        gates.key_and_plan(flow, engine.book, engine.buckets)
        gates.validate(flow)
        made = await integrate(flow, engine.whole)
    except Failure as failure:
        made = _failed(flow, failure)
    return _end(flow, made)


async def run_test(flow: Flow, engine: Engine) -> Answer:
    """Carry out a test of a method that was found: nobody is asked who calls, and nothing is counted."""
    try:
        _begin(flow)
        gates.validate(flow)
        made = await integrate(flow, engine.whole)
    except Failure as failure:
        made = _failed(flow, failure)
    return _end(flow, made)


def _begin(flow: Flow) -> None:
    journal = flow.journal
    journal.info(f"Starting execution for request: {flow.request_id}")
    journal.info(f"HTTP Method: {flow.verb}, Resource Path: {flow.path if flow.test else flow.resource['path']}")
    journal.data(f"Method request path: {shown(flow.path_parameters)}")
    journal.data(f"Method request query string: {shown(flow.query)}")
    journal.data(f"Method request headers: {shown(flow.headers)}")
    journal.data(f"Method request body before transformations: {shown_body(flow.body)}")


def _failed(flow: Flow, failure: Failure) -> Answer:
    if failure.log:
        flow.journal.error(failure.log)
    return gateway_responses.answer(flow, failure)


def _end(flow: Flow, made: Answer) -> Answer:
    made.headers.append(("x-amzn-RequestId", flow.request_id))
    made.headers.append(("x-amz-apigw-id", flow.extended_id))
    flow.journal.info(f"Method completed with status: {made.status}")
    return made


async def integrate(flow: Flow, whole: Below) -> Answer:
    """Do what the method's integration says."""
    kind = flow.method["methodIntegration"]["type"]
    if kind == "AWS_PROXY":
        made = await _proxy(flow, whole)
    elif kind == "AWS":
        made = await _function(flow, whole)
    else:
        made = _mock(flow)
    flow.journal.data(f"Method response body after transformations: {shown_body(made.body)}")
    flow.journal.data(f"Method response headers: {shown(made.headers)}")
    flow.journal.info("Successfully completed execution")
    return made


async def _proxy(flow: Flow, whole: Below) -> Answer:
    returned = await functions.call(whole, flow, json.dumps(proxy.event(flow)).encode())
    if failure := functions.refused(returned):
        raise failure
    return proxy.answer(flow, returned)


async def _function(flow: Flow, whole: Below) -> Answer:
    payload = mapping.request_body(flow)
    wanted = mapping.request_parameters(flow)
    kind = "Event" if wanted.get("x-amz-invocation-type") == "Event" else "RequestResponse"
    returned = await functions.call(whole, flow, payload, kind=kind)
    if failure := functions.refused(returned):
        raise failure
    # A function that fails answers 200 all the same, unless a pattern matches its errorMessage.
    response = mapping.select(flow, returned.message() if returned.failed else "", returned.status)
    return mapping.answer(flow, response, returned)


def _mock(flow: Flow) -> Answer:
    status = mapping.status_of_mock(mapping.request_body(flow))
    response = mapping.select(flow, str(status), status)
    return mapping.answer(flow, response, Returned(status, b""))
