"""S3: a key is at most 1,024 bytes of UTF-8. The emulator would store longer ones."""

from embedded.errors import Response, aws_error
from embedded.layers import Below
from embedded.request import Request

LONGEST = 1024


class KeyLength:
    """Refuses keys that S3 cannot have."""

    def matches(self, request: Request) -> bool:
        """Whether the key is too long; a path that is short while encoded holds no long key."""
        if request.service != "s3" or len(request.raw_path) <= LONGEST:
            return False
        return len(request.path.lstrip("/").partition("/")[2].encode()) > LONGEST

    async def handle(self, request: Request, _forward: Below) -> Response | None:
        """Refuse it."""
        return aws_error(request.protocol, "KeyTooLongError", "Your key is too long")


overlay = KeyLength()
