"""The Logs Insights query language: text in, typed syntax tree out, or an error with its place."""

from embedded.overlays.insights.language.lexer import QueryError
from embedded.overlays.insights.language.parser import parse
from embedded.overlays.insights.language.tree import Query

__all__ = ["Query", "QueryError", "parse"]
