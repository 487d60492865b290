"""Signing in and out, invitations, the first instructor."""

from app.blueprints.signin import first, links, views  # noqa: F401 their routes
from app.blueprints.signin.blueprint import bp

nav = None  # reached from the bar

__all__ = ["bp", "nav"]
