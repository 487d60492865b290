"""Every setting of the dashboard: its type, default and meaning, read once from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

MIB = 1024 * 1024


def _setting(default: Any, variable: str, meaning: str) -> Any:
    return field(default=default, metadata={"variable": variable, "meaning": meaning})


@dataclass(frozen=True)
class Settings:
    """The settings of one process; each field names its environment variable and says what it means."""

    home: Path = _setting(
        Path(".trellis"),
        "TRELLIS_HOME",
        "Folder of the embedded AWS's state and of this computer's session key.",
    )
    secret_key: str = _setting(
        "",
        "TRELLIS_SECRET_KEY",
        "Signs sessions and form tokens, the same on every instance. Empty: made once, kept in TRELLIS_HOME.",
    )
    region: str = _setting(
        "us-east-1", "AWS_DEFAULT_REGION", "The AWS region that a person sees who has not chosen another."
    )
    hosts: str = _setting(
        "",
        "TRELLIS_HOSTS",
        "Host names, separated by commas, under which it answers. Empty: 127.0.0.1, localhost and [::1] only.",
    )
    proxies: int = _setting(
        0,
        "TRELLIS_PROXIES",
        "How many proxies of your own stand in front: so many X-Forwarded-For are believed.",
    )
    https: str = _setting(
        "auto",
        "TRELLIS_HTTPS",
        "“always”: all come by https. “forwarded”: one proxy says it; it must set X-Forwarded-Proto. “auto”: of two.",
    )
    max_upload_mib: int = _setting(5120, "TRELLIS_MAX_UPLOAD_MIB", "The largest file that an upload takes, in MiB.")
    max_megapixels: int = _setting(
        120,
        "TRELLIS_MAX_MEGAPIXELS",
        "Pictures with more million pixels, or 256 MiB when decoded, are stored, but get no thumbnail.",
    )
    cache_bucket: str = _setting(
        "",
        "TRELLIS_CACHE_BUCKET",
        "Bucket that keeps thumbnails. Empty: trellis-cache-ACCOUNT-REGION.",
    )
    install: str = _setting(
        "yes", "TRELLIS_INSTALL", "“no” keeps `make run` from installing MariaDB with apt (as root) or Homebrew."
    )
    state_table: str = _setting(
        "trellis-state", "TRELLIS_STATE_TABLE", "DynamoDB table of the dashboard's own state: history, saved queries."
    )

    sign_in: str = _setting(
        "auto",
        "TRELLIS_SIGN_IN",
        "“always” asks everybody to sign in. “auto”: all but this computer, where neither hosts nor proxies are set.",
    )
    first_instructor: str = _setting(
        "",
        "TRELLIS_FIRST_INSTRUCTOR",
        "Secret code, 16 characters or more, with which the first instructor makes an account at /sign-in/first.",
    )
    oidc_issuer: str = _setting(
        "", "TRELLIS_OIDC_ISSUER", "OpenID Connect provider at which people sign in: its issuer, an https address."
    )
    oidc_client_id: str = _setting("", "TRELLIS_OIDC_CLIENT_ID", "The dashboard's client id at that provider.")
    oidc_client_secret: str = _setting(
        "", "TRELLIS_OIDC_CLIENT_SECRET", "The client's secret. Empty: a public client, which only PKCE protects."
    )
    oidc_domain: str = _setting(
        "", "TRELLIS_OIDC_DOMAIN", "Only people with a verified mail address of this domain may sign in there."
    )
    oidc_roles: str = _setting(
        "",
        "TRELLIS_OIDC_ROLES",
        "JSON of a group at the provider to its role here, “*” for everybody. Empty: viewers, whom instructors raise.",
    )
    audit_days: int = _setting(90, "TRELLIS_AUDIT_DAYS", "For how many days it is kept who did what.")
    audit_reads: str = _setting("no", "TRELLIS_AUDIT_READS", "“yes” keeps who read what, too: a write for each read.")

    accounts: str = _setting(
        "",
        "TRELLIS_ACCOUNTS",
        "Further accounts to choose: a JSON list of name, role_arn, external_id, region, or the path of its file.",
    )

    @property
    def max_upload_bytes(self) -> int:
        """The largest upload in bytes."""
        return self.max_upload_mib * MIB

    @property
    def allowed_hosts(self) -> frozenset[str]:
        """The host names, without port, under which requests are answered."""
        named = {host.strip().lower() for host in self.hosts.split(",") if host.strip()}
        return frozenset(named or {"127.0.0.1", "localhost", "[::1]"})


class SettingError(ValueError):
    """A setting in the environment cannot be read; the message names it."""


def load(overrides: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings from the environment, with `overrides` (field name to value) on top.

    Raises SettingError where a variable's text does not fit its type.
    """
    source = os.environ if environ is None else environ
    values = {}
    for each in fields(Settings):
        if each.metadata["variable"] in source:
            values[each.name] = _read(each.metadata["variable"], type(each.default), source)
    known = {each.name for each in fields(Settings)}
    values.update({name: value for name, value in (overrides or {}).items() if name in known})
    return Settings(**values)


def _read(variable: str, kind: Any, source: Mapping[str, str]) -> Any:
    try:
        return kind(source[variable])
    except ValueError as error:
        raise SettingError(f"{variable} must be of type {kind.__name__}, not {source[variable]!r}") from error
