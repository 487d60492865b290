"""What invocations cost: a request and its GB-seconds.

https://aws.amazon.com/lambda/pricing/: us-east-1, x86, as of AS_OF, without the free tier; other regions differ.
"""

AS_OF = "May 2026"
REGION = "us-east-1"
REQUEST = 0.20 / 1_000_000
GB_SECOND = {"x86_64": 0.0000166667, "arm64": 0.0000133334}
MILLION = 1_000_000


def cost(billed_ms: float, memory_mb: int, architecture: str = "x86_64") -> float:
    """Return US dollars for one invocation."""
    return REQUEST + billed_ms / 1000 * memory_mb / 1024 * GB_SECOND.get(architecture, GB_SECOND["x86_64"])


def money(amount: float) -> str:
    """Return US dollars with two digits that tell something: $1.32, $0.0000021."""
    if amount == 0:
        return "$0"
    if amount >= 1:
        return f"${amount:,.2f}"
    digits = 2
    while round(amount, digits) < amount * 0.95 or round(amount, digits) * 10**digits < 10:
        digits += 1
        if digits > 12:
            break
    return f"${amount:.{digits}f}"
