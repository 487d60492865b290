"""The login that a secret of Secrets Manager holds, in the form that RDS's own secrets have."""

import json
from dataclasses import dataclass
from typing import Any

from app.sql.errors import ConnectError


class UnusableSecret(ConnectError):
    """The secret holds no login."""

    title = "The secret holds no login"
    remedy = 'RDS\'s form is JSON: {"username": "…", "password": "…"}. Choose another secret, or correct this one.'


@dataclass(frozen=True)
class Secret:
    """What a secret says; empty texts for what it does not."""

    username: str
    password: str
    database: str
    instance: str


def read_secret(secrets: Any, secret: str) -> Secret:
    """Return what a secret says. Raises UnusableSecret for one that is no login."""
    text = secrets.get_secret_value(SecretId=secret).get("SecretString")
    try:
        value = json.loads(text or "")
    except ValueError as error:
        raise UnusableSecret("Its text is not JSON.") from error
    if not isinstance(value, dict) or not isinstance(value.get("password"), str):
        raise UnusableSecret("It has no text named password.")
    words = {name: str(value.get(name) or "") for name in ("username", "password", "dbname", "dbInstanceIdentifier")}
    return Secret(words["username"], words["password"], words["dbname"], words["dbInstanceIdentifier"])
