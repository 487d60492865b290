"""Loops: a trace header counts how often a request chain came to a function; SDKs hand it on, as on AWS.

https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
"""

import hashlib
import re
import secrets
import time

# AWS says "approximately 16 times".
MOST = 16
_LINEAGE = re.compile(r"Lineage=([^;]+)")
_STEP = re.compile(r"([0-9a-f]+):(\d+)")


def mark(arn: str) -> str:
    """Return what stands for a function in the header, whatever its version."""
    return hashlib.sha256(":".join(arn.split(":")[:7]).encode()).hexdigest()[:8]


def counts(trace: str) -> dict[str, int]:
    """Return how often each function was called in the chain that a header describes."""
    found = _LINEAGE.search(trace)
    return {name: int(count) for name, count in _STEP.findall(found.group(1))} if found else {}


def loops(trace: str, arn: str) -> bool:
    """Whether another call of the function would be one too many."""
    return counts(trace).get(mark(arn), 0) >= MOST


def continued(trace: str, arn: str) -> str:
    """Return the header of a call of the function that was caused by a request with this header (may be empty)."""
    chain = counts(trace)
    chain[mark(arn)] = chain.get(mark(arn), 0) + 1
    root = re.search(r"Root=[^;]+", trace)
    named = root.group(0) if root else f"Root=1-{int(time.time()):08x}-{secrets.token_hex(12)}"
    steps = "|".join(f"{name}:{count}" for name, count in chain.items())
    return f"{named};Parent={secrets.token_hex(8)};Sampled=0;Lineage={steps}"
