"""Compiled templates are found again by the next process, and not where something else would come out."""

from pathlib import Path
from typing import Any

from flask import Flask

from app import create_app
from app.compiled import FOLDER, Compiled, mark

NAME = "partials/_rail.html"


def started(home: Path, **overrides: Any) -> Flask:
    return create_app({"home": home, "secret_key": "tests", **overrides})


def kept(app: Flask, source: str = "") -> bool:
    """Whether a compiled template is there, for the file's own text or another."""
    cache: Any = app.jinja_env.bytecode_cache
    text, filename, _ = app.jinja_env.loader.get_source(app.jinja_env, NAME)  # type: ignore[union-attr]
    return cache.get_bucket(app.jinja_env, NAME, filename, source or text).code is not None


def rendered(app: Flask) -> str:
    with app.test_request_context():
        return app.jinja_env.get_template(NAME).render(groups=())


def test_the_next_process_finds_what_was_compiled(tmp_path: Path) -> None:
    first = started(tmp_path)
    assert not kept(first)
    drawn = rendered(first)
    again = started(tmp_path)
    assert kept(again)
    assert not kept(again, "another text")
    assert rendered(again) == drawn
    assert (tmp_path / FOLDER).stat().st_mode & 0o777 == 0o700


def test_what_other_code_compiled_is_compiled_anew(tmp_path: Path) -> None:
    started(tmp_path).jinja_env.get_template(NAME)
    again = started(tmp_path)
    again.jinja_env.bytecode_cache = Compiled(tmp_path / FOLDER, "another")
    assert not kept(again)


def test_the_mark_changes_with_the_code_of_parts(tmp_path: Path) -> None:
    (tmp_path / "markup.py").write_text("a")
    before = mark(tmp_path)
    assert mark(tmp_path) == before
    (tmp_path / "markup.py").write_text("b")
    assert mark(tmp_path) != before


def test_without_the_folder_nothing_is_kept(tmp_path: Path) -> None:
    started(tmp_path / "none").jinja_env.get_template(NAME)
    assert not (tmp_path / "none" / FOLDER).exists()


def test_a_page_does_not_need_the_folder(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    app = started(home)
    home.rmdir()
    app.jinja_env.get_template(NAME)
    assert not home.exists()
