"""The services that the embedded AWS has; every other one is refused, also those that the emulator would play."""

from embedded.errors import Response, aws_error
from embedded.layers import Below
from embedded.request import Request

SERVICES = frozenset(
    (
        *("acm", "apigateway", "dynamodb", "ec2", "events", "execute-api", "glue", "iam", "kinesis", "kms"),
        *("lambda", "logs", "monitoring", "rds", "resource-groups", "s3", "scheduler", "secretsmanager"),
        *("sns", "sqs", "ssm", "sts", "tagging"),
    )
)
# What people look for, with what to do instead.
REASONS = {
    "states": "Step Functions is not part of the embedded AWS: use a real account, or call the functions in turn.",
    "cloudformation": "CloudFormation is not part of the embedded AWS: create the resources themselves.",
    "elasticbeanstalk": "Elastic Beanstalk is not part of the embedded AWS: deploying needs a real AWS account.",
    "rds-data": "The RDS Data API is not part of the embedded AWS: connect to the endpoint of DescribeDBInstances.",
}


class Scope:
    """Refuses services of which the emulator knows names only."""

    def matches(self, request: Request) -> bool:
        """Whether the request is signed for a service that is not here."""
        return request.service not in SERVICES

    async def handle(self, request: Request, _forward: Below) -> Response | None:
        """Refuse it in the service's own protocol."""
        sentence = REASONS.get(request.service, f"The service {request.service} is not part of the embedded AWS.")
        code = "BadRequestException" if request.service == "rds-data" else "UnsupportedOperation"
        return aws_error(request.protocol, code, sentence)


overlay = Scope()
