"""One call to Glue: who asks, what for, and the records that the asker may see."""

from dataclasses import dataclass
from typing import Any

from embedded.book import Book, Record, Where
from embedded.emulator import Emulator
from embedded.overlays.glue.asked import missing, required
from embedded.overlays.glue.crawling import Crawling
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

    def named(self, kind: str, field: str = "Name") -> Record:
        """Return the record that the call names; EntityNotFoundException when there is none."""
        name = required(self.asked, field)
        found = self.book.find(kind, self.where, name)
        if found is None:
            raise missing(kind.capitalize(), name)
        return found

    def several(self, kind: str, field: str) -> tuple[list[Record], list[str]]:
        """Return the records that the call lists, and the names that there are none of."""
        wanted: list[str] = self.asked.get(field) or []
        found = [record for name in wanted if (record := self.book.find(kind, self.where, name))]
        there = {record["Name"] for record in found}
        return found, [name for name in wanted if name not in there]

    async def forget(self, kind: str, field: str = "Name") -> str:
        """Drop the record that the call names, with its tags, if there is one; return the name."""
        name = required(self.asked, field)
        self.book.drop(kind, self.where, name)
        await self.untag(kind, name)
        return name

    def arn(self, kind: str, name: str) -> str:
        """Return the ARN of something of the caller's."""
        return f"arn:aws:glue:{self.where.region}:{self.where.account}:{kind}/{name}"

    async def tag(self, kind: str, name: str) -> None:
        """Keep the tags that the call gives something new."""
        if self.asked.get("Tags"):
            fields = {"ResourceArn": self.arn(kind, name), "TagsToAdd": self.asked["Tags"]}
            await self.emulator.json("glue", "AWSGlue.TagResource", fields)

    async def untag(self, kind: str, name: str) -> None:
        """Forget the tags of something that is deleted."""
        arn = {"ResourceArn": self.arn(kind, name)}
        _, answer = await self.emulator.json("glue", "AWSGlue.GetTags", arn)
        if answer.get("Tags"):
            fields = {**arn, "TagsToRemove": list(answer["Tags"])}
            await self.emulator.json("glue", "AWSGlue.UntagResource", fields)

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
