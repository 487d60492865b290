"""CloudWatch Logs: groups, streams, events, and Logs Insights."""

from importlib import import_module
from pkgutil import iter_modules

from app.blueprints import Nav
from app.blueprints.logs import views
from app.blueprints.logs.blueprint import bp
from app.blueprints.logs.views.groups import status

for module in iter_modules(views.__path__):
    import_module(f"{views.__name__}.{module.name}")

nav = Nav("Logs", "logs.groups", "Monitoring", "logs", "CloudWatch Logs and Logs Insights", order=10, status=status)

__all__ = ["bp", "nav"]
