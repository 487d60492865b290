"""Buckets, pictures and drops for the browser tests of S3's pages."""

import io
from pathlib import Path
from typing import Any
from uuid import uuid4

from PIL import Image
from playwright.sync_api import Locator, Page, expect

PICTURES = Path(__file__).parents[1] / "pictures"
PHOTO = PICTURES / "rebel-t6.jpg"
CUT_SHORT = PICTURES / "pixel6.jpg"  # with a position


def new_bucket(aws: Any, start: str = "photos") -> str:
    """Create an empty bucket of a name that no other test has."""
    name = f"{start}-{uuid4().hex[:8]}"
    aws.client("s3").create_bucket(Bucket=name)
    return name


def picture(colour: str = "seagreen", kind: str = "PNG", size: tuple[int, int] = (64, 48)) -> bytes:
    """Return a picture's bytes."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()


def file(name: str, data: bytes, kind: str = "") -> Any:
    """Return a file as a file chooser takes it."""
    return {"name": name, "mimeType": kind or "application/octet-stream", "buffer": data}


def choose(page: Page, *files: Any) -> None:
    """Choose files as the button “Choose files” does."""
    page.locator("[data-s3-files]").set_input_files(list(files))


def drop(page: Page, paths: list[Path], hold: bool = False) -> None:
    """Drop files and folders of this computer onto the page, as a mouse does; `hold` keeps them hovering."""
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    session = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver") if hold else ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": kind, "x": 500, "y": 300, "data": data})


def row(page: Page, name: str) -> Locator:
    """Return the row of a file in the queue, by its name."""
    named = page.locator(f'[aria-label="Name of {name}"]')
    return page.locator("[data-s3-queue-list] > li").filter(has=named)


def start(page: Page) -> None:
    """Press the button that sends the list."""
    page.locator('[data-queue="start"]').click()


def stored(aws: Any, bucket: str, prefix: str = "") -> list[str]:
    """Return the keys of a bucket."""
    pages = aws.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    return [item["Key"] for page in pages for item in page.get("Contents", [])]


def badge(page: Page, name: str, word: str) -> None:
    """Wait until a file's row says this word."""
    expect(row(page, name).locator("[data-badge]")).to_have_text(word)


def finish(page: Page, words: str) -> None:
    """Wait for what the head says at the end."""
    expect(page.locator("[data-total-words]")).to_have_text(words, timeout=90_000)
