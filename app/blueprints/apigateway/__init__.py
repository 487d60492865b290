"""API Gateway: REST APIs drawn, changed, tried, deployed and called."""

from importlib import import_module
from pkgutil import iter_modules

from app.blueprints import Nav
from app.blueprints.apigateway import views
from app.blueprints.apigateway.blueprint import bp

for module in iter_modules(views.__path__):
    import_module(f"{views.__name__}.{module.name}")

nav = Nav("API Gateway", "apigateway.apis", "Integration", "apigateway", "REST APIs in front of functions", order=20)

__all__ = ["bp", "nav"]
