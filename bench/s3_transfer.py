"""Uploads and downloads through the dashboard, beside boto3's own from and to the disk.

python -m bench s3_transfer [--quick]
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from bench.browser import Client
from bench.measure import MIB, dashboard, environment, free_endpoint, free_port, ratio, rounds, watch
from bench.report import Figure, show
from tests.embedded.process import start

BUCKET = "bench"


@dataclass
class Lane:
    """One endpoint with a dashboard in front of it."""

    name: str
    s3: Any
    client: Client
    pid: int
    work: Path
    cpu: dict[str, list[float]] = field(default_factory=dict)
    growth: dict[str, list[float]] = field(default_factory=dict)

    def subject(self, name: str, pid: int, run: Callable[[], object]) -> Callable[[], float]:
        """Return a subject for rounds(): it gives its seconds, processor time and memory are kept beside."""

        def measured() -> float:
            with watch(pid) as usage:
                started = time.perf_counter()
                run()
                seconds = time.perf_counter() - started
            self.cpu.setdefault(name, []).append(usage.cpu)
            if usage.growth is not None:
                self.growth.setdefault(name, []).append(usage.growth)
            return seconds

        return measured


def make_file(folder: Path, mib: int) -> Path:
    path = folder / f"{mib}-mib"
    block = os.urandom(MIB)
    with path.open("wb") as file:
        for number in range(mib):
            file.write(number.to_bytes(8, "big") + block[8:])
    return path


def uploads(lane: Lane, mib: int, count: int, at_least: float | None) -> list[Figure]:
    """Return the figures of one size: speed against upload_fileobj, memory growth, processor time."""
    path = make_file(lane.work, mib)

    def direct() -> None:
        with path.open("rb") as file:
            lane.s3.upload_fileobj(file, BUCKET, f"direct-{mib}-mib")

    ours = lane.subject("ours", lane.pid, lambda: lane.client.upload(BUCKET, f"ours-{mib}-mib", path))
    found = _rounds(lane, count, ours, lane.subject("boto3", os.getpid(), direct))
    path.unlink()
    return _figures(lane, f"upload {mib} MiB, {lane.name}", mib, found, at_least)


def downloads(lane: Lane, mib: int, count: int, at_least: float) -> list[Figure]:
    """Return the figures of one size against download_fileobj."""
    key = f"direct-{mib}-mib"
    target = lane.work / "fetched"

    def direct() -> None:
        with target.open("wb") as file:
            lane.s3.download_fileobj(BUCKET, key, file)

    ours = lane.subject("ours", lane.pid, lambda: lane.client.download(f"/s3/{BUCKET}/raw/{key}", target))
    found = _rounds(lane, count, ours, lane.subject("boto3", os.getpid(), direct))
    return _figures(lane, f"download {mib} MiB, {lane.name}", mib, found, at_least)


def _rounds(lane: Lane, count: int, ours: Callable[[], float], direct: Callable[[], float]) -> dict[str, list[float]]:
    lane.cpu.clear()
    lane.growth.clear()
    return rounds(count, {"boto3": direct, "ours": ours})


def _figures(lane: Lane, name: str, mib: int, found: dict[str, list[float]], at_least: float | None) -> list[Figure]:
    speed = ratio(found["boto3"], found["ours"])
    note = f"{mib / statistics.median(found['ours']):.0f} MiB/s, boto3 {mib / statistics.median(found['boto3']):.0f}"
    cpu = statistics.median(lane.cpu["ours"][1:]) / max(statistics.median(lane.cpu["boto3"][1:]), 0.001)
    told = [Figure(f"{name}: speed", speed, "x boto3", least=at_least, note=note)]
    told += [Figure(f"{name}: processor time", cpu, "x boto3", most=1.4)]
    if lane.growth.get("ours"):
        told.append(Figure(f"{name}: memory growth", max(lane.growth["ours"][1:]), "MiB", most=32))
    else:
        print("memory growth: skipped, only Linux tells the peak of a process")
    return told


@contextmanager
def embedded_lane(work: Path) -> Iterator[Lane]:
    """Run the dashboard over an embedded AWS of its own."""
    running = start(work / "embedded")
    try:
        s3 = running.client("s3", config=Config(max_pool_connections=32))
        s3.create_bucket(Bucket=BUCKET)
        env = {name: value for name, value in running.env.items() if name.startswith("AWS_")}
        port = free_port()
        with dashboard(work / "home", port, env) as pid:
            yield _signed_on("embedded AWS", s3, port, pid, work)
    finally:
        running.stop()


@contextmanager
def free_lane(work: Path) -> Iterator[Lane]:
    """Run the dashboard over an endpoint that costs next to nothing."""
    port = free_port()
    with free_endpoint("bench.free_s3") as endpoint:
        session = boto3.Session("000000000000", "none", region_name="us-east-1")
        s3 = session.client("s3", endpoint_url=endpoint, config=Config(max_pool_connections=32))
        with dashboard(work / "home", port, environment(endpoint)) as pid:
            yield _signed_on("free endpoint", s3, port, pid, work)


def _signed_on(name: str, s3: Any, port: int, pid: int, work: Path) -> Lane:
    client = Client(port)
    client.sign_on()
    return Lane(name, s3, client, pid, work)


def figures(quick: bool, count: int = 3) -> list[Figure]:
    """Measure every lane and size."""
    small, large = (16, 64) if quick else (64, 512)
    found: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        with embedded_lane(work) as lane:
            found += uploads(lane, small, count, 0.93) + uploads(lane, large, count, 0.85)
            found += downloads(lane, large, count, 0.85)
        with free_lane(work) as lane:
            found += uploads(lane, large, count, 0.65) + downloads(lane, large, count, 0.85)
    return show("S3: uploads and downloads", found)
