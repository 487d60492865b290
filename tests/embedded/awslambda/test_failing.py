"""How a function fails: each kind with Lambda's own name, sentence and lines in the log."""

import contextlib
import json
import time
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from tests.embedded.awslambda.conftest import Answer, Bench, packed


def failed(bench: Bench, name: str, code: str | dict[str, str], **fields: object) -> Answer:
    """Make a function, call it, and return what it answered."""
    bench.function(name, code, **fields)
    answer = bench.invoke(name)
    assert answer.error == "Unhandled"
    assert answer.whole["StatusCode"] == 200
    return answer


def test_an_exception_with_its_trace(bench: Bench, name: str) -> None:
    answer = failed(
        bench, name, "def handler(e, c):\n    return inner()\ndef inner():\n    raise ValueError('on purpose')"
    )
    error = answer.value
    assert (error["errorType"], error["errorMessage"]) == ("ValueError", "on purpose")
    assert error["requestId"] == answer.request_id
    assert len(error["stackTrace"]) == 2
    assert error["stackTrace"][0].endswith('m.py", line 2, in handler\n    return inner()\n')
    logged = next(event for event in bench.events(name) if event.startswith("[ERROR]"))
    assert logged.startswith("[ERROR] ValueError: on purpose\nTraceback (most recent call last):\n\u00a0\u00a0File ")
    assert "in inner" in logged


@pytest.mark.parametrize(
    ("case", "code", "handler", "kind", "message"),
    [
        (
            "no-module",
            "x = 1",
            "other.handler",
            "ImportModule",
            "Unable to import module 'other': No module named 'other'",
        ),
        (
            "no-import",
            "import nothere",
            "m.handler",
            "ImportModule",
            "Unable to import module 'm': No module named 'nothere'",
        ),
        ("no-handler", "x = 1", "m.handler", "", "Handler 'handler' missing on module 'm'"),
        ("no-dot", "x = 1", "handler", "", "Bad handler 'handler': not enough values to unpack (expected 2, got 1)"),
        ("builtin", "x = 1", "sys.handler", "", "Cannot use built-in module sys as a handler module"),
    ],
)
def test_a_function_that_cannot_begin(
    bench: Bench, case: str, code: str, handler: str, kind: str, message: str
) -> None:
    answer = failed(bench, f"begin-{case}", code, Handler=handler)
    names = {
        "no-handler": "Runtime.HandlerNotFound",
        "no-dot": "Runtime.MalformedHandlerName",
        "builtin": "Runtime.BuiltInModuleConflict",
    }
    wanted = f"Runtime.{kind}Error" if kind else names[case]
    assert answer.value == {"errorMessage": message, "errorType": wanted, "requestId": "", "stackTrace": []}
    assert f"[ERROR] {wanted}: {message}" in answer.log
    assert f"Phase: init\tStatus: error\tError Type: {wanted}" in answer.log
    assert f"Status: error\tError Type: {wanted}" in answer.log.splitlines()[-1]


def test_a_syntax_error_names_the_line(bench: Bench, name: str) -> None:
    error = failed(bench, name, "def handler(e, c):\n    retur 1\n").value
    assert error["errorType"] == "Runtime.UserCodeSyntaxError"
    assert error["errorMessage"] == "Syntax error in module 'm': invalid syntax (m.py, line 2)"
    assert 'm.py" Line 2\n        retur 1' in error["stackTrace"][0]


def test_what_has_no_json(bench: Bench, name: str) -> None:
    code = "def handler(e, c):\n    try:\n        1 / 0\n    except Exception as exc:\n        return exc"
    error = failed(bench, name, code).value
    assert error["errorType"] == "Runtime.MarshalError"
    assert error["errorMessage"] == (
        "Unable to marshal response: Object of type ZeroDivisionError is not JSON serializable"
    )
    assert error["stackTrace"] == []


@pytest.mark.parametrize(
    ("ends", "how"),
    [
        ("sys.exit(3)", "Runtime exited with error: exit status 3"),
        ("sys.exit()", "Runtime exited without providing a reason"),
        ("os._exit(1)", "Runtime exited with error: exit status 1"),
        ("os.kill(os.getpid(), 9)", "Runtime exited with error: signal: killed"),
    ],
)
def test_a_process_that_ends(bench: Bench, ends: str, how: str) -> None:
    name = "ends-" + "".join(c for c in ends if c.isalnum())
    answer = failed(bench, name, f"import os, sys\ndef handler(e, c):\n    print('before')\n    {ends}")
    message = f"RequestId: {answer.request_id} Error: {how}"
    assert answer.value == {"errorType": "Runtime.ExitError", "errorMessage": message}
    assert message in answer.log
    assert "before" in answer.log
    assert "Status: error\tError Type: Runtime.ExitError" in answer.log
    bench.client.update_function_code(FunctionName=name, ZipFile=packed({"m.py": "def handler(e, c):\n    return 1"}))
    assert bench.invoke(name).value == 1


def test_a_module_that_ends_the_process(bench: Bench, name: str) -> None:
    answer = failed(bench, name, "import sys\nsys.exit(2)")
    assert answer.value["errorType"] == "Runtime.ExitError"
    assert answer.value["errorMessage"].endswith("Error: Runtime exited with error: exit status 2")
    assert "Phase: init\tStatus: error\tError Type: Runtime.ExitError" in answer.log
    assert "Runtime exited with error: exit status 2" in answer.log


