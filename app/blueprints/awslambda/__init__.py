"""Lambda: functions made, tested, watched and triggered."""

from importlib import import_module
from pkgutil import iter_modules

from app import aws
from app.blueprints import Nav, Status
from app.blueprints.awslambda import views
from app.blueprints.awslambda.blueprint import bp
from app.changes import counted

for module in iter_modules(views.__path__):
    import_module(f"{views.__name__}.{module.name}")


def _status() -> Status:
    answer = aws.client("lambda").list_functions()
    more = " or more" if answer.get("NextMarker") else ""
    return Status(counted(len(answer["Functions"]), "function") + more)


nav = Nav(
    "Lambda", "awslambda.functions", "Compute", "lambda", "Functions that run when something calls them", 10, _status
)

__all__ = ["bp", "nav"]
