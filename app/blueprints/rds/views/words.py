"""What the templates of RDS need besides their pages."""

import re
from typing import Any

from app import drawer
from app.blueprints.rds.blueprint import bp
from app.blueprints.rds.views.markup import grid, table_rows

SUFFIX = re.compile(r"-[A-Za-z0-9]{6}$")
FIRST = {
    "postgres": (
        ("Which server is this?", "SELECT version()"),
        ("Which tables are there?", "SELECT table_schema, table_name FROM information_schema.tables\n"
         "WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2"),
    ),
    "mysql": (
        ("Which server is this?", "SELECT version()"),
        ("Which databases are there?", "SHOW DATABASES"),
    ),
}  # fmt: skip


def first_queries(engine: str) -> tuple[tuple[str, str], ...]:
    """Return what a person can ask any database before they know it: words, and the SQL."""
    return FIRST["postgres" if engine == "postgres" else "mysql"]


def calls() -> dict[str, Any]:
    """Return what this request did, for a script that adds it to the page's drawer."""
    return drawer.as_json(drawer.drawer())


@bp.app_template_filter("secret_name")
def secret_name(arn: str) -> str:
    """Return a secret's name from its ARN, which ends in a hyphen and six characters that AWS adds."""
    name = arn.split(":")[-1]
    return SUFFIX.sub("", name) if ":" in arn else name


@bp.context_processor
def shared() -> dict[str, Any]:
    """Give every template of RDS the way to show rows and calls."""
    return {"grid": grid, "table_rows": table_rows, "calls": calls, "first_queries": first_queries}
