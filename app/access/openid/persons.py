"""Whom a provider's claims let in: the account, its name and its role."""

import secrets
from typing import Any

from app.access import accounts, audit, sessions
from app.access.accounts import Account
from app.access.audit import Actor
from app.access.openid import Refused
from app.access.openid.setup import EVERYBODY, Setup
from app.roles import VIEWER, Role

GROUPS = ("groups", "cognito:groups")
NAMES = ("email", "preferred_username", "cognito:username", "name")
OTHERS = 20  # people of one name who are numbered; later ones get letters


def account_of(setup: Setup, claims: dict[str, Any], address: str) -> Account:
    """Return the account of who has signed in at the provider, made or changed as the settings say. Raises Refused."""
    _in_domain(setup, claims)
    subject = f"{setup.issuer} {claims['sub']}"
    found, role = accounts.of_subject(subject), _role(setup, claims)
    if found is not None and found.disabled:
        raise Refused("Your account here is switched off. Ask an instructor.", "SwitchedOff")
    if role is None:
        if found is not None:  # who has lost every group does not go on with the session of before
            accounts.end_sessions(found)
            sessions.forget()
        raise Refused("None of your groups has a role here. Ask an instructor.", "NoRole")
    if found is None:
        made = _made(_name(claims), role, subject)
        named = f"{made.name} as {made.role.name.lower()}, who signs in at {setup.host}"
        audit.event("MakeAccount", named, who=Actor(made.id, made.name, address))
        return made
    if setup.roles and found.role != role:
        found = accounts.follow(found, role)
        sessions.forget()
        audit.event("SetRole", f"{found.name} {role.name.lower()}", who=Actor(found.id, found.name, address))
    return found


def _in_domain(setup: Setup, claims: dict[str, Any]) -> None:
    if not setup.domain:
        return
    if _mail(claims).rpartition("@")[2].lower() != setup.domain:
        raise Refused(f"Only people with a mail address of {setup.domain} may sign in here.", "OtherDomain")
    if not _verified(claims):
        raise Refused(f"{setup.host} has not verified your mail address.", "UnverifiedMail")


def _mail(claims: dict[str, Any]) -> str:
    found = claims.get("email")
    return found.strip() if isinstance(found, str) and found.count("@") == 1 else ""


def _verified(claims: dict[str, Any]) -> bool:
    return claims.get("email_verified") in (True, "true")  # some providers write the word


def _role(setup: Setup, claims: dict[str, Any]) -> Role | None:
    """Return the highest role of somebody's groups; a viewer where groups do not count."""
    if not setup.roles:
        return VIEWER
    groups = {EVERYBODY}
    for name in GROUPS:
        given = claims.get(name)
        groups |= {one for one in given if isinstance(one, str)} if isinstance(given, list) else set()
    return max((role for group, role in setup.roles.items() if group in groups), default=None)


def _name(claims: dict[str, Any]) -> str:
    """Return a name to show: a mail address only where it is verified; nothing depends on it."""
    for claim in NAMES:
        given = claims.get(claim)
        if claim == "email" and not _verified(claims):
            continue
        if isinstance(given, str) and not accounts.wrong_name(given):
            return given.strip()
    return f"Somebody {secrets.token_hex(3)}"


def _made(name: str, role: Role, subject: str) -> Account:
    """Make an account; who has the same name as somebody else gets a number, and never their account."""
    short = name[: accounts.LONGEST - 8]
    others = [f"{short} ({number})" for number in range(2, OTHERS)]
    for each in (name, *others, f"{short} {secrets.token_hex(3)}"):
        try:
            return accounts.create(each, role, subject=subject)
        except accounts.Known as known:  # the same person, in another tab at the same time
            return known.account
        except accounts.Taken:
            continue
    raise Refused("No name could be found for your account. Try again.", "NoName")
