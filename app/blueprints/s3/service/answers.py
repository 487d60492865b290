"""What AWS's errors mean where they are ordinary answers."""

from botocore.exceptions import ClientError

GONE = {"NoSuchKey", "404", "NoSuchVersion"}
ELSEWHERE = {"PermanentRedirect", "AuthorizationHeaderMalformed", "301", "IllegalLocationConstraintException"}
CHANGED = {"PreconditionFailed", "412"}
DENIED = {"AccessDenied", "403"}


class OtherRegion(Exception):
    """A bucket lives in another region than the one asked; `region` is that one."""

    def __init__(self, bucket: str, region: str):
        super().__init__(f"the bucket {bucket} lives in {region}")
        self.bucket = bucket
        self.region = region


def code_of(error: ClientError) -> str:
    """Return AWS's error code."""
    code: str = error.response.get("Error", {}).get("Code", "")
    return code


def message_of(error: ClientError) -> str:
    """Return AWS's own sentence about an error."""
    message: str = error.response.get("Error", {}).get("Message", "") or code_of(error)
    return message


def region_in(error: ClientError) -> str | None:
    """Return the bucket's region where an error says that it is another one."""
    if code_of(error) not in ELSEWHERE:
        return None
    headers = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    named: str | None = headers.get("x-amz-bucket-region") or error.response.get("Error", {}).get("Region")
    return named
