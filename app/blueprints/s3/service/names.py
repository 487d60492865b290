"""From the name that a browser sends to a key that S3 keeps: harmless, and every change is said."""

import unicodedata
from dataclasses import dataclass

MAX_KEY_BYTES = 1024  # https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html


@dataclass(frozen=True)
class Cleaned:
    """A relative path fit for a key, and what was changed ("" for nothing)."""

    path: str
    note: str = ""


def clean(filename: str) -> Cleaned:
    """Return a file's relative path without `..`, roots, drives, backslashes and control characters."""
    parts = filename.replace("\\", "/").split("/")
    if len(parts) > 1 and len(parts[0]) == 2 and parts[0][1] == ":":
        parts = parts[1:]  # C:\pictures\a.png
    kept = [_segment(part) for part in parts]
    path = "/".join(part for part in kept if part not in ("", ".", ".."))
    note = "" if path == filename else f"sent as “{_visible(filename)}”, stored under a safe name"
    return Cleaned(path, note)


def too_long(key: str) -> int:
    """Return by how many bytes of UTF-8 a key is too long for S3, 0 where it fits."""
    return max(0, len(key.encode("utf-8", "surrogatepass")) - MAX_KEY_BYTES)


def numbered(key: str, number: int) -> str:
    """Return the key with a number before its ending: `a.png`, 2 gives `a (2).png`."""
    folder, slash, name = key.rpartition("/")
    stem, dot, ending = name.rpartition(".")
    if not stem:  # no ending, or a name such as .profile
        return f"{folder}{slash}{name} ({number})"
    return f"{folder}{slash}{stem} ({number}){dot}{ending}"


def _segment(part: str) -> str:
    harmless = "".join("_" if unicodedata.category(c) in ("Cc", "Cs") else c for c in part)
    return harmless.strip()


def _visible(text: str) -> str:
    shown = "".join(c if c.isprintable() else "\ufffd" for c in text)
    return shown if len(shown) <= 120 else f"{shown[:117]}…"
