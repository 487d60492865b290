"""The overview, the region switch and the health check."""

from app.blueprints import Nav
from app.blueprints.overview.views import bp

nav = Nav("Overview", "overview.index", "", "overview", order=0)

__all__ = ["bp", "nav"]
