"""How templates are rendered quickly: what is the same on every page is rendered once, symbols are plain functions."""

from collections.abc import MutableMapping
from functools import lru_cache
from typing import Any

from flask import Flask, request
from flask.templating import Environment
from jinja2.runtime import Context, Macro
from markupsafe import Markup, escape

KEPT = 256  # renderings of constant parts, and symbols, that are remembered


class QuickContext(Context):
    """A context that calls macros, half of all that a page calls, without asking them what they want to be passed."""

    def call(self, called: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call something for a template."""
        if type(called) is not Macro:
            return super().call(called, *args, **kwargs)
        kwargs.pop("_block_vars", None)
        kwargs.pop("_loop_vars", None)
        return called(self.eval_ctx, *args, **kwargs)


class QuickEnvironment(Environment):
    """Flask's environment with one plain dictionary of globals.

    Jinja gives each template a chain of two, whose names are then compared one by one at every import on every page.
    """

    context_class = QuickContext

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the globals of a template; nothing here gives one its own."""
        return super().make_globals(d) if d else self.globals


def init_app(app: Flask) -> None:
    """Render with the quick environment; give templates `constant` and `draw_icon`."""
    app.jinja_environment = QuickEnvironment
    environment = app.jinja_env

    @lru_cache(KEPT)
    def rendered(name: str, root: str, values: tuple[tuple[str, Any], ...]) -> Markup:
        return Markup(environment.get_template(name).render(dict(values)))  # noqa: S704 a template escapes by itself

    def constant(name: str, **values: Any) -> Markup:
        """Return a template that needs nothing of the request but `values`, rendered once for each set of them."""
        return rendered(name, request.script_root, tuple(values.items()))

    environment.globals["constant"] = constant

    @lru_cache(KEPT)
    def draw_icon(name: str, label: str = "", size: str = "", **more: str) -> Markup:
        """Return one symbol of static/icons.svg; `class` is added to its own."""
        classes = " ".join(["icon", *([f"icon-{size}"] if size else []), *more.values()]).strip()
        told = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
        address = environment.globals["asset"]("icons.svg")
        text = f'<svg class="{escape(classes)}" {told}><use href="{address}#{escape(name)}"/></svg>'
        return Markup(text)  # noqa: S704 every value in it was escaped

    environment.globals["draw_icon"] = draw_icon
