"""API Gateway: REST APIs drawn, changed, tried, deployed and called."""

from importlib import import_module
from pkgutil import iter_modules

from app import aws
from app.blueprints import Nav, Status
from app.blueprints.apigateway import views
from app.blueprints.apigateway.blueprint import bp
from app.changes import counted

for module in iter_modules(views.__path__):
    import_module(f"{views.__name__}.{module.name}")


def _status() -> Status:
    answer = aws.client("apigateway").get_rest_apis(limit=500)
    more = " or more" if answer.get("position") else ""
    return Status(counted(len(answer["items"]), "REST API") + more)


nav = Nav("API Gateway", "apigateway.apis", "Integration", "apigateway", "REST APIs in front of functions", 20, _status)

__all__ = ["bp", "nav"]
