"""Crawlers at work: they look at the files of S3 and put tables into the Data Catalog."""

import asyncio
import logging
import time
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

from embedded.book import Record, Where
from embedded.emulator import Emulator
from embedded.overlays.glue import infer, parquet
from embedded.overlays.glue.asked import Fault
from embedded.overlays.glue.engine import Engine
from embedded.overlays.glue.firing import Firing
from embedded.overlays.glue.places import Group, groups
from embedded.overlays.glue.tables import partition_input, table_input

logger = logging.getLogger("embedded.glue")
GROUP = "/aws-glue/crawlers"
INTERRUPTED = "The embedded AWS ended while this crawler ran."


class CrawlError(Exception):
    """Why a crawl failed."""


class Crawling:
    """All crawls of this embedded AWS."""

    def __init__(self, engine: Engine, firing: Firing) -> None:
        self._engine, self._firing = engine, firing
        self._tasks: dict[tuple[Where, str], asyncio.Task[None]] = {}
        firing.crawl = self.start

    def resume(self) -> None:
        """After a start: a crawl that was cut off has failed."""
        for _, where, crawler in self._engine.book.everywhere("crawler"):
            if crawler["State"] != "READY":
                self._ended(where, crawler, "FAILED", time.time(), INTERRUPTED)

    async def close(self) -> None:
        """End what goes on."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=2)

    def start(self, where: Where, name: str) -> None:
        """Begin a crawl."""
        crawler = self._engine.book.find("crawler", where, name)
        if crawler is None:
            raise Fault("EntityNotFoundException", f"Crawler {name} not found.")
        if crawler["State"] != "READY":
            raise Fault("CrawlerRunningException", f"Crawler with name {name} has already started.")
        crawler["State"] = "RUNNING"
        self._engine.book.put("crawler", where, name, crawler)
        self._tasks[where, name] = asyncio.get_running_loop().create_task(self._live(where, crawler))

    def stop(self, where: Where, crawler: Record) -> None:
        """Stop a crawl."""
        if crawler["State"] != "RUNNING":
            code = "CrawlerStoppingException" if crawler["State"] == "STOPPING" else "CrawlerNotRunningException"
            raise Fault(code, f"Crawler with name {crawler['Name']} is not running.")
        crawler["State"] = "STOPPING"
        self._tasks[where, crawler["Name"]].cancel()

    async def _live(self, where: Where, crawler: Record) -> None:
        began, state, message = time.time(), "FAILED", ""
        try:
            crawler["_Counts"] = await self._crawl(self._engine.emulator(where), crawler)
            state = "SUCCEEDED"
        except asyncio.CancelledError:
            state = "CANCELLED"
        except CrawlError as error:
            message = str(error)
        except Exception as error:
            logger.exception("The crawler %s failed here.", crawler["Name"])
            message = f"Internal Service Exception: {error}"
        finally:
            del self._tasks[where, crawler["Name"]]
        self._ended(where, crawler, state, began, message)

    def _ended(self, where: Where, crawler: Record, state: str, began: float, message: str) -> None:
        last = {
            "Status": state,
            "StartTime": began,
            "LogGroup": GROUP,
            "LogStream": crawler["Name"],
            "MessagePrefix": "",
        }
        if message:
            last["ErrorMessage"] = message
        crawler.update(State="READY", LastCrawl=last, CrawlElapsedTime=int((time.time() - began) * 1000))
        self._engine.book.put("crawler", where, crawler["Name"], crawler)
        self._firing.crawl_ended(where, crawler["Name"], state)

    async def _crawl(self, emulator: Emulator, crawler: Record) -> dict[str, int]:
        counts = {"created": 0, "updated": 0}
        database = crawler.get("DatabaseName") or "default"
        # As on AWS, a crawler makes the database that it needs.
        await emulator.json("glue", "AWSGlue.CreateDatabase", {"DatabaseInput": {"Name": database}})
        for target in crawler["Targets"]["S3Targets"]:
            bucket, _, prefix = target["Path"].removeprefix("s3://").partition("/")
            for group in groups(bucket, prefix, await objects(emulator, bucket, prefix)):
                found, rows = await look(emulator, bucket, group)
                if found is None:
                    continue
                group.name = f"{crawler.get('TablePrefix', '')}{group.name}"
                counts[await put(emulator, database, crawler["Name"], group, found, rows)] += 1
        return counts


async def objects(emulator: Emulator, bucket: str, prefix: str) -> list[tuple[str, int]]:
    """Return the keys and sizes below a prefix, hidden and empty ones left out."""
    found: list[tuple[str, int]] = []
    token = ""
    while True:
        asked = {"list-type": "2", "prefix": prefix, **({"continuation-token": token} if token else {})}
        response = await emulator.get(f"/{bucket}", urlencode(asked))
        if response.status != 200:
            raise CrawlError(f"The bucket {bucket} cannot be read: S3 answered {response.status}.")
        page = ElementTree.fromstring(response.body)  # noqa: S314 - written by the emulator
        space = page.tag.partition("}")[0] + "}" if page.tag.startswith("{") else ""
        for entry in page.iter(f"{space}Contents"):
            key, size = entry.findtext(f"{space}Key", ""), int(entry.findtext(f"{space}Size", "0"))
            if size and not key.rpartition("/")[2].startswith(("_", ".")):
                found.append((key, size))
        token = page.findtext(f"{space}NextContinuationToken", "")
        if not token:
            return found


async def look(emulator: Emulator, bucket: str, group: Group) -> tuple[infer.Found | None, int]:
    """Return what a table's files are, from a few of them, and the number of rows where it is told."""
    seen: list[infer.Found] = []
    rows = 0
    for key, size in [one for part in group.parts.values() for one in part[:1]][:5]:
        if key.endswith(".parquet") or (await emulator.part(bucket, key, 0, 4)) == parquet.MAGIC:
            end = await emulator.part(bucket, key, max(0, size - 8), 8)
            length = parquet.footer_length(end)
            footer = await emulator.part(bucket, key, max(0, size - 8 - length), length)
            columns, count = await asyncio.to_thread(parquet.columns, footer)
            rows += count
            seen.append(infer.Found("parquet", columns))
            continue
        data = await emulator.part(bucket, key, 0, infer.SAMPLE)
        found = await asyncio.to_thread(infer.classify, infer.unpacked(data, key), size <= len(data))
        if found is not None:
            seen.append(found)
    return (None if not seen else together(seen)), rows


