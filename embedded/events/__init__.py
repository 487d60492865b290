"""The log events of this embedded AWS, kept in one SQLite file instead of the emulator's memory."""

from embedded.events.store import EventStore, Place

__all__ = ["EventStore", "Place"]