def test_a_loop_is_ended_with_all_that_it_started(bench: Bench, name: str, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    code = f"""
import os, subprocess
def handler(event, context):
    hidden = subprocess.Popen(["setsid", "sleep", "600"])
    twice = subprocess.run(["sh", "-c", "setsid sleep 600 >/dev/null 2>&1 & echo $!"], capture_output=True, text=True)
    with open({str(pids)!r}, "w") as f:
        f.write(f"{{os.getpid()}} {{hidden.pid}} {{twice.stdout}}")
    while True:
        pass
"""
    answer = failed(bench, name, code, Timeout=1)
    message = f"RequestId: {answer.request_id} Error: Task timed out after 1.00 seconds"
    assert answer.value == {"errorType": "Sandbox.Timedout", "errorMessage": message}
    assert f"Z {answer.request_id} Task timed out after 1.00 seconds" in answer.log
    assert "Status: timeout" in answer.log.splitlines()[-1]
    numbers = [int(pid) for pid in pids.read_text().split()]
    assert len(numbers) == 3
    bench.until(lambda: not [pid for pid in numbers if alive(pid)])


def test_two_gigabytes_are_too_many(bench: Bench, name: str) -> None:
    answer = failed(bench, name, "def handler(e, c):\n    return len('x' * (2 * 1024 ** 3))", MemorySize=128)
    assert answer.value["errorType"] == "Runtime.ExitError"
    assert answer.value["errorMessage"].endswith("Runtime exited with error: signal: killed")
    assert "Max Memory Used: 128 MB" in answer.log
    assert "Error Type: Runtime.OutOfMemory" in answer.log


def test_memory_of_children_counts(bench: Bench, name: str) -> None:
    code = """
import subprocess, sys
def handler(event, context):
    subprocess.run([sys.executable, "-c", "x = 'x' * (1024 ** 3); import time; time.sleep(30)"])
"""
    answer = failed(bench, name, code, MemorySize=128)
    assert "Error Type: Runtime.OutOfMemory" in answer.log


def test_an_answer_of_7_mb(bench: Bench, name: str) -> None:
    answer = failed(bench, name, "def handler(e, c):\n    return 'x' * 7 * 1024 * 1024")
    assert answer.value == {
        "errorType": "Function.ResponseSizeTooLarge",
        "errorMessage": "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
    }
    bench.client.update_function_code(
        FunctionName=name, ZipFile=packed({"m.py": "def handler(e, c):\n    return 'x' * (6 * 1024 * 1024 - 2)"})
    )
    assert len(bench.invoke(name).value) == 6 * 1024 * 1024 - 2


def test_requests_that_are_refused(bench: Bench, name: str) -> None:
    bench.function(name, "def handler(e, c):\n    return len(str(e))")
    for payload, code, status in (
        (b"{not json", "InvalidRequestContentException", 400),
        (json.dumps("x" * 6 * 1024 * 1024).encode(), "RequestEntityTooLargeException", 413),
    ):
        with pytest.raises(ClientError) as refused:
            bench.client.invoke(FunctionName=name, Payload=payload)
        assert refused.value.response["Error"]["Code"] == code
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert bench.invoke(name, json.dumps("x" * (6 * 1024 * 1024 - 2)).encode()).value == 6 * 1024 * 1024 - 2
    large = json.dumps("x" * 1024 * 1024).encode()
    with pytest.raises(ClientError, match=r"1048578 byte payload is too large .* \(limit 1048576 bytes\)"):
        bench.client.invoke(FunctionName=name, Payload=large, InvocationType="Event")
    with pytest.raises(bench.client.exceptions.ResourceNotFoundException):
        bench.client.invoke(FunctionName="not-there")


def alive(pid: int) -> bool:
    """Whether a process lives (a zombie does not)."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    return False


def test_between_calls_nothing_goes_on(bench: Bench, name: str, tmp_path: Path) -> None:
    ticks = tmp_path / "ticks"
    code = f"""
import os, threading, time
def tick():
    while True:
        time.sleep(0.01)
        with open({str(ticks)!r}, "a") as f:
            f.write(".")
def handler(event, context):
    threading.Thread(target=tick, daemon=True).start()
    while not os.path.exists({str(ticks)!r}):
        time.sleep(0.01)
"""
    bench.function(name, code)
    bench.invoke(name)
    size = ticks.stat().st_size
    time.sleep(0.2)
    assert ticks.stat().st_size <= size + 1


@pytest.mark.parametrize("entries", [("a", "a/b"), ("..",), ("x" * 300,)], ids=["file-below-a-file", "dots", "long"])
def test_a_zip_that_cannot_lie_in_a_folder(bench: Bench, name: str, entries: tuple[str, ...]) -> None:
    code = "def handler(e, c):\n    return 1"
    answer = failed(bench, name, {"m.py": code, **dict.fromkeys(entries, "x")})
    assert answer.error == "Unhandled"
    assert answer.value["errorType"] == "Runtime.InvalidCode"
    assert "/tmp" not in answer.value["errorMessage"]
