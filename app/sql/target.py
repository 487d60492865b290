"""Where a database is and who asks: everything that makes two connections interchangeable."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

Engine = Literal["mysql", "mariadb", "postgres"]
Dialect = Literal["mysql", "postgres"]
Tls = Literal["off", "on", "verified"]
PORTS = {"mysql": 3306, "mariadb": 3306, "postgres": 5432}


def _no_password(_fresh: bool) -> str:
    return ""


@dataclass(frozen=True)
class Target:
    """One login on one database server.

    `password` is called at each new connection, with True when the one it gave before was not accepted: a provider
    that caches a secret or a token then fetches it anew. `credential` names where the password comes from (a secret's
    ARN, a random word for a typed one): connections are shared only by equal targets, so two people who typed
    different passwords never share one. `tls` "verified" checks the server's name against `ca_file`.
    `powerful` permits logins that can read files or run programs on the server. `writable` must be given for a session
    that writes: whoever makes the target knows whether the account behind it may be changed.
    """

    engine: Engine
    host: str
    port: int
    user: str
    password: Callable[[bool], str] = field(default=_no_password, compare=False, repr=False)
    database: str = ""
    tls: Tls = "off"
    ca_file: str = ""
    credential: str = ""
    powerful: bool = False
    writable: bool = field(default=False, compare=False)

    @property
    def dialect(self) -> Dialect:
        """The family of SQL that the server speaks."""
        return "postgres" if self.engine == "postgres" else "mysql"
