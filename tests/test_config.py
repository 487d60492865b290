"""Settings: read, refused with words, and every one documented."""

from dataclasses import fields
from pathlib import Path

import pytest

from app.config import SettingError, Settings, load

README = (Path(__file__).parent.parent / "README.md").read_text()


def test_defaults_need_no_environment() -> None:
    settings = load(environ={})
    assert settings.region == "us-east-1"
    assert settings.allowed_hosts == {"127.0.0.1", "localhost", "[::1]"}
    assert settings.max_upload_bytes == 5120 * 1024 * 1024


def test_the_environment_is_read_with_its_types() -> None:
    settings = load(environ={"TRELLIS_PROXIES": "2", "TRELLIS_HOME": "/x", "TRELLIS_HOSTS": "A.example, b.example"})
    assert (settings.proxies, settings.home) == (2, Path("/x"))
    assert settings.allowed_hosts == {"a.example", "b.example"}


def test_overrides_win_and_foreign_names_are_left_to_flask() -> None:
    settings = load({"proxies": 3, "TESTING": True}, {"TRELLIS_PROXIES": "2"})
    assert settings.proxies == 3


def test_a_value_that_is_no_number_is_named() -> None:
    with pytest.raises(SettingError, match="TRELLIS_PROXIES must be of type int, not 'two'"):
        load(environ={"TRELLIS_PROXIES": "two"})


@pytest.mark.parametrize("field", fields(Settings), ids=lambda f: f.name)
def test_every_setting_is_documented(field: object) -> None:
    metadata = getattr(field, "metadata")  # noqa: B009 Field is generic, and its type says nothing here
    assert metadata["meaning"].endswith(".")
    assert f"`{metadata['variable']}`" in README, "name it in README.md"
