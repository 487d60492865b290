"""What a request must pass before anything is called: key, speed, quota, then its parameters and its body."""

from embedded.book import Book, Record
from embedded.overlays.apigateway import schemas, usage
from embedded.overlays.apigateway.flow import Failure, Flow
from embedded.overlays.apigateway.keys import by_value


def key_and_plan(flow: Flow, book: Book, buckets: usage.Buckets) -> None:
    """Check the API key where the method asks for one, and count the call in its usage plan."""
    _stage_speed(flow, buckets)
    if not flow.method.get("apiKeyRequired"):
        return
    value = flow.header("x-api-key")
    key = by_value(book, flow.where, value) if value else None
    plan = _plan(flow, book, key) if key and key["enabled"] else None
    if key is None or plan is None:
        reason = (
            "not authorized because no API key was sent" if not value else "not authorized: unknown, off or no plan"
        )
        raise Failure("INVALID_API_KEY", log=f"API Key is {reason}")
    flow.key = key
    flow.journal.info(
        f"API Key {key['id'][-6:].rjust(20, '*')} authorized because it belongs to usage plan {plan['id']}"
    )
    throttle = plan.get("throttle")
    if throttle and not buckets.take((plan["id"], key["id"]), throttle["rateLimit"], throttle["burstLimit"]):
        raise Failure("THROTTLED", log=f"Key throttle limit exceeded for Usage Plan {plan['id']}")
    if not usage.spend(book, flow.where, plan, key["id"]):
        raise Failure("QUOTA_EXCEEDED", log=f"Key quota limit exceeded for Usage Plan {plan['id']}")
    flow.journal.info(f"Usage Plan check succeeded for API Key and API Stage {flow.api_id}/{flow.stage['stageName']}")


def _plan(flow: Flow, book: Book, key: Record) -> Record | None:
    stage = (flow.api_id, flow.stage["stageName"])
    for plan in book.all("plan", flow.where):
        if key["id"] in plan["keys"] and any((one["apiId"], one["stage"]) == stage for one in plan["apiStages"]):
            return plan
    return None


def _stage_speed(flow: Flow, buckets: usage.Buckets) -> None:
    """Take a token of the method's own limit, or else of the stage's."""
    found = setting(flow)
    if not found:
        return
    name = (flow.where, flow.api_id, flow.stage["stageName"], flow.resource["path"], flow.verb)
    rate, burst = found["throttlingRateLimit"], found["throttlingBurstLimit"]
    if not buckets.take(name, rate, burst):
        raise Failure("THROTTLED", log="Method throttle limit exceeded")


def setting(flow: Flow) -> Record:
    """Return the settings in effect for the method: its own, else the stage's (`*/*`), else none."""
    settings = flow.stage.get("methodSettings") or {}
    path = flow.resource.get("path", "").lstrip("/")
    own = settings.get(f"{path}/{flow.method.get('httpMethod')}") or settings.get(f"{path}/{flow.verb}")
    return dict(own or settings.get("*/*") or {})


def validate(flow: Flow) -> None:
    """Check what the method's request validator asks for."""
    validator = flow.api["validators"].get(flow.method.get("requestValidatorId") or "")
    if validator is None:
        return
    if validator["validateRequestParameters"]:
        _parameters(flow)
    if validator["validateRequestBody"]:
        _body(flow)


def _parameters(flow: Flow) -> None:
    lacking = []
    for name, required in flow.method.get("requestParameters", {}).items():
        place, _, own = name.removeprefix("method.request.").partition(".")
        if required and not flow.named_values(place.removeprefix("multivalue"), own):
            lacking.append(own)
    if lacking:
        message = f"Missing required request parameters: [{', '.join(lacking)}]"
        flow.error["validationErrorString"] = message
        raise Failure("BAD_REQUEST_PARAMETERS", message, log=f"Request parameters are invalid: {message}")


def _body(flow: Flow) -> None:
    models = flow.method.get("requestModels", {})
    model = models.get(flow.content_type) or models.get("$default")
    if model is None:
        return
    wrong = schemas.mismatches(flow.api, model, flow.body)
    if wrong:
        flow.error["validationErrorString"] = f"[{', '.join(wrong)}]"
        sentence = (
            f"Request body does not match model schema for content type {flow.content_type}: [{', '.join(wrong)}]"
        )
        raise Failure("BAD_REQUEST_BODY", log=sentence)
