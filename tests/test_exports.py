import csv
import io
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from werkzeug.exceptions import BadRequest

from app import exports

COLUMNS = ["name", "size", "when"]


def written(app: Flask, form: str, rows: exports.Rows, columns: Sequence[str] = COLUMNS) -> str:
    with app.test_request_context("/"):
        return exports.answer(form, columns, rows, "rows").get_data(as_text=True)


@pytest.mark.parametrize(
    ("path", "accept", "form"),
    [
        ("/?format=csv", "", "csv"),
        ("/?format=ndjson", "text/html", "ndjson"),
        ("/?format=json", "text/csv", ""),
        ("/", "text/csv", "csv"),
        ("/", "application/x-ndjson", "ndjson"),
        ("/", "text/html,application/xhtml+xml,*/*;q=0.8", ""),
        ("/", "*/*", ""),
        ("/", "", ""),
    ],
)
def test_the_address_or_the_accept_header_asks(app: Flask, path: str, accept: str, form: str) -> None:
    with app.test_request_context(path, headers={"Accept": accept} if accept else {}):
        assert exports.asked() == form


def test_a_format_that_is_not_there_is_refused(app: Flask) -> None:
    with app.test_request_context("/?format=parquet"), pytest.raises(BadRequest, match="parquet"):
        exports.asked()


def test_csv_keeps_every_character(app: Flask) -> None:
    when = datetime(2024, 5, 1, tzinfo=UTC)
    rows = [('a "b", c\nd', 5, when), ("ü 🌻", None, None), ("", Decimal("-1.50"), b"\x00\xff")]
    text = written(app, "csv", rows)
    read = list(csv.reader(io.StringIO(text, newline="")))
    assert read == [
        COLUMNS,
        ['a "b", c\nd', "5", "2024-05-01T00:00:00+00:00"],
        ["ü 🌻", "", ""],
        ["", "-1.50", "AP8="],
    ]
    assert text.startswith("name,size,when\r\n")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-cmd", "@SUM(A1)", "\t=1", "\r=1", "＝1"])
def test_spreadsheets_get_no_formulas(app: Flask, text: str) -> None:
    [_, row] = list(csv.reader(io.StringIO(written(app, "csv", [(text, -5, -0.5)]), newline="")))
    assert row == [f"'{text}", "-5", "-0.5"]
    assert json.loads(written(app, "ndjson", [(text, -5, -0.5)]))["name"] == text


def test_ndjson_is_one_object_per_line(app: Flask) -> None:
    lines = written(
        app, "ndjson", [("a\nb", 1, datetime(2024, 5, 1, tzinfo=UTC)), ("c", None, {"d": [1]})]
    ).splitlines()
    assert [json.loads(line) for line in lines] == [
        {"name": "a\nb", "size": 1, "when": "2024-05-01T00:00:00+00:00"},
        {"name": "c", "size": None, "when": {"d": [1]}},
    ]


def test_what_json_has_no_number_for_is_text(app: Flask) -> None:
    lines = written(app, "ndjson", [("a", float("nan"), float("inf")), ("b", 0.5, True)]).splitlines()
    assert [list(json.loads(line).values())[1:] for line in lines] == [["nan", "inf"], [0.5, True]]


def test_rows_are_freed_when_the_client_leaves(app: Flask) -> None:
    freed: list[bool] = []

    def rows() -> Iterator[Sequence[Any]]:
        try:
            yield ("a", 1, None)
            yield ("b", 1, None)
        finally:
            freed.append(True)

    with app.test_request_context("/"):
        response = exports.answer("ndjson", COLUMNS, rows(), "rows")
    assert not freed
    response.close()
    assert freed


def test_no_rows_are_a_heading_or_nothing(app: Flask) -> None:
    assert written(app, "csv", []) == "name,size,when\r\n"
    assert written(app, "ndjson", []) == ""


def test_rows_are_read_as_they_are_sent(app: Flask) -> None:
    read: list[int] = []

    def rows() -> Iterator[Sequence[Any]]:
        for number in range(100_000):
            read.append(number)
            yield (f"row {number}", number, None)

    with app.test_request_context("/"):
        response = exports.answer("csv", COLUMNS, rows(), "rows")
        assert len(read) == 1
        pieces = response.iter_encoded()
        assert len(next(iter(pieces))) < exports.PIECE + 100
        assert len(read) < 10_000


def test_what_fails_at_once_is_still_a_page(app: Flask) -> None:
    def rows() -> Iterator[Sequence[Any]]:
        raise LookupError
        yield ()

    with app.test_request_context("/"), pytest.raises(LookupError):
        exports.answer("csv", COLUMNS, rows(), "rows")


def test_the_file_has_a_harmless_name(app: Flask) -> None:
    with app.test_request_context("/"):
        response = exports.answer("csv", COLUMNS, [], 'a/"b"\nü')
    assert response.headers["Content-Disposition"] == 'attachment; filename="a__b___.csv"'


def test_names_of_fields_and_known_numbers_are_no_formulas(app: Flask) -> None:
    rows = [("-1.5", exports.Plain("-1.5"), "@SUM(A1)")]
    text = written(app, "csv", rows, ["@timestamp", "@SUM(A1)", "-x"])
    assert text.splitlines() == ["@timestamp,'@SUM(A1),'-x", "'-1.5,-1.5,'@SUM(A1)"]
