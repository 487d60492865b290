"""Chapters 3, 5 and 7 of the book walked in Chromium: functions made, tested, triggered, mended, watched."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.awslambda.conftest import HELLO, make, make_role, packed
from tests.browser.browsing import Faults, assert_accessible, too_wide
from tests.browser.conftest import Live, OpenPage

PATIENT = 60_000
READS = """import boto3


def lambda_handler(event, context):
    body = boto3.client("s3").get_object(Bucket="chapter-five", Key="addresses.csv")["Body"].read()
    print(body.decode())
    return body.decode().count("\\n")
"""
LOGS = """import os


def lambda_handler(event, context):
    print("region", os.environ["AWS_DEFAULT_REGION"])
"""


@pytest.fixture(scope="module")
def functions(live: Live) -> Live:
    """A role, a bucket and functions."""
    make_role(live.aws.client("iam"))
    s3 = live.aws.client("s3")
    for bucket in ("inputforlambda123", "chapter-five"):
        s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket="chapter-five", Key="addresses.csv", Body=b"id,city\n1,Redwood City\n")
    make(live.aws, "hello", HELLO, Environment={"Variables": {"STAGE": "x", "API_KEY": "hush"}})
    make(
        live.aws,
        "FileProcessing",
        READS,
        Description="Reads the addresses that were put into the bucket, and prints them",
    )
    make(live.aws, "TestLogs", LOGS)
    make(live.aws, "several", {"lambda_function.py": HELLO, "helper.py": "x = 1\n"})
    for _ in range(3):
        live.aws.client("lambda").invoke(FunctionName="hello", Payload=b"{}")
    live.aws.client("lambda").invoke(FunctionName="hello", Payload=b'{"boom": 1}')
    return live


def invoke(page: Page) -> None:
    """Invoke with the event that is shown."""
    page.get_by_role("button", name="Invoke").click()


def write(page: Page, text: str) -> None:
    """Replace what is in the editor, as a person does."""
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")  # text typed over coloured text gets styles from the browser
    page.keyboard.insert_text(text)


def test_chapter_3_a_function_from_a_template(page_at: OpenPage, functions: Live) -> None:
    page = page_at("/lambda/new")
    page.get_by_label("Function name").fill("first-function")
    page.get_by_role("button", name="Check code and role").click()
    expect(page.get_by_role("heading", name="What the role must allow")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Create function").click()
    page.wait_for_url("**/lambda/first-function/test**")
    expect(page.locator("#function-state")).to_have_text("Ready", timeout=PATIENT)  # by itself
    expect(page.locator(".cm-content")).to_contain_text("Temperature")
    invoke(page)
    expect(page.get_by_role("heading", name="Succeeded")).to_be_visible(timeout=PATIENT)
    expect(page.locator("#result")).to_contain_text("Hello from Lambda")
    expect(page.locator("#result")).to_contain_text("of 128 MB")
    assert_accessible(page)
    page.locator("#drawer > summary").click()
    expect(page.locator("#drawer")).to_contain_text("Invoke")


def test_chapter_3_a_bucket_triggers_it(page_at: OpenPage, functions: Live) -> None:
    page = page_at("/lambda/new?recipe=metadata")
    page.get_by_label("Function name").fill("content-type")
    page.get_by_label("Bucket that an unknown one stands for").fill("inputforlambda123")
    page.get_by_role("button", name="Check code and role").click()
    page.get_by_role("button", name="Create function").click()
    page.wait_for_url("**/lambda/content-type/test**")
    page.get_by_role("link", name="Triggers").click()
    page.get_by_label("Bucket", exact=True).select_option("inputforlambda123")
    page.get_by_role("button", name="Add trigger").click()
    expect(page.get_by_role("region", name="S3 triggers")).to_contain_text("inputforlambda123")
    assert_accessible(page)
    page.get_by_role("region", name="S3 triggers").get_by_role("link").click()
    expect(page.locator("#notifications")).to_contain_text("content-type")
    body = {"Bucket": "inputforlambda123", "Key": "my first.csv", "Body": b"a", "ContentType": "text/csv"}
    functions.aws.client("s3").put_object(**body)
    page.goto(page.url.split("/s3/")[0] + "/lambda/content-type/monitor")
    for _ in range(200):
        if page.get_by_text("Succeeded").is_visible():
            break
        page.wait_for_timeout(100)
        page.reload()
    expect(page.get_by_text("Succeeded")).to_be_visible()
    page.get_by_role("link", name="Stream").first.click()
    expect(page.get_by_text("my first.csv is text/csv")).to_be_visible()


def test_chapter_5_the_log_is_seen(page_at: OpenPage, functions: Live) -> None:
    page = page_at("/lambda/FileProcessing/test?template=empty")
    invoke(page)
    expect(page.get_by_role("heading", name="Succeeded")).to_be_visible(timeout=PATIENT)
    page.get_by_text("Log, its last 4 KB").click()
    expect(page.get_by_role("group", name="The log")).to_contain_text("1,Redwood City")


def test_chapter_7_the_lines_are_found_in_insights(page_at: OpenPage, functions: Live) -> None:
    page = page_at("/lambda/TestLogs/test?template=empty")
    invoke(page)
    page.get_by_role("link", name="Its lines in Logs Insights").click()
    page.wait_for_url("**/logs/insights**")
    page.get_by_role("button", name=re.compile("^Run")).click()
    expect(page.get_by_text("region us-east-1").first).to_be_visible(timeout=PATIENT)


def test_a_failure_is_understood_and_mended(page_at: OpenPage, functions: Live, faults: Faults) -> None:
    faults.expected.add(422)
    make(functions.aws, "mended", HELLO)
    page = page_at("/lambda/mended/test")
    write(page, '{"boom": 1}')
    invoke(page)
    expect(page.get_by_role("heading", name="It failed")).to_be_visible(timeout=PATIENT)
    expect(page.locator(".lambda-failed")).to_contain_text('raise KeyError("boom")')
    assert_accessible(page)
    page.get_by_role("link", name="lambda_function.py").click()
    write(page, "def lambda_handler(event, context)\n    return 1")
    page.get_by_role("button", name="Deploy", exact=True).click()
    expect(page.locator("#remarks")).to_contain_text("Python cannot read this")
    expect(page.locator(".cm-lintRange-error").first).to_be_visible()
    assert_accessible(page)
    write(page, "def lambda_handler(event, context):\n    return 'mended'")
    page.get_by_role("button", name="Deploy", exact=True).click()
    expect(page.get_by_text("The next invocation runs the new code")).to_be_visible()
    page.get_by_role("link", name="Test").first.click()
    invoke(page)
    expect(page.locator("#result")).to_contain_text("mended")


def test_an_event_that_is_not_json_is_marked(page_at: OpenPage, functions: Live) -> None:
    page = page_at("/lambda/hello/test")
    write(page, "{'a': 1}")
    invoke(page)
    expect(page.locator("#result")).to_contain_text("Line 1, column 2")
    expect(page.locator(".cm-lintRange-error").first).to_be_visible()


def test_an_event_is_saved_and_its_size_told(page_at: OpenPage, functions: Live) -> None:
    page = page_at("/lambda/hello/test?template=sum")
    expect(page.locator("[data-lambda-size]")).to_contain_text("of 6,291,456 bytes")
    page.get_by_label("How").select_option("Event")
    expect(page.locator("[data-lambda-size]")).to_contain_text("of 1,048,576 bytes")
    page.get_by_label("Name, to save the event").fill("two numbers")
    page.get_by_role("button", name="Save event").click()
    expect(page.get_by_role("link", name="two numbers", exact=True)).to_be_visible()
    assert_accessible(page)


def test_without_javascript(page_at: OpenPage, functions: Live) -> None:
    page = page_at("/lambda/hello/test", js=False)
    page.get_by_label("Event JSON").fill('{"boom": 1}')
    invoke(page)
    expect(page.get_by_role("heading", name="It failed")).to_be_visible(timeout=PATIENT)


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 390)])
@pytest.mark.parametrize(
    "path",
    ["/lambda/", "/lambda/?search=zzz", "/lambda/new", "/lambda/new/zip", "/lambda/hello/", "/lambda/several/",
     "/lambda/hello/test", "/lambda/hello/monitor", "/lambda/several/monitor", "/lambda/hello/triggers",
     "/lambda/hello/configuration", "/lambda/hello/versions", "/lambda/hello/compare", "/lambda/hello/delete"],
)  # fmt: skip
def test_pages_are_accessible_and_narrow_enough(
    page_at: OpenPage, functions: Live, path: str, theme: str, width: int
) -> None:
    page = page_at(path, theme=theme, width=width)
    page.wait_for_load_state("networkidle")
    assert not too_wide(page)
    assert_accessible(page)


def test_the_current_tab_is_in_sight_on_a_phone(page_at: OpenPage, functions: Live) -> None:
    page = page_at("/lambda/hello/versions", width=390)
    expect(page.get_by_role("navigation", name="Function").locator("[aria-current]")).to_be_in_viewport(ratio=1)


def test_a_long_description_leaves_room_for_the_other_columns(page_at: OpenPage, functions: Live) -> None:
    wide = page_at("/lambda/", width=1440).locator(".table-box")
    assert wide.evaluate("box => box.scrollWidth <= box.clientWidth")
    phone = page_at("/lambda/", width=390).locator(".table-box")
    assert phone.evaluate("box => box.querySelector('tbody .hold').offsetWidth < box.clientWidth * 0.6")


def test_the_numbers_of_failing_lines_take_little_room(page_at: OpenPage, functions: Live) -> None:
    page = page_at("/lambda/hello/test", width=390)
    write(page, '{"boom": 1}')
    invoke(page)
    lines = page.locator(".lambda-lines")
    expect(lines).to_be_visible(timeout=PATIENT)
    assert lines.evaluate("box => box.querySelector('th').offsetWidth < box.clientWidth / 4")


def test_a_zip_is_deployed(page_at: OpenPage, functions: Live) -> None:
    page = page_at("/lambda/several/")
    data = packed({"lambda_function.py": "def lambda_handler(event, context):\n    return 'from the zip'\n"})
    file = {"name": "function.zip", "mimeType": "application/zip", "buffer": data}
    page.get_by_label("Zip", exact=True).set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="Deploy the zip").click()
    expect(page.get_by_text("The zip is deployed")).to_be_visible()
