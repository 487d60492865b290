"""PartiQL, imports, exports, bulk deletion and access patterns in Chromium."""

import csv
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.browsing import Faults, assert_accessible, too_wide
from tests.browser.conftest import Live, OpenPage
from tests.dynamodb.helpers import index, table

LINES = 3000
CITIES = ("Rome", "Oslo", "Lima", "Bonn")


@pytest.fixture(scope="module")
def dynamodb(live: Live) -> Any:
    """A client, and a table with an index by city."""
    client = live.aws.client("dynamodb")
    types = {"id": "S", "city": "S"}
    table(client, "people", "id:S", types=types, GlobalSecondaryIndexes=[index("by-city", "city", "id")])
    return client


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CSV file of people; two of its lines are wrong."""
    path = tmp_path_factory.mktemp("files") / "people.csv"
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "city", "age", "zip", "active", "tags"))
        for n in range(LINES):
            writer.writerow((f"p{n:05}", CITIES[n % 4], n % 90, f"{n:05}", n % 2 == 0, f'["t{n % 3}", "ö"]'))
        writer.writerow(("", "Rome", 1, "1", "true", ""))
        writer.writerow(("short", "Rome"))
    return path


def scanned(client: Any) -> list[dict[str, Any]]:
    """Return all people in the order of their ids."""
    found: list[dict[str, Any]] = []
    for answer in client.get_paginator("scan").paginate(TableName="people"):
        found += answer["Items"]
    return sorted(found, key=lambda item: str(item["id"]["S"]))


def write(page: Page, text: str) -> None:
    """Put a statement into the editor in place of what is there."""
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")  # Chromium styles text that replaces a selection, which the policy forbids
    page.keyboard.insert_text(text)


def test_a_file_is_checked_imported_queried_and_exported(
    page_at: OpenPage, dynamodb: Any, people: Path, tmp_path: Path
) -> None:
    page = page_at("/dynamodb/people/import")
    assert_accessible(page)
    page.locator("input[type=file]").set_input_files(people)
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_text("items can be written")).to_be_visible(timeout=60_000)
    expect(page.locator(".ddb-refused tbody tr")).to_have_count(2)
    expect(page.get_by_label("Type of zip")).to_have_value("S")
    assert_accessible(page)
    page.get_by_role("button", name="Import 3").click()
    expect(page.get_by_text("items written")).to_be_visible(timeout=90_000)
    expect(page.locator(".ddb-figures").get_by_text("refused")).to_contain_text("2")
    expect(page).to_have_url(re.compile("/dynamodb/partiql/work/"))
    facts = page.request.get(f"{page.url}?format=json").json()["facts"]
    assert facts["total"] == facts["bytes"] == people.stat().st_size, "an import goes on with a file of this size only"
    assert_accessible(page)
    items = scanned(dynamodb)
    assert len(items) == LINES
    assert items[7] == {
        "id": {"S": "p00007"}, "city": {"S": "Bonn"}, "age": {"N": "7"}, "zip": {"S": "00007"},
        "active": {"BOOL": False}, "tags": {"L": [{"S": "t1"}, {"S": "ö"}]},
    }  # fmt: skip
    query = page_at(
        "/dynamodb/partiql?statement=SELECT+id+FROM+people.%22by-city%22+WHERE+city='Oslo'".replace(
            "people.", '"people".'
        )
    )
    expect(query.get_by_text("Page 1")).to_be_visible()
    compare_export(page_at, tmp_path, items)


def compare_export(page_at: OpenPage, tmp_path: Path, items: list[dict[str, Any]]) -> None:
    """Export the table as CSV and compare it item by item with a scan."""
    page = page_at("/dynamodb/people/export")
    page.get_by_label("Every attribute there is").check()
    assert_accessible(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    target = tmp_path / "out.csv"
    download.value.save_as(target)
    with target.open(newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["id"])
    assert len(rows) == len(items)
    for row, item in zip(rows, items, strict=True):
        assert row["id"] == item["id"]["S"]
        assert row["zip"] == item["zip"]["S"]
        assert Decimal(row["age"]) == Decimal(item["age"]["N"])
        assert row["active"] == ("true" if item["active"]["BOOL"] else "false")


def test_partiql_pages_to_the_end(page_at: OpenPage, dynamodb: Any) -> None:
    if not scanned(dynamodb):
        for n in range(250):
            dynamodb.put_item(TableName="people", Item={"id": {"S": f"p{n:05}"}, "city": {"S": "Rome"}})
    page = page_at("/dynamodb/partiql")
    write(page, "SELECT id FROM people WHERE begins_with(id, ?)")
    expect(page.get_by_text("This scans: it reads the whole table people")).to_be_visible()
    page.locator("[name='p.1']").fill("p000")
    assert_accessible(page)
    page.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-grid] tbody tr").first).to_be_visible()
    seen: set[str] = set()
    while True:
        seen |= set(page.locator("[data-grid] tbody td").all_inner_texts())
        following = page.get_by_role("button", name="Next page")
        if not following.count():
            break
        number = page.locator(".table-foot").inner_text().split("Page ")[1].split()[0]
        following.click()
        expect(page.locator(".table-foot")).to_contain_text(f"Page {int(number) + 1}")
    assert seen == {f"p{n:05}" for n in range(100)}


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 390)])
def test_a_change_is_asked_about_and_a_mistake_is_marked(
    page_at: OpenPage, dynamodb: Any, faults: Faults, theme: str, width: int
) -> None:
    faults.expected.add(422)
    page = page_at("/dynamodb/partiql", theme=theme, width=width)
    assert_accessible(page)
    write(page, f"INSERT INTO people VALUE {{'id': 'new-{theme}', 'city': 'Rome'}}")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("INSERT puts one item into people")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Run it").click()
    expect(page.locator(".grid-result-head")).to_contain_text("Done")
    assert "Item" in dynamodb.get_item(TableName="people", Key={"id": {"S": f"new-{theme}"}})
    dynamodb.delete_item(TableName="people", Key={"id": {"S": f"new-{theme}"}})
    write(page, "DELETE FROM people WHERE city = 'Rome'")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("DELETE without id")).to_be_visible()
    write(page, "SELECT * FROM people\nWHERE id = WHERE")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".cm-lintRange-error")).to_have_text("WHERE")
    assert_accessible(page)
    assert not too_wide(page)


def test_what_the_drawer_shows_of_partiql_runs(page_at: OpenPage, live: Live, dynamodb: Any) -> None:
    dynamodb.put_item(TableName="people", Item={"id": {"S": "zoe"}, "city": {"S": "Rome"}})
    statement = "SELECT city FROM people WHERE id = 'zoe'"
    page = page_at(f"/dynamodb/partiql?statement={statement.replace(' ', '+')}")
    page.get_by_text("The same request with expressions").click()
    snippets = page.locator(".ddb-pair code").all_inner_texts()
    assert len(snippets) == 2
    for snippet in snippets:
        done = subprocess.run(
            [sys.executable, "-c", snippet], env=live.aws.env, capture_output=True, text=True, check=True
        )
        assert "Rome" in done.stdout
    dynamodb.delete_item(TableName="people", Key={"id": {"S": "zoe"}})


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 390)])
def test_access_patterns_and_pages_of_files_are_accessible(
    page_at: OpenPage, dynamodb: Any, theme: str, width: int
) -> None:
    for n in range(30):
        dynamodb.put_item(TableName="people", Item={"id": {"S": f"VISIT#{n}"}, "city": {"S": "Rome"}})
    for path in (
        "/dynamodb/people/patterns?index=by-city&sample=1000",
        "/dynamodb/people/export",
        "/dynamodb/people/import",
        "/dynamodb/people/delete-items?fg=0&fn=id&fo=begins_with&ft=S&fv=VISIT",
        "/dynamodb/partiql/history",
        "/dynamodb/partiql/tables",
    ):
        page = page_at(path, theme=theme, width=width)
        assert_accessible(page)
        assert not too_wide(page), path


def test_what_a_filter_selects_is_deleted(page_at: OpenPage, dynamodb: Any) -> None:
    for n in range(40):
        dynamodb.put_item(TableName="people", Item={"id": {"S": f"OLD#{n}"}, "city": {"S": "Rome"}})
    page = page_at("/dynamodb/people/delete-items?fg=0&fn=id&fo=begins_with&ft=S&fv=OLD%23")
    button = page.get_by_role("button", name="Delete 40 items")
    page.locator("#confirm").fill("people")
    button.click()
    expect(page.get_by_text("items deleted")).to_be_visible(timeout=30_000)
    assert not [item for item in scanned(dynamodb) if item["id"]["S"].startswith("OLD#")]


def test_without_scripts_files_and_statements_work(page_at: OpenPage, dynamodb: Any, tmp_path: Path) -> None:
    path = tmp_path / "two.csv"
    path.write_text("id,city\nplain-1,Rome\nplain-2,Oslo\n")
    page = page_at("/dynamodb/people/import", js=False)
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="Check the file").click()
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="Import 2 items").click()
    expect(page.locator("#work")).to_contain_text("2 items written")
    page = page_at("/dynamodb/partiql", js=False)
    page.locator("textarea[name=statement]").fill("SELECT city FROM people WHERE id = 'plain-2'")
    page.get_by_role("button", name="Run").click()
    expect(page.locator("[data-grid] td").get_by_text("Oslo", exact=True)).to_be_visible()
