"""A folder's tiles and rows: chosen by mouse and keyboard, and what is done with them."""

import io
import re
import zipfile

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Live, OpenPage
from tests.browser.s3_helpers import choose, file, new_bucket, picture, start, stored

COLOURS = ("red", "green", "blue", "gold", "teal", "navy", "pink", "grey")
NAMES = [f"{colour}.png" for colour in COLOURS]


@pytest.fixture
def bucket(live: Live) -> str:
    """Return a bucket of eight pictures and one folder."""
    name = new_bucket(live.aws)
    for colour in COLOURS:
        live.aws.client("s3").put_object(Bucket=name, Key=f"{colour}.png", Body=picture(colour))
    live.aws.client("s3").put_object(Bucket=name, Key="more/a.png", Body=picture())
    return name


@pytest.fixture(params=["gallery", "list"])
def folder_page(request: pytest.FixtureRequest, page_at: OpenPage, bucket: str) -> Page:
    return page_at(f"/s3/{bucket}/?view={request.param}")


def chosen(page: Page) -> list[str]:
    """Return the names that are ticked, in the page's order."""
    script = "ticks => ticks.filter(tick => tick.checked).map(tick => tick.value)"
    found: list[str] = page.locator("input[form='selection']").evaluate_all(script)
    return found


def tick(page: Page, name: str, **options: object) -> None:
    page.get_by_label(f"Choose {name}", exact=True).click(**options)  # type: ignore[arg-type]


def test_ticks_ranges_and_the_bar(folder_page: Page) -> None:
    bar = folder_page.locator("[data-s3-selection]")
    expect(bar).to_be_hidden()
    tick(folder_page, "blue.png")
    expect(bar).to_contain_text("1 entry chosen")
    tick(folder_page, "green.png", modifiers=["Shift"])
    assert chosen(folder_page) == ["blue.png", "gold.png", "green.png"]
    folder_page.locator("[data-s3-open]", has_text="teal").click(modifiers=["ControlOrMeta"])
    assert chosen(folder_page) == ["blue.png", "gold.png", "green.png", "teal.png"]
    expect(bar).to_contain_text("4 entries chosen")
    folder_page.get_by_role("button", name="Choose none").click()
    assert chosen(folder_page) == []
    expect(bar).to_be_hidden()


def test_everything_by_keyboard(folder_page: Page, bucket: str) -> None:
    links = folder_page.locator("[data-s3-open]")
    links.first.focus()
    down = "ArrowDown" if "view=list" in folder_page.url else "ArrowRight"
    folder_page.keyboard.press(down)
    expect(links.nth(1)).to_be_focused()
    folder_page.keyboard.press("Space")
    assert len(chosen(folder_page)) == 1
    folder_page.keyboard.press(f"Shift+{down}")
    assert len(chosen(folder_page)) == 2
    folder_page.keyboard.press("End")
    expect(links.last).to_be_focused()
    folder_page.keyboard.press("ControlOrMeta+a")
    assert len(chosen(folder_page)) == 9
    folder_page.keyboard.press("Escape")
    assert chosen(folder_page) == []
    folder_page.keyboard.press("Space")
    folder_page.keyboard.press("Delete")
    expect(folder_page.get_by_role("heading", level=1)).to_have_text("Delete 1 object")
    folder_page.go_back()
    folder_page.locator("[data-s3-open]").last.focus()
    folder_page.keyboard.press("Enter")
    expect(folder_page.get_by_role("heading", level=1)).to_have_text("teal.png")


def test_arrows_keep_the_column(page_at: OpenPage, bucket: str) -> None:
    page = page_at(f"/s3/{bucket}/")
    links = page.locator("[data-s3-open]")
    links.nth(1).focus()
    page.keyboard.press("ArrowDown")
    boxes = [link.bounding_box() for link in (links.nth(1), page.locator("[data-s3-open]:focus"))]
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert boxes[0]["x"] == boxes[1]["x"]
    assert boxes[0]["y"] < boxes[1]["y"]


def test_letters_typed_into_a_field_choose_nothing(folder_page: Page) -> None:
    box = folder_page.get_by_label("Names that begin with")
    box.fill("ab")
    box.press("ControlOrMeta+a")
    box.press("Delete")
    assert chosen(folder_page) == []
    expect(box).to_have_value("")


