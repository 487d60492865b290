"""What is said about statements before and after they run: what a SELECT reads, why a change cannot be sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.blueprints.dynamodb.service import prices, wire
from app.blueprints.dynamodb.service.partiql.nodes import Statement
from app.blueprints.dynamodb.service.partiql.plans import Plan, plan
from app.blueprints.dynamodb.service.partiql.running import BATCH, TRANSACTION
from app.blueprints.dynamodb.service.tables import Table
from app.blueprints.dynamodb.service.wire import Mistake
from app.blueprints.dynamodb.service.wire.mistakes import line_and_column

CHANGES = {"INSERT": "puts one item into", "UPDATE": "changes one item of", "DELETE": "deletes one item of"}


@dataclass(frozen=True)
class Judged:
    """One statement, its table where that is known, how DynamoDB will do it, and what to say about that."""

    statement: Statement
    table: Table | None
    plan: Plan
    warning: str = ""
    fact: str = ""
    touches: str = ""

    @property
    def filters(self) -> bool:
        """Whether items are read that the answer does not hold."""
        return bool(self.plan.rest)


def judge(found: Sequence[Statement], tables: Mapping[str, Table]) -> list[Judged]:
    """Return what is to be said about each statement; KeyError never: an unknown index is DynamoDB's to refuse."""
    return [_judged(statement, tables.get(statement.table)) for statement in found]


def _judged(statement: Statement, table: Table | None) -> Judged:
    if table is None or (statement.index and table.index(statement.index) is None):
        return Judged(statement, table, Plan("unknown"), touches=_touches(statement, Plan("unknown"), table))
    how = plan(statement, table)
    warning, fact = _reads(statement, table, how) if statement.reads else ("", "")
    return Judged(statement, table, how, warning, fact, _touches(statement, how, table))


def _reads(statement: Statement, table: Table, how: Plan) -> tuple[str, str]:
    key = table.keys_of(statement.index)[0].name
    where = f"index {statement.index}" if statement.index else f"table {table.name}"
    if how.scans:
        held = table.index(statement.index) or table
        size = held.size or 0
        units = wire.read_units(size) if size else 0.5
        cost = prices.dollars(prices.read(units))
        return (
            f"This scans: it reads the whole {where}, {held.items or 0:,} items by DynamoDB's last count, about "
            f"{units:,.1f} read units or {cost} to the end. An equality (or IN) on the partition key {key} makes it a "
            "query."
        ), ""
    if how.kind == "item":
        return "", "Reads one item by its whole key."
    if how.kind == "queries":
        return "", f"Runs one query for each value of {key}."
    if how.kind == "query":
        rest = " What it reads is then filtered: filtered items are paid for too." if how.rest else ""
        return "", f"A query: reads one partition of the {where}.{rest}"
    return "", ""


def _touches(statement: Statement, how: Plan, table: Table | None) -> str:
    if statement.reads or statement.verb not in CHANGES:
        return ""
    more = ""
    if statement.verb != "INSERT" and how.kind == "write":
        more = f", by its whole key ({' and '.join(name for name, _ in how.keys)})"
        more += ", if the other conditions hold" if how.rest else ""
    unread = "" if table is not None and statement.doubt is None else " (this page could not check the key)"
    return f"{statement.verb} {CHANGES[statement.verb]} {statement.table or 'a table'}{more}{unread}"


def refuse(judged: Sequence[Judged], text: str, mode: str) -> None:
    """Raise Mistake, with its place, for what DynamoDB would refuse and a person can mend before it is sent."""
    for one in judged:
        if one.plan.kind == "write" and one.plan.missing:
            raise Mistake(_no_key(one), (), *line_and_column(text, one.statement.start))
    reads = {one.statement.reads for one in judged if one.statement.verb != "EXISTS"}
    if mode == "each" or not judged:
        return
    most = BATCH if mode == "batch" else TRANSACTION
    if len(judged) > most:
        raise Mistake(f"{len(judged)} statements: a {mode} takes at most {most}.", (), 1, 1)
    if len(reads) > 1:
        raise Mistake(f"A {mode} is all reads or all changes: DynamoDB takes no mixture.", (), 1, 1)
    for one in judged:
        if one.statement.reads and one.plan.kind not in ("item", "unknown"):
            raise Mistake(
                f"In a {mode} every SELECT names one item by its whole key. Run it “one by one” instead.",
                (),
                *line_and_column(text, one.statement.start),
            )


def _no_key(one: Judged) -> str:
    missing = " and ".join(one.plan.missing)
    return (
        f"{one.statement.verb} without {missing}: DynamoDB changes one item at a time, and its WHERE must say the "
        "whole key with =. A SELECT finds the keys of other items; “Delete items” of the table deletes all that a "
        "filter selects. Nothing was sent."
    )
