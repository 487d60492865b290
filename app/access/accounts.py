"""Accounts: names, roles and passwords' hashes, in the state table.

A name is kept as it was written and found in any spelling of its case; two people never have the same. `epoch` counts
what ends every session: a new password, another role, an account switched off.
"""

import hashlib
import secrets
import time
import unicodedata
from dataclasses import asdict, dataclass, replace
from urllib.parse import urlsplit

from app.access import passwords
from app.roles import ANYBODY, INSTRUCTOR, Role
from app.store import Entry, Store, shared

LONGEST = 60
MOST = 5000
TRIES = 20


class Taken(ValueError):
    """Somebody has this name."""


class Contended(RuntimeError):
    """An account is gone, or others change it again and again."""


class Changed(RuntimeError):
    """An account is not any more what it was when it was asked for."""


class Known(ValueError):
    """Somebody's identity at an OpenID provider has an account, which is `account`."""

    def __init__(self, account: "Account"):
        super().__init__(account.id)
        self.account = account


class LastInstructor(ValueError):
    """Nobody would be left who may invite people and change roles."""


@dataclass(frozen=True)
class Account:
    """One person's account; `subject` is their identity at an OpenID provider, who then has no password here."""

    id: str
    name: str
    role: Role
    password: str = ""
    disabled: bool = False
    epoch: int = 0
    made: int = 0
    subject: str = ""

    @property
    def provider(self) -> str:
        """The host of the OpenID provider at which the person signs in, empty for who has a password here."""
        return urlsplit(self.subject.partition(" ")[0]).netloc


def folded(name: str) -> str:
    """Return a name as it is compared: one spelling of case, width and accents."""
    return unicodedata.normalize("NFKC", name.strip()).casefold()


def wrong_name(name: str) -> str:
    """Return what is wrong with a name, in words; empty where nothing is."""
    # Compared, one character may become eighteen, and a key of DynamoDB has 1,024 bytes.
    if not 2 <= len(name.strip()) <= LONGEST or len(folded(name)) > LONGEST or not name.isprintable():
        return f"A name has 2 to {LONGEST} characters, all of which can be seen."
    return ""


def _kept() -> Store:
    return shared("accounts")


def _names() -> Store:
    return shared("names")


def _subjects() -> Store:
    return shared("subjects")


def _of(entry: Entry) -> Account:
    return Account(**{**entry.value, "id": entry.id, "role": Role(entry.value["role"])})


def _save(account: Account) -> None:
    value = asdict(account)
    del value["id"]
    _kept().put(value, account.id)


def get(id: str) -> Account | None:
    """Return an account."""
    value = _kept().get(id)
    return None if value is None else _of(Entry(id, value))


def named(name: str) -> Account | None:
    """Return the account of a name."""
    found = _names().get(folded(name)[:200] or "-")
    return get(found["person"]) if found else None


def of_subject(subject: str) -> Account | None:
    """Return the account of an identity at an OpenID provider: its issuer and what the issuer calls the person."""
    found = _subjects().get(_hash(subject))
    return get(found["person"]) if found else None


def _hash(subject: str) -> str:
    return hashlib.sha256(subject.encode("utf-8", "surrogatepass")).hexdigest()


def every() -> list[Account]:
    """Return all accounts by name."""
    return sorted((_of(entry) for entry in _kept().newest(MOST)), key=lambda one: folded(one.name))


def create(name: str, role: Role, password: str = "", subject: str = "") -> Account:
    """Make an account. Raises Taken, and Known where the subject has one."""
    made = Account(f"p-{secrets.token_hex(8)}", name.strip(), role, made=int(time.time()), subject=subject)
    made = replace(made, password=passwords.hashed(password) if password else "")
    if not _names().claim({"person": made.id}, folded(name)):
        raise Taken(name)
    try:
        _save(made)
    except Exception:
        _names().delete(folded(name))  # else nobody could ever have it
        raise
    if subject and not _subjects().claim({"person": made.id}, _hash(subject)):
        _kept().delete(made.id)  # saved before, so that no identity ever points at nothing
        _names().delete(folded(name))
        first = of_subject(subject)
        raise Known(first) if first else Taken(name)
    return made


def change(account: Account, *, role: Role | None = None, disabled: bool | None = None) -> Account:
    """Give an account another role, or switch it off or on, which ends its sessions. Raises LastInstructor."""
    if role is ANYBODY:
        raise ValueError("no role of a person")
    asked = {"role": role, "disabled": disabled}
    wanted = {name: value for name, value in asked.items() if value is not None}
    changed = _update(account, **wanted)
    # Looked at afterwards: of two instructors who demote each other at the same time, neither goes unnoticed.
    if not has_instructor():
        _update(account, **{name: getattr(account, name) for name in wanted})
        raise LastInstructor
    return changed


def follow(account: Account, role: Role) -> Account:
    """Give an account the role that its provider's groups say, which ends its sessions.

    The last instructor may lose theirs: the groups make the next one, or the command line's link does.
    """
    return _update(account, role=role)


def set_password(account: Account, password: str, epoch: int | None = None) -> Account:
    """Give an account a new password, which ends its sessions. Raises Changed where it has another epoch by then."""
    return _update(account, epoch, password=passwords.hashed(password))


def end_sessions(account: Account) -> Account:
    """Sign a person out everywhere."""
    return _update(account)


def _update(account: Account, epoch: int | None = None, /, **fields: object) -> Account:
    """Change these fields of an account as it is now, and no others: somebody else may change it at the same time.

    `epoch` asks for an account that nobody has changed since; else it raises Changed.
    """
    for _ in range(TRIES):
        before = _kept().get(account.id)
        if before is None:
            break
        if epoch is not None and before["epoch"] != epoch:
            raise Changed(account.name)
        value = {**before, **fields, "epoch": before["epoch"] + 1}
        if _kept().swap(before, value, account.id):
            return _of(Entry(account.id, value))
    raise Contended(account.name)


def has_instructor() -> bool:
    """Whether there is anybody who may invite people."""
    return any(one.role == INSTRUCTOR and not one.disabled for one in every())
