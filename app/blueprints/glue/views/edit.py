"""A job is changed: its script and its settings on one page, and never over somebody else's change unseen."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from botocore.exceptions import ClientError
from flask import request, url_for
from werkzeug.wrappers import Response

from app import aws, respond, role_policies
from app.blueprints.glue.blueprint import bp
from app.blueprints.glue.service import editing, jobs, prices, scripts
from app.blueprints.glue.service.editing import Edited
from app.blueprints.glue.service.jobs import Job
from app.blueprints.glue.service.scripts import Script, ScriptChanged
from app.blueprints.glue.views.common import glue, refusal
from app.changes import done
from app.masking import names_secret
from app.roles import EDITOR, needs

THEIRS = "Somebody changed the {what} since this page was opened. {advice} What you typed is kept."
SEEN = "Theirs is below: bring over what you want of it, then save again to replace it."


@dataclass(frozen=True)
class EditPage:
    """A job and its form; `now` is the script as it is stored, `tagged` whether tags may be read."""

    job: Job
    edited: Edited
    now: Script
    tagged: bool
    faults: Mapping[str, str] = field(default_factory=dict)
    saved: tuple[str, ...] = ()
    drawn: bool = False


@dataclass(frozen=True)
class Stored:
    """A job as AWS has it at this moment, secrets included."""

    definition: dict[str, Any]
    script: Script
    tags: dict[str, str] | None
    arn: str

    @property
    def job(self) -> Job:
        """The job as pages show it."""
        return jobs.read(self.definition)


def _stored(name: str) -> Stored:
    definition = jobs.definition(glue(), name)
    arn = f"arn:aws:glue:{aws.region()}:{aws.identity().account}:job/{name}"
    script = scripts.get(aws.client("s3"), definition.get("Command", {}).get("ScriptLocation", ""))
    return Stored(definition, script, editing.tags_of(glue(), arn), arn)


@bp.get("/<path:job>/edit")
def edit(job: str) -> Response:
    """Show a job's form and script."""
    found = _stored(job)
    return _shown(found, editing.opened(found.definition, found.tags, found.script.text, found.script.etag))


@bp.post("/<path:job>/edit")
@needs(EDITOR)
def save(job: str) -> Response:
    """Store what changed: `etag` and `modified` are the versions that the form was opened with."""
    found = _stored(job)
    edited = _typed(found)
    wrong = editing.faults(edited) | _meanwhile(found, edited)
    if wrong:
        # The versions that are shown now: who has seen them may save over them.
        fresh = replace(edited, etag=found.script.etag, modified=editing.stamp(found.definition))
        return _shown(found, fresh, wrong, 409 if wrong.keys() <= {"changed", "changed_script"} else 422)
    return _saved(found, edited)


def _typed(found: Stored) -> Edited:
    form = request.form
    given = form.getlist
    text = form.get("script", "").replace("\r\n", "\n")
    if found.script.fixed:
        text = found.script.text  # it cannot be edited here
    if "\r\n" in found.script.text:
        text = text.replace("\n", "\r\n")
    return Edited(
        **{name: form.get(name, "").strip() for name in editing.TEXTS},
        arguments=editing.pairs(given("argument_name"), given("argument_value")),
        tags=editing.pairs(given("tag_name"), given("tag_value")),
        script=text,
        etag=form.get("etag", ""),
        modified=form.get("modified", ""),
    )


def _meanwhile(found: Stored, edited: Edited) -> dict[str, str]:
    """Return what somebody else changed since the form was opened, where this change would replace it."""
    wrong = {}
    if edited.modified != editing.stamp(found.definition):
        wrong["changed"] = THEIRS.format(what="job's settings", advice="Save again to replace them by these.")
    if edited.etag != found.script.etag and edited.script != found.script.text:
        wrong["changed_script"] = THEIRS.format(what="script", advice=SEEN)
    return wrong


def _saved(found: Stored, edited: Edited) -> Response:
    """Store the script, then the settings, then the tags; what is stored when one is refused is said."""
    stored: list[str] = []
    try:
        for word, part in (("script", _save_script), ("settings", _save_settings), ("tags", _save_tags)):
            if part(found, edited):
                stored.append(word)
    except ScriptChanged:
        fresh = _stored(found.job.name)
        wrong = {"changed_script": THEIRS.format(what="script", advice=SEEN)}
        return _shown(fresh, replace(edited, etag=fresh.script.etag), wrong, 409)
    except ClientError as error:
        problem = refusal(error, found.job.name)
        fresh = _stored(found.job.name)
        shown = replace(edited, etag=fresh.script.etag, modified=editing.stamp(fresh.definition))
        return _shown(fresh, shown, {"whole": problem.happened}, problem.status, tuple(stored))
    name = found.job.name
    said = f"Changed of {name}: {', '.join(stored)}." if stored else f"Nothing of {name} was changed."
    kind = "done" if stored else "info"
    return done({"name": name, "changed": stored}, url_for("glue.job", job=name), said, kind)


def _save_script(found: Stored, edited: Edited) -> bool:
    if found.script.fixed or edited.script == found.script.text:
        return False
    scripts.put(aws.client("s3"), found.script.address, edited.script, found.script.etag)
    return True


def _save_settings(found: Stored, edited: Edited) -> bool:
    wanted = editing.update(glue(), found.definition, edited)
    if wanted == editing.unchanged(glue(), found.definition):
        return False
    glue().update_job(JobName=found.job.name, JobUpdate=wanted)
    return True


def _save_tags(found: Stored, edited: Edited) -> bool:
    return found.tags is not None and editing.save_tags(glue(), found.arn, found.tags, dict(edited.tags))


def _shown(
    found: Stored, edited: Edited, wrong: Mapping[str, str] | None = None, code: int = 200, saved: tuple[str, ...] = ()
) -> Response:
    roles, _ = role_policies.listed(aws.client("iam"), "glue.amazonaws.com")
    drawn = bool(found.definition.get("CodeGenConfigurationNodes"))
    masked = replace(edited, arguments=edited.hidden())
    page = EditPage(found.job, masked, found.script, found.tags is not None, wrong or {}, saved, drawn)
    no_workers = ("", f"None: {found.job.capacity:g} DPU")
    more: dict[str, Any] = {
        "roles": _choices(found.job.role, *roles, edited.role),
        "versions": _choices(found.job.version, *editing.VERSIONS),
        "kinds": list(jobs.KINDS.items()),
        "workers": [no_workers, *_choices(*prices.WORKERS)],
        "secret": names_secret,
    }
    return respond.page("glue/edit.html", page, status=code, **more)


def _choices(*values: str) -> list[tuple[str, str]]:
    return [(value, value) for value in dict.fromkeys(values)]
