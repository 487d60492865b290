"""Names of buckets and objects: what AWS allows, and how to show what the eye would miss."""

import ipaddress
import re
import unicodedata

MOST_KEY_BYTES = 1024
_ALLOWED = re.compile(r"[a-z0-9.-]*")
_RESERVED_STARTS = ("xn--", "sthree-", "amzn-s3-demo-")
_RESERVED_ENDS = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3", "-an")
_JOINER = "\u200d"
_WORDS = {"\n": "LF", "\r": "CR", "\t": "TAB", " ": "space", "\xa0": "no-break space", "\x7f": "DEL"}


def bucket_name_problem(name: str) -> str | None:
    """Return what is wrong with a bucket name, in words, or None.

    Follows https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    """
    checks = (_length_problem, _character_problem, _shape_problem, _reserved_problem)
    return next((problem for check in checks if (problem := check(name))), None)


def _length_problem(name: str) -> str | None:
    if not name:
        return "Give the bucket a name."
    if not 3 <= len(name) <= 63:
        return f"A bucket name has 3 to 63 characters; this one has {len(name)}."
    return None


def _character_problem(name: str) -> str | None:
    if name != name.lower():
        return "A bucket name has no capital letters."
    if not _ALLOWED.fullmatch(name):
        odd = next(character for character in name if not _ALLOWED.fullmatch(character))
        shown = "a space" if odd == " " else f"“{visible(odd)}”"
        return f"A bucket name has only a to z, 0 to 9, hyphens and dots; this one has {shown}."
    return None


def _shape_problem(name: str) -> str | None:
    if not (name[0].isalnum() and name[-1].isalnum()):
        return "A bucket name begins and ends with a letter or digit."
    if ".." in name:
        return "A bucket name has no two dots in a row."
    return "A bucket name must not look like an IP address." if _is_ip(name) else None


def _reserved_problem(name: str) -> str | None:
    start = next((part for part in _RESERVED_STARTS if name.startswith(part)), None)
    if start:
        return f"AWS keeps names that begin with “{start}” for itself."
    end = next((part for part in _RESERVED_ENDS if name.endswith(part)), None)
    return f"AWS keeps names that end with “{end}” for itself." if end else None


def _is_ip(name: str) -> bool:
    try:
        ipaddress.IPv4Address(name)
    except ValueError:
        return bool(re.fullmatch(r"\d+\.\d+\.\d+\.\d+", name))
    return True


def key_problem(key: str) -> str | None:
    """Return why S3 cannot take an object's key, in words, or None."""
    if not key:
        return "Give the object a name."
    length = len(key.encode("utf-8", "surrogatepass"))
    if length > MOST_KEY_BYTES:
        return f"A key has at most {MOST_KEY_BYTES:,} bytes of UTF-8; this one has {length:,}."
    return None


def visible(text: str) -> str:
    """Return a name with what the eye would miss made visible: line breaks, edge spaces, direction marks.

    Ordinary spaces inside stay; a joiner stays where it joins emoji.
    """
    if text.isprintable() and text == text.strip() and not any(pair in text for pair in ("  ", " /", "/ ")):
        return text
    return "".join(_shown(text, index) for index in range(len(text)))


def _shown(text: str, index: int) -> str:
    character = text[index]
    category = unicodedata.category(character)
    if character == " " and 0 < index < len(text) - 1 and text[index - 1] not in " /" and text[index + 1] != "/":
        return character
    if character == _JOINER and index and unicodedata.category(text[index - 1]) in ("So", "Mn", "Sk"):
        return character
    if category in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"):
        return f"‹{_WORDS.get(character, f'U+{ord(character):04X}')}›"
    return character


def relative(key: str, prefix: str) -> str:
    """Return a key's name below a prefix."""
    return key[len(prefix) :] if key.startswith(prefix) else key


def last_part(key: str) -> str:
    """Return a key's name without its folders: “a/b.png” gives “b.png”, “a/b/” gives “b/”."""
    return key[key.removesuffix("/").rfind("/") + 1 :] or key


def folder_of(key: str) -> str:
    """Return the prefix in which a key lies: “a/b.png” gives “a/”, “b.png” the empty string."""
    return key[: len(key) - len(last_part(key))]
