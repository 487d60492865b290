"""What the templates of DynamoDB need besides their pages."""

from typing import Any

from flask import current_app

from app import drawer
from app.blueprints.dynamodb.blueprint import bp
from app.blueprints.dynamodb.service.tables import Table
from app.rendering import url_for

# The pages of one table, in the order of their tabs.
PAGES = (
    ("Overview", "dynamodb.table", "info"),
    ("Explore items", "dynamodb.items", "table"),
    ("Access patterns", "dynamodb.patterns", "grid"),
    ("Import", "dynamodb.import_items", "upload"),
    ("Export", "dynamodb.export_items", "download"),
)


@bp.app_template_global("dynamodb_tabs")
def tabs_of(table: str, current: str) -> list[tuple[str, str, bool, str]]:
    """Return the tabs of a table's pages: word, address, whether it is this one, icon."""
    there = current_app.view_functions
    return [
        (word, url_for(endpoint, table=table), endpoint.endswith(f".{current}"), symbol)
        for word, endpoint, symbol in PAGES
        if endpoint in there
    ]


def partiql_url(statement: str) -> str:
    """Return the address of the editor with a statement in it, empty where there is no editor."""
    if "dynamodb.partiql" not in current_app.view_functions:
        return ""
    return url_for("dynamodb.partiql", statement=statement)


def editor_url(table: Table | None = None) -> str:
    """Return the address of the PartiQL editor, with a SELECT from a table begun; empty where there is no editor."""
    if "dynamodb.partiql" not in current_app.view_functions:
        return ""
    if table is None or not table.keys:
        return url_for("dynamodb.partiql")
    key = table.keys[0].name.replace('"', '""')
    return url_for("dynamodb.partiql", draft=f'SELECT * FROM "{table.name}"\nWHERE "{key}" = ?')  # noqa: S608 it runs nothing


def calls() -> dict[str, Any]:
    """Return what this request did, for a script that adds it to the page's drawer."""
    return drawer.as_json(drawer.drawer())


@bp.context_processor
def shared() -> dict[str, Any]:
    """Give every template of DynamoDB its tabs, its calls, and the way to the editor."""
    own = current_app.extensions["settings"].state_table
    return {"calls": calls, "partiql_url": partiql_url, "editor_url": editor_url, "own_table": own}
