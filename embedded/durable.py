"""The layer that knows which requests change state: S3's configuration is saved before it is answered."""

from collections.abc import Callable
from dataclasses import dataclass

from embedded.asgi import App, Message, Receive, Scope, Send
from embedded.request import Request
from embedded.saver import Saver

# Operations that only look. Whatever is not known to be one counts as a change.
_READING = ("Get", "List", "Describe", "Head", "BatchGet", "Query", "Scan", "Search", "Filter", "Lookup", "Test")
# Services whose calls change their own state only, unless they set off a Lambda function, which is seen by itself.
_ALONE = frozenset(
    ("dynamodb", "ec2", "glue", "iam", "kms", "logs", "monitoring", "rds", "s3", "secretsmanager", "ssm", "sts")
)


@dataclass
class Durable:
    """Tells the saver what changed."""

    app: App
    saver: Saver
    # (service as signed) -> names of the states that hold it.
    state_names: Callable[[str], list[str]]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; note the change it may have made."""
        request = scope.get("trellis.request")
        if scope["type"] != "http" or request is None or only_reads(request):
            await self.app(scope, receive, send)
            return
        at_once = configures_s3(request)

        async def sending(message: Message) -> None:
            if at_once and message["type"] == "http.response.start" and message["status"] < 400:
                self.saver.save_now("s3")
            await send(message)

        try:
            await self.app(scope, receive, sending)
        finally:
            # Whoever asked may have gone before the answer: what changed has changed.
            self.saver.mark(self.state_names(request.service) if request.service in _ALONE else None)


def only_reads(request: Request) -> bool:
    """Whether the request cannot change anything."""
    if request.service == "execute-api":
        return False
    if request.method in ("GET", "HEAD"):
        return not request.operation or request.operation.startswith(_READING)
    return request.protocol in ("json", "cbor", "query", "ec2") and request.operation.startswith(_READING)


def configures_s3(request: Request) -> bool:
    """Whether this changes a bucket itself, or what is kept beside an object's own files."""
    if request.service != "s3":
        return False
    bucket, _, key = request.path.lstrip("/").partition("/")
    parameters = request.parameters
    if key:
        locks = any(name.startswith("x-amz-object-lock") for name in request.headers)
        return locks or "retention" in parameters or "legal-hold" in parameters
    return bool(bucket) and request.method in ("PUT", "DELETE", "POST") and "delete" not in parameters
