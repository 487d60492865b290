"""S3: many operations have an action of another name, and versions have actions of their own."""

from collections.abc import Callable
from typing import Any

from app.codegen.grants import Grant, Rule, Table, Where, every, fill, literal, on, renamed, same, when
from app.codegen.python import copy_source

BUCKET = "s3:::{Bucket}"
OBJECT = "s3:::{Bucket}/{Key}"


def _listing(action: str) -> Rule:
    """A listing below a prefix needs the bucket for that prefix only."""

    def rule(parameters: dict[str, Any], where: Where) -> list[Grant]:
        prefix = parameters.get("Prefix")
        condition = ("StringEquals", "s3:prefix", prefix.replace("${", "${$}{")) if prefix else None
        return [Grant(action, fill(BUCKET, parameters, where), condition)]

    return rule


def _versioned(*names: str) -> Rule:
    """An operation on an object, or on one version of it: `GetObject` becomes `GetObjectVersion`."""

    def rule(parameters: dict[str, Any], where: Where) -> list[Grant]:
        resource = fill(OBJECT, parameters, where)
        found = [n.replace("Object", "ObjectVersion", 1) if parameters.get("VersionId") else n for n in names]
        return [Grant(f"s3:{name}", resource) for name in found]

    return rule


def _source(*names: str) -> Rule:
    """What the source of a copy needs."""

    def rule(parameters: dict[str, Any], where: Where) -> list[Grant]:
        return list(_versioned(*names)(copy_source(parameters.get("CopySource", "")), where))

    return rule


def _delete_objects(parameters: dict[str, Any], where: Where) -> list[Grant]:
    wanted = parameters.get("Delete", {}).get("Objects", [])
    grants: list[Grant] = []
    for item in wanted:
        named = {**item, "Bucket": parameters.get("Bucket"), "IfMatch": item.get("ETag")}
        grants += every(_versioned("DeleteObject"), _compared)(named, where)
    return grants


def _compared(parameters: dict[str, Any], where: Where) -> list[Grant]:
    """To compare an ETag before deleting needs the right to read it; `*` asks only whether something is there."""
    compares = parameters.get("IfMatch") not in (None, "", "*")
    return [Grant("s3:GetObject", fill(OBJECT, parameters, where))] if compares else []


def _copy_tags(parameters: dict[str, Any], where: Where) -> list[Grant]:
    """Tags come along unless the copy replaces them."""
    if parameters.get("TaggingDirective", "COPY") == "COPY":
        tags = every(_source("GetObjectTagging"), on(OBJECT, "s3:PutObjectTagging"))
        return list(tags(parameters, where))
    return list(when("Tagging", on(OBJECT, "s3:PutObjectTagging"))(parameters, where))


def _key(*actions: str) -> Rule:
    """The KMS key that is named with the object, if one is."""

    def rule(parameters: dict[str, Any], where: Where) -> list[Grant]:
        key = parameters.get("SSEKMSKeyId")
        if not key:
            return []
        arn = key if key.startswith("arn:") else where.arn(f"kms:{where.region}:{where.account}:key/{literal(key)}")
        return [Grant(action, arn) for action in actions]

    return rule


_ACL = ("ACL", "GrantFullControl", "GrantRead", "GrantReadACP", "GrantWrite", "GrantWriteACP")
_EXTRAS = (
    *(when(name, on(OBJECT, "s3:PutObjectAcl")) for name in _ACL),
    when("ObjectLockMode", on(OBJECT, "s3:PutObjectRetention")),
    when("ObjectLockRetainUntilDate", on(OBJECT, "s3:PutObjectRetention")),
    when("ObjectLockLegalHoldStatus", on(OBJECT, "s3:PutObjectLegalHold")),
)
_TAGS = when("Tagging", on(OBJECT, "s3:PutObjectTagging"))
_BYPASS = when("BypassGovernanceRetention", on(OBJECT, "s3:BypassGovernanceRetention"))
_PUT = on(OBJECT, "s3:PutObject")


def _bypass_all(parameters: dict[str, Any], where: Where) -> list[Grant]:
    if not parameters.get("BypassGovernanceRetention"):
        return []
    keys = [item.get("Key") for item in parameters.get("Delete", {}).get("Objects", [])]
    at: Callable[[Any], str] = lambda key: fill(OBJECT, {**parameters, "Key": key}, where)  # noqa: E731
    return [Grant("s3:BypassGovernanceRetention", at(key)) for key in keys]


