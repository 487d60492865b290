"""S3: buckets, folders, pictures and files."""

from importlib import import_module
from pkgutil import iter_modules

from app.blueprints import Nav
from app.blueprints.s3 import views
from app.blueprints.s3.blueprint import bp
from app.blueprints.s3.views.buckets import status

for module in iter_modules(views.__path__):
    import_module(f"{views.__name__}.{module.name}")

nav = Nav("S3", "s3.buckets", "Storage", "bucket", "Buckets, pictures and files", order=10, status=status)

__all__ = ["bp", "nav"]
