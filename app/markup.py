"""The small parts that a page has dozens of, as functions: a macro of a template takes ten times as long.

The macros' files (templates/macros) hand them on under their names, so templates import them from there.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

from app import aws
from app.assets import address


@lru_cache(256, typed=True)  # what is escaped already equals its text
def icon(name: str, label: str = "", size: str = "", **more: str) -> Markup:
    """Return one symbol of static/icons.svg; `class` is added to its own classes, `label` is for those who hear."""
    classes = " ".join(filter(None, ["icon", f"icon-{size}" if size else "", more.get("class", "")]))
    told = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return safe(f'<svg class="{escape(classes)}" {told}><use href="{address("icons.svg")}#{escape(name)}"/></svg>')


def attributes(pairs: Mapping[str, Any]) -> Markup:
    """Return the attributes of a tag, " name=value" each with - for _; None and False leave one out."""
    made = [
        f" {escape(name.replace('_', '-'))}" + ("" if value is True else f'="{escape(value)}"')
        for name, value in pairs.items()
        if value is not None and value is not False
    ]
    return safe("".join(made))


def button(
    word: str,
    kind: str = "",
    symbol: str = "",
    type: str = "submit",
    small: bool = False,
    changes: bool = False,
    **more: Any,
) -> Markup:
    """Return a button; with `changes` it is off, and says why, where the account is read-only."""
    why, ends = _off(changes)
    off = f' disabled title="{escape(why)}"' if why else ends
    return safe(
        f'<button type="{escape(type)}" class="{_classes(kind, small)}"{attributes(more)}{off}>{_word(word, symbol)}'
        "</button>"
    )


def link_button(
    word: str, href: str, kind: str = "", symbol: str = "", small: bool = False, changes: bool = False, **more: Any
) -> Markup:
    """Return a link that looks like a button; with `changes` it leads nowhere where the account is read-only."""
    why, ends = _off(changes)
    place = f' href="{escape(href)}"{attributes(more)}{ends}'
    if why:
        told = attributes({"aria_label": more.get("aria_label")})
        place = f' role="link" aria-disabled="true" title="{escape(why)}"{told}'
    return safe(f'<a class="{_classes(kind, small)}"{place}>{_word(word, symbol)}</a>')


def _off(changes: bool) -> tuple[str, str]:
    """Return why a control is off, and the mark by which the page switches it off when changes end."""
    if not changes:
        return "", ""
    identity = aws.identity()
    return identity.reason, " data-changes" if identity.kind == "aws" else ""


def icon_button(
    word: str, symbol: str, kind: str = "quiet", type: str = "button", small: bool = False, **more: Any
) -> Markup:
    """Return a square button with a symbol alone; its word is for those who hear or hover."""
    classes = f"button button-{escape(kind)} button-icon{' button-small' if small else ''}"
    named = f'type="{escape(type)}" class="{classes}" title="{escape(word)}"{attributes(more)}'
    return safe(f'<button {named}>{icon(symbol)}<span class="visually-hidden">{escape(word)}</span></button>')


def _classes(kind: str, small: bool) -> str:
    return f"button{f' button-{escape(kind)}' if kind else ''}{' button-small' if small else ''}"


def _word(word: str, symbol: str) -> str:
    return f"{icon(symbol, size='small') if symbol else ''}{escape(word)}"


def safe(text: str) -> Markup:
    """Return text as HTML; every value in it was escaped where it was put in."""
    return Markup(text)  # noqa: S704


def in_ascii(html: str) -> str:
    """Return HTML with references for what is not ASCII: one such character makes a page slow to put together."""
    return html.encode("ascii", "xmlcharrefreplace").decode()


def breadcrumbs(crumbs: Sequence[tuple[str, str]]) -> Markup:
    """Return the way to this page: words and addresses, of which the last needs none."""
    last, items = len(crumbs) - 1, []
    for place, (word, url) in enumerate(crumbs):
        name = escape(word)
        if place < last and url:
            items.append(f'\n  <li><a href="{escape(url)}">{name}</a></li>')
        else:
            here = ' aria-current="page"' if place == last else ""
            items.append(f'\n  <li><span{here} title="{name}">{name}</span></li>')
    return safe(f'<nav class="crumbs" aria-label="Breadcrumb"><ol>{"".join(items)}\n</ol></nav>')


def skeleton(lines: int = 5, shape: str = "lines", label: str = "Loading") -> Markup:
    """Return the shape of what is being loaded: lines or tiles."""
    tiles = " skeleton-tiles" if shape == "tiles" else ""
    words = f'<span class="visually-hidden">{escape(label)}</span>'
    return safe(f'<div class="skeleton{tiles}" role="status">{words}\n{"<span></span>" * lines}</div>')


PARTS = (icon, attributes, button, link_button, icon_button, breadcrumbs, skeleton)
