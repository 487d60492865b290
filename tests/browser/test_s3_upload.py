"""Files into a bucket by the queue: every way in, and what the page shows of them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Live, OpenPage
from tests.browser.s3_helpers import PHOTO, badge, choose, drop, file, finish, new_bucket, picture, row, start, stored


@pytest.fixture
def bucket(live: Live) -> str:
    return new_bucket(live.aws)


@pytest.fixture
def folder_page(page_at: OpenPage, bucket: str) -> Page:
    return page_at(f"/s3/{bucket}/")


def test_files_are_checked_before_and_told_apart_after(folder_page: Page, live: Live, bucket: str) -> None:
    choose(folder_page, file("wrong.jpeg", picture()), file("empty.txt", b""), file("note.txt", b"words"))
    expect(row(folder_page, "wrong.jpeg").locator("[data-note]")).to_have_text("named .jpeg, is PNG")
    expect(row(folder_page, "wrong.jpeg").locator("canvas")).to_be_visible()
    badge(folder_page, "empty.txt", "Not possible")
    assert stored(live.aws, bucket) == [], "nothing is sent before the list was seen"
    start(folder_page)
    finish(folder_page, "2 files stored, 1 not stored")
    assert stored(live.aws, bucket) == ["note.txt", "wrong.jpeg"]
    head = live.aws.client("s3").head_object(Bucket=bucket, Key="wrong.jpeg")
    assert head["ContentType"] == "image/png"
    expect(folder_page.locator("[data-s3-open]")).to_have_text(["note.txt", "wrong.jpeg"])


def test_the_page_shows_every_hop_and_the_drawer_every_call(folder_page: Page) -> None:
    choose(folder_page, file("a.png", picture()))
    start(folder_page)
    finish(folder_page, "1 file stored")
    hops = row(folder_page, "a.png").locator(".s3-hop").all_inner_texts()
    assert [hop.split()[:2] for hop in hops] == [["Browser", "Trellis"], ["Trellis", "S3"]], hops
    assert "1 call" in hops[1]
    folder_page.locator("#drawer > summary").click()
    made = folder_page.locator("[data-drawer-added] .call-name")
    expect(made.filter(has_text="PutObject")).to_have_count(1)
    expect(made.filter(has_text="GetRestApis")).to_have_count(1)  # whether there is a third way


def test_a_name_is_edited_before_sending(folder_page: Page, live: Live, bucket: str) -> None:
    choose(folder_page, file("img.png", picture()))
    folder_page.get_by_label("Name of img.png").fill("summer/lake.png")
    start(folder_page)
    finish(folder_page, "1 file stored")
    assert stored(live.aws, bucket) == ["summer/lake.png"]


def test_files_and_folders_fall_anywhere(folder_page: Page, live: Live, bucket: str, tmp_path: Path) -> None:
    (tmp_path / "trip" / "day 1").mkdir(parents=True)
    (tmp_path / "trip" / "day 1" / "a.png").write_bytes(picture())
    (tmp_path / "trip" / "b.png").write_bytes(picture("navy"))
    (tmp_path / "alone.txt").write_text("alone")
    drop(folder_page, [tmp_path / "trip"], hold=True)
    expect(folder_page.locator("[data-s3-hint]")).to_be_visible()
    drop(folder_page, [tmp_path / "trip", tmp_path / "alone.txt"])
    expect(folder_page.locator("[data-s3-hint]")).to_be_hidden()
    start(folder_page)
    finish(folder_page, "3 files stored")
    assert stored(live.aws, bucket) == ["alone.txt", "trip/b.png", "trip/day 1/a.png"]


def test_a_folder_without_files_is_told(folder_page: Page, tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    drop(folder_page, [tmp_path / "nothing"])
    expect(folder_page.locator("#notices")).to_contain_text("no file in what was dropped")


def test_a_whole_folder_is_chosen(folder_page: Page, live: Live, bucket: str, tmp_path: Path) -> None:
    (tmp_path / "album" / "inner").mkdir(parents=True)
    (tmp_path / "album" / "inner" / "a.png").write_bytes(picture())
    folder_page.locator("[data-s3-folder]").set_input_files(tmp_path / "album")
    start(folder_page)
    finish(folder_page, "1 file stored")
    assert stored(live.aws, bucket) == ["album/inner/a.png"]


PASTE = """async (bytes) => {
  const blob = new Blob([new Uint8Array(bytes)], {type: "image/png"});
  await navigator.clipboard.write([new ClipboardItem({"image/png": blob})]);
}"""


def test_a_picture_is_pasted(context_for: Callable[..., BrowserContext], live: Live, bucket: str) -> None:
    context = context_for()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{live.url}/s3/{bucket}/")
    page.evaluate(PASTE, list(picture("orange")))
    page.locator("main").press("ControlOrMeta+v")
    start(page)
    finish(page, "1 file stored")
    [key] = stored(live.aws, bucket)
    assert key.startswith("Pasted 2")
    assert key.endswith(".png")


def test_three_hundred_files(folder_page: Page, live: Live, bucket: str) -> None:
    choose(folder_page, *[file(f"{n:03}.txt", b"%d" % n) for n in range(300)])
    start(folder_page)
    finish(folder_page, "300 files stored")
    assert len(stored(live.aws, bucket)) == 300
    expect(folder_page.locator("[data-s3-items] [data-s3-open]")).to_have_count(100)
    expect(folder_page.locator("[data-s3-more]")).to_have_count(1)


HOSTILE = [
    "ünï çödé.png",
    "🌿 leaf.png",
    "a#b?c%20d&e+f.png",
    "<img src=x onerror=alert(1)>.png",
    "quote'and\"double.png",
    "  spaces  around .png",
    "%2e%2e.png",
    "line\nbreak.png",
    "؜rtl‮gnp.exe",
    "x" * 240 + ".png",
]


def test_hostile_names_are_stored_shown_and_opened(folder_page: Page, live: Live, bucket: str) -> None:
    choose(folder_page, *[file(name, picture()) for name in HOSTILE])
    start(folder_page)
    finish(folder_page, f"{len(HOSTILE)} files stored")
    keys = stored(live.aws, bucket)
    plain = [name for name in HOSTILE if name.isprintable() and name == name.strip() and '"' not in name]
    assert set(plain) <= set(keys), keys
    assert len(keys) == len(HOSTILE)
    links = folder_page.locator("[data-s3-open]").evaluate_all("links => links.map(link => link.href)")
    for link in links:
        answer = folder_page.request.get(link)
        assert answer.status == 200, link


def test_without_scripts_the_form_uploads(page_at: OpenPage, live: Live, bucket: str) -> None:
    page = page_at(f"/s3/{bucket}/", js=False)
    page.get_by_label("Files", exact=True).set_input_files([PHOTO, PHOTO.parent / "README.md"])
    page.get_by_role("button", name="Upload").click()
    expect(page.locator("#notices")).to_contain_text("2 files stored")
    assert stored(live.aws, bucket) == ["README.md", "rebel-t6.jpg"]
