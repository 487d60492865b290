"""Whole numbers in texts that somebody typed, an address carries or a row holds, read strictly."""

MOST = 10**18 - 1  # of 18 digits: int and every database hold it, and nobody types more
CANONICAL = 15  # digits that a double, and so JavaScript and JSON, hold exactly


def whole(text: str | None, least: int = 0, most: int = MOST) -> int | None:
    """Return the number that a text is, spaces around it apart; None for any other text, or one out of bounds.

    Only the digits 0 to 9 count: no sign, no exponent, no underscore, no other script's digits, at most 18 of them.
    """
    digits = (text or "").strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) <= len(str(MOST))):
        return None
    number = int(digits)
    return number if least <= number <= most else None


def told(least: int, most: int, unit: str = "", optional: bool = False) -> str:
    """Return the sentence beside a field whose text is no number within bounds; `unit` may be "seconds"."""
    return f"A whole number from {least:,} to {most:,}{unit and ' '}{unit}{', or nothing' if optional else ''}."


def is_canonical(text: str, digits: int = CANONICAL) -> bool:
    """Whether a text is an integer as a program writes it: a leading zero, as in a postal code, would be lost."""
    body = text.removeprefix("-")
    if not (body.isascii() and body.isdigit() and len(body) <= digits):
        return False
    return body == "0" or body[0] != "0"
