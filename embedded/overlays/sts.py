"""STS: sessions of another identity are refused. The emulator hands credentials out that the guard then turns away,
for roles that are not there as well, and nothing here would hold them to the role's rights.
"""

from embedded.errors import Response, aws_error
from embedded.layers import Below
from embedded.request import Request

SESSIONS = {
    "AssumeRole",
    "AssumeRoleWithSAML",
    "AssumeRoleWithWebIdentity",
    "AssumeRoot",
    "GetFederationToken",
    "GetSessionToken",
}


class OtherIdentities:
    """Refuses what would answer with credentials."""

    def matches(self, request: Request) -> bool:
        """Whether credentials are asked for."""
        return request.service == "sts" and request.operation in SESSIONS

    async def handle(self, request: Request, _forward: Below) -> Response | None:
        """Refuse, and say why."""
        sentence = f"The embedded AWS does not give out sessions: {request.operation} is not done here."
        return aws_error(request.protocol, "AccessDenied", sentence, 403)


overlay = OtherIdentities()
