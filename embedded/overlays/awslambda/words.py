"""What Lambda itself writes: the lines around a function's own in its log, and what it answers when a process ends.

https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
"""

import json
import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from embedded.functions.calls import Function
from embedded.overlays.awslambda.memory import MIB
from embedded.overlays.awslambda.variables import logs_json

MARK = "[embedded AWS]"
LARGEST_ANSWER = 6 * MIB + 100


@dataclass(frozen=True)
class Report:
    """What is measured of one call, in milliseconds and bytes."""

    request_id: str
    milliseconds: float
    memory: int
    init: float | None = None
    status: str = ""
    error: str = ""

    @property
    def billed(self) -> int:
        """What AWS would bill: the call, and the start where there was one."""
        return math.ceil(self.milliseconds + (self.init or 0.0))

    @property
    def mib(self) -> int:
        """The most memory used, as AWS counts it."""
        return max(1, math.ceil(self.memory / MIB))


class Words:
    """The lines, in the log format of one function."""

    def __init__(self, function: Function) -> None:
        self._function, self._json = function, logs_json(function)
        level = (function.config.get("LoggingConfig") or {}).get("SystemLogLevel") or "INFO"
        self._quiet = self._json and level == "WARN"
        self._size = int(function.config.get("MemorySize", 128))

    def begins(self, runs_on: str) -> str:
        """Return the line of a cold start; it says on which Python the code really runs."""
        runtime = str(self._function.config.get("Runtime", ""))
        version = runtime.replace("python", "python:")
        if self._json:
            facts = {"initializationType": "on-demand", "phase": "init", "runtimeVersion": version, "runsOn": runs_on}
            return self._line("platform.initStart", facts)
        return f"INIT_START Runtime Version: {version}\t{MARK} runs on Python {runs_on}, the interpreter at hand\n"

    def init_failed(self, milliseconds: float, error: str) -> str:
        """Return the line of a start that failed."""
        status = "timeout" if error == "Sandbox.Timedout" else "error"
        if self._json:
            record = {"initializationType": "on-demand", "phase": "init", "status": status, "errorType": error}
            return self._line("platform.initReport", {**record, "metrics": {"durationMs": round(milliseconds, 3)}})
        return f"INIT_REPORT Init Duration: {milliseconds:.2f} ms\tPhase: init\tStatus: {status}\tError Type: {error}\n"

    def start(self, request_id: str) -> str:
        """Return the line with which a call begins."""
        version = self._function.version
        if self._json:
            return self._line("platform.start", {"requestId": request_id, "version": version})
        return f"START RequestId: {request_id} Version: {version}\n"

    def ends(self, report: Report) -> list[str]:
        """Return the lines with which a call ends."""
        if self._json:
            return [self._line("platform.report", self._record(report))]
        line = (
            f"REPORT RequestId: {report.request_id}\tDuration: {report.milliseconds:.2f} ms\t"
            f"Billed Duration: {report.billed} ms\tMemory Size: {self._size} MB\tMax Memory Used: {report.mib} MB"
        )
        if report.init is not None:
            line += f"\tInit Duration: {report.init:.2f} ms"
        if report.status:
            line += f"\tStatus: {report.status}" + (f"\tError Type: {report.error}" if report.error else "")
        return [f"END RequestId: {report.request_id}\n", line + "\t\n"]

    def _record(self, report: Report) -> dict[str, Any]:
        metrics: dict[str, Any] = {
            "durationMs": round(report.milliseconds, 3),
            "billedDurationMs": report.billed,
            "memorySizeMB": self._size,
            "maxMemoryUsedMB": report.mib,
        }
        if report.init is not None:
            metrics["initDurationMs"] = round(report.init, 3)
        error = {"errorType": report.error} if report.error else {}
        return {"requestId": report.request_id, "metrics": metrics, "status": report.status or "success", **error}

    def _line(self, kind: str, record: dict[str, Any]) -> str:
        if self._quiet:
            return ""
        return json.dumps({"time": stamp(), "type": kind, "record": record}) + "\n"


def stamp() -> str:
    """Return the time, as Lambda writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def exited(code: int) -> str:
    """Return how Lambda says that a process ended by itself."""
    if code == 0:
        return "Runtime exited without providing a reason"
    names = {
        -9: "killed",
        -11: "segmentation fault",
        -6: "aborted",
        -15: "terminated",
        -2: "interrupt",
        -7: "bus error",
    }
    how = f"signal: {names.get(code, -code)}" if code < 0 else f"exit status {code}"
    return f"Runtime exited with error: {how}"


def failed(kind: str, message: str) -> bytes:
    """Return the answer for what the runtime could not tell itself."""
    return json.dumps({"errorType": kind, "errorMessage": message}).encode()
