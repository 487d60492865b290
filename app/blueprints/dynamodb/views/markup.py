"""Items as HTML, written here because a template takes ten times as long for a hundred of them."""

import re
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
INLINE = 80  # characters of a list, map or set that stands in its cell
CUT = 60  # characters of a longer one
FEW = 200  # members, beyond which a list, map or set is not written out to see whether it is short
ABSENT = '<td class="ddb-absent" data-null=""></td>'


_plain = re.compile("[A-Za-z0-9._~-]*").fullmatch
_unsafe = re.compile("[<>&\"']").search


def escaped(text: str) -> str:
    """Return a text for HTML; most have nothing to be escaped, and are told apart more quickly than escaped."""
    return text if _unsafe(text) is None else str(escape(text))


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
    name, types = escaped(one.name), " ".join(one.types)
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
    add, link = parts.append, f'<a class="main" href="{escaped(address)}">' if address else ""
    for name, main, key in plan:
        value = item.get(name)
        if value is None:
            add(ABSENT)
            continue
        for kind, inner in value.items():
            own = "" if kind == main else f' <span class="ddb-type">{kind}</span>'
            add(_WRITERS[kind](inner, own, kind, link if key else ""))
            if key:
                link = ""  # one link a line
    add("</tr>")
    return "".join(parts)


def _address(item: Item, base: str, keys: Sequence[Key]) -> str:
    """Return the address of an item's page; empty where its key was not read."""
    found = ""
    for name, key in zip(("?pk=", "&sk="), keys, strict=False):
        value = item.get(key.name)
        if value is None:
            return ""
        text = key_text(value)
        found += name + (text if _plain(text) else quote(text, safe=""))
    return base + found


def key_text(value: dict[str, Any]) -> str:
    """Return the value of a key as an address has it: binary as base64."""
    kind, inner = next(iter(value.items()))
    return wire.base64_of(inner) if kind == "B" else str(inner)


def _text(inner: str, own: str, kind: str, link: str) -> str:
    length = len(inner)
    if not length:
        return f'<td data-t="{kind}" data-v=""><span class="visually-hidden">empty text</span>{own}</td>'
    if length > LONGEST or "\n" in inner:
        short = " ".join(inner[:LONGEST].split("\n")) + ("…" if length > LONGEST else "")
        return _opening(short, inner, own, kind, link)
    wide = ' class="grid-wide"' if length > SHORT and " " in inner else ""
    text = escaped(inner)
    if link:
        return f'<td data-t="{kind}"{wide} data-v="{text}">{link}{text}</a>{own}</td>'
    exact = f' data-v="{text}"' if own or not (text[0].isalnum() and text[-1].isalnum()) else ""
    return f'<td data-t="{kind}"{wide}{exact}>{text}{own}</td>'


def _number(inner: str, own: str, kind: str, link: str) -> str:
    text = escaped(inner)
    if link or own:
        shown = f"{link}{text}</a>" if link else text
        return f'<td class="number mono" data-t="{kind}" data-v="{text}">{shown}{own}</td>'
    return f'<td class="number mono" data-t="N">{text}</td>'


def _word(inner: bool, own: str, kind: str, _: str) -> str:
    word = "null" if kind == "NULL" else "true" if inner else "false"
    return f'<td class="ddb-word" data-t="{kind}" data-v="{word}">{word}{own}</td>'


def _binary(inner: bytes, own: str, kind: str, link: str) -> str:
    text = wire.base64_of(inner)
    tag = f' <span class="tag">{escaped(size(len(inner)))}</span>{own}'
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
    whole = wire.plain_value_text(value) if len(inner) <= FEW else ""
    if whole and len(whole) <= INLINE:
        text, wide = escaped(whole), ' class="grid-wide"' if len(whole) > SHORT else ""
        short = text if kind in ("L", "M") else escaped(wire.short(value, INLINE))
        return f'<td data-t="{kind}"{wide} data-v="{text}">{short}{own}</td>'
    short = f"{whole[: CUT - 1]}…" if whole and kind in ("L", "M") else wire.short(value, CUT)
    return _opening(short, wire.plain_value_text(value, 2), own, kind, "", whole or None)


def _opening(short: str, whole: str, own: str, kind: str, link: str, text: str | None = None) -> str:
    """Return a cell that opens to its whole content; `text` is the content as a filter takes it."""
    if len(whole) > MOST_OPEN:
        told = f'{escaped(whole[:MOST_OPEN])}…</pre><p class="help">Cut here: the item’s own page has all of it.</p>'
        data = ' data-cut=""'
    else:
        told, data = f"{escaped(whole)}</pre>", f' data-v="{escaped(whole if text is None else text)}"'
    head = f"<summary>{escaped(short)}</summary>"
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
