import pytest

from app.blueprints.s3.names import bucket_name_problem, folder_of, key_problem, last_part, visible


@pytest.mark.parametrize("name", ["abc", "a.b.c", "my-bucket-1", "0start", "x" * 63])
def test_good_bucket_names(name: str) -> None:
    assert bucket_name_problem(name) is None


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "Give the bucket a name"),
        ("ab", "3 to 63"),
        ("x" * 64, "this one has 64"),
        ("Upper", "capital"),
        ("under_score", "“_”"),
        ("a b c", "a space"),
        ("line\nbreak", "‹LF›"),
        ("größe", "“ö”"),
        ("-abc", "begins and ends"),
        ("abc.", "begins and ends"),
        ("a..b", "two dots"),
        ("192.168.5.4", "IP address"),
        ("999.1.1.1", "IP address"),
        ("xn--abc", "“xn--”"),
        ("sthree-abc", "“sthree-”"),
        ("abc-s3alias", "“-s3alias”"),
        ("abc--ol-s3", "“--ol-s3”"),
    ],
)
def test_bad_bucket_names_say_why(name: str, reason: str) -> None:
    assert reason in (bucket_name_problem(name) or "")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain name.jpg", "plain name.jpg"),
        ("a\nb", "a‹LF›b"),
        ("a\rb", "a‹CR›b"),
        (" x", "‹space›x"),
        ("x ", "x‹space›"),
        ("a  b", "a ‹space›b"),
        ("a /b", "a‹space›/b"),
        ("x\u202egpj.exe", "x‹U+202E›gpj.exe"),
        ("zero\u200bwidth", "zero‹U+200B›width"),
        ("\x01", "‹U+0001›"),
        ("👩\u200d👧", "👩\u200d👧"),
        ("a\u200db", "a‹U+200D›b"),
        ("Ünï العربية", "Ünï العربية"),
    ],
)
def test_what_the_eye_would_miss_is_shown(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_keys_are_measured_in_bytes() -> None:
    assert key_problem("ü" * 512) is None
    assert "1,025" in (key_problem("ü" * 512 + "x") or "")
    assert key_problem("") == "Give the object a name."


@pytest.mark.parametrize(
    ("key", "folder", "last"),
    [
        ("a/b.png", "a/", "b.png"),
        ("b.png", "", "b.png"),
        ("a/b/", "a/", "b/"),
        ("/x", "/", "x"),
        ("a//", "a/", "/"),
        ("/", "", "/"),
    ],
)
def test_a_key_is_its_folder_and_its_last_part(key: str, folder: str, last: str) -> None:
    assert (folder_of(key), last_part(key)) == (folder, last)
