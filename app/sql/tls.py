"""One TLS context per certificate file, shared by every connection: building one loads the bundle, about 20 ms."""

import functools
import ssl

from app.sql.target import Target


@functools.lru_cache(maxsize=16)
def _context(verified: bool, ca_file: str) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=ca_file or None)
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT  # the certificates that servers make for themselves are not strict
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
