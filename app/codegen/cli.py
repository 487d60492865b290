"""Steps as AWS CLI lines, for version 1 and 2, in bash and zsh."""

from collections.abc import Iterable
from typing import Any

from botocore import xform_name

from app.codegen import models, prints, transfers
from app.codegen.literals import member_shape
from app.codegen.names import body_file, variable_of
from app.codegen.python import SHORTENED
from app.codegen.shell import as_text, line, quote, readable_json, written
from app.codegen.steps import COPY, PAGES, UPLOAD, Step, step_of
from app.recorder import REDACTED, Blob, Call

_COMMANDS = {"s3": "s3api"}
# Parameters that the CLI calls otherwise, because its own options have their names.
_RENAMED = {
    ("apigateway", "CreateRestApi", "version"): "api-version",
    ("apigatewayv2", "CreateApi", "Version"): "api-version",
    ("apigatewayv2", "UpdateApi", "Version"): "api-version",
}
# Values that begin so are read by the CLI as the name of something to load.
_LOADED = ("file://", "fileb://", "http://", "https://")
_EVENTS_TO_FILE = {("s3", "SelectObjectContent")}
_NOT_THERE = {("lambda", "InvokeWithResponseStream")}
# Version 1 of the AWS CLI ignores AWS_ENDPOINT_URL for these. One word where it is set, none where it is not.
_ENDPOINT_IGNORED = {"rds", "sqs", "emr", "docdb", "neptune", "health"}
_ENDPOINT = '${AWS_ENDPOINT_URL:+--endpoint-url="$AWS_ENDPOINT_URL"}'
_BASE64 = "# Bytes inside JSON are base64 here, as version 2 of the AWS CLI reads them; version 1 takes plain text."


