"""Credentials in log messages, masked before anything else sees them: what is not there cannot be copied or exported.

What has a known form is found anywhere (access key ids, tokens, private keys); everything else by the name before it.
"""

import re
from collections import Counter

MASK = "••••••"
WHOLE = "••••••••"  # in place of a whole value, an argument's or a variable's
_SECRET = re.compile(r"passw|secret|token|credential|(^|[^a-z])(api|access|private)?[-_]?key$|pwd", re.IGNORECASE)
_NAME = (
    r"aws_secret_access_key|aws_session_token|secret_?access_?key|session_?token|security_?token|client_?secret|"
    r"api_?key|access_?token|refresh_?token|auth_?token|id_?token|private_?key|password|passwd|passphrase|pwd|secret|token"
)
_NAMED = re.compile(
    r"""(?P<name>""" + _NAME.replace("_?", "[_-]?").replace("aws_", "aws[_-]") + r""")"""
    r"""(?P<between>[\\"']{0,4}\s{0,3}(?:=>|[=:])\s{0,3}(?:b?(?P<quote>\\{0,3}["']))?)"""
    r"""(?P<value>(?(quote)(?:(?!(?P=quote))(?:\\.|[^\r\n])){1,8192}|[^\s"',;&})\]<|\\]{1,8192}))""",
    re.IGNORECASE | re.MULTILINE,
)
_LONG = "{8,8192}"
_KNOWN: tuple[tuple[str, str], ...] = (
    (
        "private key",
        r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[^-]{0,20000}(?:-----END [A-Z ]{0,20}PRIVATE KEY-----|\Z)?",
    ),
    ("access key id", r"(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])"),
    ("bearer token", rf"(?<=[Bb]earer )[\w.~+/=-]{_LONG}|(?<=[Bb]asic )[A-Za-z0-9+/=]{_LONG}"),
    # Tried only where a run of such characters begins, and never twice: a text of nothing but beginnings is no burden.
    ("signed token", rf"(?<![\w-])(?:[\w-]{{0,99}}-)?eyJ[\w-]{_LONG}+\.[\w-]{_LONG}+\.[\w-]{{0,8192}}"),
    ("session token", r"\b(?:IQoJb3JpZ2lu|FwoGZXIvYXdz|AQoD)[A-Za-z0-9+/=]{40,8192}"),
    ("access token", r"\b(?:gh[pousr]_[A-Za-z0-9]{20,255}|xox[abprs]-[A-Za-z0-9-]{10,255}|glpat-[\w-]{20,64})"),
    ("password in an address", r"(?<=://)([^\s/:@]{1,128}):([^\s/@]{1,256})(?=@)"),
    ("signature", r"(?<=X-Amz-Signature=)[0-9a-f]{64}|(?<=X-Amz-Security-Token=)[A-Za-z0-9%+/=]{20,8192}"),
)
_PATTERNS = [(kind, re.compile(pattern), rf"\1:{MASK}" if "address" in kind else MASK) for kind, pattern in _KNOWN]
# Words without which nothing can match; looking for each is far quicker than one expression of them all.
_HINTS = (
    *("secret", "token", "passw", "passphrase", "pwd", "apikey", "api_key", "api-key", "privatekey", "private_key"),
    *("private-key", "private key", "akia", "asia", "earer ", "asic ", "eyj", "xox", "ghp_", "gho_", "ghu_", "ghs_"),
    *("ghr_", "glpat", "://", "iqoj", "fwog", "aqod", "x-amz"),
)
_COLUMN = re.compile(r"(?:^|[._-])(?:" + _NAME.replace("_?", "[_-]?") + r")$", re.IGNORECASE)
_PLAIN = re.compile(r"null|none|true|false|undefined|\d{1,4}|\*+|•+|\[?redacted\]?", re.IGNORECASE)
_KINDS = (("access_?key", "secret access key"), ("(session|security)", "session token"), ("(pass|pwd)", "password"),
          ("api", "API key"), ("token", "token"), ("private", "private key"))  # fmt: skip


def names_secret(name: str) -> bool:
    """Whether the name of an argument or a variable says that its value is a secret."""
    return bool(_SECRET.search(name))


def mask(text: str, found: Counter[str]) -> str:
    """Return a text with its credentials masked, counting in `found` how many of each kind there were."""
    lower = text.lower()
    if not any(hint in lower for hint in _HINTS):
        return text

    def named(match: re.Match[str]) -> str:
        value = match["value"]
        if _PLAIN.fullmatch(value) or MASK in value:
            return match[0]
        found[_kind(match["name"])] += 1
        return f"{match['name']}{match['between']}{MASK}"

    for kind, pattern, stands in _PATTERNS:
        text, count = pattern.subn(stands, text)
        if count:
            found[kind] += count
    return _NAMED.sub(named, text)


def mask_cell(column: str, text: str, found: Counter[str]) -> str:
    """Return a result's cell masked: wholly where its column has a credential's name, else as any text."""
    if _COLUMN.search(column) and not _PLAIN.fullmatch(text) and text:
        found[_kind(column)] += 1
        return MASK
    return mask(text, found)


def _kind(name: str) -> str:
    return next(
        (kind for pattern, kind in _KINDS if re.search(pattern.replace("_?", "[_-]?"), name, re.IGNORECASE)), "secret"
    )


def told(found: Counter[str]) -> list[str]:
    """Return what was masked in words, most first: “3 passwords”."""
    return [f"{number} {kind}{'s' if number != 1 else ''}" for kind, number in found.most_common()]
