"""The pool alone, with connections that are no database's."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from app.sql.pool import Full, Pool


@dataclass
class Wire:
    """A connection that counts and can be broken."""

    number: int
    closed: bool = False

    def close(self) -> None:
        self.closed = True


@dataclass
class Maker:
    now: float = 0.0
    made: list[Wire] = field(default_factory=list)
    broken: set[int] = field(default_factory=set)

    def connect(self) -> Wire:
        self.made.append(Wire(len(self.made)))
        return self.made[-1]

    def settle(self, wire: Wire) -> None:
        if wire.number in self.broken:
            raise OSError("it is gone")

    def pool(self, most: int = 2) -> Pool:
        return Pool(self.connect, self.settle, most, wait=0.01, recycle=100, clock=lambda: self.now)


def number(pool: Pool) -> int:
    with pool.connection() as lent:
        found: int = lent.dbapi_connection.number
        return found


def test_the_one_used_last_is_lent_first() -> None:
    pool = Maker().pool()
    with pool.connection() as first, pool.connection() as second:
        assert (first.dbapi_connection.number, second.dbapi_connection.number) == (0, 1)
    assert number(pool) == 0


def test_more_than_the_most_are_refused_and_a_place_comes_back() -> None:
    pool = Maker().pool(1)
    with pool.connection(), pytest.raises(Full), pool.connection():
        pass
    assert number(pool) == 0
    assert pool.lent == 0


def test_a_connection_that_cannot_be_made_keeps_no_place() -> None:
    def refuse() -> object:
        raise OSError("refused")

    pool = Pool(refuse, lambda _: None, 1, 0.01, 100)
    for _ in range(3):
        with pytest.raises(OSError, match="refused"), pool.connection():
            pass
    assert pool.lent == 0


@pytest.mark.parametrize("spoil", [lambda maker: setattr(maker, "now", 101.0), lambda maker: maker.broken.add(0)])
def test_what_is_old_or_dead_is_replaced(spoil: Callable[[Maker], None]) -> None:
    maker = Maker()
    pool = maker.pool()
    assert number(pool) == 0
    spoil(maker)
    assert number(pool) == 1
    assert [wire.closed for wire in maker.made] == [True, False]


def test_an_invalid_one_never_comes_back() -> None:
    maker = Maker()
    pool = maker.pool()
    with pool.connection() as lent:
        lent.invalidate()
    assert maker.made[0].closed
    assert number(pool) == 1


def test_what_was_out_while_the_pool_was_emptied_is_closed_on_its_return() -> None:
    maker = Maker()
    pool = maker.pool()
    assert number(pool) == 0
    with pool.connection():
        pool.empty()
        assert not maker.made[0].closed
    assert maker.made[0].closed
    assert number(pool) == 1
    pool.empty()
    assert maker.made[1].closed


def test_a_connection_made_while_the_pool_was_emptied_is_not_kept() -> None:
    maker = Maker()
    pools: list[Pool] = []

    def connect() -> Wire:
        pools[0].empty()  # the password was changed, or the login forgotten, while the server was still answering
        return maker.connect()

    pools.append(Pool(connect, maker.settle, 2, wait=0.01, recycle=100))
    number(pools[0])
    assert maker.made[0].closed
