"""Addresses in S3: s3://bucket/key."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_ADDRESS = re.compile(r"s3[an]?://([^/]+)(?:/(.*))?", re.DOTALL)


@dataclass(frozen=True)
class Place:
    """A place in S3; a key that is empty or ends with a slash is a folder."""

    bucket: str
    key: str

    @property
    def address(self) -> str:
        """It as s3://bucket/key."""
        return f"s3://{self.bucket}/{self.key}"

    @property
    def folder(self) -> bool:
        """Whether it names a folder."""
        return not self.key or self.key.endswith("/")

    def holds(self, other: "Place") -> bool:
        """Whether another place is this one, or lies in this folder."""
        if self.bucket != other.bucket:
            return False
        mine, theirs = self.key.strip("/"), other.key.strip("/")
        return mine == theirs or (self.folder and (not mine or theirs.startswith(f"{mine}/")))


def read(address: str) -> Place | None:
    """Return the place that an address means, None where it is none."""
    found = _ADDRESS.fullmatch(address.strip())
    return Place(found[1], found[2] or "") if found else None


def same(source: str, target: str) -> bool:
    """Whether a second run would read what the first one wrote."""
    one, other = read(source), read(target)
    if one is None or other is None:
        return False
    return one.holds(other) or (other.folder and other.holds(one))


def target(arguments: Iterable[tuple[str, str]]) -> Place | None:
    """Return where a run writes, by the names of its arguments: OUTPUT, target, destination, sink, result."""
    for name, value in arguments:
        if re.search(r"out|target|dest|sink|result", name, re.IGNORECASE):
            place = read(value)
            if place is not None:
                return place
    return None


def source(arguments: Iterable[tuple[str, str]]) -> Place | None:
    """Return what a run reads, by the names of its arguments: INPUT, source."""
    for name, value in arguments:
        if re.search(r"^-*(in|input|source|src|from)", name, re.IGNORECASE):
            place = read(value)
            if place is not None:
                return place
    return None
