"""A new function: from a template, from typed code, from a zip."""

import tempfile
from contextlib import closing
from dataclasses import replace
from typing import Any, BinaryIO

from botocore.exceptions import ClientError
from flask import request, url_for
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.wrappers import Response

from app import aws, respond, role_policies, security
from app.blueprints.awslambda.blueprint import bp
from app.blueprints.awslambda.service import buckets, bundles, checks, code, drafts, functions, needs
from app.blueprints.awslambda.service.bundles import LARGEST, SHOWN, Unreadable
from app.blueprints.awslambda.service.drafts import OWN_ROLE, Draft, DraftPage
from app.blueprints.awslambda.service.recipes import BUCKET_VARIABLE, RECIPES
from app.blueprints.awslambda.views.common import client, clients, refusal, where
from app.changes import done
from app.declined import Taken
from app.multipart import FormReader, Malformed, boundary_of
from app.received import fields_before_files
from app.roles import EDITOR
from app.roles import needs as role_needs
from app.streaming import MIB, RequestBody

FIELDS = ("name", "recipe", "runtime", "role", "memory", "timeout", "handler", "description", "bucket")


@bp.get("/new")
def new() -> Response:
    """Show the form of a new function; `recipe` chooses where it begins."""
    recipe = RECIPES.get(request.args.get("recipe", ""), RECIPES["hello"])
    return _shown(DraftPage(Draft(recipe=recipe.key, code=recipe.code, name=request.args.get("name", ""))))


@bp.post("/new")
@role_needs(EDITOR)
def create() -> Response:
    """Go a step on: `step` is begin (take the template), check (code and role) or create."""
    draft, step = _typed(request.form.to_dict()), request.form.get("step", "")
    recipe = RECIPES.get(draft.recipe, RECIPES["own"])
    if step == "begin" or not draft.code.strip():
        return _shown(DraftPage(replace(draft, code=recipe.code)))
    page = DraftPage(draft, faults=drafts.faults(draft), remarks=_remarks(draft))
    if len(draft.code.encode("utf-8", "replace")) > SHOWN:
        page = replace(page, faults={**page.faults, "code": f"At most {SHOWN:,} bytes: use a zip."})
    if page.faults:
        return _shown(page, 422)
    page = _compared(page)
    if step != "create" or (page.broken and not request.form.get("sure")):
        return _shown(page, 422 if step == "create" else 200)
    file = draft.handler.rpartition(".")[0].replace(".", "/") + ".py"
    return _made(page, bundles.packed({file: draft.code}))


def _typed(fields: dict[str, str]) -> Draft:
    given = {name: fields[name].strip() for name in FIELDS if name in fields}
    variables = {name[4:]: value.strip() for name, value in fields.items() if name.startswith("env.") and value.strip()}
    asks = RECIPES[given["recipe"]].asks if given.get("recipe") in RECIPES else {}
    kept = {name: value for name, value in variables.items() if name in asks}
    return Draft(**given, variables=kept, code=fields.get("code", "").replace("\r\n", "\n"))


def _remarks(draft: Draft) -> tuple[checks.Remark, ...]:
    return checks.python(draft.code, draft.handler.rpartition(".")[2])


def _compared(page: DraftPage) -> DraftPage:
    draft = page.draft
    wanted = needs.of(draft.code, draft.name, where(), draft.variables, draft.bucket)
    if draft.role == OWN_ROLE:
        return replace(page, comparison=role_policies.Comparison(wanted, role_policies.document(wanted)))
    return replace(page, comparison=role_policies.compare(aws.client("iam"), draft.role, wanted))


def _made(page: DraftPage, data: bytes, template: str = "awslambda/new.html") -> Response:
    draft = page.draft
    wanted = page.comparison.needs if page.comparison else ()
    try:
        arn = drafts.create(clients("iam"), draft, data, wanted)
    except Taken as error:
        return _shown(replace(page, faults={error.field: str(error)}), 422, template)
    except ClientError as error:
        problem = refusal(error)
        return _shown(replace(page, faults={"whole": problem.happened}), problem.status, template)
    to = url_for("awslambda.test", function=draft.name, template=draft.recipe)
    return done({"name": draft.name, "arn": arn}, to, f"The function {draft.name} is made. Try it with an event.")


