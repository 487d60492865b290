"""Listings as files for other programs."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.pages import Page
from tests.s3.test_views_pages import HOSTILE


@pytest.fixture
def app(shared_app: Flask) -> Flask:
    return shared_app


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_listing_goes_to_its_end_whatever_the_names(client: FlaskClient, s3: Any, bucket: str) -> None:
    keys = [*HOSTILE, "=SUM(A1:A9)", *(f"many/{number:04}" for number in range(1100))]
    for key in keys:
        s3.put_object(Bucket=bucket, Key=key, Body=b"12345")
    text = client.get(f"/s3/{bucket}/?format=ndjson").get_data(as_text=True)
    found = [json.loads(line) for line in text.splitlines()]
    stored = [
        o["Key"] for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket) for o in page["Contents"]
    ]
    assert [row["key"] for row in found] == stored
    assert sorted(stored) == sorted(set(keys))
    assert {row["size"] for row in found} == {5}
    cells = rows(client.get(f"/s3/{bucket}/?format=csv").get_data(as_text=True))
    assert len(cells) == len(stored)
    assert "'=SUM(A1:A9)" in [row["key"] for row in cells]


def test_a_prefix_and_a_search_narrow_the_file(client: FlaskClient, s3: Any, bucket: str) -> None:
    for key in ("a/1", "a/b/2", "a/c", "d"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"")
    answer = client.get(f"/s3/{bucket}/?prefix=a/&format=csv")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{bucket}-a.csv"'
    assert [row["key"] for row in rows(answer.get_data(as_text=True))] == ["a/1", "a/b/2", "a/c"]
    narrowed = client.get(f"/s3/{bucket}/?prefix=a/&q=b", headers={"Accept": "text/csv"})
    assert [row["key"] for row in rows(narrowed.get_data(as_text=True))] == ["a/b/2"]


def test_buckets_are_rows_too(client: FlaskClient, bucket: str) -> None:
    found = rows(client.get("/s3/?format=csv&q=" + bucket).get_data(as_text=True))
    assert bucket in [row["name"] for row in found]
    assert set(found[0]) == {"name", "region", "created"}


def test_what_cannot_be_listed_is_a_page(page: Callable[..., Page]) -> None:
    assert "No such bucket" in page("/s3/never-was-here/?format=csv", status=404, calls=1).text
    assert "parquet" in page("/s3/never-was-here/?format=parquet", status=400, calls=0).text


def test_the_page_offers_both_files(page: Callable[..., Page], s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="a/1", Body=b"")
    links = [e.get("href") for e in page(f"/s3/{bucket}/?prefix=a/", calls=1).all(".//main//a[@download]")]
    assert links == [f"/s3/{bucket}/?prefix=a%2F&format=csv", f"/s3/{bucket}/?prefix=a%2F&format=ndjson"]
