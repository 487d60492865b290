"""The fields of an item's form as HTML, written here because a template takes several times as long."""

from collections.abc import Sequence
from typing import Any

from flask import current_app
from markupsafe import Markup

from app.blueprints.dynamodb.service import wire
from app.blueprints.dynamodb.service.fields import Field
from app.blueprints.dynamodb.views.markup import escaped

NO_SCRIPTS = 3  # empty lines for those who cannot add one
MOST_LINES = 14
_CHOICES = {
    chosen: "".join(
        f'<option value="{kind}"{" selected" if kind == chosen else ""}>{word}</option>'
        for kind, word in wire.TYPES.items()
    )
    for chosen in wire.TYPES
}


def attributes(fields: Sequence[Field], fixed: bool) -> Markup:
    """Return the lines of a form, and empty ones for browsers without scripts; a `fixed` key cannot be changed."""
    remove = _remove()
    lines = [_line(one, str(at), fixed, remove) for at, one in enumerate(fields)]
    empty = [_line(Field("", "S", ""), str(len(fields) + more), False, remove) for more in range(NO_SCRIPTS)]
    return Markup(f'{"".join(lines)}<div class="no-js">{"".join(empty)}</div>')  # noqa: S704 its parts are escaped


def blank() -> Markup:
    """Return the line that scripts copy for another attribute."""
    return Markup(_line(Field("", "S", ""), "X", False, _remove()))  # noqa: S704 nothing of anybody's is in it


def _line(one: Field, at: str, fixed: bool, remove: str) -> str:
    kind, key = (" is-key" if one.key else ""), one.key
    name = (
        f'<input class="input input-mono ddb-name" name="n{at}" value="{escaped(one.name)}" aria-label="Name" '
        f'autocomplete="off" spellcheck="false" placeholder="name"{" readonly" if key else ""}>'
    )
    parts = [f'<div class="ddb-attribute{kind}" data-ddb-attribute>', name, _type(one, at), _value(one, at, fixed)]
    if one.quoted:
        parts.append(f'<input type="hidden" name="q{at}" value="1">')
    if not key:
        parts.append(remove)
    if one.fault:
        parts.append(f'<p class="fault" id="v{at}-fault">{_icon("error")}<span>{escaped(one.fault)}</span></p>')
    return "".join([*parts, "</div>"])


def _type(one: Field, at: str) -> str:
    if one.key:
        word = f'<span class="ddb-fixed">{wire.TYPES[one.type]} <span class="tag">key</span></span>'
        return f'<input type="hidden" name="t{at}" value="{one.type}">{word}'
    return f'<select class="input" name="t{at}" aria-label="Type">{_CHOICES[one.type]}</select>'


def _value(one: Field, at: str, fixed: bool) -> str:
    more = " readonly" if one.key and fixed else ""
    if one.fault:
        more += f' aria-invalid="true" aria-describedby="v{at}-fault"'
    rows = min(one.text.count("\n") + 1, MOST_LINES)
    head = f'<textarea class="input input-mono ddb-text" name="v{at}" rows="{rows}" aria-label="Value"'
    return f'{head} spellcheck="false"{more}>\n{escaped(one.text)}</textarea>'


def _icon(name: str) -> str:
    asset: Any = current_app.jinja_env.globals["asset"]
    return f'<svg class="icon icon-small" aria-hidden="true"><use href="{asset("icons.svg")}#{name}"/></svg>'


def _remove() -> str:
    button = '<button type="button" class="button button-quiet button-icon button-small needs-js" data-ddb-drop'
    return (
        f'{button} title="Remove">{_icon("close")}<span class="visually-hidden">Remove this attribute</span></button>'
    )
