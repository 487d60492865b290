"""Records that overlays keep: in order, apart by account and region, and never lost to a damaged file."""

from pathlib import Path

from embedded.book import Book, Where

HERE, THERE = Where("000000000000", "us-east-1"), Where("000000000000", "eu-west-1")


def test_records_survive_in_the_order_in_which_they_were_made(tmp_path: Path) -> None:
    book = Book(tmp_path / "glue.sqlite")
    assert not (tmp_path / "glue.sqlite").exists()
    for number in range(5):
        book.put("job", HERE, f"j{number}", {"n": number})
    book.put("job", HERE, "j1", {"n": 10})
    book.put("job", THERE, "j1", {"n": 20})
    book.drop("job", HERE, "j2")
    # Not closed: as after a kill.
    again = Book(tmp_path / "glue.sqlite")
    assert [record["n"] for record in again.all("job", HERE)] == [0, 10, 3, 4]
    assert again.find("job", THERE, "j1") == {"n": 20}
    assert again.find("job", THERE, "j0") is None
    assert len(list(again.everywhere("job"))) == 5
    for one in (book, again):
        one.close()


def test_a_damaged_file_is_kept_aside(tmp_path: Path) -> None:
    path = tmp_path / "glue.sqlite"
    path.write_bytes(b"this is not a database, whatever its name says" * 100)
    book = Book(path)
    assert book.all("job", HERE) == []
    assert (tmp_path / "glue.damaged").exists()
    book.put("job", HERE, "j", {"n": 1})
    book.close()
    last = Book(path)
    assert last.find("job", HERE, "j") == {"n": 1}
    last.close()
