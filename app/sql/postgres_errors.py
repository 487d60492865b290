"""PostgreSQL's errors, told apart by SQLSTATE."""

import psycopg

from app.sql import errors
from app.sql.statements import place

KINDS: dict[str, type[errors.SqlError]] = {
    "42601": errors.SyntaxMistake,
    "25006": errors.WouldWrite,
    "25001": errors.WouldWrite,  # SET TRANSACTION READ WRITE after the first query
    "57P01": errors.Lost,
    "57P02": errors.Lost,
    "57P03": errors.Lost,
    "25P03": errors.Lost,
    "55P03": errors.TimedOut,
    "53300": errors.TooManyConnections,
}
REMEDIES = {
    "55006": "Close the other programs' sessions on it, or end them with DROP DATABASE … WITH (FORCE).",
    "53300": errors.TooManyConnections.remedy,
}
QUOTES = "On PostgreSQL \"double quotes\" name a column or table; text stands in 'single quotes'."


def translate(error: psycopg.Error, text: str = "", offset: int = 0) -> errors.SqlError:
    """Return what the driver's error means; `offset` is what stood before `text` in what was sent."""
    code, said = error.sqlstate or "", str(error.diag.message_primary or error)
    if not code:
        return errors.Lost(" ".join(said.split()))
    if code == "57014":  # a cancelled and a timed out statement differ by their words only, in any language
        timeout = "timeout" in said or "statement_timeout" in said
        return errors.TimedOut(said, code=code) if timeout else errors.Cancelled(said, code=code)
    if code == "25001" and "inside a transaction" in said:
        return errors.NotInTransaction(said, code=code)
    kind = KINDS.get(code, errors.Lost if code.startswith("08") else errors.StatementError)
    line, column = _place(error, text, offset)
    details = [said, error.diag.message_detail, error.diag.message_hint and f"Hint: {error.diag.message_hint}"]
    happened = "\n".join(part for part in details if part)
    remedy = QUOTES if code == "42703" and '"' in text and _is_quoted(said, text) else REMEDIES.get(code, "")
    return kind(happened, code=code, line=line, column=column, remedy=remedy)


def _is_quoted(said: str, text: str) -> bool:
    """Whether the column that does not exist was written in double quotes, as strings are on MySQL."""
    parts = said.split('"')
    return len(parts) > 2 and f'"{parts[1]}"' in text


def _place(error: psycopg.Error, text: str, offset: int) -> tuple[int | None, int | None]:
    position = error.diag.statement_position
    if not position or not text:
        return None, None
    return place(text, max(0, min(int(position) - 1 - offset, len(text))))