def _shown(page: DraftPage, status: int = 200, template: str = "awslambda/new.html") -> Response:
    found, said = role_policies.listed(aws.client("iam"), needs.PRINCIPAL)
    whole = replace(page, roles=tuple(found), no_roles=said, role_name=needs.role_name(page.draft.name or "NAME"))
    if BUCKET_VARIABLE in RECIPES.get(page.draft.recipe, RECIPES["own"]).asks:
        whole = replace(whole, buckets=buckets.listed(aws.client("s3")))
    more: dict[str, Any] = {"recipes": RECIPES, "runtimes": functions.RUNTIMES, "own_role": OWN_ROLE}
    more["bucket_variable"] = BUCKET_VARIABLE
    return respond.page(template, whole, status=status, **more)


@bp.get("/new/zip")
def new_zip() -> Response:
    """Show the form of a new function from a zip."""
    return _shown(DraftPage(Draft(recipe="zip")), template="awslambda/new_zip.html")


@bp.post("/new/zip")
@role_needs(EDITOR)
def create_zip() -> Response:
    """Make a function of a zip: the form's fields, then `file`."""
    fields, held = _received()
    draft = replace(_typed(fields), recipe="zip")
    page = DraftPage(draft, faults=drafts.faults(draft))
    with closing(held):
        try:
            with bundles.opened(held) as archive:
                module = draft.handler.rpartition(".")[0].replace(".", "/") + ".py"
                remarks = bundles.check(archive, module, draft.handler.rpartition(".")[2])
                names = [one.name for one in bundles.entries(archive) if one.name == module]
                text = bundles.text_of(archive, module) if names else ""
        except Unreadable as error:
            page = replace(page, faults={**page.faults, "file": str(error)})
            return _shown(page, 422, "awslambda/new_zip.html")
        page = _compared(replace(page, remarks=remarks, draft=replace(draft, code=text)))
        if page.faults or (page.broken and not fields.get("sure")):
            return _shown(page, 422, "awslambda/new_zip.html")
        held.seek(0)
        return _made(page, held.read(), "awslambda/new_zip.html")


@bp.post("/<function>/zip")
@role_needs(EDITOR)
def deploy_zip(function: str) -> Response:
    """Deploy a zip in place of the code: `revision`, `sure` in spite of remarks, then `file`."""
    fields, held = _received()
    found = functions.get(client(), function)
    with closing(held):
        try:
            with bundles.opened(held) as archive:
                remarks = bundles.check(archive, found.module, found.entry, bool(found.layers)) if found.python else ()
        except Unreadable as error:
            raise BadRequest(f"{error} Nothing was deployed.") from error
        wrong = next((one for one in remarks if one.kind == "failed"), None)
        if wrong and not fields.get("sure"):
            raise BadRequest(f"{wrong.title}. {wrong.text} Nothing was deployed.")
        held.seek(0)
        try:
            code.deploy(client(), function, held.read(), fields.get("revision", ""))
        except code.Changed as error:
            raise BadRequest("Somebody deployed meanwhile. Nothing was deployed: load the page again.") from error
    return done({"function": function}, url_for("awslambda.function", function=function), "The zip is deployed.")


for view in (create_zip, deploy_zip):
    security.csrf.exempt(view)  # it would read the whole form first; the token is checked before the file


def _received() -> tuple[dict[str, str], BinaryIO]:
    """Return the fields of a form and its file, kept on disk while it arrives."""
    body = RequestBody(request.environ)
    body.linger()
    if body.length is not None and body.length > LARGEST + MIB:
        raise RequestEntityTooLarge("Lambda takes zips of up to 50 MB with the call; larger ones come from S3.")
    held: Any = tempfile.SpooledTemporaryFile(max_size=bundles.HELD)  # noqa: SIM115 the caller closes it
    try:
        form = FormReader(body, boundary_of(request.content_type or ""))
        fields, parts = fields_before_files(form)
        for part in parts:
            if part.filename is not None and part.name == "file":
                buffer = bytearray(MIB)
                while count := form.readinto(buffer):
                    held.write(memoryview(buffer)[:count])
                    if held.tell() > LARGEST:
                        raise RequestEntityTooLarge("Lambda takes zips of up to 50 MB with the call.")
    except Malformed as error:
        held.close()
        raise BadRequest(f"{error} Nothing was made.") from error
    except BaseException:
        held.close()
        raise
    held.seek(0)
    found: BinaryIO = held
    return fields, found
