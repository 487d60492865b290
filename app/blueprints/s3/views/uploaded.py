"""What became of uploaded files, as pages and scripts are told, whichever way the files went."""

from dataclasses import dataclass

from flask import flash, jsonify, redirect
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from app import respond
from app.blueprints.s3.service.object_upload import Outcome, UploadRefused
from app.blueprints.s3.urls import folder_url, object_url
from app.drawer import drawer
from app.errors import problem_of
from app.problems import Problem

STATUS = {"Exists": 409, "TooLarge": 413}  # of our own refusals; the others are 400
MOST_NOTES = 5  # in a message above the folder


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

    @property
    def status(self) -> int:
        """200 where at least one file is there, else the first failure's."""
        first = self.failed[0].error if len(self.failed) == len(self.files) else None
        return first.status if first else 200


def answer(bucket: str, prefix: str, outcomes: list[Outcome]) -> Response:
    """Answer an upload: JSON for scripts; for people the folder, or a page where something failed."""
    if not outcomes:
        raise BadRequest("No file was chosen. Choose one or more files and send the form again.")
    files = [shown(bucket, outcome) for outcome in outcomes]
    page = UploadView(bucket, prefix, folder_url(bucket, prefix), files)
    if respond.wants_json():
        response = jsonify({**respond.plain(page), "calls": respond.plain(drawer().calls)})
        response.status_code = page.status
        response.headers["Cache-Control"] = "no-store"
        return response
    if page.failed:
        return respond.page("s3/uploaded.html", page, status=page.status)
    flash(_summary(files), "done")
    return redirect(page.folder, 303)


def shown(bucket: str, outcome: Outcome) -> FileView:
    """Return one outcome as it is shown."""
    return FileView(
        name=outcome.name,
        key=outcome.key,
        url=object_url(bucket, outcome.key) if outcome.failure is None else "",
        size=outcome.size,
        type=outcome.type,
        named_type=outcome.named_type,
        width=outcome.width,
        height=outcome.height,
        note="; ".join(outcome.notes),
        state=outcome.state,
        error=problem(outcome.failure) if outcome.failure else None,
    )


def problem(failure: Exception) -> Problem:
    """Return a failure in words: our own refusal, or what the table says of AWS's."""
    if isinstance(failure, UploadRefused):
        status = STATUS.get(failure.code, 400)
        return Problem(status, failure.title, failure.happened, failure.remedy, failure.code)
    return problem_of(failure)


def _summary(files: list[FileView]) -> str:
    stored = [file for file in files if file.state == "stored"]
    skipped = len(files) - len(stored)
    words = [f"“{stored[0].name}” is stored." if len(stored) == 1 else f"{len(stored):,} files stored."]
    words += [f"{skipped:,} skipped: they were there already."] if skipped else []
    words += [f"“{file.name}”: {file.note}." for file in stored if file.note][:MOST_NOTES]
    return " ".join(words)
