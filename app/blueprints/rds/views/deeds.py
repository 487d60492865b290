"""SQL that changed something, for the record of who did what: the kinds of statement and the rows, never the text."""

from app.access import audit
from app.blueprints.rds.service.scripts import Ran
from app.blueprints.rds.views.connected import Connected


def ran(there: Connected, done: Ran) -> None:
    """Note a script of the write mode: one that was committed, and one that failed, but not one that was only shown."""
    words = ", ".join(f"{one.word} {one.affected}" if one.affected is not None else one.word for one in done.steps)
    wrong = done.mistake
    if wrong is not None:
        failed = wrong.code or wrong.title
        note(there, done.database, f"{words}, {wrong.word}".strip(", "), failed)
    elif done.committed:
        note(there, done.database, words)


def note(there: Connected, database: str, words: str, result: str = "done") -> None:
    """Note what was done in a database of an instance: `words` are kinds of statement with their rows."""
    name = f"{there.instance.identifier}/{database}" if database else there.instance.identifier
    audit.did("rds", "SQL", f"{name}: {words}", result)
