"""AWS's error codes in words: what happened and what to do about it.

`{message}` is AWS's own sentence, `{what}` the bucket or key that it named. Codes follow
https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html and each service's common errors.
"""

from typing import NamedTuple


class Words(NamedTuple):
    """How one error code is told, and the HTTP status under which it is."""

    status: int
    title: str
    happened: str
    remedy: str


_REGION = "Switch to the bucket's region at the top of the page."
_CREDENTIALS = "where the dashboard was started, then start it again."

CODES: dict[str, Words] = {
    "AccessDenied": Words(
        403,
        "Access denied",
        "These credentials may not do this here. AWS said: {message}",
        "The IAM policy tab of the call drawer shows the statement that is missing.",
    ),
    "NoSuchBucket": Words(
        404,
        "No such bucket",
        "There is no bucket {what} in this account.",
        "Check the name, or choose a bucket from the list.",
    ),
    "DBInstanceNotFound": Words(
        404,
        "No such DB instance",
        "AWS said: {message}",
        "Check its name and the region, or choose an instance from the list.",
    ),
    "DBSnapshotNotFound": Words(
        404,
        "No such snapshot",
        "AWS said: {message}",
        "Somebody may have deleted it: open the list of the instance's snapshots.",
    ),
    "NoSuchKey": Words(
        404,
        "No such object",
        "The object {what} is not there, or not any more.",
        "Somebody may have deleted or moved it: open the folder again.",
    ),
    "NoSuchVersion": Words(
        404,
        "No such version",
        "This version of the object does not exist.",
        "Open the object and choose a version from its list.",
    ),
    "NoSuchUpload": Words(
        409,
        "The upload is gone",
        "The multipart upload was completed or aborted meanwhile.",
        "Start the upload again.",
    ),
    "BucketAlreadyExists": Words(
        409,
        "The name is taken",
        "Somebody else owns a bucket of this name: bucket names are shared by all of AWS.",
        "Choose another name, for example with a prefix of your own.",
    ),
    "BucketAlreadyOwnedByYou": Words(
        409,
        "You have this bucket already",
        "A bucket of this name is yours already.",
        "Open it from the list, or choose another name.",
    ),
    "BucketNotEmpty": Words(
        409,
        "The bucket is not empty",
        "AWS deletes only empty buckets, and this one still holds objects or versions.",
        "Delete its objects (all versions) first.",
    ),
    "InvalidBucketName": Words(
        400,
        "Not a bucket name",
        "AWS refuses this bucket name.",
        "Use 3 to 63 lower-case letters, digits, hyphens and dots.",
    ),
    "PermanentRedirect": Words(
        421,
        "The bucket is in another region",
        "The bucket {what} lives in another region than yours.",
        _REGION,
    ),
    "AuthorizationHeaderMalformed": Words(
        421, "The bucket is in another region", "The request was signed for another region than the bucket's.", _REGION
    ),
    "EntityTooLarge": Words(
        413,
        "Too large",
        "AWS refuses an object of this size in one piece.",
        "Upload it through the application, which sends it in parts.",
    ),
    "SlowDown": Words(
        503,
        "AWS asks to slow down",
        "Too many requests arrived in a short time. AWS said: {message}",
        "Wait a few seconds and try again.",
    ),
    "PreconditionFailed": Words(
        412,
        "It has changed meanwhile",
        "The object is no longer what it was when you opened it.",
        "Open it again to see what it is now.",
    ),
    "MethodNotAllowed": Words(
        405,
        "Not allowed on this object",
        "AWS does not allow this here; a deleted object, for example, has only a delete marker.",
        "Open its versions and restore one.",
    ),
    "ExpiredToken": Words(
        401,
        "The credentials have expired",
        "The AWS credentials of this session are no longer valid.",
        "Sign in to AWS again " + _CREDENTIALS,
    ),
    "InvalidClientTokenId": Words(
        401,
        "AWS does not know these credentials",
        "The access key is wrong or was deleted.",
        "Set the right AWS_ACCESS_KEY_ID " + _CREDENTIALS,
    ),
    "SignatureDoesNotMatch": Words(
        401,
        "AWS refuses the signature",
        "The secret key does not fit the access key.",
        "Set the right AWS_SECRET_ACCESS_KEY " + _CREDENTIALS,
    ),
    "RequestTimeTooSkewed": Words(
        403,
        "The clock is wrong",
        "This computer's clock and AWS's differ by more than 15 minutes.",
        "Set the computer's clock.",
    ),
    "ValidationException": Words(
        400, "AWS refuses a value", "AWS said: {message}", "Correct the value and send it again."
    ),
    "ResourceNotFoundException": Words(
        404, "Not found", "AWS said: {message}", "It may have been deleted: go back to the list."
    ),
    "NotImplemented": Words(
        501, "Not available here", "{message}", "The embedded AWS does not do this; a real account does."
    ),
}

# Other spellings of the same error, by service and age of its protocol.
SAME: dict[str, str] = {
    "403": "AccessDenied",
    "Forbidden": "AccessDenied",
    "AccessDeniedException": "AccessDenied",
    "UnauthorizedOperation": "AccessDenied",
    "AllAccessDisabled": "AccessDenied",
    "301": "PermanentRedirect",
    "InvalidAccessKeyId": "InvalidClientTokenId",
    "UnrecognizedClientException": "InvalidClientTokenId",
    "ExpiredTokenException": "ExpiredToken",
    "RequestExpired": "ExpiredToken",
    "Throttling": "SlowDown",
    "ThrottlingException": "SlowDown",
    "TooManyRequestsException": "SlowDown",
    "RequestLimitExceeded": "SlowDown",
    "ProvisionedThroughputExceededException": "SlowDown",
    "ValidationError": "ValidationException",
}
UNKNOWN = ("AWS refused", "AWS said: {message}", "The code and request id below help to look it up.")
