"""Which database this request speaks to, and as whom: chosen by the person, or found, and known for a minute."""

import secrets as random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from botocore.exceptions import ClientError
from flask import current_app, g, session

from app import aws, context
from app.blueprints.rds.service import instances, logins, sealed
from app.blueprints.rds.service.instances import Instance
from app.blueprints.rds.service.logins import Candidate, Login, NoLogin
from app.blueprints.rds.views.common import rds
from app.sql.engines import ENGINES
from app.sql.errors import ConnectError, NotReady, NotWritable, Refused, Unreachable
from app.sql.target import Target
from app.store import Store, person, store

SECONDS = 60.0
MOST = 200
NO_COOKIE = "anyone"
WAIT = "Wait until it is available, and run it again."


@dataclass(frozen=True)
class Connected:
    """An instance, how one signs in to it, and the target of both; `database` as asked, or the login's."""

    instance: Instance
    login: Login
    target: Target

    def at(self, database: str) -> "Connected":
        """Return the same for another database of the server; an empty name keeps it."""
        return replace(self, target=replace(self.target, database=database)) if database else self


class Known:
    """The connections of this process, each for a minute, so that a query asks AWS nothing."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: dict[tuple[str, ...], tuple[float, Connected]] = {}

    def get(self, key: tuple[str, ...], find: Callable[[], Connected]) -> Connected:
        """Return what is known, or find it."""
        with self._lock:
            until, connected = self._found.get(key, (0.0, None))
        if connected is not None and time.monotonic() < until:
            return connected
        connected = find()
        with self._lock:
            if len(self._found) >= MOST:
                self._found.clear()
            self._found[key] = (time.monotonic() + SECONDS, connected)
        return connected

    def forget(self, key: tuple[str, ...]) -> None:
        """Find it anew the next time."""
        with self._lock:
            self._found.pop(key, None)


KNOWN = Known()


def _key(identifier: str) -> tuple[str, ...]:
    own = str(id(context.application()))  # two applications are two people
    return own, *_whose(), aws.region(), identifier, session.get("rds", NO_COOKIE)


def _whose() -> tuple[str, str]:
    """Return the account, and in an assumed one the person: their rights found the login, nobody else's."""
    account = aws.account()
    return account, person() if account else ""


def _target(instance: Instance, login: Login, typed: Callable[[bool], str] | None = None) -> Target:
    """Return where a login leads; its connections are lent to nobody who asks AWS as somebody else."""
    made = logins.target(instance, login, aws.client("secretsmanager"), rds(), typed)
    return replace(made, credential="|".join([*_whose(), made.credential])) if aws.account() else made


def connected(identifier: str, database: str = "", *, write: bool = False) -> Connected:
    """Return the connection of this request; only one that was asked for with `write` can change anything.

    SQL passes by the check of AWS's calls, so this is where a read-only account is kept: NotWritable.
    Raises a ConnectError, NoLogin where the person must say how.
    """
    if write and (why := aws.identity().reason):
        raise NotWritable(why)
    found = KNOWN.get(_key(identifier), lambda: _find(identifier)).at(database)
    return replace(found, target=replace(found.target, writable=True)) if write else found


def forget(identifier: str) -> None:
    """Ask AWS and the state table again: something did not work, or was changed."""
    KNOWN.forget(_key(identifier))


def reason(identifier: str, error: ConnectError) -> ConnectError:
    """Return why there is no connection, asking AWS anew: that an instance is stopped says more than a closed port."""
    forget(identifier)
    try:
        found = connected(identifier).instance
    except ConnectError as fresh:
        return fresh
    if isinstance(error, Refused | NotReady | Unreachable) and found.status != "available":
        happened = f"{found.identifier} is {found.status.replace('-', ' ')}. {error.happened}"
        return type(error)(happened, code=error.code, remedy=WAIT if found.moving else error.remedy)
    return error


def _find(identifier: str) -> Connected:
    instance = instances.get_instance(rds(), identifier)
    return of(instance)


def of(instance: Instance) -> Connected:
    """Return the connection to an instance that was just described."""
    entry = _logins().get(_id(instance.identifier)) if "rds" in session else None
    if entry is None:
        login = logins.found(instance, candidates)
        return Connected(instance, login, _target(instance, login))
    password = entry.pop("sealed", "")
    login = Login(**entry)
    typed = _opened(password) if password else None
    return Connected(instance, login, _target(instance, login, typed))


def candidates(instance: Instance) -> list[Candidate]:
    """Return the secrets that may hold an instance's login, listed once for each request."""
    if "rds_secrets" not in g:
        g.rds_secrets = logins.candidates(aws.client("secretsmanager"), instance)
    found: list[Candidate] = g.rds_secrets
    return found


def offered(instance: Instance) -> list[Candidate]:
    """Return the same for a form, which goes without them where they may not be listed."""
    try:
        return candidates(instance)
    except NoLogin:
        return []


def by(instance: Instance, login: Login, password: str = "") -> Connected:
    """Return the connection that a login would give, before it is kept."""
    typed = (lambda _fresh: password) if password else None
    return Connected(instance, login, _target(instance, login, typed))


def _opened(text: str) -> Callable[[bool], str]:
    try:
        password = sealed.unseal(_secret_key(), text)
    except sealed.Unreadable as error:
        raise NoLogin("The typed password is no longer kept.") from error
    return lambda _fresh: password


def keep(identifier: str, login: Login, password: str = "") -> None:
    """Remember how this session signs in to an instance; a typed password is kept encrypted, for some hours."""
    session.setdefault("rds", random.token_urlsafe(18))
    value = {name: getattr(login, name) for name in ("kind", "secret", "user", "database", "credential")}
    if password:
        value |= {"sealed": sealed.seal(_secret_key(), password), "credential": random.token_urlsafe(18)}
    _logins().put(value, _id(identifier), sealed.SECONDS)
    forget(identifier)


def drop(identifier: str) -> None:
    """Forget how this session signed in."""
    if "rds" in session:
        with suppress(ConnectError, ClientError):  # an instance that is gone has no connections either
            ENGINES.dispose(connected(identifier).target)
        _logins().delete(_id(identifier))
    forget(identifier)


def _logins() -> Store:
    return store("rds-logins")


def _id(identifier: str) -> str:
    return f"{session['rds']}:{aws.region()}:{identifier}"


def _secret_key() -> str:
    key = current_app.secret_key
    return key.decode() if isinstance(key, bytes) else str(key)
