"""A table a page at a time, by its key: never a count, and an offset only where there is no key."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from app.sql import errors
from app.sql.engines import ENGINES, Engines
from app.sql.options import Answer, Options
from app.sql.schema import Catalogue, Structure
from app.sql.sessions import open_session
from app.sql.statements import Statement, split
from app.sql.target import Dialect, Target

Way = Literal["first", "after", "before", "from", "last"]
COMPARE = {"=": "=", "<>": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">=", "like": "LIKE"}
DEEPEST = 100_000  # rows that an offset may skip


@dataclass(frozen=True)
class Filter:
    """A condition on one column: a comparison of COMPARE with `value`, or "null" and "not null" without."""

    column: str
    compare: str
    value: object = None


@dataclass(frozen=True)
class Query:
    """Which page: `key` holds the values of the sort columns at its edge (see `Page.order`), `way` the direction.

    "after" and "before" leave that row out, "from" begins with it or the next one (a jump). `offset` serves tables
    without a key only.
    """

    schema: str
    table: str
    way: Way = "first"
    key: tuple[object, ...] = ()
    sort: str = ""
    descending: bool = False
    filters: tuple[Filter, ...] = ()
    size: int = 100
    offset: int = 0


@dataclass(frozen=True)
class Page:
    """One page: rows, the columns it is ordered by (empty without a key), and the keys of its first and last row."""

    answer: Answer
    structure: Structure
    order: tuple[str, ...]
    first: tuple[object, ...]
    last: tuple[object, ...]
    before: bool
    after: bool
    statement: Statement
    parameters: dict[str, object]
    seconds: float = 0.0


def quote(name: str, dialect: Dialect) -> str:
    """Return an identifier that means exactly this name."""
    mark = '"' if dialect == "postgres" else "`"
    return mark + name.replace(mark, mark * 2) + mark


class Structures:
    """What tables look like, for half a minute: to read it anew would cost more than a page does."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock, self._lock = clock, threading.Lock()
        self._known: OrderedDict[tuple[Target, str, str], tuple[float, Structure]] = OrderedDict()

    def get(self, target: Target, query: Query) -> Structure | None:
        """Return a structure that was seen lately."""
        seen, found = self._known.get((target, query.schema, query.table), (0.0, None))
        return found if found and self._clock() - seen < REMEMBERED else None

    def put(self, target: Target, query: Query, found: Structure) -> None:
        """Remember a structure."""
        with self._lock:
            self._known[target, query.schema, query.table] = (self._clock(), found)
            while len(self._known) > MOST_TABLES:
                self._known.popitem(last=False)


STRUCTURES = Structures()
REMEMBERED = 30.0  # seconds
MOST_TABLES = 500


def fetch(
    target: Target,
    query: Query,
    options: Options | None = None,
    engines: Engines = ENGINES,
    structures: Structures = STRUCTURES,
) -> Page:
    """Return a page of a table. Raises a SqlError; StatementError for a table or column that is not there."""
    known = structures.get(target, query)
    try:
        page = _fetch(target, query, options, engines, known)
    except errors.SqlError:
        if known is None:
            raise
        page = _fetch(target, query, options, engines, None)  # the table may have changed since
    structures.put(target, query, page.structure)
    return page


def _fetch(target: Target, query: Query, options: Options | None, engines: Engines, known: Structure | None) -> Page:
    options = replace(options or Options(), limit=MOST_STRUCTURE)
    with open_session(target, options, engines) as session:
        structure = known or Catalogue(target, session, options).structure(query.schema, query.table)
        _check(structure, query)
        order = _order(structure, query)
        text, parameters = build(query, order, target.dialect)
        (statement,) = split(text, target.dialect)
        started = time.perf_counter()
        answer = session.execute(statement, parameters, replace(options, limit=query.size))
        seconds = time.perf_counter() - started
    return replace(_page(query, structure, order, answer, statement, parameters), seconds=seconds)


MOST_STRUCTURE = 5000