class _Line:
    """One command line while it grows: files to write before it, its words, and values that only JSON can hold."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.facts = models.operation(call.service, call.operation)
        self.before: list[str] = []
        self.words: list[str] = []
        self.json: dict[str, Any] = {}

    def add(self, name: str, value: Any, option: str) -> None:
        """Add one parameter."""
        shape = self.facts.inputs.get(name)
        if isinstance(value, bool):
            self.words.append(f"--{option}" if value else f"--no-{option}")
        elif shape is not None and shape.type_name == "blob":
            self._blob(name, value, option, bool(shape.serialization.get("streaming")))
        elif value == REDACTED and isinstance(value, str):
            self.words.append(f'--{option} "${variable_of((name,))}"')
        elif isinstance(value, dict | list | tuple):
            self.words.append(f"--{option} {self._nested(name, value, shape)}")
        else:
            self._plain(name, value if isinstance(value, str) else as_text(value), option)

    def _plain(self, name: str, text: str, option: str) -> None:
        if text.startswith(_LOADED):
            if self.facts.stream is None:
                self.json[name] = text
            else:
                self.words.append(f"--{option} file://<(printf %s {quote(text)})")
        elif text.startswith("-"):
            self.words.append(quote(f"--{option}={text}"))
        else:
            self.words.append(f"--{option} {quote(text)}")

    def _blob(self, name: str, value: Any, option: str, streaming: bool) -> None:
        file = body_file(self.call.parameters, name)
        if not isinstance(value, Blob) and value != REDACTED:
            self.before.append(written(value.encode() if isinstance(value, str) else bytes(value), file))
        self.words.append(f"--{option} {quote(file if streaming else f'fileb://{file}')}")

    def _nested(self, name: str, value: Any, shape: Any) -> str:
        if name == "CopySource" and self.call.service == "s3":
            version = f"?versionId={value['VersionId']}" if value.get("VersionId") else ""
            return quote(f"{value['Bucket']}/{value['Key']}{version}")
        if has_bytes(value):
            self.before.append(_BASE64)
        secrets = Secrets(str(value))
        text = quote(readable_json(secrets.hide(value, shape, (name,))))
        return secrets.shown(text)

    def text(self, more: Iterable[str]) -> str:
        """Return the finished command."""
        service = _COMMANDS.get(self.call.service, self.call.service)
        endpoint = [_ENDPOINT] if self.call.service in _ENDPOINT_IGNORED else []
        start = [f"aws {service} {self.facts.command}", f"--region {quote(self.call.region)}", *endpoint]
        words = [*start, *self.words]
        if self.json:
            words.append(f"--cli-input-json {quote(readable_json(self.json))}")
        return "\n".join([*self.before, line([*words, *more])])


class Secrets:
    """Swaps the secrets inside JSON for shell variables."""

    def __init__(self, text: str) -> None:
        self._marks: dict[str, str] = {}
        self._stem = "@"
        while self._stem in text:
            self._stem += "@"

    def hide(self, value: Any, shape: Any, path: tuple[str | int, ...]) -> Any:
        """Return a nested value with marks in place of its secrets."""
        if isinstance(value, dict):
            return {k: self.hide(v, member_shape(shape, k), (*path, k)) for k, v in value.items()}
        if isinstance(value, list | tuple):
            inner = getattr(shape, "member", None)
            return [self.hide(item, inner, (*path, i)) for i, item in enumerate(value)]
        if isinstance(value, Blob):
            return f"base64 of {value.size} bytes"
        return self._mark(shape, path) if isinstance(value, str) and value == REDACTED else value

    def _mark(self, shape: Any, path: tuple[str | int, ...]) -> str:
        mark = f"{self._stem}{len(self._marks)}{self._stem}"
        # A secret that is a whole structure stands in the JSON without quotes of its own.
        whole = getattr(shape, "type_name", "string") in ("structure", "map", "list")
        self._marks[f'"{mark}"' if whole else mark] = variable_of(path)
        return mark

    def shown(self, quoted: str) -> str:
        """Return the quoted JSON, left and entered again around each variable."""
        again = "$'" if quoted.startswith("$'") else "'"
        for mark, variable in self._marks.items():
            quoted = quoted.replace(mark, f'\'"${variable}"{again}')
        return quoted


def has_bytes(value: Any) -> bool:
    """Whether bytes stand anywhere in a nested value."""
    if isinstance(value, dict):
        return any(has_bytes(item) for item in value.values())
    if isinstance(value, list | tuple):
        return any(has_bytes(item) for item in value)
    return isinstance(value, bytes | bytearray | Blob)


def command(what: Call | Step) -> str:
    """Return one call, or one step, as an AWS CLI command; lines before it write the small files it sends."""
    step = step_of(what)
    note = f"# {SHORTENED}\n" if step.shortened else ""
    call = step.call
    if step.kind in (UPLOAD, COPY):
        moved = transfers.upload(step) if step.kind == UPLOAD else transfers.copy(step)
        if moved is not None:
            return note + moved
        call = transfers.single(step)
    if (call.service, call.operation) in _NOT_THERE:
        return f"# The AWS CLI has no command for {call.service} {call.operation}."
    # What answered “there is none” does so again: a shell that stops at errors (set -e) is to go on.
    return note + _api(call, paged=step.kind == PAGES) + (" || true" if call.absent else "")


def commands(steps: Iterable[Call | Step]) -> str:
    """Return steps as AWS CLI commands, one after the other."""
    texts = [command(step) for step in steps]
    return "\n".join(texts) + "\n" if texts else ""


def _api(call: Call, paged: bool) -> str:
    built = _Line(call)
    pages = built.facts.pages
    parameters = dict(call.parameters)
    if call.service == "lambda":
        _hoist_zip(built, parameters)
    for name, value in parameters.items():
        if paged and pages is not None and name in pages.tokens:
            continue
        option = _RENAMED.get((call.service, call.operation, name)) or xform_name(name, "-")
        if paged and pages is not None and name == pages.limit:
            option = "page-size"
        built.add(name, value, option)
    more = ["--no-paginate"] if pages is not None and not paged else []
    if built.facts.stream is not None or (call.service, call.operation) in _EVENTS_TO_FILE:
        more.append(quote(prints.output_file(built.facts, call.parameters)))
    return built.text(more)


def _hoist_zip(built: _Line, parameters: dict[str, Any]) -> None:
    """The CLI takes the zip file of CreateFunction and PublishLayerVersion as an option of its own."""
    for name in ("Code", "Content"):
        inner = parameters.get(name)
        if isinstance(inner, dict) and "ZipFile" in inner:
            built.words.append("--zip-file fileb://function.zip")
            rest = {key: value for key, value in inner.items() if key != "ZipFile"}
            parameters.pop(name)
            if rest:
                parameters[name] = rest
