"""Signing in and out, at an OpenID provider too, invitations, the first instructor."""

from app.blueprints.signin import first, links, openid, views  # noqa: F401 their routes
from app.blueprints.signin.blueprint import bp

nav = None  # reached from the bar

__all__ = ["bp", "nav"]
