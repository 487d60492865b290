"""Accounts and roles, the switch for changes, who did what, and a person's own page."""

from app.blueprints.people import changes, deeds, me, views  # noqa: F401 their routes
from app.blueprints.people.blueprint import bp

nav = None  # reached from the bar

__all__ = ["bp", "nav"]
