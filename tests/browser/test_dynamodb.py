"""Chapter 10 walked in Chromium, items explored and edited, two people at one item, and every page looked at."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.browsing import Faults, assert_accessible, too_wide
from tests.browser.conftest import Live, OpenPage
from tests.dynamodb.conftest import order
from tests.dynamodb.helpers import index, table

FIRST = """{"customer_id": {"S": "123"}, "customer_mail": {"S": "ada@example.com"},
 "name": {"S": "Ada"}, "address": {"S": "London"}}"""
SECOND = """{"customer_id": {"S": "1234"}, "customer_mail": {"S": "grace@example.com"},
 "name": {"S": "Grace"}, "profession": {"S": "Admiral"}}"""


@pytest.fixture(scope="module")
def aws(live: Live) -> Any:
    """A client, and tables with orders of every type and with one item that is edited."""
    client = live.aws.client("dynamodb")
    types = {"pk": "S", "sk": "N", "state": "S"}
    table(client, "orders", "pk:S", "sk:N", types=types, GlobalSecondaryIndexes=[index("by-state", "state", "sk")])
    for first in range(0, 240, 20):
        puts = [{"PutRequest": {"Item": order(number)}} for number in range(first, first + 20)]
        client.batch_write_item(RequestItems={"orders": puts})
    table(client, "desk", "id:S")
    table(client, "nothing", "id:S")
    return client


def write(page: Page, text: str) -> None:
    """Put text into the editor in place of what is there."""
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(text)


def create_item(page: Page, text: str) -> None:
    page.get_by_role("link", name="Create item").click()
    page.get_by_role("button", name="DynamoDB JSON").click()
    write(page, text)
    page.locator(".form-actions").get_by_role("button", name="Create item").click()
    expect(page.get_by_text("The item is created.")).to_be_visible()


def test_the_books_table(page_at: OpenPage, live: Live) -> None:
    page = page_at("/dynamodb/")
    page.get_by_label("Table name").fill("customer")
    page.get_by_label("Partition key").first.fill("customer_id")
    page.get_by_label("Sort key").first.fill("customer_mail")
    expect(page.get_by_text("nothing while nothing is asked")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Create table").click()
    page.wait_for_url("**/dynamodb/customer/")
    expect(page.get_by_text("Active")).to_be_visible()
    if page.get_by_text("Show the page as it is now").is_visible():
        page.get_by_text("Show the page as it is now").click()
    create_item(page, FIRST)
    page.get_by_role("link", name="Explore items").click()
    create_item(page, SECOND)
    page.get_by_role("link", name="Explore items").click()
    expect(page.locator("[data-ddb-grid] tbody tr")).to_have_count(2)
    page.locator("#pk").fill("1234")
    expect(page.locator("[data-ddb-run]")).to_have_text("Query")
    page.locator("#sk").fill("grace@example.com")
    page.locator("[data-ddb-run]").click()
    expect(page.locator("[data-ddb-grid] tbody tr")).to_have_count(1)
    expect(page.get_by_text("Admiral")).to_be_visible()
    expect(page).to_have_url(re.compile("pk=1234"))
    page.get_by_role("link", name="1234", exact=True).click()
    expect(page.get_by_role("heading", name="1234 / grace@example.com")).to_be_visible()
    page.locator("#drawer > summary").click()
    expect(page.locator("#drawer")).to_contain_text("get_item")
    stored: Any = live.aws.client("dynamodb").scan(TableName="customer")
    assert stored["Count"] == 2


def test_the_button_says_what_will_be_sent(page_at: OpenPage, aws: Any) -> None:
    page = page_at("/dynamodb/orders/items")
    verb, reads = page.locator("[data-ddb-verb]"), page.locator("[data-ddb-reads]")
    expect(verb).to_have_text("Scan")
    expect(reads).to_contain_text("reads the whole table")
    page.get_by_label("Table or index").select_option("by-state")
    expect(reads).to_contain_text("reads the whole index")
    expect(page.locator("label[for=pk]")).to_contain_text("state")
    expect(page.get_by_label("Consistent read")).to_be_disabled()
    page.locator("#pk").fill("open")
    expect(verb).to_have_text("Query")
    expect(reads).to_contain_text("one partition")
    page.locator("#op").select_option("between")
    page.locator("#sk").fill("0")
    page.get_by_label("End of the range").first.fill("30")
    page.locator("#pk").press("Control+Enter")
    expect(page.locator("[data-ddb-grid] tbody tr")).to_have_count(11)
    expect(page.locator("[data-ddb-facts]")).to_contain_text("11 returned")
    expect(page).to_have_url(re.compile(r"\?index=by-state&pk=open&op=between&sk=0&sk2=30$"))
    page.locator("#pk").fill("")
    expect(verb).to_have_text("Scan")


def test_conditions_and_groups(page_at: OpenPage, aws: Any) -> None:
    page = page_at("/dynamodb/orders/items")
    page.get_by_role("button", name="Add a condition").click()
    row = page.locator("[data-ddb-row]").first
    row.get_by_label("Attribute").fill("size")
    row.get_by_label("Type of the value").select_option("N")
    expect(row.get_by_label("Comparison").locator("[value=begins_with]")).to_be_disabled()
    row.get_by_label("Value", exact=True).fill("1")
    page.get_by_role("button", name="Filter group").click()
    second = page.locator("[data-ddb-group]").nth(1)
    second.get_by_label("Attribute").fill("paid")
    second.get_by_label("Type of the value").select_option("BOOL")
    second.get_by_label("Value", exact=True).fill("true")
    page.get_by_label("An item must match").select_option("or")
    assert_accessible(page)
    page.locator("[data-ddb-run]").click()
    expect(page.locator("[data-ddb-facts]")).to_contain_text("180 returned")
    expect(page.locator("[data-ddb-facts]")).to_contain_text("240 read")
    page.locator("[data-ddb-remove]").first.click()
    page.locator("[data-ddb-run]").click()
    expect(page.locator("[data-ddb-facts]")).to_contain_text("120 returned")


def test_pages_are_appended_to_the_end(page_at: OpenPage, aws: Any) -> None:
    page = page_at("/dynamodb/orders/items?size=25")
    page.get_by_role("link", name="Load more").click()
    expect(page.locator("[data-ddb-grid] tbody tr")).to_have_count(50)
    page.get_by_role("button", name="Load to the end").click()
    expect(page.locator("[data-ddb-grid] tbody tr")).to_have_count(240)
    expect(page.locator("[data-ddb-facts]")).to_contain_text("240 returned")
    expect(page.get_by_role("link", name="Load more")).to_have_count(0)
    numbers = page.locator("[data-ddb-grid] tbody .grid-rownumber").all_inner_texts()
    assert numbers == [str(n) for n in range(1, 241)]
    page.locator("#drawer > summary").click()
    assert page.locator("#drawer").get_by_text("Scan").count() > 3


def test_a_page_that_matches_nothing_leads_on(page_at: OpenPage, aws: Any) -> None:
    page = page_at("/dynamodb/orders/items?size=25&fg=0&fn=amount&fo=%3D&ft=N&fv=232.25&fw=")
    page.get_by_role("link", name="Load more").click()
    expect(page.locator("[data-ddb-grid] tbody tr")).to_have_count(1)


def test_a_cells_value_goes_into_the_query(page_at: OpenPage, aws: Any) -> None:
    page = page_at("/dynamodb/orders/items")
    cell = page.locator("td[data-t=SS]").first
    cell.click(button="right", position={"x": 4, "y": 4})
    assert_accessible(page)
    page.get_by_role("button", name="Put into the query").click()
    expect(page.locator("[data-ddb-facts]")).to_contain_text("240 read")
    expect(page.locator("[data-ddb-row]").get_by_label("Value", exact=True)).to_have_value(re.compile("stringSet"))
    page.locator("td[data-t=S]").first.click(button="right", position={"x": 2, "y": 2})
    page.get_by_role("button", name="Put into the query").click()
    expect(page.locator("[data-ddb-verb]")).to_have_text("Query")
    page.locator("td[data-t=N]").first.click(button="right", position={"x": 2, "y": 2})
    page.get_by_role("button", name="Open the item").click()
    expect(page.locator("[data-ddb-item]")).to_be_visible()


def test_a_query_is_saved_as_it_is_typed_and_found_again(page_at: OpenPage, aws: Any) -> None:
    page = page_at("/dynamodb/orders/items")
    page.get_by_text("Query or Scan?").click()
    expect(page.get_by_text("is applied after reading")).to_be_visible()
    page.locator("#pk").fill("customer-05")
    page.get_by_text("Save query").click()
    assert_accessible(page)
    page.get_by_label("Save as").fill("Number five")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved as Number five")).to_be_visible()
    expect(page.locator("#pk")).to_have_value("customer-05")
    expect(page.locator("[data-ddb-verb]")).to_have_text("Query")
    page.get_by_role("link", name="History and saved").click()
    assert_accessible(page)
    expect(page.get_by_role("row", name="Number five")).to_be_visible()
    page.get_by_role("link", name="pk = customer-05").first.click()
    expect(page.locator("#pk")).to_have_value("customer-05")


def test_an_item_is_edited_in_the_form(page_at: OpenPage, aws: Any) -> None:
    aws.put_item(TableName="desk", Item={"id": {"S": "form"}, "a": {"N": "1"}, "b": {"S": "x"}})
    page = page_at("/dynamodb/desk/item?pk=form")
    size = page.locator("#item-size")
    expect(size).to_contain_text("of 409")
    page.get_by_role("button", name="Add an attribute").click()
    row = page.locator("[data-ddb-attribute]").last
    row.get_by_label("Name").fill("notes")
    row.get_by_label("Type").select_option("SS")
    row.get_by_label("Value").fill('["one", "one"]')
    expect(size).to_contain_text("twice")
    row.get_by_label("Value").fill('["one", "two"]')
    expect(size).to_contain_text("22 of")
    page.locator("[data-ddb-attribute]").nth(2).get_by_role("button", name="Remove").click()
    assert_accessible(page)
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_text("2 attributes are changed.")).to_be_visible()
    stored = aws.get_item(TableName="desk", Key={"id": {"S": "form"}})["Item"]
    assert stored.keys() == {"id", "a", "notes"}
    assert sorted(stored["notes"]["SS"]) == ["one", "two"]


def test_two_browsers_lose_no_change(page_at: OpenPage, aws: Any, faults: Faults) -> None:
    faults.expected.add(409)
    aws.put_item(TableName="desk", Item={"id": {"S": "two"}, "a": {"N": "1"}, "b": {"N": "1"}, "c": {"N": "1"}})
    first, second = page_at("/dynamodb/desk/item?pk=two"), page_at("/dynamodb/desk/item?pk=two", theme="dark")
    for page, changes in ((first, {"a": "2", "c": "2"}), (second, {"b": "3", "c": "3"})):
        for name, value in changes.items():
            names = page.locator("[data-ddb-attribute] .ddb-name").all()
            at = [one.input_value() for one in names].index(name)
            page.locator("[data-ddb-attribute] .ddb-text").nth(at).fill(value)
        page.get_by_role("button", name="Save", exact=True).last.click()
    expect(first.get_by_text("2 attributes are changed.")).to_be_visible()
    expect(second.get_by_role("heading", name="Two versions of two")).to_be_visible()
    assert_accessible(second)
    expect(second.get_by_label("a: as it is now")).to_be_checked()
    expect(second.get_by_label("b: yours")).to_be_checked()
    second.get_by_label("c: yours").check()
    second.get_by_role("button", name="Save what is chosen").click()
    expect(second.get_by_text("2 attributes are changed.")).to_be_visible()
    stored = aws.get_item(TableName="desk", Key={"id": {"S": "two"}})["Item"]
    assert stored == {"id": {"S": "two"}, "a": {"N": "2"}, "b": {"N": "3"}, "c": {"N": "3"}}


def test_a_mistake_in_json_is_marked(page_at: OpenPage, aws: Any, faults: Faults) -> None:
    faults.expected.add(422)
    page = page_at("/dynamodb/desk/item?view=dynamodb")
    write(page, '{\n "id": {"S": "x"},\n "n": {"N": 1}\n}')
    page.locator(".form-actions").get_by_role("button", name="Create item").click()
    expect(page.locator(".notice")).to_contain_text("Line 3")
    expect(page.locator(".cm-lintRange-error").first).to_be_visible()
    assert_accessible(page)


def test_an_item_and_a_table_are_deleted(page_at: OpenPage, aws: Any) -> None:
    aws.put_item(TableName="nothing", Item={"id": {"S": "short"}})
    page = page_at("/dynamodb/nothing/item?pk=short")
    page.locator(".ddb-delete > summary").click()
    page.get_by_role("button", name="Delete this item").click()
    expect(page.get_by_text("No item yet")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="Overview").last.click()
    page.get_by_role("link", name="Delete").click()
    page.get_by_label(re.compile("Type the table")).fill("nothing")
    assert_accessible(page)
    page.get_by_role("button", name="Delete the table").click()
    page.wait_for_url("**/dynamodb/")
    expect(page.get_by_text("nothing is being deleted.")).to_be_visible()


PLACES = (
    "/dynamodb/",
    "/dynamodb/orders/",
    "/dynamodb/orders/items",
    "/dynamodb/orders/items?pk=customer-01&fg=0&fn=a.b&fo=between&ft=N&fv=1&fw=2",
    "/dynamodb/orders/items?view=json&size=25",
    "/dynamodb/orders/item?pk=customer-01&sk=1",
    "/dynamodb/orders/item?pk=customer-01&sk=1&view=json",
    "/dynamodb/orders/delete",
    "/dynamodb/orders/history",
)


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 390)])
@pytest.mark.parametrize("path", PLACES)
def test_every_page_is_accessible_and_fits(page_at: OpenPage, aws: Any, path: str, theme: str, width: int) -> None:
    page = page_at(path, theme=theme, width=width)
    assert_accessible(page)
    assert not too_wide(page)


def test_faults_are_accessible(page_at: OpenPage, aws: Any) -> None:
    page = page_at("/dynamodb/orders/items?pk=x&sk=abc&index=", status=422)
    expect(page.locator("#sk-fault")).to_be_visible()
    assert_accessible(page)
    assert_accessible(page_at("/dynamodb/no-such/items", status=404))


def test_without_scripts_the_pages_work(page_at: OpenPage, aws: Any) -> None:
    page = page_at("/dynamodb/orders/items?size=25", js=False)
    page.locator("#pk").fill("customer-01")
    page.get_by_label("Attribute", exact=True).first.fill("paid")
    page.get_by_label("Type of the value").first.select_option("BOOL")
    page.get_by_label("Value", exact=True).first.fill("true")
    page.locator("[data-ddb-run]").click()
    expect(page.locator("[data-ddb-facts]")).to_have_text(re.compile("^\\s*Query"))
    page.locator("a.main").first.click()
    page.get_by_role("button", name="DynamoDB JSON").click()
    expect(page.locator("textarea[name=text]")).to_have_value(re.compile('"pk"'))
