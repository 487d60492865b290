"""From what was asked to what is shown: split, ask what must be agreed to, run, and note it."""

from dataclasses import dataclass, field
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
    if asked.wrong:
        remedy = "Choose one beneath the editor, and run it again. Nothing was run."
        return _page(there, asked, mistake=Mistake("No such time limit", asked.wrong, remedy, ""))
    try:
        script = statements.split(asked.sql, there.target.dialect)
    except SqlError as error:
        return _page(there, asked, mistake=scripts.mistake(error))
    found = parameters.of(script, asked.fields)
    if from_elsewhere():
        return _page(there, asked, parameters=found, from_elsewhere=bool(script))
    if not script or not all(one.given for one in found):
        return _page(there, asked, parameters=found)
    return _executed(there, asked, script, found)


def _page(there: Connected, asked: Asked, **more: Any) -> QueryPage:
    target = there.target
    return QueryPage(
        there.instance.identifier,
        there.instance.engine_name,
        target.engine,
        f"{target.host}:{target.port}",
        target.user,
        asked,
        read_only_account=aws.identity().read_only,
        **more,
    )


def _executed(there: Connected, asked: Asked, script: list[Statement], found: tuple[Parameter, ...]) -> QueryPage:
    values = parameters.values(found, there.target.dialect)
    shown = _read(there, asked, script, values) if not asked.write else _changed(there, asked, script, values)
    page = _page(there, asked, parameters=found, **shown)
    if page.ran is not None:
        snippets.show(there, script, values, page.ran, asked.write)
        history.note(page, there.target.database)
        if asked.write:
            deeds.ran(there, page.ran)
    return page


def _read(there: Connected, asked: Asked, script: list[Statement], values: dict[str, object]) -> dict[str, Any]:
    ran = scripts.read(there.target, script, values, asked.options(skip=len(script) == 1))
    share = _share(there.instance.identifier, asked)
    return {"ran": ran, "share": share, "walk": walking.whole_table(script, there.target)}


def _changed(there: Connected, asked: Asked, script: list[Statement], values: dict[str, object]) -> dict[str, Any]:
    target, options = there.target, asked.options(skip=False)
    if asked.alone and len(script) == 1 and target.dialect == "postgres":
        return {"ran": scripts.run_alone(target, script[0], values, options)}
    if ask := _questions(script, there):
        return {"ask": ask}
    if scripts.ends_by_itself(script, target.dialect):
        return {"ran": scripts.run_for_good(target, script, values, options)}
    return {"ran": scripts.show_changes(target, script, values, options, asked.expect)}


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


def _share(instance: str, asked: Asked) -> str:
    """Return the address of this very query, empty where it would be too long for one."""
    given = (("database", asked.database), ("sql", asked.sql), ("page", str(asked.page) if asked.page > 1 else ""))
    fields = {name: value for name, value in given if value} | dict(asked.fields)
    if sum(map(len, fields.values())) > LONGEST_URL:
        return ""
    return with_fields(url_for("rds.query", identifier=instance), fields)
