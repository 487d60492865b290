"""The application: every part of it, put together in order."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask

from app import (
    assets,
    assumed,
    aws,
    blueprints,
    carry,
    config,
    errors,
    recorder,
    rendering,
    security,
    templating,
    visible,
)
from app.access import first_link
from app.beanstalk import commands as beanstalk
from app.quick_request import QuickRequest

Wrapped = TypeVar("Wrapped", bound=Callable[..., Any])
ROOT = Path(__file__).resolve().parent.parent


class Dashboard(Flask):
    """Flask with quick requests; nothing here is asynchronous, which need not be asked of each function each time."""

    request_class = QuickRequest

    def ensure_sync(self, func: Wrapped) -> Wrapped:
        """Return the function as it is."""
        return func


def create(overrides: Mapping[str, Any] | None = None, session_factory: Callable[[], Any] = aws.new_session) -> Flask:
    """Return the application; `overrides` sets fields of Settings and Flask's own configuration (upper case)."""
    app = Dashboard("app", root_path=str(ROOT), template_folder="templates", static_folder=None)
    app.url_map.merge_slashes = False  # an S3 key may hold empty segments
    settings = config.load(overrides)
    app.extensions["settings"] = settings
    app.config["MAX_CONTENT_LENGTH"] = 16 * 1024 * 1024  # of every request but uploads, which are read as they arrive
    app.config["MAX_FORM_MEMORY_SIZE"] = 4 * 1024 * 1024  # a thousand ticked keys of a thousand bytes each
    app.config.update({name: value for name, value in (overrides or {}).items() if name.isupper()})
    app.json.sort_keys = False  # type: ignore[attr-defined]
    found = list(blueprints.discover())
    rendering.init_app(app)
    visible.init_app(app)
    recorder.init_app(app)
    assets.init_app(app)
    aws.init_app(app, session_factory)
    assumed.init_app(app, settings)
    security.init_app(app, settings)
    errors.init_app(app)
    carry.init_app(app)
    app.extensions["navs"] = [nav for _, nav in found if nav is not None]
    templating.init_app(app)
    beanstalk.init_app(app)
    for bp, _ in found:
        app.register_blueprint(bp)
    first_link.init_app(app)
    return app
