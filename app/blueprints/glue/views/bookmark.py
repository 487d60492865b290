"""A job's bookmark: shown, and reset."""

from flask import url_for
from werkzeug.wrappers import Response

from app import respond
from app.blueprints.glue.blueprint import bp
from app.blueprints.glue.service import bookmarks, jobs
from app.blueprints.glue.views.common import glue
from app.changes import done
from app.roles import EDITOR, needs


@bp.get("/<path:job>/bookmark")
def bookmark(job: str) -> Response:
    """Show what a job remembers of its input."""
    found = bookmarks.get(glue(), jobs.get(glue(), job))
    return respond.page("glue/bookmark.html", found, fragment="glue/_bookmark.html")


@bp.post("/<path:job>/bookmark")
@needs(EDITOR)
def reset_bookmark(job: str) -> Response:
    """Let the next run read all of its input again."""
    name = jobs.get(glue(), job).name
    said = bookmarks.reset(glue(), name)
    back = url_for("glue.job", job=name)
    if said:
        return done({"reset": False, "said": said}, back, f"Nothing was reset: {said}", "info")
    return done({"reset": True}, back, f"The bookmark of {name} is reset: its next run reads all of its input again.")
