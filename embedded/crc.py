"""The checksum of a whole of its parts' checksums: CRCs are linear, so that nothing is read again.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html (full object checksums)
"""

import base64
from collections.abc import Iterable

# Name -> bits, and the polynomial with its bits reversed.
_KINDS = {"CRC32": (32, 0xEDB88320), "CRC32C": (32, 0x82F63B78), "CRC64NVME": (64, 0x9A6C9329AC4BC9B5)}
NAMES = frozenset(_KINDS)


def of_whole(name: str, parts: Iterable[tuple[str, int]]) -> str:
    """Return the checksum (base64) of what has these parts: each part's own (base64), and its bytes."""
    bits, polynomial = _KINDS[name]
    whole = 0
    for value, size in parts:
        part = int.from_bytes(base64.b64decode(value), "big")
        whole = _product(whole, _power(8 * size, bits, polynomial), bits, polynomial) ^ part
    return base64.b64encode(whole.to_bytes(bits // 8, "big")).decode()


def _power(exponent: int, bits: int, polynomial: int) -> int:
    """Return x to a power, modulo the polynomial; the highest bit is the lowest power."""
    found, factor = 1 << (bits - 1), 1 << (bits - 2)
    while exponent:
        if exponent & 1:
            found = _product(found, factor, bits, polynomial)
        factor = _product(factor, factor, bits, polynomial)
        exponent >>= 1
    return found


def _product(one: int, other: int, bits: int, polynomial: int) -> int:
    found = 0
    for bit in range(bits - 1, -1, -1):
        if one >> bit & 1:
            found ^= other
        other = other >> 1 ^ polynomial if other & 1 else other >> 1
    return found
