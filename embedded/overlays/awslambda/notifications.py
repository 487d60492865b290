"""A bucket's notifications to functions: the function must be there, and its policy must let S3 in.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html
"""

import json
from urllib.parse import quote
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from embedded.emulator import Emulator
from embedded.errors import Response, aws_error
from embedded.request import Request
from embedded.resource_policy import Caller, allows

_TAGS = ("CloudFunction", "LambdaFunctionArn")
_PROBLEM = "Unable to validate the following destination configurations"


def configures(request: Request) -> bool:
    """Whether this sets a bucket's notifications."""
    return request.service == "s3" and request.method == "PUT" and "notification" in request.parameters


async def check(request: Request, emulator: Emulator) -> Response | None:
    """Refuse functions that S3 may not call, as S3 does; None: all may be called."""
    if request.headers.get("x-amz-skip-destination-validation", "").lower() == "true":
        return None
    bucket = request.path.strip("/").partition("/")[0]
    refused = [arn for arn in functions(request.body) if not await lets_in(emulator, arn, bucket)]
    return _refusal(refused) if refused else None


def functions(body: bytes) -> list[str]:
    """Return the ARNs of the functions in a configuration; none where it cannot be read: S3 itself says so."""
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 - expat expands no entity from outside
    except ElementTree.ParseError:
        return []
    found = [element.text for element in root.iter() if element.tag.rpartition("}")[2] in _TAGS]
    return [text.strip() for text in found if text]


async def lets_in(emulator: Emulator, arn: str, bucket: str) -> bool:
    """Whether a function is there and its policy lets S3 call it for this bucket."""
    named, _, qualifier = arn.partition(":function:")[2].partition(":")
    path = f"/2015-03-31/functions/{quote(named, safe='')}/policy"
    query = f"Qualifier={quote(qualifier, safe='')}" if qualifier else ""
    response = await emulator.rest("lambda", path, query=query)
    if response.status != 200:
        return False
    policy = json.loads(json.loads(response.body)["Policy"])
    account = emulator.where.account
    return allows(policy, Caller("s3.amazonaws.com", f"arn:aws:s3:::{bucket}", account, arn))


def _refusal(arns: list[str]) -> Response:
    """Return S3's answer: each destination is named in it."""
    plain = aws_error("rest-xml", "InvalidArgument", _PROBLEM)
    why = "Not authorized to invoke function [{}]"
    parts = [
        f"<ArgumentName{number}>{escape(arn)}, null</ArgumentName{number}>"
        f"<ArgumentValue{number}>{escape(why.format(arn))}</ArgumentValue{number}>"
        for number, arn in enumerate(arns, 1)
    ]
    body = plain.body.replace(b"<RequestId>", "".join(parts).encode() + b"<RequestId>", 1)
    return Response(plain.status, plain.headers, body)
