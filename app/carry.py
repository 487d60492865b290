"""Carries the calls of a form over its redirect (placeholder until it lands)."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Nothing to register yet."""
