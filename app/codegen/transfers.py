"""Uploads and copies in parts as `aws s3 cp`, where that says the same."""

from typing import Any

from app.codegen.names import file_name
from app.codegen.python import copy_source
from app.codegen.shell import as_text, line, quote, readable_json
from app.codegen.steps import Step
from app.recorder import REDACTED, Blob, Call

_OPTIONS = {
    "ContentType": "content-type",
    "CacheControl": "cache-control",
    "ContentDisposition": "content-disposition",
    "ContentEncoding": "content-encoding",
    "ContentLanguage": "content-language",
    "StorageClass": "storage-class",
    "ACL": "acl",
    "ServerSideEncryption": "sse",
    "SSEKMSKeyId": "sse-kms-key-id",
    "Metadata": "metadata",
    "Expires": "expires",
    "RequestPayer": "request-payer",
    "ChecksumAlgorithm": "checksum-algorithm",
}
_IGNORED = {"Bucket", "Key", "ChecksumType"}


def upload(step: Step) -> str | None:
    """Return `aws s3 cp` from a file; None where it cannot say all that the upload said."""
    options = _options(step.call)
    if options is None:
        return None
    if "ContentType" not in step.call.parameters:
        options.append("--no-guess-mime-type")
    return _cp(step, quote(file_name(step.call.parameters["Key"])), options)


def copy(step: Step) -> str | None:
    """Return `aws s3 cp` between buckets; None for one version, or for what it has no option for."""
    options = _options(step.call)
    source = copy_source(_part(step).parameters["CopySource"])
    if options is None or "VersionId" in source:
        return None
    return _cp(step, quote(f"s3://{source['Bucket']}/{source['Key']}"), options)


def _cp(step: Step, source: str, options: list[str]) -> str:
    target = quote(f"s3://{step.call.parameters['Bucket']}/{step.call.parameters['Key']}")
    return line([f"aws s3 cp {source} {target}", f"--region {quote(step.call.region)}", *options])


def _options(call: Call) -> list[str] | None:
    """Return the options; None where a parameter has none, or where `cp` would read the key as a folder."""
    if call.parameters["Key"].endswith("/"):
        return None
    words = []
    for name, value in call.parameters.items():
        if name in _IGNORED or (name, value) == ("ChecksumAlgorithm", "CRC32"):
            continue
        if name not in _OPTIONS or value == REDACTED:
            return None
        words.append(f"--{_OPTIONS[name]} {_word(value)}")
    return words


def _word(value: Any) -> str:
    return quote(readable_json(value) if isinstance(value, dict) else as_text(value))


def single(step: Step) -> Call:
    """Return the one call that does what the step did, for objects of at most 5 GB."""
    call = step.call
    given = {name: value for name, value in call.parameters.items() if name not in {"ChecksumType"}}
    if any(c.operation == "UploadPartCopy" for c in step.calls):
        given["CopySource"] = _part(step).parameters["CopySource"]
        return Call("s3", "CopyObject", given, call.region)
    return Call("s3", "PutObject", {**given, "Body": Blob(step.size)}, call.region)


def _part(step: Step) -> Call:
    return next(call for call in step.calls if call.operation == "UploadPartCopy")
