"""Items as HTML, written here because a template takes ten times as long for a hundred of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from markupsafe import Markup, escape

from app.blueprints.dynamodb.service import wire
from app.blueprints.dynamodb.service.tables import Key
from app.templating import size

Item = Mapping[str, dict[str, Any]]
LONGEST = 160  # characters of a text that stands in its cell; the rest opens
SHORT = 40  # characters of text that stay on one line
MOST_OPEN = 20_000  # characters that open in a cell; more is on the item's page
ABSENT = '<td class="ddb-absent" data-null=""></td>'


@dataclass(frozen=True)
class Column:
    """An attribute of the items shown: its types in order of appearance, `key` where it is of the key."""

    name: str
    types: tuple[str, ...]
    key: bool = False

    @property
    def kind(self) -> str:
        """What the grid's scripts take it for."""
        return "decimal" if self.types == ("N",) else "text"


def columns(keys: Sequence[Key], items: Sequence[Item]) -> list[Column]:
    """Return the union of the items' attributes: the key's first, then in the order of their appearance."""
    found: dict[str, dict[str, None]] = {key.name: {} for key in keys}
    for item in items:
        for name, value in item.items():
            types = found.get(name)
            if types is None:
                types = found[name] = {}
            for kind in value:
                types[kind] = None
    named = {key.name for key in keys}
    return [Column(name, tuple(types), name in named) for name, types in found.items() if types]


def heads(shown: Sequence[Column]) -> Markup:
    """Return the cells of the heading; each opens the column's menu."""
    return Markup("".join([_head(one) for one in shown]))  # noqa: S704 every name in it was escaped


def _head(one: Column) -> str:
    name, types = escape(one.name), " ".join(one.types)
    words = " or ".join(wire.TYPES[kind].lower() for kind in one.types)
    place = ' class="number"' if one.kind == "decimal" else ""
    tag = f'<span class="grid-type">{types}</span>'
    return (
        f'<th scope="col" data-kind="{one.kind}" data-name="{name}"{place}><button type="button" class="grid-column" '
        f'data-grid-column title="{words}: sort, distinct values"><span>{name}</span>{tag}</button></th>'
    )


def rows(items: Sequence[Item], shown: Sequence[Column], base: str, keys: Sequence[Key], first: int = 0) -> Markup:
    """Return the lines of a page of items; `base` is the address of an item's page, without its key."""
    plan = [(one.name, one.types[0], one.key) for one in shown]
    lines = [_row(item, plan, _address(item, base, keys), at) for at, item in enumerate(items, first + 1)]
    return Markup("".join(lines))  # noqa: S704 every value in it was escaped


def _row(item: Item, plan: Sequence[tuple[str, str, bool]], address: str, number: int) -> str:
    parts = [f'<tr><th scope="row" class="grid-rownumber">{number}</th>']
    link = f'<a class="main" href="{escape(address)}">' if address else ""
    for name, main, key in plan:
        value = item.get(name)
        if value is None:
            parts.append(ABSENT)
            continue
        for kind, inner in value.items():
            own = "" if kind == main else f' <span class="ddb-type">{kind}</span>'
            parts.append(_WRITERS[kind](inner, own, kind, link if key else ""))
            if key:
                link = ""  # one link a line
    parts.append("</tr>")
    return "".join(parts)


def _address(item: Item, base: str, keys: Sequence[Key]) -> str:
    try:
        texts = [key_text(item[key.name]) for key in keys]
    except KeyError:
        return ""
    return f"{base}?" + "&".join(
        [f"{name}={quote(text, safe='')}" for name, text in zip(("pk", "sk"), texts, strict=False)]
    )


def key_text(value: dict[str, Any]) -> str:
    """Return the value of a key as an address has it: binary as base64."""
    kind, inner = next(iter(value.items()))
    return wire.base64_of(inner) if kind == "B" else str(inner)


def _text(inner: str, own: str, kind: str, link: str) -> str:
    if not inner:
        return f'<td data-t="{kind}" data-v=""><span class="visually-hidden">empty text</span>{own}</td>'
    if len(inner) > LONGEST or "\n" in inner:
        return _opening(
            " ".join(inner[:LONGEST].split("\n")) + ("…" if len(inner) > LONGEST else ""), inner, own, kind, link
        )
    wide = ' class="grid-wide"' if len(inner) > SHORT and " " in inner else ""
    text = escape(inner)
    if link:
        return f'<td data-t="{kind}"{wide} data-v="{text}">{link}{text}</a>{own}</td>'
    return (
        f'<td data-t="{kind}"{wide}>{text}</td>'
        if not own
        else f'<td data-t="{kind}"{wide} data-v="{text}">{text}{own}</td>'
    )


def _number(inner: str, own: str, kind: str, link: str) -> str:
    shown = f"{link}{escape(inner)}</a>" if link else escape(inner)
    return f'<td class="number mono" data-t="{kind}" data-v="{escape(inner)}">{shown}{own}</td>'


def _word(inner: bool, own: str, kind: str, _: str) -> str:
    word = "null" if kind == "NULL" else "true" if inner else "false"
    return f'<td class="ddb-word" data-t="{kind}" data-v="{word}">{word}{own}</td>'


def _binary(inner: bytes, own: str, kind: str, link: str) -> str:
    text = wire.base64_of(inner)
    tag = f' <span class="tag">{escape(size(len(inner)))}</span>{own}'
    short = text[:24] + ("…" if len(text) > 24 else "")
    if len(text) > MOST_OPEN:
        return f'<td class="mono" data-t="{kind}" data-cut="">{link}{short}{"</a>" if link else ""}{tag}</td>'
    whole = f"base64: {text}\nhex: {inner.hex(' ')}"
    detail = f'<summary>{short}</summary><pre tabindex="0">{whole}</pre>'
    anchor = f"{link}Open</a>" if link else ""
    head = f'<td class="mono" data-t="{kind}" data-v="{text}">'
    return f'{head}<details class="grid-long">{detail}</details>{tag}{anchor}</td>'


def _nested(inner: Any, own: str, kind: str, _: str) -> str:
    value = {kind: inner}
    whole, short = wire.plain_value_text(value), wire.short(value, 60)
    if kind in ("L", "M") and short == whole:
        return f'<td data-t="{kind}" data-v="{escape(whole)}">{escape(short)}{own}</td>'
    return _opening(short, wire.plain_value_text(value, 2), own, kind, "", whole)


def _opening(short: str, whole: str, own: str, kind: str, link: str, text: str | None = None) -> str:
    """Return a cell that opens to its whole content; `text` is the content as a filter takes it."""
    if len(whole) > MOST_OPEN:
        told = f'{escape(whole[:MOST_OPEN])}…</pre><p class="help">Cut here: the item’s own page has all of it.</p>'
        data = ' data-cut=""'
    else:
        told, data = f"{escape(whole)}</pre>", f' data-v="{escape(whole if text is None else text)}"'
    head = f"<summary>{escape(short)}</summary>"
    anchor = f"{link}Open</a>" if link else ""
    opened = f'<details class="grid-long">{head}<pre tabindex="0">\n{told}</details>'
    return f'<td data-t="{kind}"{data}>{opened}{own}{anchor}</td>'


_WRITERS: dict[str, Callable[[Any, str, str, str], str]] = {
    "S": _text,
    "N": _number,
    "BOOL": _word,
    "NULL": _word,
    "B": _binary,
    **dict.fromkeys(("L", "M", "SS", "NS", "BS"), _nested),
}
