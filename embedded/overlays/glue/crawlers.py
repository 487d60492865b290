"""Crawlers as callers make, see, start and stop them."""

import re
import time

from embedded.book import Record
from embedded.overlays.glue.asked import Fault, invalid, new_name, page, required
from embedded.overlays.glue.call import Call
from embedded.overlays.glue.triggers import schedule

KEPT = (
    *("Role", "DatabaseName", "Description", "Classifiers", "TablePrefix", "SchemaChangePolicy", "RecrawlPolicy"),
    *("LineageConfiguration", "Configuration", "CrawlerSecurityConfiguration"),
)
ONLY_S3 = "The embedded AWS crawls S3 only (CSV, JSON lines and Parquet): {other} are not available."


async def create(call: Call) -> Record:
    """CreateCrawler."""
    name = new_name(call.asked)
    if call.book.find("crawler", call.where, name):
        raise Fault("AlreadyExistsException", f"Crawler {name} already exists.")
    required(call.asked, "Role")
    now = time.time()
    fields = {
        "Name": name,
        "State": "READY",
        "CrawlElapsedTime": 0,
        "CreationTime": now,
        "LastUpdated": now,
        "Version": 1,
    }
    call.book.put("crawler", call.where, name, {**fields, **checked(call.asked)})
    await call.tag("crawler", name)
    return {}


def checked(asked: Record) -> Record:
    """Return what a crawler looks at, and where its tables go."""
    fields = {name: asked[name] for name in KEPT if asked.get(name) is not None}
    if "Targets" in asked:
        targets = {kind: found for kind, found in asked["Targets"].items() if found}
        if other := sorted(set(targets) - {"S3Targets"}):
            raise invalid(ONLY_S3.format(other=", ".join(other)))
        paths = [target.get("Path", "") for target in targets.get("S3Targets", [])]
        if not paths or not all(re.match(r"(s3://)?[^/]+", path) for path in paths):
            raise invalid("A crawler needs S3Targets with a Path each.")
        fields["Targets"] = targets
    if asked.get("Schedule"):
        fields["Schedule"] = {"ScheduleExpression": schedule(asked), "State": "SCHEDULED"}
    return fields


def update(call: Call) -> Record:
    """UpdateCrawler."""
    crawler = _at_rest(call)
    crawler.update(checked(call.asked), LastUpdated=time.time(), Version=crawler["Version"] + 1)
    call.book.put("crawler", call.where, crawler["Name"], crawler)
    return {}


async def delete(call: Call) -> Record:
    """DeleteCrawler."""
    _at_rest(call)
    await call.forget("crawler")
    return {}


def get(call: Call) -> Record:
    """GetCrawler."""
    return {"Crawler": shown(call.named("crawler"))}


def get_all(call: Call) -> Record:
    """GetCrawlers."""
    found, token = page([shown(one) for one in call.book.all("crawler", call.where)], call.asked)
    return {"Crawlers": found, **token}


async def names(call: Call) -> Record:
    """ListCrawlers."""
    found = await call.tagged("crawler", [one["Name"] for one in call.book.all("crawler", call.where)])
    part, token = page(found, call.asked)
    return {"CrawlerNames": part, **token}


def batch_get(call: Call) -> Record:
    """BatchGetCrawlers."""
    found, missing = call.several("crawler", "CrawlerNames")
    return {"Crawlers": [shown(one) for one in found], "CrawlersNotFound": missing}


def metrics(call: Call) -> Record:
    """GetCrawlerMetrics."""
    wanted = call.asked.get("CrawlerNameList")
    crawlers = [one for one in call.book.all("crawler", call.where) if not wanted or one["Name"] in wanted]
    part, token = page(crawlers, call.asked)
    return {"CrawlerMetricsList": [_metric(one) for one in part], **token}


def _metric(crawler: Record) -> Record:
    seconds = crawler["CrawlElapsedTime"] / 1000
    told = crawler.get("_Counts", {})
    return {
        "CrawlerName": crawler["Name"],
        "TimeLeftSeconds": 0.0,
        "StillEstimating": False,
        "LastRuntimeSeconds": seconds,
        "MedianRuntimeSeconds": seconds,
        "TablesCreated": told.get("created", 0),
        "TablesUpdated": told.get("updated", 0),
        "TablesDeleted": 0,
    }


def start(call: Call) -> Record:
    """StartCrawler."""
    call.named("crawler")
    call.crawling.start(call.where, call.asked["Name"])
    return {}


def stop(call: Call) -> Record:
    """StopCrawler."""
    crawler = call.named("crawler")
    call.crawling.stop(call.where, crawler)
    return {}


def start_schedule(call: Call) -> Record:
    """StartCrawlerSchedule."""
    return _scheduled(call, "SCHEDULED")


def stop_schedule(call: Call) -> Record:
    """StopCrawlerSchedule."""
    return _scheduled(call, "NOT_SCHEDULED")


def update_schedule(call: Call) -> Record:
    """UpdateCrawlerSchedule."""
    crawler = call.named("crawler", "CrawlerName")
    crawler["Schedule"] = {"ScheduleExpression": schedule(call.asked), "State": "SCHEDULED"}
    call.book.put("crawler", call.where, crawler["Name"], crawler)
    return {}


def _scheduled(call: Call, state: str) -> Record:
    crawler = call.named("crawler", "CrawlerName")
    if not crawler.get("Schedule"):
        raise Fault("NoScheduleException", f"Crawler {crawler['Name']} has no schedule.")
    if crawler["Schedule"]["State"] == state:
        running = state == "SCHEDULED"
        code = "SchedulerRunningException" if running else "SchedulerNotRunningException"
        raise Fault(code, f"The schedule of {crawler['Name']} is already {state}.")
    crawler["Schedule"] = {**crawler["Schedule"], "State": state}
    call.book.put("crawler", call.where, crawler["Name"], crawler)
    return {}


def _at_rest(call: Call) -> Record:
    """Return the crawler that the call names, which must not be at work."""
    crawler = call.named("crawler")
    if crawler["State"] != "READY":
        raise Fault("CrawlerRunningException", f"Crawler {crawler['Name']} is running.")
    return crawler


def shown(crawler: Record) -> Record:
    """Return a crawler as callers see it."""
    return {name: value for name, value in crawler.items() if not name.startswith("_")}
