"""From what was asked to what is shown: split, ask what must be agreed to, run, and note it."""

from dataclasses import dataclass, field, replace
from typing import Any

from flask import request

from app import aws
from app.blueprints.rds.service import parameters, scripts, walking
from app.blueprints.rds.service.parameters import Parameter
from app.blueprints.rds.service.scripts import Mistake, Ran
from app.blueprints.rds.service.walking import Whole
from app.blueprints.rds.views import deeds, history, snippets
from app.blueprints.rds.views.asked import Asked
from app.blueprints.rds.views.connected import Connected
from app.problems import Problem
from app.rendering import url_for, with_fields
from app.security import from_elsewhere
from app.sql import statements
from app.sql.errors import SqlError
from app.sql.statements import Statement

LONGEST_URL = 3500  # characters of SQL and parameters that an address carries


@dataclass(frozen=True)
class QueryPage:
    """The editor and what ran; `ask` are sentences to be agreed to before anything runs.

    `walk` is the table that the query shows whole, which its own page turns by its key.
    """

    instance: str
    engine: str
    dialect: str
    host: str
    user: str
    asked: Asked
    parameters: tuple[Parameter, ...] = ()
    ran: Ran | None = None
    mistake: Mistake | None = None
    ask: tuple[str, ...] = ()
    problem: Problem | None = None
    share: str = ""
    walk: Whole | None = None
    read_only_account: bool = False
    from_elsewhere: bool = False
    more: dict[str, Any] = field(default_factory=dict)


def run(there: Connected, asked: Asked) -> QueryPage:
    """Split, ask, run: each step may end it."""
    target = there.target
    page = QueryPage(
        there.instance.identifier,
        there.instance.engine_name,
        target.engine,
        f"{target.host}:{target.port}",
        target.user,
        asked,
        read_only_account=aws.identity().read_only,
    )
    try:
        script = statements.split(asked.sql, target.dialect)
    except SqlError as error:
        return replace(page, mistake=scripts.mistake(error))
    found = parameters.of(script, asked.fields)
    page = replace(page, parameters=found)
    if from_elsewhere():
        return replace(page, from_elsewhere=bool(script))
    if not script or not all(one.given for one in found):
        return page
    return _executed(there, page, script)


def _executed(there: Connected, page: QueryPage, script: list[Statement]) -> QueryPage:
    asked, target = page.asked, there.target
    values = parameters.values(page.parameters, target.dialect)
    options = asked.options(skip=len(script) == 1 and not asked.write)
    if not asked.write:
        ran = scripts.read(target, script, values, options)
        page = replace(page, ran=ran, share=_share(page), walk=walking.whole_table(script, target))
    elif asked.alone and len(script) == 1 and target.dialect == "postgres":
        page = replace(page, ran=scripts.run_alone(target, script[0], values, options))
    elif ask := _questions(script, there):
        page = replace(page, ask=ask)
    elif scripts.ends_by_itself(script, target.dialect):
        page = replace(page, ran=scripts.run_for_good(target, script, values, options))
    else:
        page = replace(page, ran=scripts.show_changes(target, script, values, options, asked.expect))
    if page.ran is not None:
        snippets.show(there, script, values, page.ran, asked.write)
        history.note(page, there.target.database)
        if asked.write:
            deeds.ran(there, page.ran)
    return page


def _questions(script: list[Statement], there: Connected) -> tuple[str, ...]:
    """Return what a person must agree to before a writing script runs."""
    if "sure" in request.form or request.form.get("expect"):
        return ()
    said = [f"{word} without WHERE changes every row of its table." for word in scripts.whole_tables(script)]
    ending = scripts.ends_by_itself(script, there.target.dialect)
    if ending:
        words = " and ".join(ending)
        said.append(
            f"{there.instance.engine_name} commits by itself at {words}: the whole script runs for good at once, "
            "and cannot be shown before or rolled back."
        )
    return tuple(said)


def _share(page: QueryPage) -> str:
    """Return the address of this very query, empty where it would be too long for one."""
    asked = page.asked
    fields = {"database": asked.database, "sql": asked.sql, "page": asked.page if asked.page > 1 else ""}
    fields = {name: value for name, value in fields.items() if value} | dict(asked.fields)
    size = sum(len(str(value)) for value in fields.values())
    return with_fields(url_for("rds.query", identifier=page.instance), fields) if size <= LONGEST_URL else ""
