"""What a person must be to use a view: declared beside the view by `needs`, checked in one place for all of them."""

from collections.abc import Callable
from enum import IntEnum
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


class Role(IntEnum):
    """What a person may do; each role may do all that the ones before it may."""

    ANYBODY = 0  # who has not signed in
    VIEWER = 1  # reads
    EDITOR = 2  # changes
    INSTRUCTOR = 3  # people and settings


ANYBODY, VIEWER, EDITOR, INSTRUCTOR = Role


def needs(role: Role) -> Callable[[View], View]:
    """Declare what a view needs; every view that takes a POST says so, one that is only read needs a viewer.

    It stands below the route: `@bp.post("/")`, then `@needs(EDITOR)`. A POST that only reads (a statement too long for
    an address, a preview) needs a viewer.
    """

    def declare(view: View) -> View:
        view.needs = role  # type: ignore[attr-defined]
        return view

    return declare


def needed(view: Callable[..., Any], method: str) -> Role | None:
    """Return what a view needs for a method; None for a change that says nothing, which nobody may make."""
    declared: Role | None = getattr(view, "needs", None)
    return VIEWER if declared is None and method in ("GET", "HEAD", "OPTIONS") else declared
