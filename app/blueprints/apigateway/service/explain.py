"""The usual failures of an API in words a beginner can act on: a pure table over status, body and log."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Seen:
    """What is known of one answer; `permission` is what functions.allowed said, `text` body and log in lower case."""

    status: int
    text: str
    permission: str = ""
    function: str = ""
    key_required: bool = False
    stage: bool = False
    sent: int = 0
    proxy: bool = False


@dataclass(frozen=True)
class Explanation:
    """Why it failed and what to do; `action` is what the page offers: permission, deploy, key, cors or nothing."""

    title: str
    why: str
    action: str = ""


SIX, TEN = 6 * 1024 * 1024, 10 * 1024 * 1024
Rule = tuple[Callable[[Seen], bool], Explanation]


def _says(*words: str) -> Callable[[Seen], bool]:
    return lambda seen: any(word in seen.text for word in words)


LAMBDAS = Explanation(
    "The event is over Lambda's 6 MB",
    "API Gateway took the body, and Lambda did not: an event is 6 MB at most. Base64 makes a picture a third "
    "larger, so pictures from 4.5 MB on meet this wall.",
)


RULES: tuple[Rule, ...] = (
    (lambda seen: seen.status == 413 and SIX < seen.sent <= TEN, LAMBDAS),
    (
        lambda seen: seen.status == 413 or _says("request too long")(seen),
        Explanation(
            "The body is over 10 MB",
            "API Gateway takes 10 MB at most, and this cannot be raised. Send large files straight to S3 by a "
            "presigned address, and only their key through the API.",
        ),
    ),
    (
        lambda seen: seen.status >= 500 and seen.permission == "no",
        Explanation(
            "API Gateway may not call the function",
            "The function has no resource-based policy statement that lets apigateway.amazonaws.com invoke it for this "
            "method, so Lambda refuses and the caller sees 500 “Internal server error”.",
            "permission",
        ),
    ),
    (
        lambda seen: seen.status >= 500 and seen.permission == "gone",
        Explanation(
            "There is no such function",
            "The integration names a function that is not in this account and region. Choose another one, or make it.",
        ),
    ),
    (
        lambda seen: _says("invalid permissions on lambda function")(seen),
        Explanation(
            "API Gateway may not call the function",
            "Lambda refused: no statement of the function's policy fits this method's ARN.",
            "permission",
        ),
    ),
    (
        lambda seen: seen.status == 502 and _says("malformed lambda proxy response", "internal server error")(seen),
        Explanation(
            "The function's answer has not the shape that proxy wants, or it failed",
            "With proxy integration the function itself answers: it must return {“statusCode”: 200, “headers”: {…}, "
            "“body”: “a string”}. A number, a dictionary as body, or an exception is 502.",
        ),
    ),
    (lambda seen: seen.sent > SIX and seen.status >= 400, LAMBDAS),
    (
        _says("missing authentication token"),
        Explanation(
            "No such path on this stage",
            "“Missing Authentication Token” is API Gateway's way to say that there is no method at this path, or that "
            "it was never deployed to this stage. It has nothing to do with tokens.",
            "deploy",
        ),
    ),
    (
        lambda seen: seen.status == 403 and seen.key_required,
        Explanation(
            "The API key is missing, wrong, or in no usage plan of this stage",
            "The method asks for an API key: send it in the header x-api-key. The key must be on, and its usage plan "
            "must name this API and stage.",
            "key",
        ),
    ),
    (
        lambda seen: seen.status == 403 and seen.stage,
        Explanation(
            "Forbidden",
            "There is no such stage, or the API does not let this caller in: see the stage's name, the API's resource "
            "policy, and whether the page that calls comes from an allowed origin.",
            "deploy",
        ),
    ),
    (
        lambda seen: seen.status == 415 or _says("unsupported media type")(seen),
        Explanation(
            "The content type fits no mapping template",
            "The integration passes bodies on WHEN_NO_TEMPLATES or NEVER, and has none for this Content-Type. Send "
            "application/json, or add a template for what is sent.",
        ),
    ),
    (
        lambda seen: seen.status == 429,
        Explanation(
            "Too many requests",
            "A limit of the stage, of the usage plan or of the account is reached: wait, or raise the limit.",
        ),
    ),
    (
        lambda seen: seen.status == 504 or _says("endpoint request timed out")(seen),
        Explanation(
            "The function took too long",
            "API Gateway waits 29 seconds (less, if the integration says so). The function may well run on.",
        ),
    ),
    (
        lambda seen: seen.status == 400 and _says("missing required request parameters")(seen),
        Explanation(
            "A required parameter is missing", "The method's request validator wants it: see the method request."
        ),
    ),
    (
        lambda seen: seen.status == 400 and _says("could not parse request body into json")(seen),
        Explanation(
            "The body is not JSON",
            "Lambda takes JSON only, and the message says where it ends to be that: names and texts stand in double "
            "quotes, and no comma follows the last one. The function was not called.",
        ),
    ),
    (
        lambda seen: seen.status == 400 and _says("invalid request body", "does not match model")(seen),
        Explanation(
            "The body does not fit its model",
            "The request validator compared the body with the JSON schema of the method's model. The function was not "
            "called.",
        ),
    ),
    (
        _says("no match for output mapping", "execution failed due to configuration error"),
        Explanation(
            "The integration's answer fits no response",
            "Add an integration response without a pattern, the default, and the method response that it names.",
        ),
    ),
    (
        lambda seen: seen.status >= 500,
        Explanation(
            "It failed behind the method",
            "Try the method on its Test page: the execution log says in which box. Then read the function's own log.",
        ),
    ),
    (
        lambda seen: seen.status == 200 and _says('"errormessage"')(seen),
        Explanation(
            "It failed, and the caller is told 200",
            "The function raised an exception. With non-proxy integration its error is an ordinary answer unless an "
            "integration response has a pattern that fits the message: add one for (.|\\n)+ that gives 500.",
        ),
    ),
)


def explain(seen: Seen) -> Explanation | None:
    """Return the explanation of an answer, None for one that is as it should be."""
    return next((told for fits, told in RULES if fits(seen)), None)


def joined(texts: Iterable[str]) -> str:
    """Return texts as the rules read them."""
    return "\n".join(texts)[:200_000].lower()
