"""The SQL that ran, as Python in the call drawer."""

from collections.abc import Mapping, Sequence

from app import aws, drawer
from app.blueprints.rds.service.scripts import Mistake, Ran, Step
from app.blueprints.rds.views.connected import Connected
from app.codegen import sql as codegen
from app.codegen import sql_iam
from app.codegen import sql_shell as shell
from app.sql.edit import Edit
from app.sql.statements import Statement

NO_CODE = ("", "", "")


def show(there: Connected, script: Sequence[Statement], values: Mapping[str, object], ran: Ran, write: bool) -> None:
    """Put what ran into this page's call drawer."""
    target = there.target
    way = codegen.Way(
        engine=target.engine,
        region=aws.region(),
        instance=there.instance.identifier,
        database=target.database,
        login=there.login.kind,
        secret=there.login.secret,
        user=target.user,
        encrypted=target.tls != "off",
        host=target.host,
        port=target.port,
    )
    statements = tuple((one.text, _places(one)) for one in script)
    program = codegen.Program(way, statements, values, write, ran.committed)
    code = (codegen.python(program), "" if ran.mistake else shell.command(program), _policy(there))
    for step in ran.steps:
        drawer.add(_call(step.word, step.seconds, code))
        code = NO_CODE  # the first one has it for all
    if ran.mistake:
        drawer.add(_call(ran.mistake.word, ran.mistake.seconds, code, ran.mistake))


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


def _call(word: str, seconds: float, code: tuple[str, str, str], wrong: Mistake | None = None) -> drawer.ShownCall:
    python, command, policy = code
    return drawer.ShownCall(
        service="sql",
        operation=word or "statement",
        count=0,  # none of AWS's
        milliseconds=round(seconds * 1000, 1),
        offset_ms=0.0,
        status="Failed" if wrong else "Answered",
        request_id=None,
        retries=0,
        error_code=(wrong.code or wrong.title) if wrong else None,
        error_message=wrong.happened if wrong else None,
        python=python,
        command=command,
        policy=policy,
        docs_url="",
    )


def _places(statement: Statement) -> tuple[tuple[int, int], ...]:
    return tuple((token.start, token.end) for token in statement.found if token.kind == "parameter")
