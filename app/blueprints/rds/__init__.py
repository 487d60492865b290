"""RDS: database instances, and a SQL workbench over them."""

from importlib import import_module
from pkgutil import iter_modules

from app.blueprints import Nav
from app.blueprints.rds import views
from app.blueprints.rds.blueprint import bp
from app.blueprints.rds.views.instances import status

for module in iter_modules(views.__path__):
    import_module(f"{views.__name__}.{module.name}")

nav = Nav("RDS", "rds.instances", "Databases", "rds", "Databases and SQL", order=10, status=status)

__all__ = ["bp", "nav"]
