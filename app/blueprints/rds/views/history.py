"""History and saved queries of a person, in the state table; noting one never makes a query wait."""

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from app import respond
from app.blueprints.rds.blueprint import bp
from app.blueprints.rds.service.masking import masked
from app.sql.target import Dialect
from app.store import Store, TooLarge, person, store

if TYPE_CHECKING:
    from app.blueprints.rds.views.query import QueryPage

logger = logging.getLogger("trellis.rds")
KEPT = 90 * 86400  # seconds that history is kept
LONGEST = 20_000  # characters of a script in history
SHOWN = 50
REPEATED = 60  # seconds in which the same run after itself is noted once
_last: dict[str, tuple[tuple[Any, ...], int]] = {}  # each person's last run and its time
_writer = ThreadPoolExecutor(1, thread_name_prefix="history")


def note(page: "QueryPage", database: str) -> None:
    """Write a run into the history, after the answer."""
    ran = page.ran
    if ran is None or ran.alone or respond.wants_json():
        return
    dialect: Dialect = "postgres" if page.dialect == "postgres" else "mysql"
    entry = {
        "instance": page.instance,
        "database": database,
        "sql": masked(page.asked.sql, dialect)[:LONGEST],
        "at": int(time.time()),
        "milliseconds": round(ran.seconds * 1000),
        "rows": sum(len(step.rows) for step in ran.steps),
        "write": page.asked.write,
        "error": ran.mistake.title if ran.mistake else "",
    }
    if not _just_noted((page.instance, database, entry["sql"], page.asked.write)):
        _writer.submit(_put, store("sql-history"), entry)


def _just_noted(run: tuple[Any, ...]) -> bool:
    """Whether this person's last note was the very same run a moment ago: a page loaded again is no new entry."""
    who, now = person(), int(time.time())
    before, at = _last.get(who, ((), 0))
    _last[who] = (run, now)
    return before == run and now - at < REPEATED


def _put(target: Store, entry: dict[str, Any]) -> None:
    try:
        target.put(entry, seconds=KEPT)
    except Exception:
        logger.exception("a query could not be noted in the history")


def settle() -> None:
    """Wait until everything noted so far is written."""
    _writer.submit(lambda: None).result()


def lists(identifier: str) -> dict[str, list[Any]]:
    """Return the newest history and the saved queries that belong to an instance."""
    past = [one for one in store("sql-history").newest(200) if one.value.get("instance") == identifier]
    saved = store("sql-saved").newest(500, prefix=f"{identifier}:")
    return {"history": past[:SHOWN], "saved": sorted(saved, key=lambda one: str(one.value["name"]).lower())}


@bp.get("/<identifier>/history")
def past(identifier: str) -> Response:
    """Show what was run on an instance, and what was saved."""
    return respond.page("rds/history.html", {"instance": identifier, **lists(identifier)}, fragment="rds/_history.html")


@bp.post("/<identifier>/saved")
def save(identifier: str) -> Response:
    """Save a query under a name; the same name again replaces it."""
    name, sql = request.form.get("name", "").strip()[:100], request.form.get("sql", "")
    database = request.form.get("database", "")
    back = redirect(url_for("rds.query", identifier=identifier, database=database or None), 303)
    if not name or not sql.strip():
        flash("A saved query needs a name and some SQL. Nothing was saved.", "failed")
        return back
    try:
        store("sql-saved").put(
            {"instance": identifier, "name": name, "database": database, "sql": sql}, f"{identifier}:{name}"
        )
    except TooLarge as error:
        flash(f"The query is too long to be saved: {error}.", "failed")
        return back
    flash(f"Saved as {name}.", "done")
    return redirect(url_for("rds.past", identifier=identifier), 303)


@bp.post("/<identifier>/saved/delete")
def forget_saved(identifier: str) -> Response:
    """Remove a saved query."""
    store("sql-saved").delete(request.form.get("id", ""))
    flash("The saved query is removed.", "done")
    return redirect(url_for("rds.past", identifier=identifier), 303)
