"""Trellis: a dashboard for AWS, one blueprint per service."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask


def create_app(overrides: Mapping[str, Any] | None = None, session_factory: Callable[[], Any] | None = None) -> "Flask":
    """Return the application; `overrides` sets fields of Settings and Flask's own configuration (upper case).

    `session_factory` makes boto3's session; it is app.aws.new_session unless given.
    """
    # Imported here: `python -m app` needs none of it to start both processes, and took a third of a second for it.
    from app import aws, factory

    return factory.create(overrides, session_factory or aws.new_session)
