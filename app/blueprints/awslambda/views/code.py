"""The Code tab: files, one of them edited and deployed, a zip put in their place, a download."""

from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import ClientError
from flask import Response as FlaskResponse
from flask import request, url_for
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.wrappers import Response

from app import aws, respond, role_policies
from app.blueprints.awslambda.blueprint import bp
from app.blueprints.awslambda.service import bundles, checks, functions, needs, settings
from app.blueprints.awslambda.service import code as service
from app.blueprints.awslambda.service.bundles import SHOWN, Unreadable
from app.blueprints.awslambda.service.code import Changed, Code
from app.blueprints.awslambda.views.common import client, refusal, where
from app.changes import done
from app.problems import Problem
from app.roles import EDITOR, VIEWER
from app.roles import needs as role_needs

CHANGED = Problem(
    409,
    "Somebody deployed meanwhile",
    "The function is not what it was when this page was loaded. Nothing was deployed, and what you typed is below.",
    "Copy your text, load the page again, and put your change into what is there now.",
    "PreconditionFailedException",
)


@dataclass(frozen=True)
class CodePage:
    """The code, and what came of trying to deploy it."""

    code: Code
    problem: Problem | None = None

    @property
    def function(self) -> functions.Function:
        """The function."""
        return self.code.function


@bp.get("/<function>/")
def function(function: str) -> Response:
    """Show a function's code; `file` chooses one of several, `version` an earlier one."""
    found = service.look(client(), function, request.args.get("file", ""), request.args.get("version", ""))
    return _shown(CodePage(found))


def _shown(page: CodePage, status: int = 200) -> Response:
    return respond.page("awslambda/code.html", page, status=status)


@bp.post("/<function>/code")
@role_needs(EDITOR)
def deploy(function: str) -> Response:
    """Deploy `file` with its new `text`; `sha256` and `revision` are of what was shown, `sure` overrules remarks."""
    fields = request.form
    file, text = fields.get("file", ""), fields.get("text", "").replace("\r\n", "\n")
    if not file or file.startswith("/") or ".." in file.split("/"):
        raise BadRequest("Name a file of the zip.")
    if len(text.encode("utf-8", "replace")) > SHOWN:
        raise BadRequest(f"The page takes files of up to {SHOWN:,} bytes: deploy a zip.")
    found = service.look(client(), function, file)
    typed = replace(found, text=text, shown=file, remarks=_remarks(found, file, text))
    if any(one.kind == "failed" for one in typed.remarks) and not fields.get("sure"):
        return _shown(CodePage(typed), 422)
    try:
        service.deploy_file(client(), function, file, text, fields.get("sha256", ""), fields.get("revision", ""))
    except Changed:
        return _shown(CodePage(typed, CHANGED), 409)
    except ClientError as error:
        problem = refusal(error, function)
        return _shown(CodePage(typed, problem), problem.status)
    except Unreadable as error:
        raise BadRequest(str(error)) from error
    here = url_for("awslambda.function", function=function, file=None if file == found.function.module else file)
    return done({"function": function, "deployed": file}, here, "Deployed. The next invocation runs the new code.")


def _remarks(found: Code, file: str, text: str) -> tuple[checks.Remark, ...]:
    if not found.function.python or not file.endswith(".py"):
        return ()
    names = bundles.modules(one.name for one in found.files)
    if file == found.function.module:
        return checks.python(text, found.function.entry, names, bool(found.function.layers))
    return tuple(one for one in checks.python(text, "", names) if one.title != "There is no  in this file")


@bp.get("/<function>/code.zip")
def download(function: str) -> Response:
    """Download a function's zip, checked against the hash that AWS names."""
    answer = service.answer(client(), function, request.args.get("version", ""))
    try:
        held: Any = bundles.fetch(answer)
    except Unreadable as error:
        raise NotFound(str(error)) from error
    response = FlaskResponse(iter(lambda: held.read(bundles.MIB), b""), mimetype="application/zip")
    response.call_on_close(held.close)
    response.headers["Content-Disposition"] = f'attachment; filename="{answer["Configuration"]["FunctionName"]}.zip"'
    response.headers["Cache-Control"] = "no-store"
    return response


@dataclass(frozen=True)
class RolePage:
    """What the code needs beside what the role grants."""

    function: functions.Function
    comparison: role_policies.Comparison
    unread: str = ""


@bp.get("/<function>/role")
def role(function: str) -> Response:
    """Compare what a function's role grants with what its code's calls need."""
    answer = service.answer(client(), function)
    found, text, unread = functions.read(answer["Configuration"]), "", ""
    try:
        with closing(bundles.fetch(answer)) as held, bundles.opened(held) as archive:
            python = [one.name for one in bundles.entries(archive) if one.name.endswith(".py") and one.size < SHOWN]
            text = "\n".join(bundles.text_of(archive, name) for name in python if "/" not in name)
    except Unreadable as error:
        unread = str(error)
    wanted = needs.of(text, found.name, where(), settings.environment(answer["Configuration"]))
    compared = role_policies.compare(aws.client("iam"), found.role, wanted)
    return respond.page("awslambda/role.html", RolePage(found, compared, unread), fragment="awslambda/_role.html")


@bp.post("/check")
@role_needs(VIEWER)
def check() -> Response:
    """Tell what is wrong with code that is being typed: `text`, `entry`."""
    text = request.form.get("text", "")[:SHOWN]
    found = checks.python(text, request.form.get("entry", "") or "lambda_handler")
    return respond.page("awslambda/checked.html", {"remarks": found}, fragment="awslambda/_remarks.html")
