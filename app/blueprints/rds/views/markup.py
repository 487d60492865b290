"""Rows of a result as HTML, written here because a template takes ten times as long for a hundred rows."""

from collections.abc import Callable, Mapping, Sequence

from markupsafe import Markup, escape

from app.blueprints.rds.service.cells import Shown, shown
from app.sql.values import Cell, Column
from app.templating import number, size

ONE_LINE = frozenset({"date", "time", "datetime", "interval", "uuid", "boolean", "bit"})  # never broken over lines
SAVE = "Save the whole cell"
SHORT = 40  # characters of text that stay on one line
Links = Mapping[str, Callable[[Cell], str]]
File = Callable[[str], str]  # the address of a column's whole cell


def cells(
    row: Sequence[Cell], columns: Sequence[Column], links: Links | None = None, file: File | None = None
) -> Markup:
    """Return the cells of one row; `links` leads from a column's values elsewhere, `file` to a whole cut cell."""
    pairs = zip(row, columns, strict=True)
    text = "".join([_cell(shown(value, column), value, column, links or {}, file) for value, column in pairs])
    return Markup(text)  # noqa: S704 every value in it was escaped


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
