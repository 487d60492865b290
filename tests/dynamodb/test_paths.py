"""Paths into items: written as people do, names with any sign in quotes."""

import pytest

from app.blueprints.dynamodb.service import paths
from app.blueprints.dynamodb.service.paths import BadPath, parse, parse_list, written


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("a", ("a",)),
        ("a.b[0]", ("a", "b", 0)),
        ("a[0][12].b", ("a", 0, 12, "b")),
        ('"a.b".c', ("a.b", "c")),
        ('"say ""hi"""', ('say "hi"',)),
        ("two words.🌻 #1", ("two words", "🌻 #1")),
        (" size . status ", ("size", "status")),
        ('"with [brackets], commas"', ("with [brackets], commas",)),
    ],
)
def test_paths_are_read_and_written_again(text: str, steps: tuple[str | int, ...]) -> None:
    assert parse(text) == steps
    assert parse(written(steps)) == steps


@pytest.mark.parametrize(
    "text", ["", " ", ".", "a.", "a..b", "[0]", "a[x]", "a[0]b", '"open', "a,b", "a[0", "a]", '"a"b']
)
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(BadPath):
        parse(text)


def test_lists_of_paths() -> None:
    assert parse_list('a, b.c[1] ,"x,y"\r\nd,') == [("a",), ("b", "c", 1), ("x,y",), ("d",)]
    assert parse_list("  ") == []
    with pytest.raises(BadPath):
        parse_list('a "b"')


def test_a_hostile_path_ends() -> None:
    with pytest.raises(BadPath):
        parse("a." * 100_000)
    assert len(parse(".".join(["a"] * 1000))) == 1000
    assert paths.written(("a.b", 0, "c")) == '"a.b"[0].c'