TABLE: Table = {
    **same(
        "s3",
        BUCKET,
        "CreateBucket DeleteBucket GetBucketLocation GetBucketVersioning PutBucketVersioning GetBucketTagging "
        "PutBucketTagging GetBucketPolicy PutBucketPolicy DeleteBucketPolicy GetBucketPolicyStatus GetBucketAcl "
        "PutBucketAcl GetBucketLogging PutBucketLogging GetBucketWebsite PutBucketWebsite DeleteBucketWebsite "
        "GetBucketOwnershipControls PutBucketOwnershipControls GetBucketRequestPayment PutBucketRequestPayment",
    ),
    **renamed(
        "s3",
        BUCKET,
        {
            "HeadBucket": "ListBucket",
            "ListMultipartUploads": "ListBucketMultipartUploads",
            "GetBucketCors": "GetBucketCORS",
            "PutBucketCors": "PutBucketCORS",
            "DeleteBucketCors": "PutBucketCORS",
            "DeleteBucketTagging": "PutBucketTagging",
            "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
            "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
            "DeleteBucketLifecycle": "PutLifecycleConfiguration",
            "GetBucketEncryption": "GetEncryptionConfiguration",
            "PutBucketEncryption": "PutEncryptionConfiguration",
            "DeleteBucketEncryption": "PutEncryptionConfiguration",
            "GetBucketNotificationConfiguration": "GetBucketNotification",
            "PutBucketNotificationConfiguration": "PutBucketNotification",
            "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
            "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
            "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
            "DeleteBucketOwnershipControls": "PutBucketOwnershipControls",
            "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
            "PutObjectLockConfiguration": "PutBucketObjectLockConfiguration",
            "GetBucketReplication": "GetReplicationConfiguration",
            "PutBucketReplication": "PutReplicationConfiguration",
            "DeleteBucketReplication": "PutReplicationConfiguration",
            "GetBucketAccelerateConfiguration": "GetAccelerateConfiguration",
            "PutBucketAccelerateConfiguration": "PutAccelerateConfiguration",
            "ListBucketInventoryConfigurations": "GetInventoryConfiguration",
            "ListBucketMetricsConfigurations": "GetMetricsConfiguration",
            "ListBucketAnalyticsConfigurations": "GetAnalyticsConfiguration",
            "ListBucketIntelligentTieringConfigurations": "GetIntelligentTieringConfiguration",
        },
    ),
    **same("s3", OBJECT, "AbortMultipartUpload GetObjectLegalHold PutObjectLegalHold GetObjectRetention RestoreObject"),
    **renamed(
        "s3",
        OBJECT,
        {
            "UploadPart": "PutObject",
            "CompleteMultipartUpload": "PutObject",
            "ListParts": "ListMultipartUploadParts",
            "SelectObjectContent": "GetObject",
            "GetObjectTorrent": "GetObjectTorrent",
        },
    ),
    "ListBuckets": on("*", "s3:ListAllMyBuckets"),
    "ListObjects": _listing("s3:ListBucket"),
    "ListObjectsV2": _listing("s3:ListBucket"),
    "ListObjectVersions": _listing("s3:ListBucketVersions"),
    "CreateBucket": every(
        on(BUCKET, "s3:CreateBucket"),
        when(
            "ObjectLockEnabledForBucket",
            on(BUCKET, "s3:PutBucketObjectLockConfiguration", "s3:PutBucketVersioning"),
        ),
        when("ObjectOwnership", on(BUCKET, "s3:PutBucketOwnershipControls")),
        *(when(name, on(BUCKET, "s3:PutBucketAcl")) for name in _ACL),
    ),
    "GetObject": _versioned("GetObject"),
    "HeadObject": _versioned("GetObject"),
    "GetObjectAttributes": _versioned("GetObject", "GetObjectAttributes"),
    "GetObjectTagging": _versioned("GetObjectTagging"),
    "PutObjectTagging": _versioned("PutObjectTagging"),
    "DeleteObjectTagging": _versioned("DeleteObjectTagging"),
    "GetObjectAcl": _versioned("GetObjectAcl"),
    "PutObjectAcl": _versioned("PutObjectAcl"),
    "PutObjectRetention": every(on(OBJECT, "s3:PutObjectRetention"), _BYPASS),
    "DeleteObject": every(_versioned("DeleteObject"), _compared, _BYPASS),
    "DeleteObjects": every(_delete_objects, _bypass_all),
    "PutObject": every(_PUT, _TAGS, *_EXTRAS, _key("kms:GenerateDataKey")),
    "CreateMultipartUpload": every(_PUT, _TAGS, *_EXTRAS, _key("kms:GenerateDataKey", "kms:Decrypt")),
    "UploadPartCopy": every(_source("GetObject"), _PUT),
    "CopyObject": every(_source("GetObject"), _PUT, _copy_tags, *_EXTRAS, _key("kms:GenerateDataKey")),
}
