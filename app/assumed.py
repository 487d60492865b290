"""Several accounts: named roles that are assumed for each person, so that CloudTrail shows who it was.

Each pair of account and person has clients, credentials and answers of its own: an Aws that nobody else is given.
"""

import json
import re
import threading
import time
import unicodedata
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from botocore.credentials import DeferredRefreshableCredentials, _local_now
from botocore.exceptions import ClientError
from flask import Flask

from app.aws import Aws, Gate
from app.awssession import new_session
from app.config import SettingError, Settings

MOST = 64  # identities whose clients are kept in a process; the one used longest ago goes first
REFUSED_SECONDS = 5  # for so long a role that was refused is not asked for again
VARIABLE = "TRELLIS_ACCOUNTS"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,39}")
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]{1,576}", re.ASCII)
_EXTERNAL = re.compile(r"[\w+=,.@:/-]{2,1224}", re.ASCII)
_NOT_ALLOWED = re.compile(r"[^\w+=,.@-]+", re.ASCII)
_FORMS = {"name": _NAME, "role_arn": _ROLE, "external_id": _EXTERNAL}


@dataclass(frozen=True)
class Account:
    """An account that can be chosen: the role that is assumed there."""

    name: str
    role_arn: str
    external_id: str = ""
    region: str = ""


class NotAssumed(ClientError):
    """AWS did not let the role of an account be assumed; `principal` is who asked."""

    def __init__(self, response: Any, account: Account, principal: str):
        super().__init__(response, "AssumeRole")
        self.account, self.principal = account, principal


