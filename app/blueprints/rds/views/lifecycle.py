"""What is done with an instance: start, stop, reboot, delete, snapshots."""

from datetime import UTC, datetime
from typing import Any

from flask import request, url_for
from werkzeug.wrappers import Response

from app import respond
from app.blueprints.rds.blueprint import bp
from app.blueprints.rds.forms import DeleteForm, RestoreForm, SnapshotForm, classes
from app.blueprints.rds.service import instances as service
from app.blueprints.rds.service import prices, snapshots
from app.blueprints.rds.views.common import instance_url, rds
from app.changes import done
from app.declined import Declined
from app.roles import EDITOR, needs

DOING = {"start": "starting", "stop": "stopping", "reboot": "rebooting"}


@bp.post("/<identifier>/<any(start, stop, reboot):action>")
@needs(EDITOR)
def act(identifier: str, action: str) -> Response:
    """Start, stop or reboot an instance."""
    made = getattr(service, action)(rds(), identifier)
    return done(made, instance_url(identifier), f"{identifier} is {DOING[action]}.")


@bp.get("/<identifier>/delete")
def ask_delete(identifier: str) -> Response:
    """Ask for the name before an instance is deleted."""
    form = DeleteForm(snapshot=f"{identifier}-final-{datetime.now(UTC):%Y%m%d-%H%M}")
    return respond.page("rds/delete.html", service.get_instance(rds(), identifier), form=form)


@bp.post("/<identifier>/delete")
@needs(EDITOR)
def delete(identifier: str) -> Response:
    """Delete an instance whose name was typed, with or without a last snapshot."""
    form = DeleteForm()
    name = str(form.snapshot.data or "").strip() if form.final.data else ""
    if form.validate_on_submit() and form.confirm.data != identifier:
        form.confirm.errors = [f"This is not the instance's name, which is {identifier}. Nothing was deleted."]
    elif form.final.data and not name:
        form.snapshot.errors = ["Give the snapshot a name, or do not take one."]
    if not form.errors:
        try:
            gone = service.delete(rds(), identifier, name)
            kept = f" A last snapshot, {name}, is taken first." if name else ""
            return done(gone, url_for("rds.instances"), f"{identifier} is being deleted.{kept}")
        except Declined as error:
            form.snapshot.errors = [f"AWS refuses: {error}"]
    return respond.page("rds/delete.html", service.get_instance(rds(), identifier), form=form, status=422)


@bp.post("/<identifier>/snapshots")
@needs(EDITOR)
def take_snapshot(identifier: str) -> Response:
    """Take a snapshot."""
    form = SnapshotForm()
    here = url_for("rds.snapshots_of", identifier=identifier)
    if form.validate_on_submit():
        try:
            made = snapshots.take(rds(), identifier, str(form.name.data))
            return done(made, here, f"Snapshot {made.identifier} is being taken.")
        except Declined as error:
            form.name.errors = [f"AWS refuses: {error}"]
    return _snapshots(identifier, form, 422)


@bp.get("/<identifier>/snapshots")
def snapshots_of(identifier: str) -> Response:
    """List an instance's snapshots, also those of one that is gone."""
    return _snapshots(identifier, SnapshotForm(name=f"{identifier}-{datetime.now(UTC):%Y%m%d-%H%M}"))


def _snapshots(identifier: str, form: SnapshotForm, status: int = 200) -> Response:
    found = snapshots.list_snapshots(rds(), identifier)
    gone = service.is_gone(rds(), identifier)
    data = {"instance": identifier, "gone": gone, "snapshots": found}
    shown = request.args.get("round", type=int) is not None
    more: dict[str, Any] = {"form": form, "poll": respond.polling(), "was_moving": shown}
    return respond.page("rds/snapshots.html", data, fragment="rds/_snapshots.html", status=status, **more)


@bp.get("/<identifier>/snapshots/<name>/restore")
def ask_restore(identifier: str, name: str) -> Response:
    """Ask what the new instance shall be called."""
    form = _restore_form()
    form.identifier.data = f"{identifier}-restored"
    return respond.page("rds/restore.html", snapshots.get(rds(), name), form=form)


@bp.post("/<identifier>/snapshots/<name>/restore")
@needs(EDITOR)
def restore(identifier: str, name: str) -> Response:  # noqa: ARG001 - the address names the instance it was taken of
    """Make a new instance of a snapshot."""
    form = _restore_form()
    if form.validate_on_submit():
        try:
            made = snapshots.restore(rds(), name, str(form.identifier.data), form.instance_class.data)
            return done(made, instance_url(made.identifier), f"{made.identifier} is being made from {name}.")
        except Declined as error:
            form.identifier.errors = [f"AWS refuses: {error}"]
    return respond.page("rds/restore.html", snapshots.get(rds(), name), form=form, status=422)


def _restore_form() -> RestoreForm:
    form = RestoreForm()
    form.instance_class.choices = classes(prices.CLASSES.values())
    return form


@bp.post("/<identifier>/snapshots/<name>/delete")
@needs(EDITOR)
def delete_snapshot(identifier: str, name: str) -> Response:
    """Delete a snapshot."""
    gone = snapshots.delete(rds(), name)
    return done(gone, url_for("rds.snapshots_of", identifier=identifier), f"Snapshot {name} is deleted.")
