"""The fields of `:name` parameters: text as it was typed, a number for MySQL where it is plainly one, or NULL."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from app.numbers import is_canonical
from app.sql.statements import Statement
from app.sql.target import Dialect

DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,30})\.[0-9]{1,30}")


@dataclass(frozen=True)
class Parameter:
    """One field: its name, what stands in it, and whether it was filled in at all."""

    name: str
    value: str
    null: bool
    given: bool


def of(script: Iterable[Statement], fields: Mapping[str, str]) -> tuple[Parameter, ...]:
    """Return the script's parameters in order of appearance, with what `p.<name>` and `null.<name>` say."""
    names = dict.fromkeys(name for statement in script for name in statement.parameters)
    return tuple(
        Parameter(name, fields.get(f"p.{name}", ""), f"null.{name}" in fields, _given(fields, name)) for name in names
    )


def _given(fields: Mapping[str, str], name: str) -> bool:
    return f"p.{name}" in fields or f"null.{name}" in fields


def values(parameters: Iterable[Parameter], dialect: Dialect) -> dict[str, object]:
    """Return what is bound. PostgreSQL finds the type of a text by itself; MySQL must be told what a number is."""
    return {
        one.name: None if one.null else (one.value if dialect == "postgres" else _typed(one.value))
        for one in parameters
        if one.given
    }


def _typed(text: str) -> object:
    if is_canonical(text, 18):
        return int(text)
    return Decimal(text) if DECIMAL.fullmatch(text) else text
