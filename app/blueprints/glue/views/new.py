"""A new job: what it does, the mapping of its columns, its script to be seen, and then made."""

from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError
from flask import request, url_for
from werkzeug.wrappers import Response

from app import aws, respond, role_policies
from app.blueprints.glue.blueprint import bp
from app.blueprints.glue.service import databases, drafting, drafts
from app.blueprints.glue.service.drafting import DraftPage
from app.blueprints.glue.service.drafts import Draft
from app.blueprints.glue.service.recipes import columns
from app.blueprints.glue.service.recipes.database import FORMS
from app.blueprints.glue.views.common import glue, refusal
from app.changes import done
from app.declined import Taken
from app.roles import EDITOR, needs

LONGEST_SCRIPT = 400_000
FIELDS = (
    *("name", "recipe", "engine", "role", "script_at", "source", "target", "table", "encoding", "description"),
    *("instance", "login", "database", "relation", "form", "connection", "certificates", "dialect"),
)


@bp.get("/new")
def new() -> Response:
    """Show the form of a new job; `recipe` and `source` may be chosen by the address."""
    given = request.args
    source = given.get("source", "")
    draft = Draft("", given.get("recipe", "csv-json"), given.get("engine", "pythonshell"), "", "", source)
    return _shown(DraftPage(draft))


@bp.post("/new")
@needs(EDITOR)
def create() -> Response:
    """Go a step on: `step` is columns (read them), script (write it) or create (store it and make the job)."""
    page = _typed()
    step = request.form.get("step", "")
    if step == "columns" and page.mapped:
        page = _read(replace(page, script=""))
        return _shown(page, 422 if page.faults else 200)
    wrong = drafting.faults(page.draft)
    if page.mapped and not wrong.get("source"):
        page, mistakes = _mapping(page)
        wrong |= mistakes
    if wrong:
        return _shown(replace(page, faults=wrong), 422)
    if step != "create" or not page.script.strip():
        return _scripted(page)
    return _made(page)


def _typed() -> DraftPage:
    form = request.form
    text = {name: form.get(name, "").strip() for name in FIELDS}
    text["engine"] = text["engine"] if text["engine"] in drafts.ENGINES else "pythonshell"
    text["script_at"] = text["script_at"] or drafts.script_place(text["name"], text["target"] or text["source"])
    minutes = form.get("timeout", 60, type=int)
    text |= {"encoding": text["encoding"] or "utf-8-sig", "form": text["form"] or "json"}
    draft = Draft(**text, timeout=max(1, min(minutes, 10080)))
    mapping = drafting.typed_columns(form.to_dict(flat=False))
    return DraftPage(draft, mapping, script=_script())


def _script() -> str:
    sent = request.files.get("upload")
    if sent is not None and sent.filename:
        return sent.stream.read(LONGEST_SCRIPT).decode("utf-8", "replace")
    return request.form.get("script", "").replace("\r\n", "\n")


def _mapping(page: DraftPage) -> tuple[DraftPage, dict[str, str]]:
    """Return the page with its mapping; one that was not shown yet is as the input has it."""
    if page.columns:
        said = columns.faults(page.columns)
        return page, {"columns": said} if said else {}
    page = _read(page)
    return page, dict(page.faults)


def _read(page: DraftPage) -> DraftPage:
    """Return the page with the columns of its input, and what is wrong with that."""
    if page.draft.recipe == "rds-s3":
        return _read_table(page)
    found, sample, said = drafting.columns_of(aws.client("s3"), page.draft.source)
    return replace(page, columns=found, sample=sample, faults={"source": said} if said else {})


def _read_table(page: DraftPage) -> DraftPage:
    draft = page.draft
    clients = {name: aws.client(name) for name in ("rds", "secretsmanager")}
    found = databases.look(clients, draft.instance, draft.login, draft.database, draft.relation)
    known = replace(draft, dialect=found.dialect, database=found.database or draft.database)
    return replace(page, draft=known, columns=found.columns, tables=found.tables, faults=dict(found.faults))


@bp.get("/new/databases")
def new_databases() -> Response:
    """List instances and secrets, to choose from while a name is typed."""
    found = databases.choices(aws.client("rds"), aws.client("secretsmanager"))
    return respond.page("glue/new_databases.html", found, fragment="glue/_new_databases.html")


def _scripted(page: DraftPage) -> Response:
    """Show the script and what its role grants; nothing is stored."""
    text = drafts.script(page.draft, page.columns) or page.script
    if not text.strip():
        return _shown(replace(page, faults={"script": "Type the script, or choose its file."}), 422)
    return _shown(replace(_compared(page), script=text))


def _compared(page: DraftPage) -> DraftPage:
    needs = drafts.needs(page.draft, aws.identity().account, aws.region())
    return replace(page, comparison=role_policies.compare(aws.client("iam"), page.draft.role, needs))


def _made(page: DraftPage) -> Response:
    clients = {"glue": glue(), "s3": aws.client("s3")}
    try:
        drafts.create(clients, page.draft, page.script)
    except Taken as error:
        return _shown(replace(_compared(page), faults={error.field: str(error)}), 422)
    except ClientError as error:
        problem = refusal(error)
        return _shown(replace(_compared(page), faults={"whole": problem.happened}), problem.status)
    name = page.draft.name
    return done(
        {"name": name, "script": page.draft.script_at}, url_for("glue.job", job=name), f"The job {name} is made."
    )


def _shown(page: DraftPage, code: int = 200) -> Response:
    found, said = role_policies.listed(aws.client("iam"), "glue.amazonaws.com")
    whole = replace(page, roles=tuple(found), no_roles=said)
    choices = [("", "Choose a role"), *((name, name) for name in found)]
    more: dict[str, Any] = {
        "role_choices": choices,
        "recipes": drafts.RECIPES,
        "engines": drafts.ENGINES,
        "kinds": columns.KINDS,
        "forms": FORMS,
    }
    return respond.page("glue/new.html", whole, status=code, **more)
