"""Elastic Beanstalk: applications, their versions, and environments with health, causes and events."""

from app.blueprints import Nav
from app.blueprints.elasticbeanstalk.views import bp, status

nav = Nav(
    "Elastic Beanstalk",
    "elasticbeanstalk.applications",
    "Compute",
    "elasticbeanstalk",
    "Web applications that AWS runs",
    order=30,
    status=status,
)

__all__ = ["bp", "nav"]
