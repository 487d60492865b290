"""Values as AWS writes them in a record, and what a @ptr stands for."""

import base64
import math


def pointer(account: str, region: str, number: int) -> str:
    """Return the @ptr of an event."""
    return base64.b64encode(f"{account}/{region}/{number}".encode()).decode()


def pointed(text: str) -> tuple[str, str, int] | None:
    """Return the account, region and number that a @ptr stands for, None when it is none."""
    try:
        account, region, number = base64.b64decode(text, validate=True).decode().split("/")
        return account, region, int(number)
    except ValueError:
        return None


def number(value: float) -> str | None:
    """Return a number with at most four decimals."""
    if not math.isfinite(value):
        return None
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    rounded = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if rounded == "-0" else rounded
