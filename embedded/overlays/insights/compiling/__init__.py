"""From the syntax tree of a query to DuckDB's SQL."""

from embedded.overlays.insights.compiling.pipeline import Plan, compile_query
from embedded.overlays.insights.compiling.scope import Context

__all__ = ["Context", "Plan", "compile_query"]
