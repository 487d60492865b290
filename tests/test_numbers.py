"""Whole numbers are read strictly: hostile texts are none, wherever a page asks for one."""

import pytest

from app.numbers import MOST, is_canonical, told, whole

NONE = {
    "nothing": "",
    "spaces": "   ",
    "raised": "²",
    "circled": "①",
    "arabic": "٣",
    "fullwidth": "７",
    "long": "9" * 5000,
    "nineteen digits": "1" + "0" * 18,
    "many zeros": "0" * 5000,
    "plus": "+1",
    "minus": "-1",
    "minus zero": "-0",
    "exponent": "1e3",
    "underscore": "1_000",
    "comma": "1,000",
    "point": "1.0",
    "hexadecimal": "0x1f",
    "two": "1 2",
    "nul": "1\0",
    "half": "\ud800",
    "line": "1\n2",
    "infinite": "inf",
    "not": "nan",
}


@pytest.mark.parametrize("name", NONE)
def test_what_is_no_number_is_none(name: str) -> None:
    assert whole(NONE[name]) is None
    assert not is_canonical(NONE[name]) or name in ("minus", "minus zero")


@pytest.mark.parametrize(("text", "number"), [("7", 7), (" 7 ", 7), ("7\r\n", 7), ("007", 7), ("9" * 18, MOST)])
def test_digits_are_a_number(text: str, number: int) -> None:
    assert whole(text) == number


def test_a_field_that_was_not_sent_is_none() -> None:
    assert whole(None) is None


@pytest.mark.parametrize(("text", "number"), [("0", None), ("1", 1), ("900", 900), ("901", None)])
def test_bounds_are_part_of_the_range(text: str, number: int | None) -> None:
    assert whole(text, 1, 900) == number


def test_the_range_is_told_in_one_sentence() -> None:
    assert told(1, 900, "seconds") == "A whole number from 1 to 900 seconds."
    assert told(0, 100_000) == "A whole number from 0 to 100,000."


@pytest.mark.parametrize("text", ["0", "-0", "7", "-7", "9" * 15])
def test_an_integer_as_programs_write_it(text: str) -> None:
    assert is_canonical(text)


@pytest.mark.parametrize("text", ["007", "-07", "--7", "+7", " 7", "7 ", "9" * 16, "1.5", "-"])
def test_what_would_not_be_read_back_the_same(text: str) -> None:
    assert not is_canonical(text)


def test_more_digits_may_be_allowed() -> None:
    assert is_canonical("9" * 18, 18) and not is_canonical("9" * 19, 18)
