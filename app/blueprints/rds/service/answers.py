"""A script's results as JSON."""

from dataclasses import asdict
from typing import Any

from app.blueprints.rds.service.cells import as_json as cell
from app.blueprints.rds.service.scripts import Mistake, Ran, Step


def as_json(
    instance: str, database: str, ran: Ran, wrong: Mistake | None, parameters: tuple[str, ...], ask: tuple[str, ...]
) -> dict[str, Any]:
    """Return results in order, what waits for a commit, what is asked first, and the mistake."""
    return {
        "instance": instance,
        "database": ran.database or database,
        "results": [_result(step) for step in ran.steps],
        "parameters": list(parameters),
        "committed": ran.committed,
        "pending": ran.expected if ran.pending else None,
        "ask": list(ask),
        "alone": ran.alone,
        "error": None if wrong is None else asdict(wrong),
    }


def _result(step: Step) -> dict[str, Any]:
    return {
        "sql": step.sql,
        "columns": [{"name": one.name, "type": one.type} for one in step.columns or ()],
        "rows": [[cell(value) for value in row] for row in step.rows],
        "truncated": step.truncated,
        "affected": step.affected,
        "notices": list(step.notices),
        "milliseconds": round(step.seconds * 1000, 2),
    }
