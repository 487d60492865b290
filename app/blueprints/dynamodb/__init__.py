"""DynamoDB: tables and their items, queried by conditions or PartiQL, edited without losing anybody's change."""

from importlib import import_module
from pkgutil import iter_modules

from app.blueprints import Nav
from app.blueprints.dynamodb import views
from app.blueprints.dynamodb.blueprint import bp
from app.blueprints.dynamodb.views.tables import status

for module in iter_modules(views.__path__):
    import_module(f"{views.__name__}.{module.name}")

nav = Nav("DynamoDB", "dynamodb.tables", "Databases", "dynamodb", "Tables and items", order=20, status=status)

__all__ = ["bp", "nav"]
