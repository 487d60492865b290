import pytest

from app.blueprints.s3.service.tags import TagRefused, checked


def test_empty_rows_are_left_out_and_spaces_cut() -> None:
    assert checked([(" a ", " 1 "), ("", ""), ("b", "")]) == {"a": "1", "b": ""}


@pytest.mark.parametrize(
    ("pairs", "reason"),
    [
        ([("", "1")], "no tag name"),
        ([("a", "1"), ("a", "2")], "twice"),
        ([(f"t{n}", "") for n in range(11)], "at most 10"),
        ([("x" * 129, "")], "128"),
        ([("a", "x" * 257)], "256"),
        ([("aws:a", "1")], "belong to AWS"),
        ([("a<b", "1")], "letters, digits"),
    ],
)
def test_what_s3_would_refuse_is_said_before(pairs: list[tuple[str, str]], reason: str) -> None:
    with pytest.raises(TagRefused, match=reason):
        checked(pairs)
