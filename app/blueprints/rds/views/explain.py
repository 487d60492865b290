"""The plan of a statement, and the fields of its parameters."""

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from app import respond
from app.blueprints.rds.blueprint import bp
from app.blueprints.rds.service import parameters, scripts
from app.blueprints.rds.views.connected import connected
from app.roles import VIEWER, needs
from app.sql import statements
from app.sql.errors import SqlError
from app.sql.explain import MEASURED, Plan
from app.sql.explain import explain as explained
from app.sql.options import Options
from app.sql.statements import Statement


@bp.post("/<identifier>/fields")
@needs(VIEWER)
def fields(identifier: str) -> Response:
    """Give the form one field for each parameter of its SQL."""
    there = connected(identifier, request.form.get("database", ""))
    try:
        script = statements.split(request.form.get("sql", "").replace("\r\n", "\n"), there.target.dialect)
    except SqlError:
        return Response(status=204)  # while it is being typed: running it will say so
    found = parameters.of(script, request.form)
    return make_response(render_template("rds/_parameters.html", page={"parameters": found}))


@bp.post("/<identifier>/explain")
@needs(VIEWER)
def explain(identifier: str) -> Response:
    """Show how the database would run the statements; `measured` runs them, reading only, for true rows and times."""
    measured, write = "measured" in request.form, request.form.get("mode") == "write"
    there = connected(identifier, request.form.get("database", ""), write=write)
    sql = (request.form.get("only") or request.form.get("sql", "")).replace("\r\n", "\n")
    found: list[tuple[str, Plan]] = []
    wrong, script = None, list[Statement]()
    try:
        script = statements.split(sql, there.target.dialect)
        for statement in script:
            values = parameters.values(parameters.of([statement], request.form), there.target.dialect)
            plan = explained(
                there.target, statement, values, measured=measured, write=write, options=Options(timeout=30)
            )
            found.append((statement.text, plan))
    except SqlError as error:
        wrong = scripts.mistake(error, script[len(found)] if len(found) < len(script) else None)
    measurable = there.target.engine in MEASURED
    page = {
        "instance": identifier,
        "database": there.target.database,
        "sql": sql,
        "fields": _fields(),
        "plans": [{"sql": sql, "plan": p.root, "measured": p.measured, "measurable": measurable} for sql, p in found],
        "mistake": wrong,
    }
    return respond.page("rds/plan.html", page, fragment="rds/_plan.html", status=422 if wrong else 200)


def _fields() -> dict[str, str]:
    return {name: value for name, value in request.form.items() if name.startswith(("p.", "null."))}