def session_name(id: str, name: str) -> str:
    """Return a person's name as STS takes it (64 letters, digits and some signs), with what tells two of it apart."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    word = _NOT_ALLOWED.sub("-", plain).strip("-")[:40] or "person"
    return f"{word}-{sha256(id.encode()).hexdigest()[:12]}"


class Assumed(Aws):
    """The clients of one person in one account."""

    def __init__(
        self,
        settings: Settings,
        home: Aws,
        account: Account,
        session: str,
        now: Callable[[], datetime] = _local_now,
    ):
        credentials = DeferredRefreshableCredentials(self._assume, "assume-role", now)
        loader = home._session._session.get_component("data_loader")
        super().__init__(settings, lambda: new_session(credentials, loader))
        self.name, self.account, self._home, self._asked_as = account.name, account, home, session
        self.watchers = home.watchers
        self._refusal: tuple[float, Any] = (0.0, None)

    @property
    def session(self) -> str:
        """The name that the session of the role bears."""
        return self._asked_as

    def regions(self, service: str = "s3") -> tuple[str, ...]:
        """Return the names of the regions in which a service exists."""
        return self._home.regions(service)

    def close(self) -> None:
        """Close idle connections; a client that a thread still holds opens new ones."""
        for client in list(self._clients.values()):
            client.close()

    def _is_real(self, client: Any) -> bool:
        return self._home._is_real(client)

    def _assume(self) -> dict[str, str]:
        """Return new credentials as botocore wants them, which asks for them before the old ones end."""
        until, response = self._refusal
        if time.monotonic() < until:
            raise NotAssumed(response, self.account, self._principal())
        asked = {"RoleArn": self.account.role_arn, "RoleSessionName": self._asked_as}
        if self.account.external_id:
            asked["ExternalId"] = self.account.external_id
        try:
            found = self._home.sts(self._default_region).assume_role(**asked)["Credentials"]
        except ClientError as error:
            self._refusal = (time.monotonic() + REFUSED_SECONDS, error.response)
            raise NotAssumed(error.response, self.account, self._principal()) from error
        return {
            "access_key": found["AccessKeyId"],
            "secret_key": found["SecretAccessKey"],
            "token": found["SessionToken"],
            "expiry_time": found["Expiration"].isoformat(),
        }

    def _principal(self) -> str:
        return principal(self._home.identity(self._default_region).arn)


def principal(arn: str) -> str:
    """Return whom a trust policy must name for an ARN that STS tells: of a session, its role."""
    found = re.fullmatch(r"(arn:[\w-]+):sts::(\d+):assumed-role/([^/]+)/.*", arn)
    return f"{found[1]}:iam::{found[2]}:role/{found[3]}" if found else arn


class Accounts:
    """The accounts that can be chosen, and the identities that were used last."""

    def __init__(self, settings: Settings, accounts: tuple[Account, ...], most: int = MOST):
        self.named = {one.name: one for one in accounts}
        self._settings, self._most = settings, most
        self._lock = threading.Lock()
        self._doors: OrderedDict[tuple[str, str, str], Assumed] = OrderedDict()
        self._gates = {name: Gate() for name in self.named}

    def gate(self, name: str) -> Gate:
        """Return until when an account may be changed."""
        return self._gates[name]

    def region(self, name: str) -> str:
        """Return the region of an account, empty where it names none."""
        return self.named[name].region if name else ""

    def door(self, home: Aws, name: str, id: str, person: str) -> Assumed:
        """Return the clients of a person (id and name) in an account."""
        key, gone = (name, id, session_name(id, person)), None
        with self._lock:
            found = self._doors.get(key)
            if found is None:
                found = self._doors[key] = self._made(home, *key)
                gone = self._doors.popitem(last=False)[1] if len(self._doors) > self._most else None
            self._doors.move_to_end(key)
        if gone is not None:
            gone.close()
        return found

    def _made(self, home: Aws, name: str, _id: str, session: str) -> Assumed:
        made = Assumed(self._settings, home, self.named[name], session)
        made.gate = self._gates[name]
        return made


def read(text: str) -> tuple[Account, ...]:
    """Return the accounts of a setting, a JSON list or the path of a file with one; raises SettingError."""
    if not text.strip():
        return ()
    found = _list(text.strip())
    accounts = tuple(_account(number, one) for number, one in enumerate(found, 1))
    names = [one.name for one in accounts]
    for name in names:
        if names.count(name) > 1:
            raise SettingError(f"{VARIABLE} names two accounts “{name}”")
    return accounts


def written(accounts: Iterable[Account]) -> str:
    """Return the setting that names these accounts."""
    listed = [{name: value for name, value in asdict(one).items() if value} for one in accounts]
    return json.dumps(listed, separators=(",", ":"))


def _list(text: str) -> list[Any]:
    try:
        found = json.loads(text if text[0] in "[{" else Path(text).read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingError(f"{VARIABLE} is neither a JSON list nor a file that can be read: {error}") from error
    except ValueError as error:
        raise SettingError(f"{VARIABLE} is no JSON: {error}") from error
    if not isinstance(found, list):
        raise SettingError(f"{VARIABLE} must be a JSON list of accounts")
    return found


def _account(number: int, one: Any) -> Account:
    known = {each.name for each in fields(Account)}
    if not isinstance(one, Mapping) or not all(isinstance(value, str) for value in one.values()):
        raise SettingError(f"Account {number} of {VARIABLE} must be an object whose values are text")
    if strange := sorted(set(one) - known):
        raise SettingError(f"Account {number} of {VARIABLE} has “{strange[0]}”; it takes {', '.join(sorted(known))}")
    made = Account(**{"name": "", "role_arn": "", **one})
    for name, form in _FORMS.items():
        value = getattr(made, name)
        if not form.fullmatch(value) and (value or name != "external_id"):
            raise SettingError(f"Account {number} of {VARIABLE} needs another {name}, not {value!r}")
    return made


def init_app(app: Flask, settings: Settings) -> None:
    """Read the accounts; a region that AWS does not have is no account's."""
    accounts = read(settings.accounts)
    regions = app.extensions["aws"].regions() if accounts else ()
    for one in accounts:
        if one.region and one.region not in regions:
            raise SettingError(f"{VARIABLE}: AWS has no region {one.region!r}, which “{one.name}” names")
    app.extensions["accounts"] = Accounts(settings, accounts)
