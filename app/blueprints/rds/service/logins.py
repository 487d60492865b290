"""How to sign in to an instance: a secret of Secrets Manager, an IAM token, or what a person typed."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import ClientError

from app.blueprints.rds.service.instances import Instance
from app.sql import tls
from app.sql.errors import ConnectError
from app.sql.secret_login import read_secret
from app.sql.target import PORTS, Target

PAGES = 5  # of 100 secrets each


class NoLogin(ConnectError):
    """Nothing says yet how to sign in."""

    title = "Sign in to the database"
    remedy = "Choose a secret, an IAM token, or type user and password."


class NoTokens(ConnectError):
    """The instance takes no IAM tokens."""

    title = "IAM authentication is off"
    remedy = (
        "Switch it on with ModifyDBInstance (EnableIAMDatabaseAuthentication), then let a database user have it: "
        "GRANT rds_iam TO … on PostgreSQL, CREATE USER … IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS' on MySQL."
    )


@dataclass(frozen=True)
class Login:
    """How somebody signs in: `kind` is secret, iam or typed; `credential` tells typed logins apart."""

    kind: str
    secret: str = ""
    user: str = ""
    database: str = ""
    credential: str = ""


@dataclass(frozen=True)
class Candidate:
    """A secret that may hold an instance's login; `fits` says that it names the instance."""

    arn: str
    name: str
    description: str
    fits: bool


def candidates(secrets: Any, instance: Instance) -> list[Candidate]:
    """Return the account's secrets, those that name the instance first, without reading any of them.

    Raises NoLogin where they may not be listed: an IAM token or a typed password needs none.
    """
    try:
        return _ranked(secrets, instance)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") not in ("AccessDenied", "AccessDeniedException"):
            raise
        raise NoLogin(f"The secrets of Secrets Manager may not be listed: {error}") from error


def _ranked(secrets: Any, instance: Instance) -> list[Candidate]:
    ranked = []
    pages = secrets.get_paginator("list_secrets").paginate(PaginationConfig={"PageSize": 100})
    for number, page in enumerate(pages):
        ranked += [(_rank(item, instance), item) for item in page["SecretList"]]
        if number + 1 == PAGES:
            break
    ranked.sort(key=lambda pair: (-pair[0], pair[1]["Name"]))
    return [Candidate(item["ARN"], item["Name"], item.get("Description") or "", rank > 0) for rank, item in ranked]


def _rank(item: dict[str, Any], instance: Instance) -> int:
    """Return how sure it is that a secret is the instance's: 0 for not at all."""
    tags = {tag["Key"]: tag["Value"] for tag in item.get("Tags") or []}
    if item["ARN"] == instance.secret_arn or tags.get("aws:rds:primaryDBInstanceArn") == instance.arn:
        return 3
    word = re.compile(rf"(?<![A-Za-z0-9-]){re.escape(instance.identifier)}(?![A-Za-z0-9-])")
    return 2 if word.search(item["Name"]) else int(bool(word.search(item.get("Description") or "")))


def found(instance: Instance, listed: Callable[[Instance], list[Candidate]]) -> Login:
    """Return the login that belongs to an instance; NoLogin where none, or more than one, of the listed may be."""
    if instance.secret_arn:
        return Login("secret", instance.secret_arn)
    fitting = [one for one in listed(instance) if one.fits]
    if len(fitting) == 1:
        return Login("secret", fitting[0].arn)
    many = f"{len(fitting)} secrets name {instance.identifier}: choose one."
    raise NoLogin(many if fitting else f"No secret of Secrets Manager names {instance.identifier}.")


def target(
    instance: Instance, login: Login, secrets: Any, rds: Any, typed: Callable[[bool], str] | None = None
) -> Target:
    """Return where and as whom to connect. `typed` gives the password of a typed login.

    Raises a ConnectError where the instance has no address yet or the login is not complete.
    """
    if not instance.dialect:
        raise ConnectError(f"The engine {instance.engine} is none that this page speaks.", remedy="Use its own client.")
    if not instance.host or instance.status in ("stopped", "creating"):
        raise ConnectError(
            f"{instance.identifier} is {instance.status}.", remedy="Start it, or wait until it is available."
        )
    plain = Target(
        engine=_server(instance),
        host=instance.host,
        port=instance.port or PORTS[instance.dialect],
        user=login.user or instance.username,
        database=login.database or instance.database,
        credential=login.credential,
        **tls.of_host(instance.host),
    )
    if login.kind == "secret":
        return _by_secret(plain, login, secrets)
    if login.kind == "iam":
        _takes_tokens(instance)
        return replace(plain, password=_token(rds, plain), credential="iam", tls=_at_least_on(plain))
    return replace(plain, password=typed) if typed else plain


def _takes_tokens(instance: Instance) -> None:
    """Refuse a token where it cannot work: the server would only call it a wrong password."""
    if instance.host in tls.LOOPBACK:
        happened = "The embedded AWS has no IAM authentication: its database servers know passwords only."
        raise NoTokens(happened, remedy="Sign in with a secret, or with user and password. On AWS a token works.")
    if not instance.iam:
        raise NoTokens(f"{instance.identifier} takes passwords only: IAM database authentication is not switched on.")


def _server(instance: Instance) -> Any:
    """Return what really answers: the embedded AWS serves MySQL by MariaDB, and its version says so."""
    return "mariadb" if "MariaDB" in instance.version else instance.dialect


def _at_least_on(plain: Target) -> Any:
    return plain.tls if plain.tls != "off" else "on"


def _by_secret(plain: Target, login: Login, secrets: Any) -> Target:
    first = read_secret(secrets, login.secret)
    latest = [first.password]

    def password(fresh: bool) -> str:
        if fresh:
            latest[0] = read_secret(secrets, login.secret).password
        return latest[0]

    user, database = login.user or first.username or plain.user, login.database or plain.database or first.database
    return replace(plain, user=user, database=database, password=password, credential=login.secret)


def _token(rds: Any, plain: Target) -> Callable[[bool], str]:
    def password(_fresh: bool) -> str:
        token: str = rds.generate_db_auth_token(DBHostname=plain.host, Port=plain.port, DBUsername=plain.user)
        return token

    return password
