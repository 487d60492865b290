"""One call to Glue: who asks, what for, and the records that the asker may see."""

from dataclasses import dataclass
from typing import Any

from embedded.overlays.glue.asked import Where
from embedded.overlays.glue.book import Book
from embedded.overlays.glue.crawling import Crawling
from embedded.overlays.glue.emulator import Emulator
from embedded.overlays.glue.engine import Engine
from embedded.overlays.glue.firing import Firing


@dataclass(frozen=True)
class Call:
    """A call, in the account and region that signed it."""

    where: Where
    asked: dict[str, Any]
    engine: Engine
    firing: Firing
    crawling: Crawling

    @property
    def book(self) -> Book:
        """Every record."""
        return self.engine.book

    @property
    def emulator(self) -> Emulator:
        """The emulator, as the caller sees it: the Data Catalog and the tags are there."""
        return self.engine.emulator(self.where)

    def arn(self, kind: str, name: str) -> str:
        """Return the ARN of something of the caller's."""
        return f"arn:aws:glue:{self.where.region}:{self.where.account}:{kind}/{name}"

    async def tag(self, kind: str, name: str) -> None:
        """Keep the tags that the call gives something new."""
        if self.asked.get("Tags"):
            fields = {"ResourceArn": self.arn(kind, name), "TagsToAdd": self.asked["Tags"]}
            await self.emulator.json("glue", "AWSGlue.TagResource", fields)

    async def tagged(self, kind: str, names: list[str]) -> list[str]:
        """Return those that bear all the tags which the call asks for."""
        wanted = self.asked.get("Tags") or {}
        if not wanted:
            return names
        found = []
        for name in names:
            _, answer = await self.emulator.json("glue", "AWSGlue.GetTags", {"ResourceArn": self.arn(kind, name)})
            if wanted.items() <= (answer.get("Tags") or {}).items():
                found.append(name)
        return found
