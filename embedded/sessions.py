"""Sessions of the code that runs here (Lambda functions, Glue jobs): one an account, new at each start."""

import secrets
import threading

# access key -> secret, account, token
_sessions: dict[str, tuple[str, str, str]] = {}
_lock = threading.Lock()


def variables(account: str) -> dict[str, str]:
    """Return the environment variables of an account's session, made at first use."""
    with _lock:
        for access_key, (secret, owner, token) in _sessions.items():
            if owner == account:
                return _variables(access_key, secret, token)
        access_key = "ASIA" + secrets.token_hex(8).upper()
        secret, token = secrets.token_urlsafe(30), secrets.token_urlsafe(60)
        _sessions[access_key] = (secret, account, token)
        return _variables(access_key, secret, token)


def find(access_key: str, token: str) -> tuple[str, str] | None:
    """Return the secret and account of a session, or None when it is not one of this run."""
    secret, account, wanted = _sessions.get(access_key, ("", "", ""))
    return (secret, account) if wanted and secrets.compare_digest(wanted, token) else None


def _variables(access_key: str, secret: str, token: str) -> dict[str, str]:
    return {"AWS_ACCESS_KEY_ID": access_key, "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": token}
