"""Triggers at work: schedules fire once a minute at most, conditions when what they watch has ended."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from embedded.book import Record, Where
from embedded.overlays.glue.asked import Fault
from embedded.overlays.glue.clock import Clock
from embedded.overlays.glue.cron import parse
from embedded.overlays.glue.engine import Engine
from embedded.overlays.glue.starting import draft

logger = logging.getLogger("embedded.glue")


class Firing:
    """Starts what triggers say."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock
        self._task: asyncio.Task[None] | None = None
        # Starts a crawler; set by whoever has them.
        self.crawl: Callable[[Where, str], None] = lambda _where, _name: None
        engine.ended.append(self.run_ended)

    def begin(self) -> None:
        """Watch the clock."""
        self._task = asyncio.get_running_loop().create_task(self._watch())

    def end(self) -> None:
        """Watch it no longer."""
        if self._task is not None:
            self._task.cancel()

    async def _watch(self) -> None:
        while True:
            moment = await self._clock.next_minute()
            try:
                self.tick(moment)
            except Exception:
                logger.exception("Not all schedules of %s could be looked at.", moment)

    def tick(self, moment: datetime) -> None:
        """Fire every schedule that means this minute and has not fired in it."""
        minute = moment.replace(second=0, microsecond=0).isoformat()
        for _, where, trigger in self._engine.book.everywhere("trigger"):
            scheduled = trigger["Type"] == "SCHEDULED" and trigger["State"] == "ACTIVATED"
            if scheduled and trigger.get("_Fired") != minute and parse(trigger["Schedule"]).matches(moment):
                trigger["_Fired"] = minute
                self._engine.book.put("trigger", where, trigger["Name"], trigger)
                self.fire(where, trigger)
        for _, where, crawler in self._engine.book.everywhere("crawler"):
            told = crawler.get("Schedule") or {}
            due = told.get("State") == "SCHEDULED" and parse(told["ScheduleExpression"]).matches(moment)
            if due and crawler["State"] == "READY" and crawler.get("_Fired") != minute:
                crawler["_Fired"] = minute
                self.crawl(where, crawler["Name"])

    def run_ended(self, where: Where, run: Record) -> None:
        """See whether a condition is met; only runs that a trigger started count, as on AWS."""
        job = self._engine.book.find("job", where, run["JobName"])
        again = run["JobRunState"] == "FAILED" and job is not None and run["Attempt"] < job["MaxRetries"]
        if run.get("TriggerName") and not again:
            self._ended(where, "JobName", run["JobName"], "State", run["JobRunState"])

    def crawl_ended(self, where: Where, name: str, state: str) -> None:
        """See whether a condition on a crawler is met."""
        self._ended(where, "CrawlerName", name, "CrawlState", state)

    def _ended(self, where: Where, kind: str, name: str, field: str, state: str) -> None:
        for trigger in self._engine.book.all("trigger", where):
            if trigger["Type"] != "CONDITIONAL" or trigger["State"] != "ACTIVATED":
                continue
            conditions = trigger["Predicate"]["Conditions"]
            watched = [number for number, one in enumerate(conditions) if one.get(kind) == name]
            if not watched:
                continue
            met = set(trigger.get("_Met", []))
            for number in watched:
                (met.add if conditions[number].get(field) == state else met.discard)(number)
            any_will_do = trigger["Predicate"].get("Logical", "AND") == "ANY"
            fires = bool(met) if any_will_do else len(met) == len(conditions)
            trigger["_Met"] = [] if fires else sorted(met)
            self._engine.book.put("trigger", where, trigger["Name"], trigger)
            if fires:
                self.fire(where, trigger)

    def fire(self, where: Where, trigger: Record) -> None:
        """Do what a trigger says; each action by itself."""
        for action in trigger["Actions"]:
            try:
                self._act(where, trigger["Name"], action)
            except Fault as fault:
                logger.warning("The trigger %s could not start %s: %s", trigger["Name"], action, fault)
            except Exception:
                logger.exception("The trigger %s could not start %s.", trigger["Name"], action)

    def _act(self, where: Where, name: str, action: dict[str, Any]) -> None:
        if action.get("CrawlerName"):
            self.crawl(where, action["CrawlerName"])
            return
        job = self._engine.book.find("job", where, action["JobName"])
        if job is None:
            raise Fault("EntityNotFoundException", f"Job {action['JobName']} not found.")
        run = {**draft(self._engine, where, job, action), "TriggerName": name}
        try:
            self._engine.start(where, job, run)
        except Fault as fault:
            # Nobody waits for an answer: as on AWS, a run that has failed says why.
            self._engine.refuse(where, run, fault.message)
