"""API Gateway: REST APIs drawn, changed, tried, deployed and called."""

from importlib import import_module
from pkgutil import iter_modules

from app.blueprints import Nav
from app.blueprints.apigateway import views
from app.blueprints.apigateway.blueprint import bp
from app.blueprints.apigateway.views.apis import status

for module in iter_modules(views.__path__):
    import_module(f"{views.__name__}.{module.name}")

ABOUT = "REST APIs in front of functions"
nav = Nav("API Gateway", "apigateway.apis", "Integration", "apigateway", ABOUT, order=20, status=status)

__all__ = ["bp", "nav"]
