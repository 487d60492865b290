"""Glue: jobs started by a form, followed while they run, and what they made."""

from importlib import import_module
from pkgutil import iter_modules

from app.blueprints import Nav
from app.blueprints.glue import views
from app.blueprints.glue.blueprint import bp
from app.blueprints.glue.views.jobs import status

for module in iter_modules(views.__path__):
    import_module(f"{views.__name__}.{module.name}")

nav = Nav("Glue", "glue.jobs", "Integration", "glue", "Jobs that turn data into other data", order=10, status=status)

__all__ = ["bp", "nav"]
