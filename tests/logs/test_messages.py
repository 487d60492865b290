import json

import pytest

from app.blueprints.logs.service import messages
from app.blueprints.logs.views.markup import shown


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("\x1b[31mred\x1b[0m", "ESC[31mredESC[0m"),
        ("a\u202egnp.exe", "aU+202Egnp.exe"),
        ("nul\x00bell\x07", "nulNULbellBEL"),
        ("zero\u200bwidth", "zeroU+200Bwidth"),
        ("half \ud800", "half U+D800"),
        ("windows\r\nline", "windows\nline"),
        ("tab\tline\n", "tab\tline\n"),
        ("del\x7f", "delDEL"),
        ("plain ä 🎉", "plain ä 🎉"),
    ],
)
def test_what_cannot_be_seen_is_named(text: str, wanted: str) -> None:
    assert messages.plain(text) == wanted
    messages.plain(text).encode()


def test_marks_are_markup_and_everything_else_is_text() -> None:
    html = str(shown("<b>\x1b[1m&"))
    assert "&lt;b&gt;" in html and "&amp;" in html and html.count("<span") == 1 and "ESC[1m" in html


def test_json_is_laid_out_however_deep() -> None:
    deep: object = 1
    for _ in range(30):
        deep = {"d": deep}
    assert messages.pretty(json.dumps(deep)).count("\n") == 60
    assert messages.pretty('{"n": 1.10, "big": 12345678901234567890}').count("12345678901234567890") == 1


@pytest.mark.parametrize("text", ["", "plain", "{not json", "[]", "[" * 100_000, '"text"', "12"])
def test_what_is_no_json_stays_as_it_is(text: str) -> None:
    assert messages.pretty(text) == ""


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ('{"level": "ERROR"}', "error"),
        ("[WARN] low", "warning"),
        ("Traceback (most recent call last):", "error"),
        ("Task timed out after 3.00 seconds", "error"),
        ("INFO started", "info"),
        ("errors: 0", ""),
    ],
)
def test_the_level_is_read_from_its_word(text: str, level: str) -> None:
    assert messages.level(text) == level


def test_a_long_message_is_cut() -> None:
    assert messages.cut("x" * 2000) == ("x" * messages.LONGEST, True)
    assert messages.cut("short") == ("short", False)
