"""Files sent through the application: the form is read while it arrives, and goes to S3 at once."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import chain
from typing import Any

from flask import Response, current_app, flash, redirect, request
from flask_wtf.csrf import CSRFError, same_origin, validate_csrf
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from wtforms import ValidationError

from app import aws, respond, security
from app.blueprints.s3.blueprint import bp
from app.blueprints.s3.service import uploads
from app.blueprints.s3.urls import folder_url, object_url
from app.config import MIB, Settings
from app.errors import problem_of
from app.multipart import FormReader, Malformed, Part, boundary_of
from app.problems import Problem
from app.streaming import RequestBody

OVERHEAD = MIB  # bytes that the form itself may add to its files: boundaries, names, fields
LONGEST_FIELD = 8 * 1024
STATUS = {"Exists": 409, "TooLarge": 413}  # of our own refusals; the others are 400


@dataclass(frozen=True)
class FileView:
    """One file of an upload as the page and JSON show it."""

    name: str
    key: str
    url: str
    size: int
    type: str
    named_type: str
    width: int | None
    height: int | None
    note: str
    state: str
    error: Problem | None


@dataclass(frozen=True)
class UploadView:
    """What became of the files of one upload."""

    bucket: str
    prefix: str
    folder: str
    files: list[FileView]

    @property
    def failed(self) -> list[FileView]:
        """The files that were not stored."""
        return [file for file in self.files if file.error]


@bp.post("/<bucket>/upload")
def upload(bucket: str) -> Response:
    """Store the files of a form."""
    settings: Settings = current_app.extensions["settings"]
    body = RequestBody(request.environ)
    if body.length is not None and body.length > settings.max_upload_bytes + OVERHEAD:
        raise RequestEntityTooLarge(_too_large(settings))
    try:
        form = FormReader(body, boundary_of(request.content_type or ""))
        fields, parts = _fields(form)
        where = _destination(bucket, fields, settings)
        size = uploads.part_size(body.length, where.max_bytes)
        outcomes = uploads.receive(aws.client("s3"), form, parts, where, size)
        body.drain(OVERHEAD)
    except Malformed as error:
        raise BadRequest(f"{error} Nothing was stored.") from error
    return _answer(where, [_shown(bucket, outcome) for outcome in outcomes])


security.csrf.exempt(upload)  # it would read the whole form into memory; the token is checked before the first file


def _fields(form: FormReader) -> tuple[dict[str, str], Iterator[Part]]:
    """Read the fields before the first file and check the token there: nothing is stored for a stranger."""
    fields: dict[str, str] = {}
    parts = form.parts()
    first = []
    for part in parts:
        if part.filename is not None:
            first = [part]
            break
        fields[part.name] = form.value(LONGEST_FIELD).decode("utf-8", "replace")
    _check_token(request.headers.get("X-CSRFToken") or fields.get("csrf_token"))
    return fields, chain(first, parts)


def _check_token(token: str | None) -> None:
    """Do what CSRFProtect does, with a token that was not taken from request.form."""
    if not current_app.config.get("WTF_CSRF_ENABLED", True):
        return
    try:
        validate_csrf(token)
    except ValidationError as error:
        raise CSRFError(str(error)) from error
    strict = request.is_secure and current_app.config["WTF_CSRF_SSL_STRICT"]
    if strict and not same_origin(request.referrer or "", f"https://{request.host}/"):
        raise CSRFError("The referrer does not match the host.")


def _destination(bucket: str, fields: dict[str, str], settings: Settings) -> uploads.Destination:
    collision = fields.get("collision") or "ask"
    if collision not in uploads.COLLISIONS:
        raise BadRequest(f"collision is one of {', '.join(uploads.COLLISIONS)}, not “{collision}”. Nothing was stored.")
    return uploads.Destination(bucket, fields.get("prefix", ""), collision, settings.max_upload_bytes)


def _too_large(settings: Settings) -> str:
    return f"The upload is larger than the {settings.max_upload_mib:,} MiB that this dashboard takes. Nothing was kept."


def _shown(bucket: str, outcome: uploads.Outcome) -> FileView:
    known = {k: v for k, v in asdict(_without_failure(outcome)).items() if k not in ("notes", "failure")}
    url = object_url(bucket, outcome.key) if outcome.open else ""
    error = _problem(outcome.failure) if outcome.failure else None
    return FileView(**known, url=url, note="; ".join(outcome.notes), error=error)


def _without_failure(outcome: uploads.Outcome) -> uploads.Outcome:
    fields: dict[str, Any] = {**vars(outcome), "failure": None}  # exceptions cannot be copied by asdict
    return uploads.Outcome(**fields)


def _problem(failure: Exception) -> Problem:
    if isinstance(failure, uploads.UploadRefused):
        status = STATUS.get(failure.code, 400)
        return Problem(status, failure.title, failure.happened, failure.remedy, failure.code)
    return problem_of(failure)


def _answer(where: uploads.Destination, files: list[FileView]) -> Response:
    folder = folder_url(where.bucket, where.prefix)
    page = UploadView(where.bucket, where.prefix, folder, files)
    if not files:
        raise BadRequest("No file was chosen. Choose one or more files and send the form again.")
    if respond.wants_json():
        return respond.page("s3/uploaded.html", page, status=_status(page))
    if page.failed:
        return respond.page("s3/uploaded.html", page, status=_status(page))
    flash(_summary(files), "done")
    return redirect(folder, 303)  # type: ignore[return-value]


def _status(page: UploadView) -> int:
    """Return 200 where at least one file is there, else the first failure's status."""
    first = page.failed[0].error if len(page.failed) == len(page.files) else None
    return first.status if first else 200


def _summary(files: list[FileView]) -> str:
    stored = [file for file in files if file.state == "stored"]
    skipped = len(files) - len(stored)
    words = f"{len(stored)} files stored." if len(stored) != 1 else f"“{stored[0].name}” is stored."
    notes = [f"“{file.name}”: {file.note}." for file in stored if file.note][:5]
    return " ".join([words, *([f"{skipped} skipped, they were there already."] if skipped else []), *notes])