def together(seen: list[infer.Found]) -> infer.Found:
    """Return one schema for several files of the format of the first."""
    first, types = seen[0], dict(seen[0].columns)
    for other in seen[1:]:
        if other.kind == first.kind:
            for name, kind in other.columns:
                types[name] = infer.merged([types[name], kind]) if name in types else kind
    return infer.Found(first.kind, list(types.items()), first.details)


async def put(emulator: Emulator, database: str, crawler: str, group: Group, found: infer.Found, rows: int) -> str:
    """Make or change a table and its partitions; return which it was."""
    fields: dict[str, Any] = {"DatabaseName": database, "TableInput": table_input(crawler, group, found, rows)}
    status, answer = await emulator.json("glue", "AWSGlue.CreateTable", fields)
    done = "created"
    if status != 200:
        done = "updated"
        status, answer = await emulator.json("glue", "AWSGlue.UpdateTable", fields)
    if status != 200:
        raise CrawlError(f"The table {group.name} cannot be put into the database {database}: {answer.get('message')}")
    if group.keys:
        listed = [partition_input(group, found, values) for values in group.parts if len(values) == len(group.keys)]
        names = {"DatabaseName": database, "TableName": group.name}
        for start in range(0, len(listed), 100):
            batch = {**names, "PartitionInputList": listed[start : start + 100]}
            await emulator.json("glue", "AWSGlue.BatchCreatePartition", batch)
    return done