def test_chosen_objects_are_deleted(folder_page: Page, live: Live, bucket: str) -> None:
    tick(folder_page, "blue.png")
    tick(folder_page, "navy.png")
    folder_page.get_by_role("button", name="Delete", exact=True).click()
    folder_page.get_by_role("button", name="Delete", exact=True).click()
    expect(folder_page.locator("#notices")).to_contain_text("2 objects deleted")
    assert stored(live.aws, bucket) == sorted([*(set(NAMES) - {"blue.png", "navy.png"}), "more/a.png"])


def test_chosen_objects_come_as_a_zip(folder_page: Page) -> None:
    tick(folder_page, "blue.png")
    tick(folder_page, "more/")
    with folder_page.expect_download() as waiting:
        folder_page.get_by_role("button", name="Download", exact=True).click()
    archive = zipfile.ZipFile(io.BytesIO(waiting.value.path().read_bytes()))
    assert sorted(archive.namelist()) == ["blue.png", "more/a.png"]
    assert archive.read("blue.png") == picture("blue")


def test_uploads_come_in_at_their_place_and_what_is_chosen_stays(folder_page: Page) -> None:
    tick(folder_page, "blue.png")
    choose(folder_page, file("coral.png", picture("coral")))
    start(folder_page)
    expect(folder_page.locator("[data-s3-open]", has_text="coral")).to_be_visible()
    names = folder_page.locator("[data-s3-open]").all_inner_texts()
    assert names == ["more/", *sorted([*NAMES, "coral.png"])]
    assert chosen(folder_page) == ["blue.png"]
    expect(folder_page.locator(".page-head .facts")).to_contain_text("9 objects")


def test_a_tile_remembers_its_colour(page_at: OpenPage, bucket: str) -> None:
    page = page_at(f"/s3/{bucket}/")
    for image in page.locator(".s3-tile img").all():
        expect(image).not_to_have_js_property("naturalWidth", 0)
    page.route("**/thumbnail/**", lambda route: None)  # the second time they never come
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")
    page.reload(wait_until="domcontentloaded")
    red = page.locator(".s3-tile", has_text="red.png").locator(".s3-picture")
    expect(red).to_have_attribute("style", re.compile(r"background-color: rgb\(25\d, [0-3], [0-3]\);"))
    page.unroute_all(behavior="ignoreErrors")


def test_the_viewer_leads_through_the_folder(page_at: OpenPage, bucket: str) -> None:
    page = page_at(f"/s3/{bucket}/")
    page.locator("[data-s3-open]", has_text="gold").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("gold.png")
    page.wait_for_load_state()  # before its scripts have started the picture is a plain link
    page.locator("[data-s3-view]").click()
    dialog = page.get_by_role("dialog", name="gold.png")
    expect(dialog.locator("img")).not_to_have_js_property("naturalWidth", 0)
    page.keyboard.press("z")
    expect(dialog).to_have_attribute("data-full", "")
    page.keyboard.press("z")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("dialog", name="green.png")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("dialog", name="gold.png")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_without_scripts_ticks_and_buttons_work(page_at: OpenPage, live: Live, bucket: str) -> None:
    page = page_at(f"/s3/{bucket}/", js=False)
    tick(page, "red.png")
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Delete", exact=True).click()
    assert "red.png" not in stored(live.aws, bucket)
    expect(page.locator("#notices")).to_contain_text("1 object deleted")


@pytest.fixture(scope="module")
def long_folder(live: Live) -> str:
    """Return a bucket whose objects fill more than one page."""
    bucket = new_bucket(live.aws)
    for number in range(105):
        live.aws.client("s3").put_object(Bucket=bucket, Key=f"{number:03}.txt", Body=b"x")
    return bucket


@pytest.mark.parametrize("view", ["gallery", "list"])
def test_the_next_hundred_loads_in_place(page_at: OpenPage, long_folder: str, view: str) -> None:
    page = page_at(f"/s3/{long_folder}/?view={view}")
    page.locator("[data-s3-more] button").click()
    expect(page.locator("[data-s3-open]")).to_have_count(105)
    expect(page.locator("[data-drawer-words]")).to_contain_text("2 AWS calls")
    page.locator("[data-s3-open]").first.focus()
    page.keyboard.press("ControlOrMeta+a")
    assert len(chosen(page)) == 105
