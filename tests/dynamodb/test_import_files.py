"""Files read into records: pure."""

import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest

from app.blueprints.dynamodb.service import wire
from app.blueprints.dynamodb.service.importing.csv_records import MOST_RECORD, CsvRecords
from app.blueprints.dynamodb.service.importing.files import records
from app.blueprints.dynamodb.service.importing.records import Options, Record
from app.blueprints.dynamodb.service.importing.texts import LONGEST_LINE, Unreadable
from app.blueprints.dynamodb.service.wire import Key

KEYS = (Key("id", "S", "HASH"), Key("n", "N", "RANGE"))
ID = (Key("id", "S", "HASH"),)


def read(data: bytes, keys: tuple[Key, ...] = ID, piece: int = 7, **options: Any) -> list[Record]:
    """Return a file's records; it arrives in small pieces."""
    pieces = [data[at : at + piece] for at in range(0, len(data), piece)]
    _, found = records(pieces, Options(**options), keys)
    return list(found.each())


def items(data: bytes, keys: tuple[Key, ...] = ID, **options: Any) -> list[Any]:
    found = read(data, keys, **options)
    assert not [one for one in found if one.refused], found
    return [one.item for one in found]


def test_csv_cells_have_their_columns_types() -> None:
    data = b'id,n,zip,active,doc\r\na,1,007,true,"{""x"": [1]}"\r\nb,2.50,123,FALSE,"[]"\r\n'
    assert items(data, KEYS) == [
        {
            "id": {"S": "a"},
            "n": {"N": "1"},
            "zip": {"S": "007"},
            "active": {"BOOL": True},
            "doc": {"M": {"x": {"L": [{"N": "1"}]}}},
        },
        {"id": {"S": "b"}, "n": {"N": "2.50"}, "zip": {"S": "123"}, "active": {"BOOL": False}, "doc": {"L": []}},
    ]


def test_types_can_be_overridden_and_columns_left_out() -> None:
    found = items(b"id,a,b\nx,1,2\n", types=("", "S", "SKIP"))
    assert found == [{"id": {"S": "x"}, "a": {"S": "1"}}]
    assert items(b"id,a\n1,AP8=\n", types=("", "B")) == [{"id": {"S": "1"}, "a": {"B": b"\x00\xff"}}]


@pytest.mark.parametrize(
    ("empty", "item"),
    [
        ("leave", {"id": {"S": "x"}}),
        ("text", {"id": {"S": "x"}, "a": {"S": ""}}),
        ("null", {"id": {"S": "x"}, "a": {"NULL": True}}),
    ],
)
def test_empty_cells_mean_what_was_chosen(empty: str, item: Any) -> None:
    assert items(b"id,a\nx,\n", empty=empty) == [item]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_seen(delimiter: str) -> None:
    data = f'id{delimiter}"a{delimiter}b"\nx{delimiter}"line\n2"\n'.encode()
    assert items(data) == [{"id": {"S": "x"}, f"a{delimiter}b": {"S": "line\n2"}}]


