"""S3: If-Match and If-None-Match of CopyObject, which the emulator would ignore and overwrite what is there.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
"""

from embedded.errors import Response, aws_error
from embedded.layers import Below
from embedded.request import Request

CONDITIONS = ("if-match", "if-none-match")
UNMET = "At least one of the pre-conditions you specified did not hold"


class CopyConditions:
    """Looks at the target before a copy that depends on it.

    Another write between the look and the copy goes unseen, as it cannot on AWS: milliseconds on one machine.
    """

    def matches(self, request: Request) -> bool:
        """Whether this is a copy with a condition on its target."""
        headers = request.headers
        copies = request.service == "s3" and request.method == "PUT" and "x-amz-copy-source" in headers
        return copies and any(name in headers for name in CONDITIONS) and "uploadId" not in request.parameters

    async def handle(self, request: Request, forward: Below) -> Response | None:
        """Refuse a copy whose condition does not hold, let every other pass."""
        target = await forward(_head(request))
        etag = target.headers.get("etag", "").strip('"') if target.status == 200 else None
        wanted, unwanted = (request.headers.get(name, "").strip() for name in CONDITIONS)
        if wanted and etag is None:
            return aws_error(request.protocol, "NoSuchKey", "The specified key does not exist.", 404)
        if (wanted and not _names(wanted, etag)) or (unwanted and _names(unwanted, etag)):
            return aws_error(request.protocol, "PreconditionFailed", UNMET, 412)
        return None


def _names(condition: str, etag: str | None) -> bool:
    """Whether a condition's value means the object with this ETag; None is no object at all."""
    return etag is not None and condition.strip('"') in ("*", etag)


def _head(request: Request) -> Request:
    headers = [(name.encode(), request.headers[name].encode("latin-1")) for name in ("host", "authorization")]
    scope = {**request.scope, "method": "HEAD", "query_string": b"", "headers": headers}
    made = Request(scope, request.receive, request.service, request.region, request.account)
    made.keep(b"", complete=True)
    return made


overlay = CopyConditions()
