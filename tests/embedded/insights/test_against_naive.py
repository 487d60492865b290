"""Queries made by chance, answered by the engine and by the naive evaluator: the rows must be the same."""

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from tests.embedded.insights import naive
from tests.embedded.insights.asking import Asking

EVENTS, QUERIES = 300, 30
TEXTS = [
    "",
    "0",
    "7",
    "07",
    "7.0",
    "-3",
    "1e1",
    "x",
    "X y",
    "a2",
    "a10",
    "é😀",
    "it's",
    'say "so"',
    "10%",
    "a,b=c",
    "nan",
]
FIELDS = ["f", "g", "h", "k"]


def some_value(seeded: random.Random) -> Any:
    kinds = [seeded.choice(TEXTS), seeded.randrange(-5, 20), seeded.randrange(100) / 4, None, seeded.random() < 0.5]
    return seeded.choice(kinds)


def some_event(seeded: random.Random) -> str:
    names = [name for name in FIELDS if seeded.random() < 0.8]
    return json.dumps({name: some_value(seeded) for name in names}, ensure_ascii=False)


class Maker:
    """Makes queries that have a meaning, of everything that the naive evaluator knows."""

    def __init__(self, seeded: random.Random) -> None:
        self.seeded = seeded
        self.names = list(FIELDS)

    def quoted(self) -> str:
        return "'" + self.seeded.choice(TEXTS).replace("'", "\\'") + "'"

    def literal(self) -> str:
        return self.quoted() if self.seeded.random() < 0.5 else str(self.seeded.randrange(0, 20))

    def expression(self, depth: int = 2) -> str:
        choice = self.seeded.randrange(9 if depth else 3)
        inner = [self.expression(depth - 1) for _ in range(2)] if depth and choice > 2 else []
        makers: list[Callable[[], str]] = [
            lambda: self.seeded.choice(self.names),
            lambda: self.seeded.choice(self.names),
            self.literal,
            lambda: f"({inner[0]} {self.seeded.choice('+-*/%')} {inner[1]})",
            lambda: f"{self.seeded.choice(['abs', 'floor', 'strlen', 'toupper', 'isempty'])}({inner[0]})",
            lambda: f"concat({inner[0]}, '|', {inner[1]})",
            lambda: f"coalesce({inner[0]}, {inner[1]})",
            lambda: f"ispresent({self.seeded.choice(self.names)})",
            lambda: self.condition(depth - 1),
        ]
        return makers[choice]()

    def condition(self, depth: int = 2) -> str:
        choice = self.seeded.randrange(8 if depth else 5)
        name, word = self.seeded.choice(self.names), self.seeded.choice(["", "not "])
        inner = [self.condition(depth - 1) for _ in range(2)] if depth and choice > 4 else []
        makers: list[Callable[[], str]] = [
            lambda: f"({name} {self.comparison()} {self.literal()})",
            lambda: f"({name} {self.comparison()} {self.seeded.choice(self.names)})",
            lambda: f"({name} {word}like {self.seeded.choice(['/a/', '/^[0-9]+$/', '/./', self.quoted()])})",
            lambda: f"({name} {word}in [{self.literal()}, {self.literal()}, {self.quoted()}])",
            lambda: f"({self.expression(1)} {self.comparison()} {self.expression(1)})",
            lambda: f"({inner[0]} and {inner[1]})",
            lambda: f"({inner[0]} or {inner[1]})",
            lambda: f"(not {inner[0]})",
        ]
        return makers[choice]()

    def comparison(self) -> str:
        return self.seeded.choice(["=", "!=", "<", "<=", ">", ">="])

    def stats(self) -> str:
        functions = ["count", "sum", "avg", "min", "max", "count_distinct"]
        values = [f"{self.seeded.choice(functions)}({self.seeded.choice(self.names)}) as s{n}" for n in range(2)]
        by = self.seeded.sample(self.names, self.seeded.randrange(1, 3))
        self.names = [*by, "s0", "s1", "total"]
        keys = ", ".join(f"{name} {self.seeded.choice(['asc', 'desc'])}" for name in by)
        return f"stats count(*) as total, {', '.join(values)} by {', '.join(by)} | sort {keys}"

    def query(self) -> str:
        parts = [f"filter {self.condition()}"] if self.seeded.random() < 0.7 else []
        if self.seeded.random() < 0.4:
            parts.append("parse f '*,*' as left, right")
            self.names += ["left", "right"]
        if self.seeded.random() < 0.6:
            parts.append(f"fields {self.expression()} as e")
            self.names.append("e")
        if self.seeded.random() < 0.3:
            parts.append(self.stats())
        elif self.seeded.random() < 0.6:
            parts.append(f"sort {self.seeded.choice(self.names)} {self.seeded.choice(['asc', 'desc'])}")
        if self.seeded.random() < 0.4:
            parts.append(f"limit {self.seeded.randrange(1, 40)}")
            if self.seeded.random() < 0.5:
                parts.append(f"filter {self.condition(1)}")
        ending = [f"display {', '.join(dict.fromkeys(self.names))}"]
        if self.seeded.random() < 0.3 and "total" not in self.names:
            ending.append(f"dedup {self.seeded.choice(self.names)}")
        return " | ".join([*parts, *ending])


@pytest.fixture(scope="module")
def messages(asking: Asking) -> list[str]:
    """Three hundred events, a second from each other."""
    seeded = random.Random(11)
    found = [some_event(seeded) for _ in range(EVENTS)]
    asking.put("one", [(n * 1000, message) for n, message in enumerate(found)])
    return found


@pytest.mark.parametrize("seed", range(8))
def test_the_engine_and_the_naive_evaluator_agree(asking: Asking, messages: list[str], seed: int) -> None:
    seeded = random.Random(seed)
    for _ in range(QUERIES):
        query = Maker(seeded).query()
        assert asking.rows(query) == naive.answer(query, messages), query