def test_a_mark_and_latin_1_are_read() -> None:
    assert items(b"\xef\xbb\xbfid,name\nx,J\xc3\xb6rg\n")[0]["name"] == {"S": "Jörg"}
    pieces = [b"id,name\nx,J\xf6rg\n"]
    texts, found = records(pieces, Options(), ID)
    assert [one.item for one in found.each()] == [{"id": {"S": "x"}, "name": {"S": "Jörg"}}]
    assert texts.latin == 2
    with pytest.raises(Unreadable, match="Line 2 is not UTF-8"):
        read(pieces[0], encoding="utf-8")
    with pytest.raises(Unreadable, match="UTF-16"):
        read("id,name\nx,y\n".encode("utf-16"))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"x", "1 cells, and the first line names 3 columns"),
        (b"x,1,2,3", "4 cells"),
        (b",1,a", "partition key “id” is missing"),
        (b"x,abc,a", "n: abc is not a number"),
        (b"x,NaN,a", "not a number"),
        (b"x," + b"1" * 39 + b",a", "39 significant digits"),
        (b'x,1,"a"b', "not CSV"),
        (b"x,1," + b"y" * 410_000, "400 KB"),
        (b"z" * 2049 + b",1,a", "2,049 bytes"),
    ],
)
def test_a_bad_line_is_refused_and_the_next_is_read(line: bytes, words: str) -> None:
    found = read(b"id,n,a\n" + line + b"\ngood,2,b\n", KEYS, piece=8192)
    assert [(one.line, bool(one.item)) for one in found] == [(2, False), (3, True)]
    assert words in found[0].refused


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"name\nx\n", "no column .id., which is the table's partition key"),
        (b"id,a,a\n", "Two columns have the name"),
        (b"id,,a\n", "Column 2 has no name"),
        (b'id,a\nx,"never closed\ny,z\n', "opened in line 2 is not closed"),
        (b'id,a\nx,1\nz,"' + b"line\n" * (MOST_RECORD // 5 + 10), "opened in line 3 is not closed"),
        (b"id,a\n" + b"x" * (LONGEST_LINE + 10), "longer than"),
    ],
)
def test_what_cannot_be_read_on_says_where(data: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        read(data, piece=65536)


@pytest.mark.parametrize("piece", [1, 5, 100_000])
@pytest.mark.parametrize(
    "data",
    [
        b'[{"id": "a", "v": [1.50, "]"]},\n {"id": "b"}]',
        b'{"id": "a", "v": [1.50, "]"]}\n\n{"id": "b"}\n',
        b'{"Item": {"id": {"S": "a"}, "v": {"L": [{"N": "1.50"}, {"S": "]"}]}}}\n{"Item": {"id": {"S": "b"}}}\n',
        b'{"id": {"S": "a"}, "v": {"L": [{"N": "1.50"}, {"S": "]"}]}}\n{"id": {"S": "b"}}',
        b'{"Items": [{"id": {"S": "a"}, "v": {"L": [{"N": "1.50"}, {"S": "]"}]}}, {"id": {"S": "b"}}], "Count": 2}',
    ],
)
def test_every_kind_of_json_gives_the_same_items(data: bytes, piece: int) -> None:
    assert items(data, piece=piece) == [
        {"id": {"S": "a"}, "v": {"L": [{"N": "1.50"}, {"S": "]"}]}},
        {"id": {"S": "b"}},
    ]


def test_a_bad_line_of_json_is_refused_with_its_place() -> None:
    data = (
        b'{"id": "a"}\n{"id": "b", "id": "c"}\n{"id": oops}\n{"id": ""}\n{"x": 1}\n{"id": "z", "n": NaN}\n{"id": "q"}\n'
    )
    found = read(data)
    assert [one.line for one in found if one.refused] == [2, 3, 4, 5, 6]
    reasons = [one.refused for one in found if one.refused]
    for reason, words in zip(reasons, ("stands twice", "column 8", "empty", "missing", "n: NaN"), strict=True):
        assert words in reason


def test_a_broken_array_says_the_line_and_bad_elements_are_refused_alone() -> None:
    found = read(b'[{"id": "a"},\n{"id": 5},\n{"id": "b", "s": {"$stringSet": []}},\n{"id": "c"}]')
    assert [(one.line, bool(one.refused)) for one in found] == [(1, False), (2, True), (3, True), (4, False)]
    for data, words in (
        (b'[{"id": "a"},\n{"id": ]', "Line 2 is not JSON"),
        (b'[{"id": "a"}', "not closed"),
        (b"[" * 100_000, "nested too deep"),
    ):
        with pytest.raises(Unreadable, match=words):
            read(data, piece=4096)


def test_other_attributes_come_back_from_their_column() -> None:
    assert items(b'id,$rest\nx,"{""a"": {""SS"": [""b""]}}"\ny,\n') == [
        {"id": {"S": "x"}, "a": {"SS": ["b"]}},
        {"id": {"S": "y"}},
    ]


def many(lines: int) -> Iterator[bytes]:
    yield b"id,name,age\n"
    block = b"".join(b"customer-%06d,somebody,%d\n" % (n, n % 90) for n in range(1000))
    for _ in range(lines // 1000):
        yield block


@pytest.mark.parametrize("check", [True, False])
def test_memory_does_not_grow_with_the_file(check: bool) -> None:
    _, found = records(many(20_000), Options(), ID)
    assert isinstance(found, CsvRecords)
    tracemalloc.start()
    try:
        count = sum(1 for _ in (found.check() if check else found.each()))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 20_000
    assert peak < 8 * 1024 * 1024, "the first thousand records are held to infer types, and no more"


def test_a_dry_run_counts_what_cells_look_like() -> None:
    _, found = records([b"id,a,b\n1,2,x\n2,,y\n3,5,7\n"], Options(), ID)
    assert isinstance(found, CsvRecords)
    assert len(list(found.check())) == 3
    assert found.kinds() == ["S", "N", "S"]
    assert found.seen[1] == {"N": 2, "": 1}
    assert wire.infer(found.seen[2]) == "S"
