"""One TLS context per certificate file, shared by every connection: building one loads the bundle, about 20 ms."""

import functools
import ssl
from pathlib import Path
from typing import Any

from app.sql.target import Target

RDS = Path(__file__).with_name("rds-global-bundle.pem")  # AWS's roots of every region
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def of_host(host: str) -> dict[str, Any]:
    """Return a Target's fields: a server on this computer without TLS, AWS's by its own name and RDS's certificates."""
    if host in LOOPBACK:
        return {"tls": "off"}
    return {"tls": "verified", "ca_file": str(RDS) if RDS.exists() else ""}  # "": the system's roots


def is_own(ca_file: str) -> bool:
    """Whether a certificate file is somebody's own: neither the system's roots nor RDS's.

    Python 3.13 asks by default for extensions that certificates lack which MySQL and MariaDB sign for themselves: such
    a file is taken without them. Everything else is checked as strictly as this Python does.
    """
    return ca_file not in ("", str(RDS))


@functools.lru_cache(maxsize=16)
def _context(verified: bool, ca_file: str) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=ca_file or None)
    if is_own(ca_file):
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if not verified:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def context(target: Target) -> ssl.SSLContext | None:
    """Return the target's TLS context, or None where TLS is off.

    Raises OSError or ssl.SSLError where its certificate file cannot be read.
    """
    if target.tls == "off":
        return None
    return _context(target.tls == "verified", target.ca_file)
