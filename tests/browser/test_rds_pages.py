"""Every page of RDS in every state: axe finds nothing, nothing is too wide; rows edited, pages turned, cells saved."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.browser.browsing import Faults, assert_accessible, too_wide
from tests.browser.conftest import Live, OpenPage
from tests.browser.test_rds import ENDLESS, write
from tests.rds.conftest import PASSWORD, make_instances, wait_for

NAME = "pages"
TABLE = f"/rds/{NAME}/table?schema=public&table=people"
LOOKS = (("light", 390), ("dark", 1440))  # the others are in test_rds.py
FILL = (
    "CREATE TABLE people (id int PRIMARY KEY, name text NOT NULL, city text, notes json, photo bytea)",
    "INSERT INTO people SELECT g, 'Person ' || g, (ARRAY['Berlin', 'Ankara', NULL])[1 + g % 3], "
    """json_build_object('tier', g), decode(md5(g::text), 'hex') FROM generate_series(1, 230) g""",
    "UPDATE people SET city = repeat('x', 30000) WHERE id = 2",
)


@pytest.fixture(scope="module")
def people(live: Live) -> str:
    """A PostgreSQL instance with a table, ready."""
    make_instances(live.aws, {NAME: "postgres"})
    where = live.aws.client("rds").describe_db_instances(DBInstanceIdentifier=NAME)["DBInstances"][0]["Endpoint"]
    info = {"host": where["Address"], "port": where["Port"], "user": "dbadmin", "password": PASSWORD, "dbname": "shop"}
    with psycopg.connect(**info) as connection:
        for sql in FILL:
            connection.execute(sql)
    login = {"Name": "team/other", "SecretString": "{}"}
    live.aws.client("secretsmanager").create_secret(**login)
    return NAME


def query(sql: str, **more: str) -> str:
    return f"/rds/{NAME}/query?sql={quote(sql)}" + "".join(f"&{name}={value}" for name, value in more.items())


def run(page: Page, sql: str) -> None:
    write(page, sql)
    page.keyboard.press("Control+Enter")


def in_write_mode(sql: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        page.locator(".work-mode").get_by_text("Write").click()
        run(page, sql)
        expect(page.locator(".work-ask")).to_be_visible()

    return act


def sign_in(page: Page) -> None:
    page.get_by_text("Sign in another way").click()
    page.get_by_label("Another secret of the account").check()
    expect(page.get_by_text("Its user and password are sent to this server")).to_be_visible()


def running(page: Page) -> None:
    run(page, ENDLESS)
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()


def explained(page: Page) -> None:
    page.get_by_role("button", name="Explain").click()
    expect(page.locator("[data-rds-plan]")).to_be_visible()


def drawn(page: Page) -> None:
    page.get_by_role("button", name="Chart").click()
    expect(page.locator(".grid-chart .mark").first).to_be_visible()


def nothing(page: Page) -> None:
    """The page is as it comes."""


GROUPS = "SELECT city, count(*) AS people FROM people WHERE id <> 2 GROUP BY city ORDER BY city"
STATES: dict[str, tuple[str, Callable[[Page], None], int]] = {
    "list": ("/rds/", nothing, 200),
    "instance": (f"/rds/{NAME}/", sign_in, 200),
    "snapshots": (f"/rds/{NAME}/snapshots", nothing, 200),
    "delete": (f"/rds/{NAME}/delete", nothing, 200),
    "query": (f"/rds/{NAME}/query", nothing, 200),
    "results": (query("SELECT * FROM people"), nothing, 200),
    "error": (query("SELECT 1;\nSELECT nmae FROM people"), nothing, 422),
    "parameters": (query("SELECT * FROM people WHERE id = :id"), nothing, 200),
    "chart": (query(GROUPS), drawn, 200),
    "plan": (query(GROUPS), explained, 200),
    "running": (f"/rds/{NAME}/query", running, 200),
    "pending": (f"/rds/{NAME}/query", in_write_mode("UPDATE people SET city = 'Izmir' WHERE id = 1"), 200),
    "asked": (f"/rds/{NAME}/query", in_write_mode("DELETE FROM people"), 200),
    "table": (TABLE, nothing, 200),
    "filtered": (f"{TABLE}&column=city&compare=%3D&value=nowhere", nothing, 200),
    "row": (f"{TABLE.replace('/table', '/row')}&key=[2]", nothing, 200),
    "new": (TABLE.replace("/table", "/row"), nothing, 200),
    "history": (f"/rds/{NAME}/history", nothing, 200),
    "schema": (f"/rds/{NAME}/schema", nothing, 200),
}


@pytest.mark.parametrize("state", STATES)
def test_each_state_is_accessible_and_fits(page_at: OpenPage, people: str, state: str) -> None:
    path, act, status = STATES[state]
    for theme, width in LOOKS:
        page = page_at(path, theme=theme, width=width, status=status)
        act(page)
        assert_accessible(page)
        assert not too_wide(page), f"{state} {theme} {width}"


def test_a_row_is_edited_and_its_sql_is_in_the_drawer(page_at: OpenPage, people: str) -> None:
    page = page_at(f"{TABLE}&column=id&compare=%3D&value=7")
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("city").fill("Edirne")
    page.get_by_role("button", name="Save row").click()
    expect(page.get_by_text("The row is changed.")).to_be_visible()
    expect(page.locator(".drawer-before")).to_contain_text("1 query from the form before")
    page.goto(page.url + "&column=id&compare=%3D&value=7")
    expect(page.locator("[data-grid] tbody")).to_contain_text("Edirne")
    expect(page.locator("[data-drawer-words]")).to_contain_text("1 query")
    assert "No AWS calls" not in page.locator("#drawer > summary").inner_text()


def test_a_change_is_rolled_back_and_committed(page_at: OpenPage, people: str) -> None:
    page = page_at(f"/rds/{NAME}/query")
    in_write_mode("UPDATE people SET name = 'New' WHERE id = 9")(page)
    expect(page.locator(".work-ask")).to_contain_text("changes 1 row")
    page.get_by_role("button", name="Roll back").click()
    expect(page.locator(".work-ask")).to_have_count(0)
    run(page, "UPDATE people SET name = 'Newer' WHERE id = 9")
    page.get_by_role("button", name="Commit").click()
    expect(page.get_by_text("Committed.", exact=True)).to_be_visible()
    page.goto(page.url.split("/query")[0] + "/history")
    table = page.get_by_role("region", name="History")
    expect(table.locator("tr", has_text="'New'")).to_contain_text("Rolled back")
    expect(table.locator("tr", has_text="'Newer'").first).to_contain_text("Wrote")


def test_pages_of_a_query_are_turned(page_at: OpenPage, people: str) -> None:
    page = page_at(query("SELECT * FROM people ORDER BY id"))
    page.get_by_role("link", name="Next 100").click()
    expect(page.locator(".table-foot")).to_contain_text("Rows 101 to 200")
    page.get_by_role("link", name="Next 100").click()
    expect(page.locator(".table-foot")).to_contain_text("Rows 201 to 230: this is the end")
    page.goto(page.url.split("?")[0] + "?sql=SELECT+*+FROM+people")
    page.get_by_role("link", name="Open the table").click()
    expect(page.get_by_role("heading", name="people")).to_be_visible()


def test_a_few_numbered_groups_are_bars_and_numbers_stay_together(page_at: OpenPage, people: str) -> None:
    page = page_at(query("SELECT id % 5 AS part, count(*) AS people FROM people GROUP BY 1 ORDER BY 1"))
    box, room = page.locator(".grid-box").bounding_box(), page.locator("#results").bounding_box()
    assert box and room and box["width"] < room["width"] / 2, "a narrow result is not stretched"
    drawn(page)
    expect(page.locator(".grid-chart rect.mark")).to_have_count(5)


def test_a_finger_opens_the_menu_of_a_cell(page_at: OpenPage, people: str) -> None:
    page = page_at(query("SELECT id, name FROM people ORDER BY id"), width=390)
    page.get_by_role("cell", name="Person 3", exact=True).tap()
    page.get_by_role("button", name="Filter by value").tap()
    expect(page.locator("[data-grid] tbody tr:visible")).to_have_count(1)
    assert not too_wide(page)


def test_comments_run_nothing_and_roll_back_answers(page_at: OpenPage, people: str) -> None:
    page = page_at(f"/rds/{NAME}/query")
    run(page, "-- nothing")
    expect(page.locator("#results")).to_contain_text("There is no statement in this text")
    in_write_mode("UPDATE people SET name = 'New' WHERE id = 9")(page)
    page.get_by_role("button", name="Roll back").click()
    expect(page.get_by_text("Rolled back: nothing was changed.")).to_be_visible()
    expect(page.locator(".cm-content")).to_be_focused()


def test_a_cut_cell_is_saved_whole(page_at: OpenPage, people: str, tmp_path: Path) -> None:
    page = page_at(f"{TABLE}&column=id&compare=%3D&value=2")
    page.locator(".grid-long summary").first.click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Save the whole cell").click()
    assert waiting.value.suggested_filename == "people-city-2.txt"
    waiting.value.save_as(tmp_path / "cell.txt")
    assert (tmp_path / "cell.txt").read_text() == "x" * 30000


@pytest.fixture
def stopped(live: Live, people: str) -> Iterator[None]:
    """The instance stopped, and started again after the test."""
    rds = live.aws.client("rds")
    rds.stop_db_instance(DBInstanceIdentifier=NAME)
    wait_for(rds, NAME, "stopped")
    yield
    rds.start_db_instance(DBInstanceIdentifier=NAME)
    wait_for(rds, NAME, "available")


def test_a_stopped_database_leads_to_its_start(page_at: OpenPage, stopped: None, faults: Faults) -> None:
    page = page_at("/rds/")
    expect(page.locator("#instances")).to_contain_text("Stopped")
    page.goto(page.url + f"{NAME}/history")  # what is remembered needs no database
    faults.expected.add(502)
    page.get_by_role("link", name="Query").click()
    expect(page.get_by_text(f"{NAME} is stopped.")).to_be_visible()  # beside the editor, where the login was known
    page.reload()
    expect(page.get_by_text(f"{NAME} is stopped.")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="Open the instance").click()
    expect(page.get_by_role("button", name=f"Start {NAME}")).to_be_visible()
    assert_accessible(page)


def test_without_aws_the_page_says_so(page_at: OpenPage, unconnected: str) -> None:
    page = page_at(f"{unconnected}/rds/", status=503)
    expect(page.get_by_role("heading", name="No AWS to talk to")).to_be_visible()
    assert_accessible(page)
