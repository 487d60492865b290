"""What the templates of CloudWatch Logs need besides their pages."""

from datetime import UTC, datetime
from typing import Any

from app import aws, drawer
from app.blueprints.logs.blueprint import bp
from app.blueprints.logs.service import prices
from app.blueprints.logs.service.parameters import Parameter
from app.blueprints.logs.views.markup import rows


@bp.app_template_filter("stamp")
def stamp(at: datetime | None) -> str:
    """Return a time to the millisecond in UTC, as AWS writes it."""
    return "" if at is None else f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03d}"


@bp.app_template_filter("epoch_of")
def epoch_of(seconds: int) -> datetime:
    """Return epoch seconds as a time."""
    return datetime.fromtimestamp(seconds, UTC)


@bp.app_template_filter("money")
def money(amount: float) -> str:
    """Return an amount in US dollars."""
    return prices.money(amount)


def calls() -> dict[str, Any]:
    """Return what this request did, for a script that adds it to the page's drawer."""
    return drawer.as_json(drawer.drawer())


@bp.context_processor
def shared() -> dict[str, Any]:
    """Give every template of these pages the way to show rows and calls, and whether scanning costs anything."""
    return {"rows_of": rows, "calls": calls, "free": aws.identity().kind == "embedded"}


@bp.app_template_filter("p_default")
def p_default(parameter: Parameter) -> tuple[str, str]:
    """Return a saved parameter's default as a field of an address."""
    return f"p.{parameter.name}", parameter.value
