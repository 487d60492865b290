"""MySQL's and MariaDB's errors, told apart by their number."""

import re
from typing import Any

from pymysql import err

from app.sql import errors
from app.sql.statements import place

KINDS: dict[int, type[errors.SqlError]] = {
    1064: errors.SyntaxMistake,
    1149: errors.SyntaxMistake,
    1792: errors.WouldWrite,  # in a read-only transaction
    1290: errors.WouldWrite,  # server started read-only
    1969: errors.TimedOut,  # MariaDB
    3024: errors.TimedOut,  # MySQL
    1205: errors.TimedOut,  # waiting for a lock
    1317: errors.Cancelled,
    1148: errors.NotHere,  # LOCAL INFILE
    3948: errors.NotHere,
    4166: errors.NotHere,
    1040: errors.TooManyConnections,
    2006: errors.Lost,
    2013: errors.Lost,
    1053: errors.Lost,
    1927: errors.Lost,
    4031: errors.Lost,
}
NAMES = frozenset({1146, 1054, 1051, 1109, 1305})  # something that does not exist
REMEDIES = {1300: "Names on MySQL and MariaDB hold no emoji and nothing else beyond U+FFFF. Text in a column may."}
_NEAR = re.compile(r" near '(.*)' at line (\d+)$", re.DOTALL)


def translate(error: BaseException, text: str = "") -> errors.SqlError:
    """Return what the driver's error means; `text` is the statement, in which its place is looked up."""
    arguments: tuple[Any, ...] = getattr(error, "args", ())
    number = arguments[0] if arguments and isinstance(arguments[0], int) else 0
    said = str(arguments[1]) if len(arguments) > 1 else str(error)
    if isinstance(error, RuntimeError) and "LOAD_LOCAL" in said:
        return errors.NotHere("The server asked for a file of this computer, which is never sent.")
    if isinstance(error, err.InterfaceError) and number == 0:
        return errors.Lost("The connection is closed.")
    line, column = _named(said, text) if number in NAMES else _place(said, text)
    kind = KINDS.get(number, errors.StatementError)
    return kind(said, code=str(number or ""), remedy=REMEDIES.get(number, ""), line=line, column=column)


def _place(said: str, text: str) -> tuple[int | None, int | None]:
    """The server quotes what it could not read and names its line; the column is where that text stands."""
    found = _NEAR.search(said)
    if not found or not text:
        return None, None
    near, line = found.group(1), int(found.group(2))
    start = sum(len(each) + 1 for each in text.split("\n")[: line - 1])
    at = text.find(near, start) if near else len(text)
    return (line, None) if at < 0 else place(text, at)


def _named(said: str, text: str) -> tuple[int | None, int | None]:
    """The server quotes the name of what does not exist, with its database: where the name stands by itself."""
    name = said.split("'")[1] if said.count("'") > 1 else said.partition(" ")[2].partition(" ")[0]
    for each in (name, name.rsplit(".", 1)[-1]):
        if each and (found := re.search(rf"(?<!\w){re.escape(each)}(?!\w)", text)):
            return place(text, found.start())
    return None, None
