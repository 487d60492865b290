"""What a request asks to run, read from its address or its form."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from werkzeug.exceptions import BadRequest

from app.numbers import told, whole
from app.sql.options import TOKEN, Options

ROWS = 100  # of a page
PAGES = 1000  # that can be turned: 100,000 rows are skipped at most
TIMEOUTS = (5, 30, 120, 600)  # seconds that the page offers; an address may say any from 1 to the longest
USUAL = 30
EXPECTED = re.compile(r"(?:[0-9]{1,18},)*[0-9]{0,18}")


@dataclass(frozen=True)
class Asked:
    """What a request asks to run."""

    sql: str
    database: str
    page: int = 1
    write: bool = False
    timeout: int = USUAL
    wrong: str = ""  # why nothing runs: a number in the address that is none
    token: str = ""
    sure: bool = False
    expect: str = ""
    alone: bool = False
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def timeouts(self) -> tuple[int, ...]:
        """What the page offers, and what was asked for."""
        return tuple(sorted({*TIMEOUTS, self.timeout}))

    @property
    def before(self) -> int:
        """How many rows the pages before this one held."""
        return ROWS * (self.page - 1)

    def options(self, skip: bool) -> Options:
        """Return how to run it; `skip` leaves out the rows of the pages before, which only one statement alone has."""
        before = self.before if skip else 0
        return Options(self.write, ROWS, float(self.timeout), self.token, skip=before)


def asked(fields: Mapping[str, str], write: bool) -> Asked:
    """Return what the fields ask; BadRequest for a run's name or numbers of rows that the page never made."""
    token = fields.get("run", "")
    if not TOKEN.fullmatch(token):
        raise BadRequest("A run's name is letters, digits and hyphens.")
    if not EXPECTED.fullmatch(fields.get("expect", "")):
        raise BadRequest("The numbers of rows to expect are digits and commas.")
    timeout = whole(fields.get("timeout") or str(USUAL), 1, TIMEOUTS[-1])
    return Asked(
        sql=(fields.get("only") or fields.get("sql", "")).replace("\r\n", "\n"),
        database=fields.get("database", ""),
        page=min(whole(fields.get("page"), 1) or 1, PAGES),
        write=write,
        timeout=timeout or USUAL,
        wrong="" if timeout else told(1, TIMEOUTS[-1], "seconds"),
        token=token,
        sure="sure" in fields,
        expect=fields.get("expect", "") if write else "",
        alone=write and "alone" in fields,
        fields={name: value for name, value in fields.items() if name.startswith(("p.", "null."))},
    )
