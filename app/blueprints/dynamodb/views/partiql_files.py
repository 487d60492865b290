"""The whole result of one SELECT as a file."""

from flask import request
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from app.blueprints.dynamodb.service.exporting import TYPES, all_names
from app.blueprints.dynamodb.service.known import KNOWN
from app.blueprints.dynamodb.service.partiql import parameters, running
from app.blueprints.dynamodb.service.partiql.parser import statements
from app.blueprints.dynamodb.service.wire import Mistake
from app.blueprints.dynamodb.views import exports
from app.blueprints.dynamodb.views.common import dynamodb
from app.blueprints.dynamodb.views.partiql_asked import Asked
from app.problems import refused


def wanted() -> str:
    """Return the format of the file that this request asks for; JSON is one only with `download`."""
    form = request.values.get("format", "")
    return form if form in TYPES and (form != "json" or request.values.get("download")) else ""


def answer(asked: Asked) -> Response:
    """Answer with every item of one SELECT. Refused for anything else."""
    if not wanted():
        raise BadRequest(f"The format is one of {', '.join(TYPES)}, JSON with download=1.")
    try:
        found = statements(asked.text)
        if len(found) != 1 or not found[0].reads:
            raise Mistake("A file holds the items of one SELECT.", (), 1, 1)
        client, statement = dynamodb(), found[0]
        described = {statement.table: KNOWN.get(client, statement.table)} if statement.table else {}
        given = parameters.values(parameters.of(found, described, asked.fields))
        if len(given) < len(statement.parameters):
            raise Mistake("Fill in the parameters first.", (), 1, 1)
    except Mistake as error:
        where = f" (line {error.line}, column {error.column})" if error.line else ""
        raise refused(422, "This cannot be exported", f"{error.message}{where}", "Correct the statement.") from error
    keys = [key.name for key in described[statement.table].keys] if described and statement.columns is None else []
    wish = exports.wish_of(request.values, lambda: all_names(running.every_item(client, statement, given), keys))
    pages = running.every_item(client, statement, given)
    return exports.file(pages, wish, keys, statement.table or "partiql")
