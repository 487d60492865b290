"""Parts of a result that scripts sort, filter, chart and show as JSON (static/js/grid/grid.js)."""

from functools import lru_cache

from markupsafe import Markup, escape

from app.markup import icon, safe

_WAYS = (
    ("table", "true", "table", "Table"),
    ("json", "false", "code", "JSON"),
    ("chart", "false", "cloudwatch", "Chart"),
)


@lru_cache(64, typed=True)  # what is escaped already equals its text
def views(label: str) -> Markup:
    """Return the choice of ways to see a result; it stands before the table, in an element with data-grid-result."""
    ways = "".join(
        f'  <button type="button" class="segment" data-grid-view="{way}" aria-pressed="{pressed}">'
        f"{icon(symbol, size='small')}{word}</button>\n"
        for way, pressed, symbol, word in _WAYS
    )
    group = f'<div class="grid-views needs-js segments" role="group" aria-label="{escape(label)}">'
    return safe(f"{group}\n{ways}</div>")


@lru_cache(1024, typed=True)
def column(name: str, type: str = "", kind: str = "text", numeric: bool = False) -> Markup:
    """Return a column's heading, which opens its menu; `type` is its whole type."""
    number, whole = ' class="number"' if numeric else "", escape(type)
    return safe(
        f'<th scope="col" data-kind="{escape(kind)}"{number}><button type="button" class="grid-column" data-grid-column'
        f' title="{whole}: sort, distinct values, sums"><span>{escape(name or " ")}</span>'
        f'<span class="grid-type">{whole}</span></button></th>'
    )
