"""What a person must be to use a view: declared beside the view by `needs`, checked in one place for all of them."""

from collections.abc import Callable
from enum import IntEnum
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


class Role(IntEnum):
    """What a person may do; each role may do all that the ones before it may."""

    VIEWER = 1  # reads
    EDITOR = 2  # changes
    INSTRUCTOR = 3  # people and settings


VIEWER, EDITOR, INSTRUCTOR = Role


def needs(role: Role) -> Callable[[View], View]:
    """Declare what a view needs; every view that takes a POST says so, one that is only read needs a viewer.

    It stands below the route: `@bp.post("/")`, then `@needs(EDITOR)`. A POST that only reads (a statement too long for
    an address, a preview) needs a viewer.
    """

    def declare(view: View) -> View:
        view.needs = role  # type: ignore[attr-defined]
        return view

    return declare
