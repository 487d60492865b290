"""EC2: a dry run must not run. The emulator would carry it out."""

from embedded.errors import Response, aws_error
from embedded.layers import Below
from embedded.request import Request


class DryRun:
    """Answers dry runs the way AWS does for someone who has the permission."""

    def matches(self, request: Request) -> bool:
        """Whether this is a dry run."""
        return request.service == "ec2" and request.form.get("DryRun", [""])[0].lower() == "true"

    async def handle(self, _request: Request, _forward: Below) -> Response | None:
        """Say that it would have succeeded."""
        return aws_error("ec2", "DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412)


overlay = DryRun()
