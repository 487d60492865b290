"""A template's text as nodes: text, references, #set, #if, #foreach. Everything else of the language is refused."""

import re
from functools import lru_cache

from embedded.overlays.apigateway.templates.nodes import Assign, Choice, Expression, Loop, Node, Text
from embedded.overlays.apigateway.templates.reader import NAME, Reader, Refused

__all__ = ["Refused", "parse"]
_PLAIN = re.compile(r"[^$#\\]+")
_ESCAPED = re.compile(r"\\(?=[$#][A-Za-z_!{])")
_COMMENT = re.compile(r"##[^\n]*(?:\n|$)|#\*.*?\*#", re.DOTALL)
_DIRECTIVE = re.compile(r"#(?:\{([a-z]+)\}|([a-z]+)\b)")
# The rest of a line on which a directive ends.
_END_OF_LINE = re.compile(r"[ \t]*\r?\n")
_NOT_HERE = {"macro", "define", "parse", "include", "evaluate", "stop", "break"}
_ENDS = {"end", "else", "elseif"}


@lru_cache(maxsize=512)
def parse(text: str) -> tuple[Node, ...]:
    """Return a template's nodes; Refused for what is not understood."""
    try:
        reader = Reader(text)
        nodes, end = _block(reader)
    except RecursionError:
        raise Refused("it is nested too deeply") from None
    if end:
        raise reader.wrong(f"#{end} without its beginning")
    return nodes


def _block(reader: Reader) -> tuple[tuple[Node, ...], str]:
    """Read up to the directive that ends a block; return the nodes and that directive's name, empty at the end."""
    nodes: list[Node] = []
    while reader.at < len(reader.text):
        if plain := reader.match(_PLAIN):
            nodes.append(Text(plain))
        elif reader.text[reader.at] == "$":
            nodes.append(reader.reference() or _character(reader))
        elif reader.text[reader.at] == "\\":
            # `\$name` is written as `$name`: the dollar is plain text, and so is the name behind it.
            reader.match(_ESCAPED)
            nodes.append(_character(reader))
        elif reader.match(_COMMENT) is None:
            end = _directive(reader, nodes)
            if end:
                return tuple(nodes), end
    return tuple(nodes), ""


def _character(reader: Reader) -> Text:
    reader.at += 1
    return Text(reader.text[reader.at - 1])


def _directive(reader: Reader, nodes: list[Node]) -> str:
    """Read a directive; return its name where it ends a block."""
    found = _DIRECTIVE.match(reader.text, reader.at)
    name = (found.group(1) or found.group(2)) if found else ""
    if name in _NOT_HERE:
        raise reader.wrong(f"#{name} is not available")
    if found is None or name not in {*_ENDS, *_MADE}:
        nodes.append(_character(reader))
        return ""
    reader.at = found.end()
    if name in _ENDS:
        return name
    nodes.append(_MADE[name](reader))
    return ""


def _assign(reader: Reader) -> Node:
    reader.need("(")
    reader.space()
    target = reader.reference() if reader.text.startswith("$", reader.at) else None
    if target is None:
        raise reader.wrong("#set needs a name: #set($name = value)")
    reader.need("=")
    value = reader.expression()
    reader.need(")")
    reader.match(_END_OF_LINE)
    return Assign(target, value)


def _condition(reader: Reader) -> Expression:
    reader.need("(")
    condition = reader.expression()
    reader.need(")")
    reader.match(_END_OF_LINE)
    return condition


def _choice(reader: Reader) -> Node:
    branches: list[tuple[Expression | None, tuple[Node, ...]]] = []
    condition: Expression | None = _condition(reader)
    while True:
        block, end = _block(reader)
        branches.append((condition, block))
        if end == "elseif" and condition is not None:
            condition = _condition(reader)
        elif end == "else" and condition is not None:
            reader.match(_END_OF_LINE)
            condition = None
        elif end == "end":
            reader.match(_END_OF_LINE)
            return Choice(tuple(branches))
        else:
            raise reader.wrong("#if without #end")


def _loop(reader: Reader) -> Node:
    reader.need("(")
    reader.space()
    name = reader.reference() if reader.text.startswith("$", reader.at) else None
    if name is None or name.steps:
        raise reader.wrong("#foreach needs a name: #foreach($item in $items)")
    reader.space()
    if reader.match(NAME) != "in":
        raise reader.wrong("`in` is missing")
    items = reader.expression()
    reader.need(")")
    reader.match(_END_OF_LINE)
    block, end = _block(reader)
    if end != "end":
        raise reader.wrong("#foreach without #end")
    reader.match(_END_OF_LINE)
    return Loop(name.name, items, block)


_MADE = {"set": _assign, "if": _choice, "foreach": _loop}
