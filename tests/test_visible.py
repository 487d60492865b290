"""Control characters of data: shown as symbols in a page's text, left alone where something else reads them."""

import html5lib
import pytest
from flask import Flask, Response

from app import visible


def _page(text: str) -> bytes:
    return f"<!doctype html><title>t</title><p>{text}</p>".encode()


@pytest.mark.parametrize(
    ("text", "seen"),
    [("bell \x07", "bell ␇"), ("\x1b[31mred", "␛[31mred"), ("nul \0", "nul ␀"), ("a\x7fb", "a␡b"), ("“a\x93", "“a�")],
)
def test_text_shows_symbols(text: str, seen: str) -> None:
    made = visible.shown(_page(text))
    assert made == _page(seen)
    parser = html5lib.HTMLParser()
    parser.parse(made)
    assert parser.errors == []


@pytest.mark.parametrize("text", ["two\r\n\tlines", "Grüße · 🌿", "nbsp\xa0·"])
def test_what_html_allows_is_the_very_same_page(text: str) -> None:
    page = _page(text)
    assert visible.shown(page) is page


@pytest.mark.parametrize(
    "kept",
    [
        '<input type="hidden" name="key" value="a\x07&gt;b">',
        "<textarea name=sql>SELECT '\x07'\n</textarea>",
        '<script type="application/json">"\x07"</script>',
    ],
)
def test_what_is_sent_back_or_read_by_scripts_stays(kept: str) -> None:
    assert visible.shown(f"<p>\x07</p>{kept}<p>\x07</p>".encode()) == f"<p>␇</p>{kept}<p>␇</p>".encode()


@pytest.mark.parametrize(
    ("kind", "body"), [("text/html", "<p>␇</p>"), ("text/csv", "<p>\x07</p>"), ("application/json", "<p>\x07</p>")]
)
def test_only_pages_are_looked_at(kind: str, body: str) -> None:
    app = Flask(__name__)
    visible.init_app(app)
    app.add_url_rule("/", view_func=lambda: Response("<p>\x07</p>", mimetype=kind))
    answer = app.test_client().get("/")
    assert answer.text == body
    assert answer.content_length == len(body.encode())


def test_a_stream_is_not_gathered() -> None:
    app = Flask(__name__)
    visible.init_app(app)
    app.add_url_rule("/", view_func=lambda: Response((part for part in ("<p>", "\x07")), mimetype="text/html"))
    answer = app.test_client().get("/", buffered=False)
    assert answer.is_streamed
    assert answer.get_data() == b"<p>\x07"
