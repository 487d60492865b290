"""The function's own process: imports the handler once, then answers call after call.

https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html
"""

import importlib
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from embedded.functions.answers import marshal, unmarshal
from embedded.functions.context import LambdaContext
from embedded.functions.faults import Fault, as_json, as_text, raised
from embedded.functions.frames import frame, receive, send
from embedded.functions.output import Requests, install

Handler = Callable[[Any, LambdaContext], Any]


class Out:
    """The way back: frames, whole, whatever threads the function has."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lock = threading.Lock()

    def say(self, kind: str, facts: Mapping[str, Any], payload: bytes = b"") -> None:
        """Send a frame."""
        with self._lock:
            send(self._descriptor, frame(kind, facts, payload))

    def log(self, text: str) -> None:
        """Send an event of the log."""
        self.say("log", {"at": int(time.time() * 1000)}, text.encode("utf-8", "replace"))

    def log_error(self, error: dict[str, Any]) -> None:
        """Send an error as an event of the log."""
        self.log(as_json(error) if os.environ.get("AWS_LAMBDA_LOG_FORMAT") == "JSON" else as_text(error))


def serve(order: Mapping[str, Any], calls: int, descriptor: int) -> int:
    """Answer calls until there are no more; return the exit code."""
    started = time.monotonic()
    _prepare(order)
    out = Out(descriptor)
    out.say("begun", {"pid": os.getpid()})
    requests, printed = install(out.log)
    try:
        handler = find_handler(str(order["handler"]))
    except Exception as error:
        told = raised(error, "")
        out.log_error(told)
        out.say("broken", {"seconds": time.monotonic() - started, "type": told["errorType"]}, marshal(told))
        return 1
    out.say("ready", {"seconds": time.monotonic() - started})
    following = receive(calls)
    while (call := following()) is not None:
        kind, told, answer = _answer(handler, call, out, requests)
        for stream in printed:
            stream.finish()
        out.say(kind, told, answer)
    return 0


def _answer(
    handler: Handler, call: tuple[dict[str, Any], bytes], out: Out, requests: Requests
) -> tuple[str, dict[str, Any], bytes]:
    facts, payload = call
    requests.request_id = facts["request_id"]
    os.environ["_X_AMZN_TRACE_ID"] = facts["trace"]
    try:
        result = marshal(handler(unmarshal(payload), LambdaContext(facts)))
    except Exception as error:
        told = raised(error, facts["request_id"])
        out.log_error(told)
        return "error", {"type": told["errorType"]}, marshal(told)
    return "result", {}, result


def _prepare(order: Mapping[str, Any]) -> None:
    """See what the function may see: its environment, its folder, its modules; no more of this program's."""
    import site

    os.environ.clear()
    os.environ.update(order["environment"])
    os.chdir(order["directory"])
    sys.path.pop(0)
    site.main()
    sys.path[:0] = order["path"]
    sys.argv = ["bootstrap.py"]
    time.tzset()
    # A function may have a module of this name.
    for name in [name for name in sys.modules if name.partition(".")[0] == "embedded"]:
        del sys.modules[name]


def find_handler(named: str) -> Handler:
    """Import `module.function`; a Fault says what is wrong, in Lambda's words."""
    module_name, dot, name = named.rpartition(".")
    if not dot:
        problem = "not enough values to unpack (expected 2, got 1)"
        raise Fault("Runtime.MalformedHandlerName", f"Bad handler '{named}': {problem}")
    if module_name.split(".")[0] in sys.builtin_module_names:
        problem = f"Cannot use built-in module {module_name} as a handler module"
        raise Fault("Runtime.BuiltInModuleConflict", problem)
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        problem = f"Unable to import module '{module_name}': {error}"
        raise Fault("Runtime.ImportModuleError", problem) from error
    except SyntaxError as error:
        trace = [f'  File "{error.filename}" Line {error.lineno}\n    {error.text}']
        problem = f"Syntax error in module '{module_name}': {error}"
        raise Fault("Runtime.UserCodeSyntaxError", problem, trace) from error
    try:
        found: Handler = getattr(module, name)
    except AttributeError as error:
        problem = f"Handler '{name}' missing on module '{module_name}'"
        raise Fault("Runtime.HandlerNotFound", problem) from error
    return found
