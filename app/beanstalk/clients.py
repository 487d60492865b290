"""The clients of a deployment, and what AWS's refusals mean for it."""

from dataclasses import dataclass
from typing import Any

from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    WaiterError,
)

from app import problems

CONFIG = Config(connect_timeout=5, read_timeout=60, retries={"total_max_attempts": 5, "mode": "standard"})


@dataclass(frozen=True)
class Clients:
    """boto3's clients of one account and region."""

    beanstalk: Any
    s3: Any
    iam: Any
    ssm: Any
    sts: Any
    region: str

    @classmethod
    def of(cls, session: Any, region: str) -> "Clients":
        """Return the clients of a boto3 session."""

        def made(service: str) -> Any:
            return session.client(service, region_name=region, config=CONFIG)

        return cls(made("elasticbeanstalk"), made("s3"), made("iam"), made("ssm"), made("sts"), region)


class Stopped(Exception):
    """A deployment cannot go on; the message says what is in the way, and what to do."""


_QUOTA = "Ask for a higher quota under Service Quotas in AWS's console, or terminate what is not used any more."
_EXPIRED = "The credentials have expired: sign in to AWS again, then run the command again."
_WORDS = {
    "ExpiredToken": _EXPIRED,
    "ExpiredTokenException": _EXPIRED,
    "RequestExpired": _EXPIRED,
    "TooManyEnvironmentsException": f"The account has as many environments as it may have. {_QUOTA}",
    "TooManyApplicationsException": f"The account has as many applications as it may have. {_QUOTA}",
    "TooManyBucketsException": f"The account has as many buckets as it may have. {_QUOTA}",
    "TooManyApplicationVersionsException": (
        "The region holds as many application versions as it may. Delete old ones: in AWS's console, Elastic "
        "Beanstalk, Application versions; there you may also set how many are kept."
    ),
    "OperationInProgressFailure": "Elastic Beanstalk is still working on this environment. Wait, then try again.",
    "S3LocationNotInServiceRegionException": "The bundle lies in another region than the environment.",
    "S3SubscriptionRequiredException": "The account has not signed up for S3 yet: open S3 in AWS's console once.",
}
_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "InsufficientPrivilegesException"}
_NOBODY = (
    "There are no AWS credentials. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY "
    "(and AWS_SESSION_TOKEN where you were given one)."
)


def explained(error: Exception) -> str:
    """Return what an error of AWS's means here; raises the error itself where it is none of AWS's."""
    if isinstance(error, NoCredentialsError | PartialCredentialsError):
        return _NOBODY
    if isinstance(error, ProfileNotFound | WaiterError):
        return str(error)
    if isinstance(error, ClientError):
        return _refusal(error)
    problem = problems.from_exception(error) if isinstance(error, BotoCoreError) else None
    if problem is None:
        raise error
    return f"{problem.happened} {problem.remedy}"


def _refusal(error: ClientError) -> str:
    code, message = error.response["Error"].get("Code", ""), error.response["Error"].get("Message", "")
    if code in _DENIED:
        return (
            f"AWS allows these credentials not to call {error.operation_name}. AWS said: {message} The policies that a "
            "deployment needs: flask --app application beanstalk policies"
        )
    if "vCPU" in message or code in ("VcpuLimitExceeded", "InstanceLimitExceeded"):
        return f"The account's quota of EC2 instances is used up. AWS said: {message} {_QUOTA}"
    if code == "InvalidParameterValue" and "invalid state" in message.lower():
        return f"AWS is working on this environment and takes no change now. AWS said: {message} Wait, then try again."
    if code in _WORDS:
        return f"{_WORDS[code]} AWS said: {message}"
    problem = problems.from_exception(error)
    known = problem is not None and problem.remedy and problem.code != "ValidationException"
    told = f"{problem.happened} {problem.remedy}" if problem is not None and known else f"AWS said: {message}"
    return f"{error.operation_name}: {told} ({code})"
