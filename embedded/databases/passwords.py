"""Passwords as the servers keep them, so that no password is ever written into a file or a statement."""

import base64
import hashlib
import hmac
import os

ITERATIONS = 4096


def native(password: str) -> str:
    """Return MariaDB's mysql_native_password hash."""
    inner = hashlib.sha1(password.encode(), usedforsecurity=False).digest()
    return "*" + hashlib.sha1(inner, usedforsecurity=False).hexdigest().upper()


def scram(password: str) -> str:
    """Return PostgreSQL's SCRAM-SHA-256 verifier (RFC 5803); the password must be ASCII."""
    salt = os.urandom(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode("ascii"), salt, ITERATIONS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    salt_text, stored_text, server_text = (base64.b64encode(part).decode() for part in (salt, stored, server))
    return f"SCRAM-SHA-256${ITERATIONS}:{salt_text}${stored_text}:{server_text}"
