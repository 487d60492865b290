"""The SQL that ran, as Python in the call drawer."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from app import aws, drawer
from app.blueprints.rds.service.scripts import Ran, Step
from app.blueprints.rds.views.connected import Connected
from app.codegen import sql as codegen
from app.codegen import sql_iam
from app.codegen import sql_shell as shell
from app.sql.edit import Edit
from app.sql.statements import Statement


def show(there: Connected, script: Sequence[Statement], values: Mapping[str, object], ran: Ran, write: bool) -> None:
    """Put what ran into this page's call drawer."""
    target = there.target
    program = codegen.Program(
        engine=target.engine,
        region=aws.region(),
        instance=there.instance.identifier,
        database=target.database,
        login=there.login.kind,
        secret=there.login.secret,
        user=target.user,
        statements=tuple((one.text, _places(one)) for one in script),
        parameters=dict(values),
        write=write,
        commit=ran.committed,
        encrypted=target.tls != "off",
        host=target.host,
        port=target.port,
    )
    shown = [_call(step.word, step.seconds) for step in ran.steps]
    if wrong := ran.mistake:
        failed = _call(wrong.word, 0.0)
        shown.append(
            replace(failed, status="Failed", error_code=wrong.code or wrong.title, error_message=wrong.happened)
        )
    if shown:
        line = "" if ran.mistake else shell.command(program)
        shown[0] = replace(shown[0], python=codegen.python(program), command=line, policy=_policy(there))
    for call in shown:
        drawer.add(call)


def show_one(there: Connected, done: Edit, write: bool = False) -> None:
    """Put one statement that a page made by itself into the call drawer; one that writes was committed."""
    one = Step(done.statement.text, done.statement.word, 1, None, (), False, None, (), done.seconds)
    show(there, [done.statement], done.parameters, Ran((one,), committed=write), write)


def _policy(there: Connected) -> str:
    """Return what the program must be allowed: to find the instance and to sign in to it."""
    login, user = there.login, there.target.user
    account = aws.identity().account or "*"
    resource = there.instance.resource_id
    return sql_iam.policy(account, aws.region(), there.instance.identifier, login.kind, login.secret, user, resource)


def _call(word: str, seconds: float) -> drawer.ShownCall:
    return drawer.ShownCall(
        service="sql",
        operation=word or "statement",
        count=0,  # none of AWS's
        milliseconds=round(seconds * 1000, 1),
        offset_ms=0.0,
        status="Answered",
        request_id=None,
        retries=0,
        error_code=None,
        error_message=None,
        python="",
        command="",
        policy="",
        docs_url="",
    )


def _places(statement: Statement) -> tuple[tuple[int, int], ...]:
    return tuple((token.start, token.end) for token in statement.found if token.kind == "parameter")
