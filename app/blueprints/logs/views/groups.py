"""Log groups: the list, one group with its streams, retention and deletion."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError
from flask import request, url_for
from werkzeug.wrappers import Response

from app import respond
from app.blueprints import Status
from app.blueprints.logs.blueprint import bp
from app.blueprints.logs.forms import NEVER, DeleteForm, GroupForm, RetentionForm, retentions
from app.blueprints.logs.service import groups as service
from app.blueprints.logs.service import prices
from app.blueprints.logs.views.common import logs, needed
from app.changes import counted, done
from app.roles import EDITOR, needs


def status() -> Status:
    """Return the state for the overview."""
    found = service.list_groups(logs())
    if not found.groups:
        return Status("No log group")
    return Status(f"{service.PAGE}+ log groups" if found.next_token else counted(len(found.groups), "log group"))


@bp.get("/")
def groups() -> Response:
    """List the log groups, 50 at a time; `search` is a part of their names."""
    return _groups(GroupForm())


@bp.post("/groups")
@needs(EDITOR)
def create_group() -> Response:
    """Create a log group."""
    form = GroupForm()
    if not form.validate_on_submit():
        return _groups(form, 422)
    try:
        made = service.create(logs(), str(form.name.data))
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceAlreadyExistsException":
            raise
        form.name.errors = ["There is a log group of this name already."]
        return _groups(form, 422)
    return done(made, url_for("logs.group", group=made.name), f"{made.name} is created.")


def _groups(form: GroupForm, code: int = 200) -> Response:
    found = service.list_groups(logs(), request.args.get("search", "").strip(), request.args.get("token", ""))
    return respond.page("logs/groups.html", found, fragment="logs/_groups.html", status=code, form=form, prices=prices)


@bp.get("/choices")
def choices() -> Response:
    """Give the chooser of groups those whose name has a part."""
    found = service.list_groups(logs(), request.args.get("search", "").strip())
    chosen = request.args.getlist("group")
    return respond.page(
        "logs/groups.html", found, fragment="logs/_choices.html", chosen=chosen, form=GroupForm(), prices=prices
    )


@dataclass(frozen=True)
class GroupPage:
    """A group with a page of its streams."""

    group: service.Group
    streams: service.Streams


@bp.get("/group")
def group() -> Response:
    """Show a group and its streams, by last event or those whose name begins so."""
    found = service.get_group(logs(), needed("group"))
    return _group(found, _retention_form(found))


def _group(found: service.Group, form: RetentionForm, code: int = 200) -> Response:
    streams = service.list_streams(logs(), found, request.args.get("prefix", "").strip(), request.args.get("token", ""))
    more: dict[str, Any] = {"form": form, "prices": prices}
    return respond.page(
        "logs/group.html", GroupPage(found, streams), fragment="logs/_streams.html", status=code, **more
    )


def _retention_form(found: service.Group) -> RetentionForm:
    form = RetentionForm(days=str(found.retention or NEVER))
    form.days.choices = retentions(service.RETENTIONS)
    return form


@bp.post("/group/retention")
@needs(EDITOR)
def retain() -> Response:
    """Keep a group's events for some days, or for ever."""
    found = service.get_group(logs(), needed("group"))
    form = _retention_form(found)
    if not form.validate_on_submit():
        return _group(found, form, 422)
    days = None if form.days.data == NEVER else int(form.days.data)
    service.set_retention(logs(), found.name, days)
    kept = f"for {counted(days, 'day')}" if days else "for ever"
    return done(
        {"group": found.name, "days": days}, url_for("logs.group", group=found.name), f"Events are kept {kept}."
    )


@bp.get("/group/delete")
def ask_delete() -> Response:
    """Ask for the name before a group is deleted."""
    return respond.page("logs/delete.html", service.get_group(logs(), needed("group")), form=DeleteForm())


@bp.post("/group/delete")
@needs(EDITOR)
def delete() -> Response:
    """Delete a group whose name was typed."""
    found = service.get_group(logs(), needed("group"))
    form = DeleteForm()
    if form.validate_on_submit() and form.confirm.data == found.name:
        service.delete(logs(), found.name)
        return done({"deleted": found.name}, url_for("logs.groups"), f"{found.name} is deleted.")
    form.confirm.errors = [f"This is not the group's name, which is {found.name}. Nothing was deleted."]
    return respond.page("logs/delete.html", found, form=form, status=422)
