"""The commands of a query, one after the other, become one SQL statement, or two where events are counted."""

from dataclasses import dataclass, field

from embedded.overlays.insights.compiling import patterns
from embedded.overlays.insights.compiling.aggregates import Aggregating, grouped
from embedded.overlays.insights.compiling.expressions import Compiler
from embedded.overlays.insights.compiling.scope import Context, Scope, event_field
from embedded.overlays.insights.compiling.values import TEXT, Value, cell, literal, order, text
from embedded.overlays.insights.language.tree import (
    Command,
    Dedup,
    Display,
    Fields,
    Filter,
    Limit,
    Named,
    Parse,
    Pattern,
    Query,
    Sort,
    Stats,
)

MOST = 10_000
NEWEST = ["e.ts DESC", "e.id DESC"]


@dataclass(frozen=True)
class Plan:
    """How a query runs: `first` fills a table that is counted, `final` gives the rows, each a line of JSON.

    `matched` counts the events that passed the filters, and their bytes; None where all do. `events` says whether
    `first` is the events that passed, else it is what stats made of them; `all` whether there was nothing to pass.
    """

    first: str | None
    matched: str | None
    final: str
    events: bool
    all: bool


@dataclass
class Pipeline:
    """What the commands so far have come to."""

    query: Query
    scope: Scope
    # A table or a query in brackets, its rows are called `e`.
    relation: str
    table: str
    # Whether the events that passed are copied whole, which is quick where they are few, or by their numbers only.
    whole: bool
    conditions: list[str] = field(default_factory=list)
    ordering: list[str] = field(default_factory=list)
    # The order of what is equal, after stats: by its groups.
    ties: list[str] = field(default_factory=list)
    shown: dict[str, Value] = field(default_factory=dict)
    parsed: dict[str, Value] = field(default_factory=dict)
    named: bool = False
    displayed: bool = False
    limited: bool = False
    first: str | None = None
    matched: str | None = None
    counted: bool = False
    all: bool = True
    layers: int = 0

    def compiler(self) -> Compiler:
        """Return the compiler of expressions at this point."""
        return Compiler(self.scope, self.query.source)

    def add(self, command: Command) -> None:
        """Take one command in."""
        match command:
            case Fields():
                self._fields(command)
            case Display():
                self.shown = dict(self._columns(command.items))
                self.displayed = True
            case Filter():
                self.conditions.append(self.compiler().condition(command.condition))
            case Sort():
                compiler = self.compiler()
                self.ordering = [order(compiler.value(key.value), key.descending) for key in command.keys]
            case Limit():
                self._limit(command.count)
            case Parse():
                self._parse(command)
            case Dedup():
                self._dedup(command)
            case Stats():
                self._stats(command)

    def _columns(self, items: tuple[Named, ...]) -> list[tuple[str, Value]]:
        compiler = self.compiler()
        return [(item.name, compiler.value(item.value)) for item in items]

    def _fields(self, command: Fields) -> None:
        for name, value in self._columns(command.items):
            self.scope.names[name] = value
            if not self.displayed:
                self.shown[name] = value
        self.named = True

    def _where(self) -> str:
        return f" WHERE {' AND '.join(self.conditions)}" if self.conditions else ""

    def _order(self) -> str:
        terms = [*self.ordering, *(NEWEST if self.scope.events else self.ties)]
        return f" ORDER BY {', '.join(terms)}" if terms else ""

    def _count(self) -> None:
        """Note which events have passed the filters, the first time that it matters."""
        if self.first is not None or not self.scope.events or not self.conditions:
            return
        self.first = f"SELECT {'e.*' if self.whole else 'e.id'} FROM {self.relation} e{self._where()}"  # noqa: S608
        self.matched = f"SELECT count(*), 0 FROM {self.table}"  # noqa: S608
        self.counted, self.all = True, False
        if self.whole:
            self.relation, self.conditions = self.table, []
        else:
            self.conditions = [f"e.id IN (SELECT id FROM {self.table})"]  # noqa: S608

    def _settle(self, select: str, ending: str = "") -> None:
        """Make a relation of its own of what there is."""
        self.relation = f"({select} FROM {self.relation} e{self._where()}{ending})"
        self.conditions = []

    def _limit(self, count: int) -> None:
        self._count()
        self._settle("SELECT e.*", f"{self._order()} LIMIT {count}")
        self.limited = True

    def _parse(self, command: Parse) -> None:
        value = text(self.compiler().value(command.value))
        if isinstance(command.pattern, Pattern):
            pattern, names, always = patterns.groups(command.pattern)
        else:
            pattern, names, always = patterns.glob(command.pattern, command.names, command.start, command.end)
        self.layers += 1
        layer = f"p{self.layers}"
        keys = ", ".join(literal(f"g{place}") for place in range(max(place for _, place in names) + 1))
        cut = f"regexp_extract({value}, {literal(f'({pattern})')}, [{keys}])"
        self.relation = f"(SELECT e.*, {cut} AS {layer} FROM {self.relation} e)"  # noqa: S608
        # No match gives empty texts, so the whole match tells.
        there = f"{value} IS NOT NULL" if always else f"e.{layer}['g0'] <> ''"
        for name, place in names:
            cell = Value(f"CASE WHEN {there} THEN e.{layer}['g{place}'] END", TEXT)
            self.scope.names[name] = cell
            if isinstance(command.pattern, Pattern):
                # AWS's examples read a named group both as name and as @name.
                self.scope.names.setdefault(f"@{name}", cell)
            if not self.displayed:
                (self.shown if self.named else self.parsed)[name] = cell

    def _dedup(self, command: Dedup) -> None:
        self._count()
        self.all = False
        compiler = self.compiler()
        keys = [text(compiler.value(key)) for key in command.fields]
        rank = f"row_number() OVER (PARTITION BY {', '.join(keys)}{self._order() or ' ORDER BY 1'})"
        missing = " OR ".join(f"({key}) IS NULL" for key in keys)
        self._settle("SELECT e.*", f" QUALIFY {rank} = 1 OR {missing}")

    def _stats(self, command: Stats) -> None:
        rows = self.compiler()
        groups = {item.name: grouped(rows, item.value) for item in command.by}
        values = Aggregating(rows, groups)
        for item in command.values:
            values.scope.names[item.name] = values.value(item.value)
        found = {**groups, **{item.name: values.scope.names[item.name] for item in command.values}}
        # Numbers, not names: a name may be anything.
        self.layers += 1
        cells = {name: f"c{self.layers}_{place}" for place, name in enumerate(found)}
        select = ", ".join(f"{value.sql} AS {cells[name]}" for name, value in found.items())
        places = ", ".join(str(place + 1) for place in range(len(groups)))
        grouping = f" GROUP BY {places}" if groups else " HAVING count(*) > 0"
        if self.first is None and self.scope.events:
            sums = "count(*) AS n, sum(e.bytes) AS size"
            self.first = f"SELECT {select}, {sums} FROM {self.relation} e{self._where()}{grouping}"  # noqa: S608
            self.matched = f"SELECT coalesce(sum(n), 0), coalesce(sum(size), 0) FROM {self.table}"  # noqa: S608
            self.all = not self.conditions and not self.limited
            self.relation, self.conditions = self.table, []
        else:
            self._settle(f"SELECT {select}", grouping)
        self.shown = {name: Value(f"e.{cells[name]}", value.kind) for name, value in found.items()}
        self.ordering, self.ties = [], [f"e.{cells[name]} ASC NULLS LAST" for name in groups]
        self.scope = Scope(self.scope.context, dict(self.shown), events=False)
        self.parsed, self.named, self.displayed = {}, True, False

    def plan(self, most: int) -> Plan:
        """Return how it runs, with at most so many rows."""
        self._count()
        shown = self.shown
        if self.scope.events and not self.named and not self.displayed:
            usual = {name: self.scope.field(name) for name in ("@timestamp", "@message")}
            shown = {**usual, **self.parsed}
        cells = [cell(name, value) for name, value in shown.items()]
        if self.scope.events:
            cells.append(cell("@ptr", event_field("@ptr", self.scope.context)))
        line = f"'[' || concat_ws(', ', {', '.join(cells)}) || ']'"
        # First the rows, then what is shown of them: not of those that are left out.
        rows = f"(SELECT * FROM {self.relation} e{self._where()}{self._order()} LIMIT {most})"  # noqa: S608
        final = f"SELECT {line} FROM {rows} e{self._order()}"  # noqa: S608
        return Plan(self.first, self.matched, final, self.counted, self.all)


def compile_query(
    query: Query, relation: str, table: str, context: Context, most: int | None = None, *, whole: bool = False
) -> Plan:
    """Compile a query over a relation with the columns of the table `events`; `table` names the one that it may fill.

    Raises QueryError with the place where something cannot be compiled.
    """
    pipeline = Pipeline(query, Scope(context), relation, table, whole)
    for command in query.commands:
        pipeline.add(command)
    return pipeline.plan(most or (100_000 if pipeline.limited else MOST))
