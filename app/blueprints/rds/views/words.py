"""What the templates of RDS need besides their pages."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

from app import drawer
from app.blueprints.rds.blueprint import bp
from app.blueprints.rds.views.markup import cells


@bp.app_template_filter("moment")
def moment(seconds: int) -> datetime:
    """Return epoch seconds as a time."""
    return datetime.fromtimestamp(seconds, UTC)


def calls() -> dict[str, Any]:
    """Return what this request did, for a script that adds it to the page's drawer."""
    return drawer.as_json(drawer.drawer())


@bp.context_processor
def shared() -> dict[str, Any]:
    """Give every template of RDS the way to show cells and calls."""
    return {"cells": cells, "calls": calls, "cell_file": partial}
