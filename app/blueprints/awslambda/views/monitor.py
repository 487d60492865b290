"""The Monitor tab: the last invocations."""

from flask import request
from werkzeug.wrappers import Response

from app import aws, exports, respond
from app.blueprints.awslambda.blueprint import bp
from app.blueprints.awslambda.service import functions
from app.blueprints.awslambda.service import monitor as service
from app.blueprints.awslambda.views.common import client

COLUMNS = ("time", "request_id", "duration_ms", "billed_ms", "memory_mb", "used_mb", "init_ms", "failed")


@bp.get("/<function>/monitor")
def monitor(function: str) -> Response:
    """Show the invocations of the last `hours`."""
    form, hours = exports.asked(), request.args.get("hours", 24, type=int)
    found = service.look(aws.client("logs"), functions.get(client(), function), hours if hours in service.SPANS else 24)
    if form:
        rows = (
            (one.at, r.request_id, r.duration, r.billed, r.memory, r.used, r.init, one.failed)
            for one in found.invocations
            for r in [one.report]
        )
        return exports.answer(form, COLUMNS, rows, f"{function}-invocations")
    return respond.page("awslambda/monitor.html", found, spans=service.SPANS)
