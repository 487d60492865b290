"""What CreateFunction and the like refuse: what AWS refuses, and what the embedded AWS would only pretend."""

import base64
import binascii
import json
import re
import sys
from collections.abc import Mapping
from typing import Any

from embedded.emulator import Emulator
from embedded.overlays.awslambda.engine import RUNS_ON
from embedded.overlays.awslambda.faults import Fault, invalid, not_here
from embedded.overlays.awslambda.memory import MIB
from embedded.overlays.awslambda.variables import RESERVED
from embedded.roles import trusts

# What AWS has today; all run on the interpreter at hand, and the log says so.
RUNTIMES = ("python3.9", "python3.10", "python3.11", "python3.12", "python3.13", "python3.14")
LARGEST_UPLOAD = 50 * MIB
LARGEST_ENVIRONMENT = 4096
_ROLE = re.compile(r"arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+")
_SOURCES = ("sqs", "dynamodb", "kinesis")


def check_settings(asked: Mapping[str, Any]) -> None:
    """Refuse settings, of a new function or changed ones."""
    if sys.platform == "win32":
        raise not_here("Lambda on Windows", "Functions could not be ended safely there: use Linux or macOS.")
    _check_runtime(asked)
    if asked.get("PackageType") == "Image" or (asked.get("Code") or {}).get("ImageUri"):
        raise not_here("A function from a container image", "Use a zip with a Python runtime.")
    if any((asked.get("VpcConfig") or {}).get(part) for part in ("SubnetIds", "SecurityGroupIds")):
        raise not_here("A function in a VPC", "Leave VpcConfig out.")
    if asked.get("FileSystemConfigs"):
        raise not_here("A function with a file system", "Use S3, or /tmp for the time of a call.")
    if (asked.get("TracingConfig") or {}).get("Mode") == "Active":
        raise not_here("Active tracing with X-Ray", "Leave TracingConfig out.")
    if (asked.get("SnapStart") or {}).get("ApplyOn") == "PublishedVersions":
        raise not_here("SnapStart", "Leave SnapStart out.")
    if (asked.get("DurableConfig") or {}).get("ExecutionTimeout") or asked.get("CapacityProviderConfig"):
        raise not_here("A durable function, or one on managed instances", "Leave that setting out.")
    _check_numbers(asked)
    _check_environment((asked.get("Environment") or {}).get("Variables") or {})


def _check_runtime(asked: Mapping[str, Any]) -> None:
    runtime = asked.get("Runtime")
    if not runtime or runtime in RUNTIMES:
        return
    if re.fullmatch(r"python\d(\.\d+)?", runtime):
        raise invalid(
            f"Value {runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: "
            f"[{', '.join(reversed(RUNTIMES))}] or be a valid ARN"
        )
    raise not_here(f"The runtime {runtime}", f"Use one of {', '.join(RUNTIMES)}; they run on Python {RUNS_ON}.")


def _check_numbers(asked: Mapping[str, Any]) -> None:
    limits = {"MemorySize": ("memorySize", 128, 10240), "Timeout": ("timeout", 1, 900)}
    found = {name: asked[name] for name in limits if asked.get(name) is not None}
    if (size := (asked.get("EphemeralStorage") or {}).get("Size")) is not None:
        limits["Size"] = ("ephemeralStorage.size", 512, 10240)
        found["Size"] = size
    for name, value in found.items():
        shown, low, high = limits[name]
        if not isinstance(value, int) or not low <= value <= high:
            bound = f"greater than or equal to {low}" if value < low else f"less than or equal to {high}"
            raise Fault(
                "ValidationException",
                f"1 validation error detected: Value '{value}' at '{shown}' failed to satisfy constraint: "
                f"Member must have value {bound}",
            )


def _check_environment(variables: Mapping[str, str]) -> None:
    reserved = sorted(RESERVED & set(variables))
    if reserved:
        raise invalid(
            "Lambda was unable to configure your environment variables because the environment variables you have "
            "provided contains reserved keys that are currently not supported for modification. Reserved keys used "
            f"in this request: {', '.join(reserved)}"
        )
    if len(json.dumps(dict(variables), separators=(",", ":")).encode()) > LARGEST_ENVIRONMENT:
        raise invalid(
            "Lambda was unable to configure your environment variables because the environment variables you have "
            "provided exceeded the 4KB limit."
        )


def check_code(operation: str, code: Mapping[str, Any]) -> None:
    """Refuse a zip that is too large to be sent, or none."""
    if not any(code.get(name) for name in ("ZipFile", "S3Bucket", "ImageUri")):
        raise invalid("Please provide a source for function code.")
    try:
        size = len(base64.b64decode(code.get("ZipFile") or "", validate=True))
    except (binascii.Error, ValueError) as error:
        raise invalid("Could not unzip uploaded file. Please check your file, then try to upload again.") from error
    if size > LARGEST_UPLOAD:
        message = f"Request must be smaller than 70167211 bytes for the {operation} operation"
        raise Fault("RequestEntityTooLargeException", message, 413)


async def check_role(arn: Any, emulator: Emulator) -> None:
    """Refuse a role that there is none of, or that Lambda may not assume."""
    if not isinstance(arn, str) or not _ROLE.fullmatch(arn):
        raise Fault(
            "ValidationException",
            f"1 validation error detected: Value '{arn}' at 'role' failed to satisfy constraint: Member must satisfy "
            "regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+",
        )
    if not await trusts(emulator, arn, "lambda.amazonaws.com"):
        raise invalid("The role defined for the function cannot be assumed by Lambda.")


def check_source(arn: Any) -> None:
    """Refuse event sources that are not here."""
    service = str(arn or "").split(":")[2] if str(arn or "").startswith("arn:") else ""
    if arn and service not in _SOURCES:
        raise not_here(f"An event source mapping for {arn}", "SQS, DynamoDB streams and Kinesis are there.")
