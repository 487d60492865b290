"""Imports and exports of DynamoDB through the dashboard, beside what one would write with boto3.

python -m bench dynamodb_bulk [--quick]
"""

import base64
import csv
import http.client
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import boto3

from bench.browser import BOUNDARY, Client
from bench.measure import dashboard, free_port, ratio, rounds, watch
from bench.report import Figure, show
from tests.dynamodb.helpers import index, table
from tests.embedded.process import Embedded, start

TABLE = "bulk"
CITIES = ("Rome", "Oslo", "Lima", "Bonn", "Kyiv")
COLUMNS = ("id", "n", "city", "amount", "active", "tags")
PIECE = 256 * 1024


@dataclass
class Bed:
    """An embedded AWS with an empty table, a dashboard in front of it, and a file of people."""

    aws: Embedded
    client: Any
    browser: Client
    pid: int
    work: Path
    items: int
    growth: dict[str, list[float]] = field(default_factory=dict)

    @property
    def file(self) -> Path:
        """The CSV file."""
        return self.work / "people.csv"

    def write_file(self) -> None:
        with self.file.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            for n in range(self.items):
                tags = f'["t{n % 7}", "x"]' if n % 3 else ""
                row = (f"p{n:06}", n, CITIES[n % 5], f"{n % 9999}.25", "true" if n % 2 else "false", tags)
                writer.writerow(row)

    def loop_in(self) -> None:
        """What one would write: csv and batch_writer."""
        session = boto3.Session(*self._login(), region_name="us-east-1")
        target = session.resource("dynamodb", endpoint_url=self.aws.endpoint).Table(TABLE)
        with self.file.open(newline="") as file, target.batch_writer() as batch:
            for row in csv.DictReader(file):
                item: dict[str, Any] = {"id": row["id"], "n": Decimal(row["n"]), "city": row["city"]}
                item |= {"amount": Decimal(row["amount"]), "active": row["active"] == "true"}
                if row["tags"]:
                    item["tags"] = json.loads(row["tags"])
                batch.put_item(Item=item)

    def _login(self) -> tuple[str, str]:
        return str(self.aws.ready["access_key"]), str(self.aws.ready["secret_key"])

    def import_file(self) -> None:
        """The dashboard's import of the same file."""
        fields = {"csrf_token": self.browser.token, "t.2": "S"}
        begin = "".join(
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        )
        begin += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="people.csv"\r\n\r\n'
        end = f"\r\n--{BOUNDARY}--\r\n".encode()
        connection = http.client.HTTPConnection("127.0.0.1", self.browser.port, timeout=1200)
        connection.putrequest("POST", f"/dynamodb/{TABLE}/import")
        for name, text in self._headers().items():
            connection.putheader(name, text)
        connection.putheader("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
        connection.putheader("Content-Length", str(len(begin) + self.file.stat().st_size + len(end)))
        connection.endheaders(begin.encode())
        with self.file.open("rb") as file:
            while piece := file.read(PIECE):
                connection.send(piece)
        connection.send(end)
        found = json.loads(connection.getresponse().read())
        if found.get("written") != self.items:
            raise RuntimeError(f"the import came to {found}")

    def _headers(self) -> dict[str, str]:
        return {"Accept": "application/json", "Cookie": self.browser.cookie}

    def export(self, form: str) -> None:
        """The dashboard's export of the table."""
        connection = http.client.HTTPConnection("127.0.0.1", self.browser.port, timeout=1200)
        connection.request("GET", f"/dynamodb/{TABLE}/export?download=1&columns=named&names={','.join(COLUMNS)}"
                           f"&format={form}", headers={"Cookie": self.browser.cookie})  # fmt: skip
        answer = connection.getresponse()
        lines = 0
        with (self.work / f"ours.{form}").open("wb") as file:
            while piece := answer.read(PIECE):
                file.write(piece)
                lines += piece.count(b"\n")
        if answer.status != 200 or lines != self.items + (form == "csv"):
            raise RuntimeError(f"the export was answered {answer.status} with {lines} lines")

    def loop_out(self, form: str) -> None:
        """What one would write: a scan, page by page, into a file of the same format."""
        with (self.work / f"theirs.{form}").open("w", newline="") as file:
            writer = csv.writer(file)
            if form == "csv":
                writer.writerow(COLUMNS)
            for page in self.client.get_paginator("scan").paginate(TableName=TABLE):
                for item in page["Items"]:
                    if form == "csv":
                        writer.writerow([_cell(item.get(name)) for name in COLUMNS])
                    else:
                        file.write(json.dumps({"Item": item}, default=lambda b: base64.b64encode(b).decode()) + "\n")

    def subject(self, name: str, pid: int, run: Callable[[], object]) -> Callable[[], float]:
        """Return a subject for rounds(): seconds, and memory beside."""

        def measured() -> float:
            with watch(pid) as usage:
                started = time.perf_counter()
                run()
                seconds = time.perf_counter() - started
            if usage.growth is not None:
                self.growth.setdefault(name, []).append(usage.growth)
            return seconds

        return measured


def _cell(value: Any) -> str:
    if value is None:
        return ""
    kind, inner = next(iter(value.items()))
    return str(inner) if kind in ("S", "N") else json.dumps(inner)


@contextmanager
def bed(work: Path, items: int) -> Iterator[Bed]:
    """Run everything."""
    running = start(work / "embedded")
    try:
        client = running.client("dynamodb")
        types = {"id": "S", "city": "S", "n": "N"}
        table(client, TABLE, "id:S", types=types, GlobalSecondaryIndexes=[index("by-city", "city", "n")])
        env = {name: value for name, value in running.env.items() if name.startswith("AWS_")}
        port = free_port()
        with dashboard(work / "home", port, env) as pid:
            browser = Client(port)
            browser.sign_on()
            made = Bed(running, client, browser, pid, work, items)
            made.write_file()
            yield made
    finally:
        running.stop()


def _measured(made: Bed, name: str, count: int, ours: Callable[[], None], theirs: Callable[[], None]) -> list[Figure]:
    made.growth.clear()
    subjects = {
        "boto3": made.subject("boto3", os.getpid(), theirs),
        "ours": made.subject("ours", made.pid, ours),
    }
    found = rounds(count, subjects)
    mine, other = statistics.median(found["ours"]), statistics.median(found["boto3"])
    note = f"{made.items / mine:,.0f} items/s, boto3 {made.items / other:,.0f}"
    told = [Figure(f"{name}: speed", ratio(found["boto3"], found["ours"]), "x boto3", least=0.6, note=note)]
    if len(made.growth.get("ours", [])) > 1:
        told.append(Figure(f"{name}: memory growth", max(made.growth["ours"][1:]), "MiB", most=32))
    return told


def figures(quick: bool) -> list[Figure]:
    """Measure the import, and both ways of exporting."""
    items, count = (5_000, 2) if quick else (50_000, 3)
    found: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder, bed(Path(folder), items) as made:
        found += _measured(
            made, f"import {items:,} lines of CSV", 1 if not quick else 2, made.import_file, made.loop_in
        )
        for form in ("dynamodb", "csv"):
            words = {"dynamodb": "DynamoDB JSON", "csv": "CSV"}[form]
            ours, theirs = (lambda form=form: made.export(form)), (lambda form=form: made.loop_out(form))
            found += _measured(made, f"export {items:,} items as {words}", count, ours, theirs)
    return show("DynamoDB: imports and exports", found)
