"""Parts of a page whose every argument stands in the template are drawn when the template is compiled.

A page has dozens of symbols and buttons that never change; called for each page they cost more than the query on it.
"""

from collections.abc import Callable, Iterable, Mapping
from inspect import signature
from keyword import iskeyword
from typing import Any

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import escape

from app import markup
from app.assets import address

# By the names under which templates import them: parts that depend on nothing but their arguments.
PARTS: Mapping[str, Callable[..., str]] = {
    "icon": markup.icon,
    "button": markup.button,
    "link_button": markup.link_button,
    "icon_button": markup.icon_button,
    "breadcrumbs": markup.breadcrumbs,
    "skeleton": markup.skeleton,
    "asset": address,
}
ASKS = "changes"  # with this argument a part looks at the account, which a template does not know yet


class Folding(CodeGenerator):
    """Jinja's compiler, which takes calls of PARTS with constant arguments for the HTML that they give."""

    def _output_const_repr(self, group: Iterable[Any]) -> str:
        """Write what is constant in ASCII."""
        html = "".join(map(str, group))
        return repr(markup.in_ascii(html) if str(self.name).endswith(".html") else html)

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write(f"environment.escaped({finalize.src or ''}")

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        """Write the call of a plain function by its name as Python's own."""
        if forward_caller or not self._is_plain(node):
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for place, each in enumerate([*node.args, *node.kwargs]):
            self.write(", " if place else "")
            self.visit(each, frame)
        self.write(")")

    def _is_plain(self, node: nodes.Call) -> bool:
        """Whether what is called is a name, of nothing that asks for Jinja's context, with arguments one by one."""
        if not isinstance(node.node, nodes.Name) or node.dyn_args or node.dyn_kwargs:
            return False
        asks = hasattr(self.environment.globals.get(node.node.name), "jinja_pass_arg")
        return not asks and not any(iskeyword(pair.key) for pair in node.kwargs)

    def _output_child_to_const(self, node: nodes.Expr, frame: Frame, finalize: Any) -> str:
        drawn = _drawn(node, frame)
        return super()._output_child_to_const(node, frame, finalize) if drawn is None else drawn


def _drawn(node: nodes.Expr, frame: Frame) -> str | None:
    """Return the HTML of a part, None for what is none; raises nodes.Impossible where an argument is not constant."""
    if not isinstance(node, nodes.Call) or not isinstance(node.node, nodes.Name) or node.node.name not in PARTS:
        return None
    if node.dyn_args or node.dyn_kwargs or not frame.eval_ctx.autoescape or frame.eval_ctx.volatile:
        return None
    part = PARTS[node.node.name]
    given = [each.as_const(frame.eval_ctx) for each in node.args]
    named = dict(pair.as_const(frame.eval_ctx) for pair in node.kwargs)
    asks = ASKS in signature(part).bind(*given, **named).arguments
    return None if asks else str(escape(part(*given, **named)))
