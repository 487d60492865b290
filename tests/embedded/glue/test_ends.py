"""However a run ends, nothing of it is left: stopped, over its time, crashed, forked, deaf to signals."""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from botocore.exceptions import ClientError

from tests.embedded.glue.conftest import Bench
from tests.embedded.process import Embedded
from tests.processes import command_of

# Deaf to SIGTERM, with a child in its group and one in a session of its own that lost its parent.
STUBBORN = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() == 0:
    time.sleep(600)
    os._exit(0)
middle = os.fork()
if middle == 0:
    os.setsid()
    if os.fork():
        os._exit(0)
    with open(sys.argv[sys.argv.index('--file') + 1], 'w') as file:
        file.write(str(os.getpid()))
    time.sleep(600)
    os._exit(0)
os.waitpid(middle, 0)
print('ready', flush=True)
time.sleep(600)
"""


def processes(word: str) -> list[int]:
    """Return the processes whose command line holds a word."""
    return [one.pid for one in psutil.process_iter() if any(word in part for part in command_of(one))]


def until(check: Callable[[], bool], seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if check():
            return True
        time.sleep(0.05)
    return False


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_stop_ends_a_script_that_listens(bench: Bench) -> None:
    script = "import signal, sys, time\nsignal.signal(signal.SIGTERM, lambda *_: (print('bye'), sys.exit(0)))\n"
    name = bench.job("listens", script + "print('ready')\ntime.sleep(600)\n")
    run_id = bench.start(name)
    bench.line(run_id)
    assert bench.run(name, run_id)["JobRunState"] == "RUNNING"
    assert len(processes(run_id)) == 1
    answer = bench.glue.batch_stop_job_run(JobName=name, JobRunIds=[run_id, "jr_none"])
    assert answer["SuccessfulSubmissions"] == [{"JobName": name, "JobRunId": run_id}]
    assert answer["Errors"][0]["ErrorDetail"]["ErrorCode"] == "EntityNotFoundException"
    assert bench.run(name, run_id)["JobRunState"] in ("STOPPING", "STOPPED")
    run = bench.until(name, run_id)
    assert run["JobRunState"] == "STOPPED"
    assert "ErrorMessage" not in run
    assert bench.lines(run_id) == ["ready", "bye"]
    assert processes(run_id) == []
    again = bench.glue.batch_stop_job_run(JobName=name, JobRunIds=[run_id])
    assert again["SuccessfulSubmissions"] == []
    assert again["Errors"][0]["ErrorDetail"]["ErrorCode"] == "IllegalStateException"


def test_stop_kills_what_forks_hides_and_ignores(bench: Bench, tmp_path: Path) -> None:
    name = bench.job("stubborn", STUBBORN)
    run_id = bench.start(name, Arguments={"--file": str(tmp_path / "hidden")})
    bench.line(run_id)
    assert until(lambda: (tmp_path / "hidden").exists() and bool((tmp_path / "hidden").read_text()))
    hidden = int((tmp_path / "hidden").read_text())
    assert len(processes(run_id)) == 3
    bench.glue.batch_stop_job_run(JobName=name, JobRunIds=[run_id])
    assert bench.until(name, run_id)["JobRunState"] == "STOPPED"
    assert processes(run_id) == []
    assert gone(hidden)


def test_what_a_script_leaves_behind_ends_with_it(bench: Bench) -> None:
    name = bench.job(
        "leaves", "import subprocess, sys\nsubprocess.Popen(['sleep', '601.25'], start_new_session=True)\n"
    )
    assert bench.ran(name)["JobRunState"] == "SUCCEEDED"
    assert processes("601.25") == []


def test_a_run_over_its_timeout_ends(fresh: Callable[..., Embedded], tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "glue.json").write_text(json.dumps({"seconds_per_minute": 1}))
    bench = Bench(fresh())
    name = bench.job("slow", "import time\nprint('ready')\ntime.sleep(600)\n", MaxRetries=2)
    run_id = bench.start(name, Timeout=1)
    run = bench.until(name, run_id)
    assert (run["JobRunState"], run["Timeout"]) == ("TIMEOUT", 1)
    assert processes(run_id) == []
    # What ran out of time is not tried again.
    assert [one["Id"] for one in bench.glue.get_job_runs(JobName=name)["JobRuns"]] == [run_id]


def test_what_fails_is_tried_again(bench: Bench) -> None:
    name = bench.job("retries", "raise SystemExit(5)", MaxRetries=2)
    run_id = bench.start(name)
    last = f"{run_id}_attempt_2"
    assert until(lambda: len(bench.glue.get_job_runs(JobName=name)["JobRuns"]) == 3)
    assert bench.until(name, last)["Attempt"] == 2
    runs = bench.glue.get_job_runs(JobName=name)["JobRuns"]
    assert [run["Id"] for run in runs] == [last, f"{run_id}_attempt_1", run_id]
    assert [run.get("PreviousRunId") for run in runs] == [f"{run_id}_attempt_1", run_id, None]


def test_more_than_may_run_is_refused_or_waits(bench: Bench) -> None:
    name = bench.job("one", "import time\nprint('ready')\ntime.sleep(600)\n")
    first = bench.start(name)
    with pytest.raises(ClientError) as error:
        bench.start(name)
    assert error.value.response["Error"]["Code"] == "ConcurrentRunsExceededException"
    second, third = bench.start(name, JobRunQueuingEnabled=True), bench.start(name, JobRunQueuingEnabled=True)
    assert bench.run(name, second)["JobRunState"] == "WAITING"
    bench.glue.batch_stop_job_run(JobName=name, JobRunIds=[third])
    assert bench.run(name, third)["JobRunState"] == "STOPPED"
    bench.glue.batch_stop_job_run(JobName=name, JobRunIds=[first])
    bench.until(name, second, "RUNNING")
    bench.glue.batch_stop_job_run(JobName=name, JobRunIds=[second])
    assert bench.until(name, second)["JobRunState"] == "STOPPED"


def test_of_several_starts_at_once_one_is_accepted(bench: Bench) -> None:
    name = bench.job("at-once", "import time\ntime.sleep(600)\n")
    with ThreadPoolExecutor(8) as people:
        answers = list(people.map(lambda _: attempt(bench, name), range(8)))
    accepted = [answer for answer in answers if answer.startswith("jr_")]
    assert len(accepted) == 1
    assert sorted(answers)[:7] == ["ConcurrentRunsExceededException"] * 7
    bench.glue.batch_stop_job_run(JobName=name, JobRunIds=accepted)
    assert bench.until(name, accepted[0])["JobRunState"] == "STOPPED"


def attempt(bench: Bench, name: str) -> str:
    try:
        return bench.start(name)
    except ClientError as error:
        return str(error.response["Error"]["Code"])


def test_a_run_that_a_crash_cut_off_has_failed(fresh: Callable[..., Embedded], tmp_path: Path) -> None:
    bench = Bench(fresh())
    name = bench.job("cut-off", STUBBORN)
    done = bench.ran(bench.job("ended-before", "print(1)"))
    run_id = bench.start(name, Arguments={"--file": str(tmp_path / "hidden")})
    bench.line(run_id)
    folder = Path(psutil.Process(processes(run_id)[0]).cwd())
    assert until(lambda: (tmp_path / "hidden").exists() and bool((tmp_path / "hidden").read_text()))
    hidden = int((tmp_path / "hidden").read_text())
    bench.aws.kill()  # jobs and runs are safe when their calls return
    # The supervisor ends everything when the embedded AWS is no more.
    assert until(lambda: gone(hidden) and not [pid for pid in processes(run_id) if not gone(pid)])
    bench = Bench(fresh())
    run = bench.run(name, run_id)
    assert run["JobRunState"] == "FAILED"
    assert "embedded AWS ended" in run["ErrorMessage"]
    assert not folder.exists()
    assert bench.run("ended-before", done["Id"]) == done
    assert [job["Name"] for job in bench.glue.get_jobs()["Jobs"]] == [name, "ended-before"]


def test_an_end_in_order_ends_runs(fresh: Callable[..., Embedded], tmp_path: Path) -> None:
    bench = Bench(fresh())
    name = bench.job("ends", STUBBORN)
    run_id = bench.start(name, Arguments={"--file": str(tmp_path / "hidden")})
    bench.line(run_id)
    assert bench.aws.stop() == 0
    assert processes(run_id) == []
    assert Bench(fresh()).run(name, run_id)["JobRunState"] == "FAILED"


def test_a_job_that_is_deleted_stops(bench: Bench) -> None:
    name = bench.job("deleted", "import time\nprint('ready')\ntime.sleep(600)\n")
    run_id = bench.start(name)
    bench.line(run_id)
    bench.glue.delete_job(JobName=name)
    assert until(lambda: processes(run_id) == [])
    with pytest.raises(ClientError):
        bench.run(name, run_id)


def test_a_script_cannot_reach_the_one_who_looks_after_it(bench: Bench) -> None:
    script = "import os\nprint(sorted(map(int, os.listdir('/proc/self/fd'))))\nprint(repr(os.read(0, 10)))\n"
    run = bench.ran(bench.job("descriptors", script))
    assert run["JobRunState"] == "SUCCEEDED", run
    assert bench.lines(run["Id"]) == ["[0, 1, 2, 3]", "b''"]
