"""What a query's address and form carry, and the address that carries it again."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flask import url_for
from werkzeug.datastructures import MultiDict

from app.blueprints.logs.service import parameters, past, queries
from app.blueprints.logs.service.parameters import Filled, Parameter
from app.blueprints.logs.service.samples import DEFAULT
from app.blueprints.logs.service.times import Range
from app.blueprints.logs.views.common import range_of
from app.numbers import whole

LONGEST_URL = 3000  # characters that an address carries
LAST = 10**11 - 1  # epoch seconds: the year 5138


@dataclass(frozen=True)
class Asked:
    """A query, its groups and its range of time as they were written; `ran` are the epoch seconds that were run."""

    groups: tuple[str, ...] = ()
    query: str = DEFAULT
    start: str = "-1h"
    end: str = "now"
    fields: Mapping[str, str] = field(default_factory=dict)
    ran: tuple[int, int] | None = None
    begun: int = 0

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The query's placeholders with their values."""
        return parameters.of(self.query, self.fields)

    @property
    def filled(self) -> Filled:
        """The query with its values."""
        return parameters.fill(self.query, self.parameters)

    @property
    def span(self) -> Range | None:
        """The range that was run, or would be now; None where it cannot be read."""
        start, end = self.ran or (self.start, self.end)
        return range_of(str(start), str(end))[0]

    def arguments(self, **more: Any) -> dict[str, Any]:
        """Return the fields of an address that asks the same."""
        values: dict[str, Any] = {
            "group": list(self.groups),
            "query": self.query,
            "start": self.start,
            "end": self.end,
            **self.fields,
        }
        if self.ran:
            values |= {"from": self.ran[0], "to": self.ran[1]}
        return {**values, **({"begun": self.begun} if self.begun else {}), **more}


def of(fields: MultiDict[str, str]) -> Asked:
    """Return what an address or a form asks."""
    start, end = (whole(fields.get(name), 0, LAST) for name in ("from", "to"))
    named = dict.fromkeys(name.strip() for name in fields.getlist("group") if name.strip())
    return Asked(
        groups=tuple(named),
        query=fields.get("query", DEFAULT).replace("\r\n", "\n"),
        start=fields.get("start", "").strip() or "-1h",
        end=fields.get("end", "").strip() or "now",
        fields={name: value for name, value in fields.items() if name.startswith("p.")},
        ran=None if start is None or end is None else (start, end),
        begun=fields.get("begun", 0, type=int),
    )


def faults(asked: Asked) -> dict[str, str]:
    """Return what stands against running it, by field."""
    found = range_of(asked.start, asked.end)[1]
    if not asked.groups:
        found["group"] = "Choose at least one log group."
    elif len(asked.groups) > queries.MOST_GROUPS:
        found["group"] = f"AWS queries at most {queries.MOST_GROUPS} log groups at once; these are {len(asked.groups)}."
    if not asked.query.strip():
        found["query"] = "Write a query, or choose a sample."
    elif len(asked.filled.query) > queries.LONGEST:
        found["query"] = f"AWS takes queries of at most 10,000 characters; this one has {len(asked.filled.query):,}."
    missing = [one.name for one in asked.parameters if not one.given]
    if missing:
        found["parameters"] = f"Give a value for {', '.join(missing)}."
    return found


def address(query_id: str, asked: Asked, endpoint: str = "logs.query", **more: Any) -> str:
    """Return the address of a query; what is too long for one is left out, AWS remembers it."""
    url = url_for(endpoint, query_id=query_id, **asked.arguments(**more))
    if len(url) <= LONGEST_URL:
        return url
    few = replace(asked, fields={}).arguments(**more)
    few.pop("query")
    url = url_for(endpoint, query_id=query_id, **few)
    return url if len(url) <= LONGEST_URL else url_for(endpoint, query_id=query_id, **{**few, "group": None})


def recalled(query_id: str, fields: MultiDict[str, str], client: Any) -> Asked:
    """Return what a query's address asks; what it does not say, AWS remembers."""
    asked = of(fields)
    if "query" in fields:
        return asked
    known = past.find(client, query_id)
    if known is None:
        return asked
    groups = asked.groups or ((known.group,) if known.group else ())
    return replace(asked, query=known.query, groups=groups)
