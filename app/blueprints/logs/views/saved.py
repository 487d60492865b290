"""Saved queries, which AWS keeps; the history of this person; what AWS remembers of the account."""

from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError
from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from app import notes, respond
from app.blueprints.logs.blueprint import bp
from app.blueprints.logs.service import past, saved
from app.blueprints.logs.service.past import Past
from app.blueprints.logs.service.saved import Saved
from app.blueprints.logs.views import asked as asking
from app.blueprints.logs.views.common import logs
from app.blueprints.logs.views.insights import KIND
from app.changes import done
from app.roles import EDITOR, needs
from app.store import Entry, held


@dataclass(frozen=True)
class SavedPage:
    """What was saved, what this person ran, and what AWS remembers."""

    saved: list[Saved]
    history: list[Entry] = field(default_factory=list)
    past: list[Past] = field(default_factory=list)
    view: str = "saved"


@bp.get("/saved")
def saved_queries() -> Response:
    """List saved queries (`view=saved`), the history (`history`), or the account's newest queries (`account`)."""
    view = request.args.get("view", "saved")
    if view == "history":
        kept = [] if held() else notes.history(KIND, "")
        page = SavedPage([], history=kept, view=view)
    elif view == "account":
        page = SavedPage([], past=past.past(logs()), view=view)
    else:
        page = SavedPage(saved.every(logs()))
    return respond.page("logs/saved.html", page)


@bp.post("/saved")
@needs(EDITOR)
def save_query() -> Response:
    """Save a query as a query definition; the same name again replaces it."""
    asked, name = asking.of(request.form), request.form.get("name", "").strip()
    back = url_for("logs.insights", **asked.arguments())
    wrong = _wrong(name, asked.query)
    if wrong and respond.wants_json():
        return respond.page("logs/saved.html", {"fault": wrong}, status=422)
    if wrong:
        flash(f"{wrong} Nothing was saved.", "failed")
        return redirect(back, 303)
    try:
        made = saved.save(logs(), name, asked.query, asked.groups, asked.parameters)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("InvalidParameterException", "LimitExceededException"):
            raise
        flash(f"AWS refuses: {error.response['Error'].get('Message')}", "failed")
        return redirect(back, 303)
    return done(made, url_for("logs.saved_queries"), f"Saved as {name}. AWS's console shows it too.")


def _wrong(name: str, query: str) -> str:
    if not name or len(name) > saved.LONGEST_NAME:
        return f"A name has 1 to {saved.LONGEST_NAME} characters."
    if not query.strip() or len(query) > 10_000:
        return "A saved query has 1 to 10,000 characters."
    return ""


@bp.post("/saved/delete")
@needs(EDITOR)
def forget_saved() -> Response:
    """Remove a saved query."""
    gone = saved.delete(logs(), request.form.get("id", ""))
    told: dict[str, Any] = {"deleted": gone}
    return done(told, url_for("logs.saved_queries"), "The saved query is removed." if gone else "It was gone already.")
