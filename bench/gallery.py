"""A gallery of 100 pictures: the page and its thumbnails, beside the bare boto3 calls that they need.

python -m bench gallery [--quick]
"""

import http.client
import re
import tempfile
import time
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from bench.measure import ratio, rounds
from bench.report import Figure, median, show
from bench.s3_transfer import BUCKET, Lane, embedded_lane

PICTURES = 100


def fill(s3: Any) -> None:
    """Store the pictures, each different."""
    for number in range(PICTURES):
        image = Image.effect_noise((640, 480), 40 + number)
        out = BytesIO()
        image.convert("RGB").save(out, "JPEG")
        s3.put_object(Bucket=BUCKET, Key=f"gallery/{number:03}.jpg", Body=out.getvalue(), ContentType="image/jpeg")


def fetch(connection: http.client.HTTPConnection, path: str, cookie: str) -> tuple[bytes, list[str]]:
    """Return a body and the AWS operations behind it, over a connection that is kept, as browsers do."""
    connection.request("GET", path, headers={"Cookie": cookie})
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path} was answered {answer.status}")
    return body, re.findall(r'desc="(\w+)"', answer.getheader("Server-Timing", "") or "")


def tiles(page: bytes) -> list[str]:
    """Return the addresses of a page's thumbnails."""
    found = re.findall(r'<img[^>]* src="(/s3/[^"]*/thumbnail/[^"]+)"', page.decode())
    return [unescape(address) for address in found]


def measure(lane: Lane, count: int) -> list[Figure]:
    """Return the figures: the page alone, the thumbnails once they exist, and all together."""
    connection = http.client.HTTPConnection("127.0.0.1", lane.client.port, timeout=60)
    path = f"/s3/{BUCKET}/?prefix=gallery/&view=gallery"
    page, calls = fetch(connection, path, lane.client.cookie)
    addresses = tiles(page)
    if len(addresses) != PICTURES:
        raise RuntimeError(f"the gallery shows {len(addresses)} thumbnails of {PICTURES}")
    started = time.perf_counter()
    for address in addresses:
        fetch(connection, address, lane.client.cookie)
    made = (time.perf_counter() - started) / PICTURES
    kept = kept_keys(lane.s3)

    def ours(what: str) -> float:
        begun = time.perf_counter()
        if what != "tiles":
            fetch(connection, path, lane.client.cookie)
        for address in addresses if what != "page" else ():
            fetch(connection, address, lane.client.cookie)
        return time.perf_counter() - begun

    def bare(what: str) -> float:
        begun = time.perf_counter()
        if what != "tiles":
            lane.s3.list_objects_v2(Bucket=BUCKET, Prefix="gallery/", Delimiter="/", MaxKeys=100)
        for bucket, key in kept if what != "page" else ():
            lane.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        return time.perf_counter() - begun

    told = [Figure("a page of 100 pictures: AWS calls", len(calls), "calls", most=1, note=", ".join(calls))]
    _, tile_calls = fetch(connection, addresses[0], lane.client.cookie)
    told.append(Figure("a thumbnail that exists: AWS calls", len(tile_calls), "calls", most=1))
    told.append(Figure("a thumbnail made the first time, 640 x 480", made * 1000, "ms"))
    for what, limit in (("page", None), ("tiles", None), ("all", 1.5)):
        found = rounds(count, {"ours": lambda w=what: ours(w), "boto3": lambda w=what: bare(w)})  # type: ignore[misc]
        note = f"{median(found['ours']) * 1000:.0f} ms, boto3 {median(found['boto3']) * 1000:.0f}"
        named = {"page": "gallery page alone", "tiles": "its 100 thumbnails", "all": "page and thumbnails"}[what]
        told.append(Figure(named, ratio(found["ours"], found["boto3"]), "x boto3", most=limit, note=note))
    return told


def kept_keys(s3: Any) -> list[tuple[str, str]]:
    """Return where the thumbnails are kept."""
    cache = next(b["Name"] for b in s3.list_buckets()["Buckets"] if b["Name"].startswith("trellis-cache-"))
    found = [(cache, entry["Key"]) for entry in s3.list_objects_v2(Bucket=cache)["Contents"]]
    return found[:PICTURES]


def figures(quick: bool) -> list[Figure]:
    """Measure."""
    with tempfile.TemporaryDirectory() as folder, embedded_lane(Path(folder)) as lane:
        fill(lane.s3)
        return show("S3: the gallery", measure(lane, 3 if quick else 10))
