"""The emulator's Lambda, whose functions another part of the embedded AWS runs: everything that calls one comes here.

The emulator keeps what there is (functions, versions, aliases, layers, policies) and knows who calls (Invoke, S3, SNS,
SQS, EventBridge); how a function runs, and what becomes of an asynchronous event, is handed over.
"""

import json
import logging
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from embedded.book import Where
from embedded.functions.calls import ASKED, Function, Outcome, Queue, Run

logger = logging.getLogger("embedded.lambda")
_THROTTLED = "TooManyRequestsException"


class Functions:
    """The functions that the emulator knows."""

    def __init__(self, service: Any, metrics: Any, topics: Any, buses: Any) -> None:
        self._service, self._metrics = service, metrics
        self._topics, self._buses = topics, buses
        self.seen: Callable[[], None] = lambda: None
        # Called once, when the functions of an earlier run are there again.
        self.restored: Callable[[], None] = lambda: None

    def hand_over(self, run: Run, queue: Queue) -> None:
        """Have these run every function, and take every asynchronous event, from now on."""

        def execute(record: dict[str, Any], event: Any) -> dict[str, Any]:
            answer: dict[str, Any] = self._scoped(record, self._execute, run, record, event)
            return answer

        def later(record: dict[str, Any], event: Any) -> None:
            queue(self._scoped(record, self._function, record), event)

        self._service._execute_function = execute
        self._service.invoke_async_with_retry = later
        self._service._emit_lambda_metrics = _nothing
        # Topics and buses call asynchronously, as on AWS; the emulator would wait, and try once.
        told = {**vars(self._service), "_execute_function_with_config_scope": later}
        self._topics._lambda_svc = SimpleNamespace(**told)
        self._buses._dispatch_to_lambda = self._dispatching(later)

    def find(self, arn: str) -> Function | None:
        """Return the function that an ARN names, None when there is none."""
        record, config, _ = self._scoped({"FunctionArn": arn}, self._service._get_func_record_for_ref, arn)
        if record is None or not config:
            return None
        named = {**record, "config": {**config, "FunctionArn": arn}}
        found: Function = self._scoped(named, self._function, named)
        return found

    def layer(self, arn: str) -> bytes | None:
        """Return the zip of a layer's version, None when there is none."""
        anyone = {"FunctionArn": ":".join((*arn.split(":")[:5], "function", "any"))}
        found: bytes | None = self._scoped(anyone, self._service._resolve_layer_zip, arn)
        return found

    def note(self, function: Function, outcome: Outcome) -> None:
        """Count a call in the metrics of AWS/Lambda, and have the state saved: the function may have changed it."""
        self._scoped({"config": function.config}, self._count, function.name, outcome)
        self.seen()

    def dropped(self, function: Function) -> None:
        """Count an event that was not delivered because of a loop."""
        self._scoped({"config": function.config}, self._record, function.name, RecursiveInvocationsDropped=1)

    def _dispatching(self, later: Callable[[dict[str, Any], Any], None]) -> Callable[[str, Any], None]:
        def dispatch(arn: str, payload: Any) -> None:
            record, config, name = self._service._get_func_record_for_ref(arn)
            if record is None or not config:
                logger.warning("An event of EventBridge went to no function: there is no %s.", name)
                return
            later({**record, "config": {**config, "FunctionArn": arn}}, json.loads(payload))

        return dispatch

    def _execute(self, run: Run, record: dict[str, Any], event: Any) -> dict[str, Any]:
        outcome = run(self._function(record), event)
        if outcome.refused:
            told = {"__type": _THROTTLED, "message": "Rate Exceeded.", "Reason": outcome.refused, "Type": "User"}
            return {"throttle": True, "error": True, "log": "", "body": {**told, "retryAfterSeconds": "1"}}
        # Invoke passes bytes on as they are; everyone else wants to look into them.
        body: Any = outcome.body if ASKED.get() is not None else json.loads(outcome.body or b"null")
        failed = {"error": True, "function_error": "Unhandled"} if outcome.error else {}
        return {"body": body, "log": outcome.log, **failed}

    def _scoped(self, record: dict[str, Any], function: Callable[..., Any], *given: Any, **named: Any) -> Any:
        return self._service._run_with_function_config_scope(record, function, *given, **named)

    def _function(self, record: dict[str, Any]) -> Function:
        config = record.get("config") or record
        parts = config["FunctionArn"].split(":")
        base = self._service._functions.get(config["FunctionName"]) or record
        reserved = self._service._reserved_concurrency(base, config)
        qualifier = parts[7] if len(parts) > 7 else None
        layers = [self._service._resolve_layer_zip(layer) for layer in config.get("Layers") or ()]
        return Function(
            Where(parts[4], parts[3]),
            config["FunctionArn"],
            config,
            record.get("code_zip") or b"",
            tuple(layer for layer in layers if layer),
            reserved,
            self._service._event_invoke_config(base, qualifier) or {},
            base.get("recursive_loop") == "Allow",
        )

    def _count(self, name: str, outcome: Outcome) -> None:
        if outcome.refused:
            self._record(name, Throttles=1)
            return
        self._record(name, Invocations=1, Errors=int(bool(outcome.error)), Throttles=0)
        self._record(name, unit="Milliseconds", Duration=outcome.milliseconds)

    def _record(self, name: str, unit: str = "Count", **values: float) -> None:
        for metric, value in values.items():
            self._metrics.record_metric("AWS/Lambda", metric, value, unit, {"FunctionName": name})


def _nothing(*_given: Any, **_named: Any) -> None:
    """Stand in for metrics that would count some calls twice and others never."""
