"""Explore items: a Query or a Scan as its conditions have it, before and after it is sent."""

from dataclasses import dataclass, field, replace
from typing import Any

from botocore.exceptions import ClientError
from flask import Response as FlaskResponse
from flask import make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from app import errors, exports, respond
from app.blueprints.dynamodb.blueprint import bp
from app.blueprints.dynamodb.service import asked as words
from app.blueprints.dynamodb.service import explore as service
from app.blueprints.dynamodb.service import expressions, prices, wire
from app.blueprints.dynamodb.service.answers import items_json, line
from app.blueprints.dynamodb.service.asked import Asked, Wrong
from app.blueprints.dynamodb.service.known import KNOWN
from app.blueprints.dynamodb.service.spoken import partiql
from app.blueprints.dynamodb.service.tables import Key, Table
from app.blueprints.dynamodb.views import asking, markup, queries
from app.blueprints.dynamodb.views.common import dynamodb
from app.problems import Problem
from app.security import from_elsewhere

THROTTLED = {"ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"}
MOST_TRIES = 6
VIEWS = ("table", "json", "dynamodb")


@dataclass(frozen=True)
class ExplorePage:
    """What is asked of a table and what came of it; `faults` maps fields to what is wrong with them."""

    table: Table
    asked: Asked
    estimate: service.Estimate
    view: str
    found: service.Found | None = None
    faults: dict[str, str] = field(default_factory=dict)
    problem: Problem | None = None
    try_again: bool = False

    @property
    def keys(self) -> tuple[Key, ...]:
        """The key of what is read: the table's or an index's."""
        try:
            return self.table.keys_of(self.asked.index)
        except KeyError:
            return self.table.keys

    def url(self, **changes: Any) -> str:
        """Return the address of this question with some fields changed."""
        kept = {"view": self.view if self.view != "table" else "", **changes}
        return url_for("dynamodb.items", table=self.table.name) + asking.query_string(self.asked, **kept)


@bp.get("/<table>/items")
def items(table: str) -> Response:
    """Show a page of items; with `draft` or `add`, or from a link of another site, the form alone: nothing is read."""
    form = exports.asked()
    client, ask = dynamodb(), asking.read(request.args)
    described = KNOWN.get(client, table)
    if "draft" in request.args or "add" in request.args or from_elsewhere():
        return _html(_page(described, ask), 200)
    try:
        found = service.explore(client, described, ask)
    except Wrong as error:
        return _refused(_page(described, ask, faults=error.faults), form)
    except ClientError as error:
        KNOWN.forget(client, table)
        return _failed(described, ask, error, form)
    page = _page(described, ask, found=found)
    queries.note(page)
    if form:
        return _file(page, found, form)
    return _json(page, found) if respond.wants_json() else _html(page, 200)


def _page(table: Table, ask: Asked, **more: Any) -> ExplorePage:
    view = request.args.get("view", "table")
    return ExplorePage(table, ask, service.estimate(table, ask), view if view in VIEWS else "table", **more)


def _html(page: ExplorePage, status: int) -> FlaskResponse:
    fragment = respond.wants_fragment()
    more: dict[str, Any] = {"words": words, "prices": prices, "typed": _shown_groups(page), "fragment": fragment}
    more |= {"choices": _choices(page), "poll": respond.polling(), "elsewhere": from_elsewhere()}
    if page.found is not None:
        more |= _shown(page, page.found)
    name = "dynamodb/_explore.html" if fragment else "dynamodb/items.html"
    response = make_response(render_template(name, page=page, **more), status)
    response.headers["Cache-Control"] = "no-store"
    response.vary.update(["Accept", "HX-Request", "Cookie"])
    return response


def _shown(page: ExplorePage, found: service.Found) -> dict[str, Any]:
    """Return the page's items as the chosen view shows them."""
    more: dict[str, Any] = {"next_url": page.url(after=found.after) if found.after else ""}
    if page.view != "table":
        write = wire.plain_text if page.view == "json" else wire.dynamo_text
        return more | {"text": ",\n".join([write(item, 2) for item in found.items])}
    shown = markup.columns(page.keys, found.items)
    base = url_for("dynamodb.item", table=page.table.name)
    return more | {
        "names": [one.name for one in shown],
        "heads": markup.heads(shown),
        "rows": markup.rows(found.items, shown, base, page.table.keys),
        "parameters": expressions.shown(found.parameters),
        "partiql": partiql(page.table, page.asked),
    }


def _choices(page: ExplorePage) -> list[tuple[str, tuple[Key, ...], str, service.Estimate]]:
    """Return what can be read: the table and its indexes, with key, kind, and what reading all of it means."""
    named = [("", page.table.keys, ""), *((one.name, one.keys, one.kind) for one in page.table.indexes)]
    return [
        (name, keys, kind, service.estimate(page.table, replace(page.asked, index=name))) for name, keys, kind in named
    ]


def _shown_groups(page: ExplorePage) -> tuple[words.Group, ...]:
    """Return the groups of the form: one at least, one more where that is asked for."""
    groups = page.asked.groups or (words.Group(),)
    return (*groups, words.Group()) if request.args.get("add") == "group" else groups


def _refused(page: ExplorePage, form: str) -> Response:
    """Answer what cannot be asked: beside its field for people, as a problem for programs."""
    if form or respond.wants_json():
        sentence = " ".join(page.faults.values())
        return errors.as_response(
            Problem(422, "This cannot be asked", sentence, "Correct it and ask again.", "Refused")
        )
    return _html(page, 422)


def _failed(table: Table, ask: Asked, error: ClientError, form: str) -> Response:
    """Answer AWS's refusal: the form stays as it was, and what can be explained is."""
    problem = _explained(errors.problem_of(error), table, ask)
    if form or respond.wants_json():
        return errors.as_response(problem)
    again = problem.code in THROTTLED and request.args.get("round", 0, type=int) < MOST_TRIES
    page = _page(table, ask, problem=problem, try_again=again)
    queries.note(page)
    return _html(page, problem.status)


def _explained(problem: Problem, table: Table, ask: Asked) -> Problem:
    if problem.status == 403 and ask.index:
        arn = f"{table.arn}/index/{ask.index}"
        remedy = (
            f"An index is a resource of its own in IAM: a policy that names the table alone does not cover it. "
            f"Allow dynamodb:{'Query' if ask.is_query else 'Scan'} on {arn}; the call drawer has the statement."
        )
        title = f"Access denied on the index {ask.index}"
        return Problem(
            problem.status, title, problem.happened, remedy, problem.code, problem.request_id, problem.operation
        )
    return problem


def _json(page: ExplorePage, found: service.Found) -> FlaskResponse:
    address = page.url(after=found.after, format="json") if found.after else ""
    response = FlaskResponse(items_json(page.table.name, found, address), mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def _file(page: ExplorePage, found: service.Found, form: str) -> FlaskResponse:
    """Answer with the items of this page as a file; a Link header leads to the next page."""
    names = service.columns(page.keys, found.items)
    lines = [line(item, names) for item in found.items]
    response: FlaskResponse = exports.answer(form, names, lines, page.table.name)
    if found.after:
        response.headers["Link"] = f'<{page.url(after=found.after, format=form)}>; rel="next"'
    return response
