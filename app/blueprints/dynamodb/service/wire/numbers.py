"""DynamoDB's numbers: 38 significant digits, 1E-130 to 9.99E+125, and never a float.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
"""

import re
from decimal import Decimal

DIGITS = 38
LARGEST, SMALLEST = 125, -130  # exponents of the first digit
_SHORT = re.compile(r"-?(?:0|[1-9][0-9]{0,36})")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,6})?")
_JSON = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


class NumberRefused(ValueError):
    """A text that DynamoDB does not take for a number; the message says why."""


def checked(text: str) -> str:
    """Return a number's text as JSON can hold it, digits unchanged. Raises NumberRefused."""
    if _SHORT.fullmatch(text):
        return text
    if not _NUMBER.fullmatch(text):
        raise NumberRefused(f"{_cut(text)} is not a number: DynamoDB knows digits, a point and an exponent.")
    value = Decimal(text)
    _check_range(value, text)
    return text if _JSON.fullmatch(text) else _written(value)


def _check_range(value: Decimal, text: str) -> None:
    sign, digits, _ = value.as_tuple()
    if not any(digits):
        return
    count = len("".join(map(str, digits)).strip("0"))
    if count > DIGITS:
        raise NumberRefused(f"{_cut(text)} has {count} significant digits: DynamoDB keeps at most {DIGITS}.")
    if value.adjusted() > LARGEST:
        raise NumberRefused(f"{_cut(text)} is too large: DynamoDB's numbers end below {'-' * sign}1E+126.")
    if value.adjusted() < SMALLEST:
        raise NumberRefused(f"{_cut(text)} is too close to zero: DynamoDB's numbers begin at {'-' * sign}1E-130.")


def canonical(text: str) -> str:
    """Return the one spelling of a number by which two numbers are equal: 1, 1.0 and 10E-1 are "1"."""
    value = Decimal(text)
    sign, digits, exponent = value.as_tuple()
    plain = "".join(map(str, digits)).lstrip("0")
    kept = plain.rstrip("0")
    if not kept:
        return "0"
    zeroes = len(plain) - len(kept)
    power = int(exponent) + zeroes
    mark = "-" if sign else ""
    return f"{mark}{kept}{'0' * power}" if 0 <= power <= DIGITS - len(kept) else f"{mark}{kept}E{power}"


def significant(text: str) -> int:
    """Return how many significant digits a number has, its leading and trailing zeroes left out."""
    mantissa = text.lower().partition("e")[0].lstrip("+-").replace(".", "")
    return len(mantissa.strip("0"))


def as_json(text: str) -> str:
    """Return a number of DynamoDB's as JSON writes it."""
    return text if _JSON.fullmatch(text) else _written(Decimal(text))


def looks_like_number(text: str) -> bool:
    """Whether a text is plainly a number, such as 12, -3.50 or 1e9, and not a code such as 007 or +49."""
    return bool(_JSON.fullmatch(text)) and significant(text) <= DIGITS


def _written(value: Decimal) -> str:
    text = f"{value:f}" if -30 < value.adjusted() < 40 else str(value)
    return text.rstrip(".")


def _cut(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:50]}…"
