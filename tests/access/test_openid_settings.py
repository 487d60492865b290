"""The provider's settings: what does not fit stops the start, and says so."""

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from app.access.openid import setup
from app.config import SettingError, Settings
from app.roles import EDITOR, INSTRUCTOR

GOOD = {"oidc_issuer": "https://login.example/realm", "oidc_client_id": "trellis", "oidc_domain": "school.example"}


def _of(**values: str) -> setup.Setup | None:
    return setup.of(Settings(**values))  # type: ignore[arg-type]


def test_nothing_set_is_nothing() -> None:
    assert _of() is None


@pytest.mark.parametrize("name", ["client_id", "client_secret", "domain", "roles"])
def test_what_belongs_to_a_provider_needs_one(name: str) -> None:
    with pytest.raises(SettingError, match="TRELLIS_OIDC_ISSUER is not"):
        _of(**{f"oidc_{name}": "x"})


def test_a_provider_needs_a_client() -> None:
    with pytest.raises(SettingError, match="TRELLIS_OIDC_CLIENT_ID is not"):
        _of(oidc_issuer="https://login.example")


@pytest.mark.parametrize(
    "issuer",
    ["http://login.example", "login.example", "ftp://login.example", "https://", "https://a@login.example",
     "https://login.example?x=1", "https://login.example#x", "https://login.example:port", "https://[::1"],
)  # fmt: skip
def test_an_issuer_is_an_https_address(issuer: str) -> None:
    with pytest.raises(SettingError, match="TRELLIS_OIDC_ISSUER must"):
        _of(**{**GOOD, "oidc_issuer": issuer})


@pytest.mark.parametrize(
    "issuer", ["http://127.0.0.1:8000", "http://localhost/realm", "http://[::1]:80", "https://a.example/"]
)
def test_this_computer_needs_no_https(issuer: str) -> None:
    found = _of(**{**GOOD, "oidc_issuer": issuer})
    assert found is not None and found.issuer == issuer


def test_an_issuer_elsewhere_may_name_nothing_on_this_computer() -> None:
    found = _of(**GOOD)
    assert found is not None
    assert not found.trusts("http://127.0.0.1/token") and not found.trusts("http://login.example/token")
    assert found.trusts("https://tokens.example/token")


@pytest.mark.parametrize(
    "domain", ["@school.example", "school", "a.example,b.example", "https://a.example", "a b.example"]
)
def test_a_domain_is_one_domain(domain: str) -> None:
    with pytest.raises(SettingError, match="TRELLIS_OIDC_DOMAIN must"):
        _of(**{**GOOD, "oidc_domain": domain})


@pytest.mark.parametrize(
    "roles", ["teachers", "[]", "{}", '{"a": "admin"}', '{"a": "anybody"}', '{"a": ["editor"]}', "1"]
)
def test_roles_are_json_of_known_roles(roles: str) -> None:
    with pytest.raises(SettingError, match=r"TRELLIS_OIDC_ROLES must be JSON .* viewer, editor, instructor"):
        _of(**GOOD, oidc_roles=roles)


def test_roles_are_read() -> None:
    found = _of(**GOOD, oidc_roles='{"staff": "editor", "heads": "instructor"}')
    assert found is not None and found.roles == {"staff": EDITOR, "heads": INSTRUCTOR}


def test_a_provider_that_lets_everybody_in_is_said(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "trellis.openid"):
        _of(**GOOD)
        assert not caplog.records
        _of(**{**GOOD, "oidc_domain": ""})
    assert "whoever login.example signs in becomes a viewer" in caplog.text


def test_the_start_stops_and_says_why(tmp_path: Path) -> None:
    given = {"home": str(tmp_path), "oidc_issuer": "http://login.example", "oidc_client_id": "x"}
    code = f"from app import create_app; create_app({given!r})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=Path(__file__).parents[2])
    assert done.returncode == 1 and "TRELLIS_OIDC_ISSUER must begin with https://" in done.stderr


@pytest.mark.parametrize("issuer", ["", "https://login.example"])
def test_what_checks_tokens_is_loaded_by_the_first_who_signs_in(tmp_path: Path, issuer: str) -> None:
    code = (
        "import sys; from app import create_app; "
        f"create_app({{'home': __import__('pathlib').Path({str(tmp_path)!r}), 'oidc_issuer': {issuer!r}, "
        f"'oidc_client_id': {'x' if issuer else ''!r}}}); "
        "assert not [name for name in sys.modules if name.startswith('joserfc')]"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=Path(__file__).parents[2])
    assert done.returncode == 0, done.stderr
