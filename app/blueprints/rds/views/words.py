"""What the templates of RDS need besides their pages."""

from typing import Any

from app import drawer
from app.blueprints.rds.blueprint import bp
from app.blueprints.rds.views.markup import cells


def calls() -> dict[str, Any]:
    """Return what this request did, for a script that adds it to the page's drawer."""
    return drawer.as_json(drawer.drawer())


@bp.context_processor
def shared() -> dict[str, Any]:
    """Give every template of RDS the way to show cells and calls."""
    return {"cells": cells, "calls": calls}
