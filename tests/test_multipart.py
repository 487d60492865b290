"""The form reader against hostile and ordinary bodies, however they are cut into pieces."""

import random
from collections.abc import Callable
from io import BytesIO

import pytest
from python_multipart.multipart import MultipartParser

from app.multipart import MAX_HEADERS, FormReader, Malformed, Part, boundary_of

BOUNDARY = b"----WebKitFormBoundaryAbC123"
LINE = b"--" + BOUNDARY


class Pieces:
    """A source that gives at most `next_size()` bytes at a time."""

    def __init__(self, data: bytes, next_size: Callable[[], int]):
        self._data, self._next = BytesIO(data), next_size

    def readinto(self, view: memoryview) -> int:
        piece = self._data.read(min(len(view), self._next()))
        view[: len(piece)] = piece
        return len(piece)


def part(name: str, data: bytes, filename: str | None = None) -> bytes:
    file = f'; filename="{filename}"' if filename is not None else ""
    head = f'Content-Disposition: form-data; name="{name}"{file}\r\nContent-Type: text/plain\r\n\r\n'
    return LINE + b"\r\n" + head.encode() + data + b"\r\n"


def read(body: bytes, piece: Callable[[], int] = lambda: 1 << 20, buffer: int = 1 << 16) -> list[tuple[Part, bytes]]:
    form = FormReader(Pieces(body, piece), BOUNDARY)
    found = []
    for each in form.parts():
        whole, room = b"", bytearray(buffer)
        while count := form.readinto(room):
            whole += room[:count]
        found.append((each, whole))
    return found


def test_fields_and_files_come_in_order() -> None:
    body = (
        part("csrf_token", b"t")
        + part("files", b"\x00\x01\r\n", "a.png")
        + part("files", b"", "ü😀.txt")
        + LINE
        + b"--\r\n"
    )
    (first, token), (second, data), (third, nothing) = read(body)
    assert (first.name, first.filename, token) == ("csrf_token", None, b"t")
    assert (second.name, second.filename, data) == ("files", "a.png", b"\x00\x01\r\n")
    assert (third.filename, nothing) == ("ü😀.txt", b"")


@pytest.mark.parametrize("size", [1, 2, 3, 7, 31, 64, 1000])
def test_the_pieces_do_not_matter(size: int) -> None:
    data = [
        b"",
        b"\r",
        b"\r\n",
        b"\r\n--",
        b"\r\n" + LINE[:-1],
        LINE[2:],
        b"x\r\n\r\n" * 40,
        b"\r\r\n-\r\n--" + BOUNDARY[:5],
    ]
    body = b"".join(part(f"f{i}", d, "n") for i, d in enumerate(data)) + LINE + b"--"
    assert [found for _, found in read(body, lambda: size)] == data


@pytest.mark.parametrize("seed", range(60))
def test_it_agrees_with_another_parser(seed: int) -> None:
    chance = random.Random(seed)
    snippets = [b"\r", b"\n", b"\r\n", b"--", LINE[:9], b"\r\n" + LINE[:12], b"\r\n--", chance.randbytes(50), b""]
    datas = [b"".join(chance.choice(snippets) for _ in range(chance.randrange(40))) for _ in range(8)]
    body = b"preamble\r\n" * (seed % 2) + b"".join(part("f", d, "n") for d in datas) + LINE + b"--\r\nepilogue"
    ours = read(body, lambda: chance.randrange(1, 90), chance.randrange(1, 200))
    assert [data for _, data in ours] == datas
    if not seed % 2:  # the other parser takes no preamble
        assert _by_python_multipart(body) == datas


def _by_python_multipart(body: bytes) -> list[bytes]:
    found: list[bytearray] = []
    parser = MultipartParser(
        BOUNDARY,
        {
            "on_part_begin": lambda: found.append(bytearray()),
            "on_part_data": lambda data, start, end: found[-1].extend(data[start:end]),
        },
    )
    parser.write(body)
    parser.finalize()
    return [bytes(data) for data in found]


@pytest.mark.parametrize("size", [1, 1000])
def test_an_empty_part_may_share_its_blank_line_with_the_boundary(size: int) -> None:
    head = b"\r\nContent-Disposition: form-data; name=a\r\n\r\n"
    assert [data for _, data in read(LINE + head + LINE + head + b"x\r\n" + LINE + b"--", lambda: size)] == [b"", b"x"]


def test_a_part_that_nobody_reads_is_skipped() -> None:
    form = FormReader(Pieces(part("a", b"x" * 200_000, "n") + part("b", b"y") + LINE + b"--", lambda: 999), BOUNDARY)
    assert [found.name for found in form.parts()] == ["a", "b"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no boundary at all",
        LINE,
        LINE + b"\r\n",
        part("a", b"data"),
        LINE + b"\r\nContent-Disposition: form-data; name=a\r\n\r\ndata without an end",
        LINE + b"\r\nno colon\r\n\r\n",
        LINE + b"\r\nX: y\r\n\r\ndata\r\n" + LINE + b"--",
        LINE + b"\r\nContent-Disposition: attachment; name=a\r\n\r\ndata\r\n" + LINE + b"--",
        LINE + b"oops\r\n",
        LINE + b"\r\n" + b"A: b\r\n" * MAX_HEADERS,
        LINE + b"\r\nA: " + b"b" * (MAX_HEADERS + 100_000),
    ],
)
@pytest.mark.parametrize("size", [1 << 20, 5])
def test_a_broken_form_is_told(body: bytes, size: int) -> None:
    with pytest.raises(Malformed):
        read(body, lambda: size)


def test_a_field_longer_than_allowed_is_told() -> None:
    form = FormReader(Pieces(part("prefix", b"x" * 5000) + LINE + b"--", lambda: 100), BOUNDARY)
    with pytest.raises(Malformed, match="longer than 1,024 bytes"):
        for _ in form.parts():
            form.value(1024)


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ('filename="a%22b.png"', 'a"b.png'),
        ("filename*=UTF-8''na%C3%AFve%20%F0%9F%98%80.png", "naïve 😀.png"),
        ('filename="a;b=c.png"', "a;b=c.png"),
        ('filename=""', ""),
        ("filename=plain.png", "plain.png"),
        ("filename=\"plain.png\"; filename*=utf-8'en'%C3%BC.png", "ü.png"),
        (r'filename="C:\photos\x.png"', r"C:\photos\x.png"),
        (r'filename="say \"hi\" \\ there.png"', r'say "hi" \ there.png'),
        ('filename="a%0D%0Ab.png"', "a\r\nb.png"),
        ('filename="folder/sub/a.png"', "folder/sub/a.png"),
    ],
)
def test_names_as_browsers_send_them(sent: str, name: str) -> None:
    head = f"Content-Disposition: form-data; name=files; {sent}\r\n\r\n".encode()
    ((found, _),) = read(LINE + b"\r\n" + head + b"x\r\n" + LINE + b"--")
    assert found.filename == name


def test_the_boundary_comes_from_the_content_type() -> None:
    assert boundary_of('multipart/form-data; boundary="a b"') == b"a b"
    for bad in (
        "",
        "text/plain",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/mixed; boundary=x",
    ):
        with pytest.raises(Malformed):
            boundary_of(bad)


def test_many_tiny_parts_keep_nothing() -> None:
    body = b"".join(part("f", b"x", "n") for _ in range(3000)) + LINE + b"--"
    form = FormReader(Pieces(body, lambda: 1 << 20), BOUNDARY)
    assert sum(1 for _ in form.parts()) == 3000
    assert len(form._held) < 300_000