def _check(structure: Structure, query: Query) -> None:
    if not structure.columns:
        raise errors.NoTable(f"There is no table {query.table} in {query.schema}.")
    known = {column.name for column in structure.columns}
    for name in [each.column for each in query.filters] + ([query.sort] if query.sort else []):
        if name not in known:
            raise errors.StatementError(f"The table {query.table} has no column {name}.")


def _order(structure: Structure, query: Query) -> tuple[str, ...]:
    """The sort column and the key; a nullable column cannot be compared with, so it pages by offset."""
    key = structure.key()
    if not query.sort:
        return key
    nullable = {column.name for column in structure.columns if column.nullable}
    if not key or query.sort in nullable:
        return ()
    return (query.sort, *(name for name in key if name != query.sort))


def build(
    query: Query, order: tuple[str, ...], dialect: Dialect, *, whole: bool = False
) -> tuple[str, dict[str, object]]:
    """Return the text of a page's query, with :name parameters, and their values; `whole` leaves out the limit."""
    values: dict[str, object] = {}
    conditions = [_condition(each, f"f{place}", values, dialect) for place, each in enumerate(query.filters)]
    backwards = query.way in ("before", "last")
    down = query.descending != backwards
    if order and query.way in ("after", "before", "from"):
        conditions.append(_edge(query, order, down, values, dialect))
    by = order or ((query.sort,) if query.sort else ())
    text = f"SELECT * FROM {quote(query.schema, dialect)}.{quote(query.table, dialect)}"  # noqa: S608 - names are quoted
    if conditions:
        text += " WHERE " + " AND ".join(conditions)
    if by:
        text += " ORDER BY " + ", ".join(quote(name, dialect) + (" DESC" if down else "") for name in by)
    if whole:
        return text, values
    text += f" LIMIT {query.size + 1}"
    if not order and query.offset:
        text += f" OFFSET {min(query.offset, DEEPEST)}"
    return text, values


def _condition(each: Filter, name: str, values: dict[str, object], dialect: Dialect) -> str:
    column = quote(each.column, dialect)
    if each.compare in ("null", "not null"):
        return f"{column} IS {each.compare.upper()}"
    if each.compare not in COMPARE:
        raise errors.StatementError(f"{each.compare} is no comparison.")
    values[name] = each.value
    if each.compare == "like" and dialect == "postgres":
        return f"{column}::text ILIKE :{name}"
    return f"{column} {COMPARE[each.compare]} :{name}"


def _edge(query: Query, order: Sequence[str], down: bool, values: dict[str, object], dialect: Dialect) -> str:
    """(a > x) OR (a = x AND b > y): written out, because MySQL finds no index for a comparison of rows."""
    if len(query.key) != len(order):
        raise errors.StatementError("The key of the page does not fit the table's order.")
    values.update({f"k{place}": value for place, value in enumerate(query.key)})
    mark = "<" if down else ">"
    parts = []
    for place, name in enumerate(order):
        same = [f"{quote(other, dialect)} = :k{n}" for n, other in enumerate(order[:place])]
        last = place == len(order) - 1 and query.way == "from"
        parts.append("(" + " AND ".join([*same, f"{quote(name, dialect)} {mark}{'=' if last else ''} :k{place}"]) + ")")
    first = f"{quote(order[0], dialect)} {mark}= :k0"  # lets the server enter the index
    return parts[0] if len(parts) == 1 else f"({first} AND ({' OR '.join(parts)}))"


def _page(
    query: Query,
    structure: Structure,
    order: tuple[str, ...],
    answer: Answer,
    statement: Statement,
    values: dict[str, object],
) -> Page:
    rows = answer.rows[::-1] if query.way in ("before", "last") and order else answer.rows
    more = answer.truncated
    places = [[column.name for column in answer.columns or ()].index(name) for name in order]
    edges = [tuple(rows[at][place] for place in places) if rows else () for at in (0, -1)]
    backwards = query.way in ("before", "last")
    before = more if backwards else (query.way in ("after", "from") or query.offset > 0)
    after = query.way == "before" if backwards else more
    return Page(replace(answer, rows=rows), structure, order, edges[0], edges[1], before, after, statement, values)
