"""How templates are rendered quickly: what is the same on every page is rendered once, small parts are functions."""

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from functools import lru_cache
from types import BuiltinMethodType, FunctionType
from typing import Any
from urllib.parse import quote_plus, urlencode

import markupsafe
from flask import Flask
from flask.templating import Environment
from jinja2 import Template
from jinja2.environment import TemplateModule
from jinja2.runtime import Context, Macro
from markupsafe import Markup, escape

from app import calls_markup, context, drawer_markup, markup
from app.cookies import csrf_token
from app.folding import Folding
from app.markup import safe

KEPT = 256  # renderings of constant parts, and symbols, that are remembered
ADDRESSES = 2048  # addresses that are remembered
LONGEST = 500  # characters of the values of one: a statement of a megabyte is not kept because a page leads to it
_SAFE = "!$'()*,/:;?@"  # characters that werkzeug leaves as they are in a query
_escape_text = markupsafe._escape_inner  # type: ignore[attr-defined]  # what escape() calls for text
_REMEMBERING = type(lru_cache(lambda: None))


def escaped(value: Any) -> str:
    """Return a value as a template puts it out: what markupsafe gives, but as plain text, which is only joined."""
    kind = type(value)
    if kind is Markup:
        return value  # type: ignore[no-any-return]
    return _escape_text(value) if kind is str else str(value) if kind is int else escape(value)


class QuickContext(Context):
    """A context that calls macros and plain functions without asking each time what they want to be passed."""

    def __init__(
        self,
        environment: Environment,
        parent: dict[str, Any],
        name: str | None,
        blocks: dict[str, Callable[[Context], Iterator[str]]],
        globals: MutableMapping[str, Any] | None = None,  # noqa: ARG002 every template has the environment's own
    ) -> None:
        super().__init__(environment, parent, name, blocks)

    def call(self, called: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call something for a template."""
        kind = type(called)
        if kind is Macro:
            args = (self.eval_ctx, *args)
        elif kind is not BuiltinMethodType and (
            kind not in (FunctionType, _REMEMBERING) or "jinja_pass_arg" in called.__dict__
        ):
            return super().call(called, *args, **kwargs)
        if kwargs:
            kwargs.pop("_block_vars", None)
            kwargs.pop("_loop_vars", None)
        return called(*args, **kwargs)


class QuickTemplate(Template):
    """A template that is imported without comparing globals, of which all templates have the same."""

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:  # noqa: ARG002 the interface is Jinja's
        if self._module is None:
            self._module = self.make_module()
        return self._module


class QuickEnvironment(Environment):
    """Flask's environment with one plain dictionary of globals, and templates found by their names alone.

    Jinja gives each template a chain of two, whose names are then compared one by one at every import on every page.
    """

    context_class = QuickContext
    code_generator_class = Folding
    template_class = QuickTemplate

    def __init__(self, app: Flask, **options: Any) -> None:
        super().__init__(app, **options)
        self.escaped = escaped  # for what app.folding compiles
        self._found: dict[str, Template] = {}

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the globals of a template; nothing here gives one its own."""
        return super().make_globals(d) if d else self.globals

    def get_template(
        self, name: str | Template, parent: str | None = None, globals: MutableMapping[str, Any] | None = None
    ) -> Template:
        """Return a template; without automatic reload it is looked for once."""
        found = self._found.get(name) if isinstance(name, str) else None
        if found is None or globals:
            found = super().get_template(name, parent, globals)
            if isinstance(name, str) and not self.auto_reload:
                self._found[name] = found
        return found


def url_for(endpoint: str, **values: Any) -> str:
    """Return Flask's address of an endpoint; short ones are remembered."""
    found: str = context.application().jinja_env.globals["url_for"](endpoint, **values)  # type: ignore[operator]
    return found


def with_fields(address: str, fields: Mapping[str, Any]) -> str:
    """Return an address with fields, as Flask's url_for writes them: None is left out, a list is repeated."""
    given = {name: value for name, value in fields.items() if value is not None}
    if all(type(value) is str for value in given.values()):
        query = "&".join([f"{quote_plus(name, _SAFE)}={quote_plus(value, _SAFE)}" for name, value in given.items()])
    else:
        query = urlencode(given, doseq=True, safe=_SAFE)
    return f"{address}?{query}" if given else address


def csrf() -> Markup:
    """Return the hidden field that every form which changes something carries."""
    return safe(f'<input type="hidden" name="csrf_token" value="{escape(csrf_token())}">')


def _lasting(values: dict[str, Any]) -> bool:
    """Whether an address with these values is worth being remembered, and the same for everybody."""
    size = 0
    for name, value in values.items():
        # A leading _ asks for something of the request, such as the host of _external.
        if name[:1] == "_" or not isinstance(value, str | int | None):
            return False
        size += len(value) if isinstance(value, str) else 0
    return size <= LONGEST


def init_app(app: Flask) -> None:
    """Render with the quick environment; give templates `constant`, `url_for` and the parts, as `draw_icon`."""
    app.jinja_environment = QuickEnvironment  # type: ignore[assignment]  # Flask says its own class, and means any of it
    environment = app.jinja_env

    @lru_cache(KEPT, typed=True)  # what is escaped already equals its text
    def rendered(name: str, _root: str, **values: Any) -> Markup:
        return safe(markup.in_ascii(environment.get_template(name).render(values)))  # a template escapes by itself

    def constant(name: str, **values: Any) -> Markup:
        """Return a template that needs nothing of the request but `values`, rendered once for each set of them."""
        return rendered(name, context.root(), **values)

    @lru_cache(ADDRESSES, typed=True)
    def known(endpoint: str, _root: str, **values: Any) -> str:
        return app.url_for(endpoint, **values)

    def url_for(endpoint: str, **values: Any) -> str:
        """Return Flask's address of an endpoint, which for the same values is the same in every request."""
        if endpoint.startswith(".") or not _lasting(values):
            return app.url_for(endpoint, **values)
        return known(endpoint, context.root(), **values)

    drawn = (csrf, *markup.PARTS, *calls_markup.PARTS, *drawer_markup.PARTS)
    parts = {f"draw_{part.__name__}": part for part in drawn}
    environment.globals.update({"constant": constant, "url_for": url_for, **parts})
