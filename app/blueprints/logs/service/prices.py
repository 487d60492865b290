"""What logs cost: on-demand prices of us-east-1 in US dollars a GB (10^9 bytes), as they stood on the day below.

https://aws.amazon.com/cloudwatch/pricing/ ; other regions differ.
"""

AS_OF = "2026-06-01"
SCAN = 0.005  # of each GB that Logs Insights reads
STORE = 0.03  # a month, of each GB stored
GB = 1_000_000_000


def scan(count: float) -> float:
    """Return what reading so many bytes by Logs Insights costs."""
    return count / GB * SCAN


def storage(count: float) -> float:
    """Return what so many stored bytes cost a month."""
    return count / GB * STORE


def money(amount: float) -> str:
    """Return an amount as people read it: enough digits for a small one to be seen, “$0” only for nothing."""
    if amount <= 0:
        return "$0"
    if amount < 0.00001:
        return "less than $0.00001"
    return f"${amount:,.2f}" if amount >= 0.1 else f"${amount:.5f}".rstrip("0")
