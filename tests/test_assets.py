"""Static files: kept for a year under their version, never stale."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.assets import version


def test_the_version_follows_the_content(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a")
    before = version(tmp_path)
    assert version(tmp_path) == before
    (tmp_path / "a.css").write_text("b")
    assert version(tmp_path) != before


def test_the_pages_own_files_may_be_kept_for_a_year(client: FlaskClient) -> None:
    page = client.get("/").get_data(as_text=True)
    path = next(part for part in page.split('"') if part.endswith("css/base.css"))
    with client.get(path) as answer:
        assert "max-age=31536000" in answer.headers["Cache-Control"]


def test_another_version_is_served_but_not_kept(client: FlaskClient) -> None:
    with client.get("/static/older/css/base.css") as answer:
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache, max-age=0")


@pytest.mark.parametrize("path", ["../README.md", "%2e%2e/README.md", "..%2fapp/config.py", "/etc/passwd", "nothing"])
def test_nothing_else_is_reached(client: FlaskClient, path: str) -> None:
    assert client.get(f"/static/x/{path}").status_code == 404
