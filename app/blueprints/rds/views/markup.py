"""Rows of a result as HTML, written here because a template takes ten times as long for a hundred rows."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial

from markupsafe import Markup, escape

from app.blueprints.rds.service.cells import Shown, plain_text, shown
from app.blueprints.rds.service.scripts import Step
from app.grid_markup import column, views
from app.markup import safe
from app.sql.values import NUMERIC, Cell, Column
from app.templating import number, size

ONE_LINE = frozenset({"date", "time", "datetime", "interval", "uuid", "boolean", "bit"})  # never broken over lines
STRUCTURED = NUMERIC | {"json"}  # text of these is shown in another way
FIT = ' class="fit"'
SAVE = "Save the whole cell"
SHORT = 40  # characters of text that stay on one line
Links = Mapping[str, Callable[[Cell], str]]
File = Callable[[str], str]  # the address of a column's whole cell
KeyedFile = Callable[[str, str], str]  # the same of any row, from its key


def table_rows(
    rows: Sequence[Sequence[Cell]],
    columns: Sequence[Column],
    keys: Sequence[str],
    links: Links,
    file: KeyedFile,
    edit: str = "",
) -> Markup:
    """Return the rows of a table's page; `keys` name them in addresses, such as `edit`, where they are edited."""
    start = f'<td class="fit"><a class="button button-quiet button-small" href="{escape(edit)}&amp;key='
    made = []
    for row, key in zip(rows, keys, strict=True):
        way = f'{start}{escape(key)}">Edit</a></td>' if key else '<td class="fit"></td>'
        made.append(f"\n<tr>{way if edit else ''}{_cells(row, columns, links, partial(file, key))}</tr>")
    return safe("".join(made))


def cells(
    row: Sequence[Cell], columns: Sequence[Column], links: Links | None = None, file: File | None = None
) -> Markup:
    """Return the cells of one row; `links` leads from a column's values elsewhere, `file` to a whole cut cell."""
    return safe(_cells(row, columns, links or {}, file))


def _cells(row: Sequence[Cell], columns: Sequence[Column], links: Links, file: File | None) -> str:
    text = [
        _plain(value, column, links) or _cell(shown(value, column), value, column, links, file)
        for value, column in zip(row, columns, strict=True)
    ]
    return "".join(text)


def grid(step: Step, number: int, first: int = 0) -> Markup:
    """Return a result as a table that scripts show in several ways; `first` rows were on the pages before."""
    columns = step.columns or ()
    heads = "".join(column(each.name, each.type, each.kind, each.numeric) for each in columns)
    rows = "".join(
        f'\n<tr><th scope="row" class="grid-rownumber">{first + place}</th>{_cells(row, columns, {}, None)}</tr>'
        for place, row in enumerate(step.rows, 1)
    )
    none = "" if step.rows else '<p class="grid-none">No rows.</p>'
    corner = '<th scope="col" class="grid-rownumber"><span class="visually-hidden">Row</span></th>'
    return safe(
        f"{views(f'View of result {number}')}\n"
        f'<div class="table-box grid-box" tabindex="0" role="region" aria-label="Result {number}">'
        f'<table class="table" data-grid>\n<thead><tr>{corner}{heads}</tr></thead>\n<tbody>{rows}\n</tbody></table>'
        f"{none}</div>"
    )


def _plain(value: Cell, column: Column, links: Links) -> str:
    """Return at once what nearly every cell is, whole numbers and short text, as `_cell` would; "" for all else."""
    kind = type(value)
    if kind is int and column.kind == "integer":
        text = str(value)
        if column.name in links:
            text = f'<a href="{escape(links[column.name](value))}">{text}</a>'
        return f'<td class="number mono">{text}</td>'
    if column.name in links:
        return ""
    if kind is Decimal and column.kind == "decimal":
        return f'<td class="number mono">{escape(plain_text(value))}</td>'
    if not isinstance(value, str) or column.kind in STRUCTURED or not 0 < len(value) <= SHORT or "\n" in value:
        return ""
    return f"<td{FIT if column.kind in ONE_LINE else ''}>{escape(value)}</td>"


def _cell(one: Shown, value: Cell, column: Column, links: Links, file: File | None) -> str:
    if one.kind == "null":
        return f'<td class="grid-null{" number" if column.numeric else ""}" data-null="">NULL</td>'
    if one.kind == "empty":
        return '<td data-v=""><span class="visually-hidden">empty text</span></td>'
    if column.name in links and not one.cut:
        place = ' class="number mono"' if column.numeric else ' class="fit"' if column.kind in ONE_LINE else ""
        return f'<td{place}><a href="{escape(links[column.name](value))}">{escape(one.text)}</a></td>'
    if one.kind == "number":
        return f'<td class="number mono">{escape(one.text)}</td>'
    whole = file(column.name) if file and one.cut else ""
    if one.kind == "binary":
        tag = f'<span class="tag">{escape(size(one.size))}</span>'
        saved = f' <a href="{escape(whole)}" download>{SAVE}</a>' if whole else ""
        cut = ' data-cut=""' if one.cut else ""
        return f'<td class="mono grid-binary" data-v="{escape(one.whole)}"{cut}>{escape(one.text)} {tag}{saved}</td>'
    if one.whole or one.cut:
        return _opening(one, whole)
    place = ' class="fit"' if column.kind in ONE_LINE else ' class="grid-wide"' if len(one.text) > SHORT else ""
    return f"<td{place}>{escape(one.text)}</td>"


def _opening(one: Shown, file: str) -> str:
    """Return a cell that opens to its whole text."""
    whole = escape(one.whole)
    way = f'<a href="{escape(file)}" download>{SAVE}</a>' if file else "The export has it."
    told = f'<p class="help">Cut here: the whole has {number(one.size)} characters. {way}</p>'
    inner = f'<summary>{escape(one.text)}</summary><pre tabindex="0">\n{whole}</pre>{told if one.cut else ""}'
    return f'<td data-v="{whole}"><details class="grid-long">{inner}</details></td>'
