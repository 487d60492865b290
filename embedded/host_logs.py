"""CloudWatch Logs: events are kept in our file, not in the emulator's memory (private names, like host.py).

The emulator would hold about 1.2 KiB for an event of 150 bytes, and write all of them anew at each save. What writes
events inside the emulator (PutLogEvents, Lambda, CodeBuild, ECS) passes `_append_log_events`, which puts them into
the store; groups and streams themselves stay the emulator's, which deletes through the two functions patched here.
"""

from collections.abc import Callable
from typing import Any

from embedded.events import EventStore, Place

_MARK = "trellis"


def install(logs: Any, store: EventStore) -> None:
    """Put the store in the place of the emulator's memory."""
    appending = logs._append_log_events
    kind: Any = type(logs._log_records)

    class Forgetful(kind):
        """The emulator's index of events by pointer, which nobody reads any more."""

        def __setitem__(self, key: object, value: object) -> None:
            """Keep nothing."""

    def append(stream: Any, events: Any) -> None:
        found = _whereabouts(logs, stream)
        if found is not None and events:
            store.append(Place(logs.get_account_id(), logs.get_region(), found[0]), found[1], events)
            # The first and last times of the stream are the emulator's to keep.
            appending(stream, events)
            stream["events"] = []

    logs._log_records = Forgetful()
    logs._append_log_events = append
    logs._delete_log_group = _then_forget(logs, logs._delete_log_group, store, "logGroupName")
    logs._delete_log_stream = _then_forget(logs, logs._delete_log_stream, store, "logGroupName", "logStreamName")


def _whereabouts(logs: Any, stream: Any) -> tuple[str, str] | None:
    """Return the names of a stream's group and of itself, None when it was deleted; found once, then marked on it."""
    if _MARK in stream:
        group, name = stream[_MARK]
        kept = logs._log_groups.get(group)
        return (group, name) if kept is not None and kept["streams"].get(name) is stream else None
    for group, kept in reversed(list(logs._log_groups.items())):
        for name in reversed(kept["streams"]):
            if kept["streams"][name] is stream:
                stream[_MARK] = [group, name]
                return group, name
    return None


def _then_forget(logs: Any, function: Callable[[Any], Any], store: EventStore, *names: str) -> Callable[[Any], Any]:
    def forgetting(data: Any) -> Any:
        answer = function(data)
        if answer[0] == 200:
            group, *stream = (data[name] for name in names)
            store.forget(Place(logs.get_account_id(), logs.get_region(), group), *stream)
        return answer

    return forgetting


def adopt(logs: Any, store: EventStore) -> None:
    """Make the emulator's groups and streams and the store agree after a start.

    Events that an older state still holds move to the store. Streams that the store has and the state, which is
    saved a few seconds later, has not, are made: no event is lost.
    """
    for (account, region, group), kept in logs._log_groups.all_items():
        for name, stream in kept["streams"].items():
            if stream["events"]:
                store.append(Place(account, region, group), name, stream["events"])
                stream["events"] = []
    for place, name, first, last in store.streams():
        made = _group(logs, place)
        if name not in made["streams"]:
            made["streams"][name] = {
                "events": [],
                "uploadSequenceToken": "1",
                "creationTime": first,
                "firstEventTimestamp": first,
                "lastEventTimestamp": last,
                "lastIngestionTime": last,
            }


def _group(logs: Any, place: Place) -> Any:
    kept = logs._log_groups.get_scoped(place.account, place.region, place.group)
    if kept is None:
        kept = {
            "arn": f"arn:aws:logs:{place.region}:{place.account}:log-group:{place.group}:*",
            "creationTime": 0,
            "retentionInDays": None,
            "tags": {},
            "subscriptionFilters": {},
            "streams": {},
        }
        logs._log_groups.set_scoped(place.account, place.region, place.group, kept)
    return kept
