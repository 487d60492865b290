"""`$input` and `$util`, as mapping templates know them."""

import base64
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, unquote_plus

from embedded.overlays.apigateway.templates import paths
from embedded.overlays.apigateway.templates.methods import written

_ESCAPES = {"'": "\\'", '"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f",
            "/": "\\/"}  # fmt: skip


class TemplateError(Exception):
    """Why a template cannot be applied to this request; the execution log says it."""


@dataclass
class Input:
    """The body, and the parameters of the request by their place: path, querystring, header."""

    body: str
    parameters: dict[str, dict[str, str]]

    def call(self, name: str, arguments: list[Any]) -> Any:
        """Answer `$input.json(...)` and the like."""
        if name == "params":
            return self._parameter(written(arguments[0])) if arguments else self.parameters
        found = self._found(written(arguments[0]) if arguments else "$")
        if name == "path":
            return found
        if name == "json":
            # What is not there is an empty text.
            return '""' if found is None else json.dumps(found, separators=(",", ":"), ensure_ascii=False)
        raise TemplateError(f"$input has no method {name}")

    def _parameter(self, name: str) -> str:
        """Return a parameter: of the path first, then of the query, then a header; empty where there is none."""
        for place in ("path", "querystring", "header"):
            if name in self.parameters[place]:
                return self.parameters[place][name]
        return next((value for key, value in self.parameters["header"].items() if key.lower() == name.lower()), "")

    def _found(self, path: str) -> Any:
        if not self.body.strip():
            return {} if path == "$" else None
        try:
            document = json.loads(self.body)
        except ValueError:
            raise TemplateError("Unable to parse the body as JSON") from None
        try:
            return paths.find(document, path)
        except paths.PathError as reason:
            raise TemplateError(str(reason)) from None


class Util:
    """The helpers."""

    def call(self, name: str, arguments: list[Any]) -> Any:
        """Answer `$util.base64Encode(...)` and the like."""
        if len(arguments) != 1:
            raise TemplateError(f"$util.{name} takes one argument")
        text = "" if arguments[0] is None else written(arguments[0])
        if name == "parseJson":
            return json.loads(text)
        if name == "base64Decode":
            return base64.b64decode(text, validate=True).decode()
        made = {
            "base64Encode": lambda: base64.b64encode(text.encode()).decode(),
            "escapeJavaScript": lambda: "".join(_ESCAPES.get(one, one) for one in text),
            "urlEncode": lambda: quote_plus(text),
            "urlDecode": lambda: unquote_plus(text),
        }.get(name)
        if made is None:
            raise TemplateError(f"$util has no method {name}")
        return made()
