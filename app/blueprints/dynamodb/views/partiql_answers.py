"""Results of PartiQL as the page shows them and as JSON has them."""

import json
from dataclasses import dataclass, replace
from typing import Any

from flask import make_response, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from app import aws, codegen
from app.blueprints.dynamodb.service import prices, wire
from app.blueprints.dynamodb.service.partiql import running
from app.blueprints.dynamodb.service.partiql.bound import NoExpression
from app.blueprints.dynamodb.service.partiql.expressions import expressed
from app.blueprints.dynamodb.service.partiql.judging import Judged
from app.blueprints.dynamodb.service.partiql.running import Result
from app.blueprints.dynamodb.views import markup
from app.blueprints.dynamodb.views.partiql_asked import Shown
from app.codegen.steps import step_of
from app.recorder import Call


@dataclass(frozen=True)
class Section:
    """One statement's result: its grid, its items as two kinds of JSON, and what reading them came to."""

    judged: Judged
    result: Result
    heads: Markup
    rows: Markup
    plain: str
    dynamo: str
    cost: str
    same: tuple[str, str, str]


def shown(page: Shown) -> list[Section]:
    """Return the sections of a page, one for each result."""
    return [_section(page, judged, result) for judged, result in zip(page.judged, page.results, strict=False)]


def _section(page: Shown, judged: Judged, result: Result) -> Section:
    table, items = judged.table, result.items
    keys = table.keys if table is not None else ()
    columns = markup.columns(keys, items)
    base = url_for("dynamodb.tables") + f"{table.name}/item" if table is not None else ""
    return Section(
        judged,
        result,
        markup.heads(columns),
        markup.rows(items, columns, base, keys, (page.asked.page - 1) * running.WANTED),
        _joined([wire.plain_text(item, 2) for item in items]),
        _joined([wire.dynamo_text(item, 2) for item in items]),
        _cost(result),
        same(page, judged),
    )


def _joined(texts: list[str]) -> str:
    return "[\n" + ",\n".join(texts) + "\n]"


def _cost(result: Result) -> str:
    if result.units is None:
        return ""
    kind, price = ("read", prices.read) if result.statement.reads else ("write", prices.write)
    return f"{result.units:,.10g} {kind} units, {prices.dollars(price(result.units))}"


def same(page: Shown, judged: Judged) -> tuple[str, str, str]:
    """Return a statement as boto3 sends it, the same with expressions, and why not where there is no such thing."""
    statement = judged.statement
    left = _python("ExecuteStatement", running.sent(statement, page.given))
    try:
        if judged.table is None or judged.plan.kind == "unknown":
            return left, "", "This page could not read the statement or its table."
        found = expressed(statement, judged.table, page.given)
    except (NoExpression, KeyError) as error:
        return left, "", f"There is no such request for {error}."
    return left, _python(found.operation, found.parameters), ""


def _python(operation: str, parameters: dict[str, Any]) -> str:
    return codegen.python(step_of(Call("dynamodb", operation, parameters, aws.region())))


def as_json(page: Shown) -> Response:
    """Return the results in DynamoDB JSON, whose numbers are exact; `next` is the token of the next page."""
    body = {
        "state": page.state,
        "results": [_result(judged, one) for judged, one in zip(page.judged, page.results, strict=False)],
        "next": page.next or None,
        "parameters": [one.number for one in page.parameters],
        "ask": [one.touches for one in page.judged if one.touches] if page.state == "ask" else [],
        "warnings": [one.warning for one in page.judged if one.warning],
        "error": None if page.fault is None else page.fault.__dict__,
    }
    response = make_response(json.dumps(body, ensure_ascii=False, default=wire.base64_of), page.status)
    response.mimetype = "application/json"
    response.headers["Cache-Control"] = "no-store"
    return response


def _result(judged: Judged, one: Result) -> dict[str, Any]:
    return {
        "statement": one.statement.text,
        "plan": judged.plan.kind,
        "items": list(one.items),
        "more": bool(one.token),
        "capacity_units": one.units,
        "milliseconds": round(one.seconds * 1000, 2),
        "error": None if one.failure is None else replace(one.failure).__dict__,
    }
