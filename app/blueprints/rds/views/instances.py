"""The list of instances, and the form that creates one."""

from typing import Any

from botocore.exceptions import ClientError
from flask import request
from werkzeug.wrappers import Response

from app import aws, respond
from app.blueprints import Status
from app.blueprints.rds.blueprint import bp
from app.blueprints.rds.forms import CreateForm, DeleteForm, EmptyForm, classes
from app.blueprints.rds.service import creating, prices
from app.blueprints.rds.service import instances as service
from app.blueprints.rds.views.common import instance_url, rds
from app.changes import done
from app.declined import Declined
from app.roles import EDITOR, needs


def status() -> Status:
    """Return RDS's state for the overview."""
    found = service.list_instances(rds()).instances
    running = sum(instance.status == "available" for instance in found)
    if not found:
        return Status("No instance")
    return Status(f"{running} of {len(found)} available" if running < len(found) else f"{len(found)} available")


@bp.get("/")
def instances() -> Response:
    """List the instances; while one changes its state the list asks for itself again."""
    form, found = _create_form(), service.list_instances(rds())
    form.identifier.data = service.free_name(found, str(form.identifier.data))
    return _page(form, found=found)


@bp.post("/")
@needs(EDITOR)
def create_instance() -> Response:
    """Create an instance; what stands against it appears in the form."""
    form = _create_form()
    if not form.validate_on_submit() or form.faults():
        return _page(form, 422)
    wanted = _wanted(form)
    try:
        made = creating.create_instance(rds(), wanted)
    except Declined as error:
        _beside_field(form, error)
        return _page(form, 422)
    message = f"{made.identifier} is being created."
    if wanted.password and form.keep.data:
        said, category = _kept(made, wanted.password)
        return done(made, instance_url(made.identifier), f"{message} {said}", category)
    return done(made, instance_url(made.identifier), message)


def _kept(made: service.Instance, password: str) -> tuple[str, str]:
    """Keep the login in a secret, and say so; the instance is there even where that fails."""
    try:
        name = creating.store_secret(aws.client("secretsmanager"), made, password)
    except ClientError as error:
        said = error.response.get("Error", {}).get("Message") or str(error)
        return f"But its password is kept nowhere, note it now: Secrets Manager refused. {said}", "failed"
    return f"Its login is in the secret {name}.", "done"


def _wanted(form: CreateForm) -> creating.Wanted:
    typed = form.login.data == "typed"
    return creating.Wanted(
        identifier=str(form.identifier.data).strip(),
        engine=form.engine.data,
        instance_class=form.instance_class.data,
        storage=form.storage.data or 20,
        most_storage=form.most_storage.data,
        username=str(form.username.data).strip(),
        password=str(form.password.data) if typed else "",
        database=str(form.database.data or "").strip(),
        port=form.port.data,
        public=bool(form.public.data),
        multi_az=bool(form.multi_az.data),
        protected=bool(form.protected.data),
    )


def _beside_field(form: CreateForm, error: Declined) -> None:
    """Put AWS's sentence beside the field that it is about."""
    about = {
        "MasterUserPassword": form.password,
        "MasterUsername": form.username,
        "DBName": form.database,
        "engine": form.engine,
        "Class": form.instance_class,
        "torage": form.storage,
        "MultiAZ": form.multi_az,
        "ort": form.port,
    }
    said = str(error)
    field = next((field for word, field in about.items() if word in said), form.identifier)
    field.errors = [f"AWS refuses: {said}"]


def _create_form() -> CreateForm:
    form = CreateForm()
    form.instance_class.choices = classes(prices.CLASSES.values())
    return form


def _page(form: CreateForm, code: int = 200, found: service.Listing | None = None) -> Response:
    found = found or service.list_instances(rds())
    more: dict[str, Any] = {"form": form, "prices": prices, "empty_form": EmptyForm(), "delete_form": DeleteForm()}
    poll = respond.polling()
    shown = request.args.get("round", type=int) is not None
    return respond.page(
        "rds/instances.html", found, fragment="rds/_instances.html", status=code, poll=poll, was_moving=shown, **more
    )
