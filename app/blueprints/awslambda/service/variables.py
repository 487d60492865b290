"""Environment variables: which are secrets, and what a form makes of them."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.masking import WHOLE, mask_cell, names_secret

LONGEST = 4096  # bytes of all names and values together
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]+")
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
RESERVED = {
    "_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT",
    "LAMBDA_RUNTIME_DIR",
}  # fmt: skip


@dataclass(frozen=True)
class Variable:
    """One variable as a page shows it: a secret's value is masked unless it was asked for."""

    name: str
    value: str
    secret: bool


def is_secret(name: str, value: str) -> bool:
    """Whether a name, or what a value looks like, says that it is a secret."""
    return names_secret(name) or mask_cell(name, value, Counter()) != value


def shown(values: Mapping[str, str], reveal: bool = False) -> tuple[Variable, ...]:
    """Return variables by name, secrets masked."""
    return tuple(
        Variable(name, WHOLE if secret and not reveal else value, secret)
        for name, value in sorted(values.items())
        for secret in [is_secret(name, value)]
    )


def typed(names: Sequence[str], values: Sequence[str], kept: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """Return the variables that a form asks for, and what is wrong with them.

    A secret whose field still shows the mask keeps its value.
    """
    found: dict[str, str] = {}
    for name, value in zip((one.strip() for one in names), values, strict=False):
        if not name:
            if value:
                return found, "Give each variable a name."
            continue
        fault = _fault(name, found)
        if fault:
            return found, fault
        found[name] = kept.get(name, "") if value == WHOLE else value
    size = sum(len(name.encode()) + len(value.encode()) for name, value in found.items())
    if size > LONGEST:
        return found, f"All variables together have {size:,} bytes; Lambda takes {LONGEST:,}."
    return found, ""


def _fault(name: str, found: Mapping[str, str]) -> str:
    if not _NAME.fullmatch(name):
        return f"“{name[:60]}” is no name: begin with a letter, then letters, digits and underscores, two at least."
    if name in RESERVED:
        return f"{name} is set by Lambda itself: choose another name."
    return f"{name} is there twice." if name in found else ""
