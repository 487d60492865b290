"""Three ways of a picture into a bucket: through the dashboard, straight by a signed form, by API Gateway and Lambda.

python -m bench lanes [--quick]

Straight is the measure of the others. Twenty at once through API Gateway: none may be lost.
"""

import base64
import json
import os
import tempfile
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import urllib3

from app import execute_api
from app.blueprints.apigateway.service.making import Draft, run
from bench.browser import Client
from bench.measure import MIB, dashboard, free_port, ratio, rounds
from bench.report import Figure, median, show
from tests.apigateway.functions import BUCKET, fill
from tests.embedded.process import Embedded, start

AT_ONCE = 20
PNG = b"\x89PNG\r\n\x1a\n"
ACCOUNT = "000000000000"


@dataclass
class Bed:
    """A dashboard over an embedded AWS with the API of chapter 12; `url` is where the API takes pictures."""

    aws: Embedded
    client: Client
    url: str
    work: Path


def make_api(aws: Embedded) -> str:
    """Make the API by the same steps as the page does; returns its address."""
    clients = {name: aws.client(name) for name in ("apigateway", "lambda")}
    draft = Draft(execute_api.UPLOAD, execute_api.UPLOAD_NAME, function=execute_api.UPLOAD_NAME)
    progress, error = run(clients, draft, ACCOUNT)
    if error is not None:
        raise error
    return execute_api.base(clients["apigateway"], progress.draft.api, draft.stage) + "/"


def body(picture: bytes, key: str) -> bytes:
    """Return a picture as the book's API takes it."""
    text = base64.b64encode(picture).decode()
    return json.dumps({"image_base64": text, "bucket": BUCKET, "s3_file_name": key}).encode()


def through_function(url: str, sent: bytes) -> dict[str, Any]:
    """Send one picture to the API; raises where it was not stored."""
    asked = urllib.request.Request(url, sent, {"Content-Type": "application/json"})
    with urllib.request.urlopen(asked, timeout=60) as answer:
        told: dict[str, Any] = json.load(answer)
    if "bytes" not in told:
        raise RuntimeError(f"not stored: {told}")
    return told


def straight(bed: Bed, picture: bytes) -> Callable[[], object]:
    """Return what signs a form and sends a picture by it, as a browser does."""
    s3, pool = bed.aws.client("s3"), urllib3.PoolManager()

    def send() -> None:
        form = s3.generate_presigned_post(BUCKET, "straight.png", ExpiresIn=60)
        fields = {**form["fields"], "file": ("straight.png", picture, "image/png")}
        answer = pool.request("POST", form["url"], fields=fields)
        if answer.status > 299:
            raise RuntimeError(f"S3 answered {answer.status}")

    return send


def timed(action: Callable[[], object]) -> Callable[[], float]:
    """Return what runs an action and gives its seconds."""

    def measured() -> float:
        begun = time.perf_counter()
        action()
        return time.perf_counter() - begun

    return measured


def lanes(bed: Bed, size: int, count: int) -> list[Figure]:
    """Return the lanes' seconds against the straight one, and the bytes that crossed."""
    picture = PNG + os.urandom(size - len(PNG))
    path = bed.work / "through.png"
    path.write_bytes(picture)
    sent = body(picture, "function.png")
    found = rounds(
        count,
        {
            "straight": timed(straight(bed, picture)),
            "through": lambda: bed.client.upload(BUCKET, "through.png", path),
            "function": timed(lambda: through_function(bed.url, sent)),
        },
    )
    name, direct = f"{size / MIB:g} MiB", found["straight"]
    told = []
    for lane, words in (("through", "through Trellis"), ("function", "through API Gateway and Lambda")):
        note = f"{median(found[lane]) * 1000:.0f} ms, straight {median(direct) * 1000:.0f} ms"
        told.append(Figure(f"{name} {words}: time", ratio(found[lane], direct), "x", note=note))
    told.append(Figure(f"{name} as base64 in JSON: bytes", len(sent) / size, "x", most=1.34))
    return told


def at_once(bed: Bed) -> list[Figure]:
    """Return how many of twenty uploads at the same time are lost."""
    picture = PNG + os.urandom(100_000)
    bodies = [body(picture, f"parallel/{number}.png") for number in range(AT_ONCE)]
    begun = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda sent: through_function(bed.url, sent), bodies))
    took = time.perf_counter() - begun
    kept = bed.aws.client("s3").list_objects_v2(Bucket=BUCKET, Prefix="parallel/").get("Contents", [])
    whole = sum(one["Size"] == len(picture) for one in kept)
    note = f"{took * 1000:.0f} ms for all"
    return [Figure(f"{AT_ONCE} uploads at once: lost", AT_ONCE - whole, "uploads", most=0, note=note)]


def figures(quick: bool, count: int = 5) -> list[Figure]:
    """Measure the lanes with small and large pictures."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        aws = start(work / "embedded")
        try:
            fill(aws)
            env = {name: value for name, value in aws.env.items() if name.startswith("AWS_")}
            port = free_port()
            with dashboard(work / "home", port, env):
                client = Client(port)
                client.sign_on()
                bed = Bed(aws, client, make_api(aws), work)
                found = [
                    one for size in ((MIB,) if quick else (MIB // 8, MIB, 4 * MIB)) for one in lanes(bed, size, count)
                ]
                found += at_once(bed)
        finally:
            aws.stop()
    return show("Three ways into a bucket", found)
