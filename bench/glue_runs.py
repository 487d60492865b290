"""Glue job runs on the embedded AWS: the book's conversion as a Python shell job beside the bare script, and the start.

python -m bench glue_runs [--quick]

Both run the demo's script with the same interpreter against the same S3: what differs is being a job.
"""

import csv
import json
import sqlite3
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from bench.measure import MIB, ROOT, ratio, rounds
from bench.report import Figure, median, percentile, show
from tests.embedded.glue.conftest import FINAL, ROLE, TRUST
from tests.embedded.process import PYTHON, Embedded, start

SCRIPT = ROOT / "embedded" / "seed" / "glue" / "addresses_to_json.py"
RUNTIME = ROOT / "embedded" / "overlays" / "glue" / "runtime"
BUCKET = "bench"
STARTS = 20
ROW = "{0},{0},{0} Marigold Street number {0},Half Moon Bay,CA\n"
PRINTS = """import sys
for _ in range(int(sys.argv[-1])):
    sys.stdout.buffer.write((b"x" * 99 + b"\\n") * 10_000)
"""


@contextmanager
def place() -> Iterator[tuple[Embedded, Path]]:
    """Run an embedded AWS."""
    with tempfile.TemporaryDirectory() as work:
        aws = start(Path(work) / "home")
        try:
            yield aws, Path(work)
        finally:
            aws.stop()


def prepare(aws: Embedded, work: Path, size: int) -> None:
    """Put a CSV of that many bytes in, a role and the jobs."""
    s3, glue = aws.client("s3"), aws.client("glue")
    s3.create_bucket(Bucket=BUCKET)
    aws.client("iam").create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(TRUST))
    path, number = work / "addresses.csv", 0
    with path.open("w") as file:
        csv.writer(file, lineterminator="\n").writerow(("id", "location_id", "address_1", "city", "state_province"))
        while file.tell() < size:
            file.write("".join(ROW.format(number + step) for step in range(10_000)))
            number += 10_000
    s3.upload_file(str(path), BUCKET, "addresses.csv")
    scripts = {"convert": SCRIPT.read_text(), "nothing": "import time\ntime.sleep(0.2)\n", "prints": PRINTS}
    for name, text in scripts.items():
        s3.put_object(Bucket=BUCKET, Key=f"{name}.py", Body=text.encode())
        command = {"Name": "pythonshell", "ScriptLocation": f"s3://{BUCKET}/{name}.py"}
        glue.create_job(Name=name, Role=ROLE, Command=command)


def at_rest(aws: Embedded) -> float:
    """Return the memory of an embedded AWS in MiB once Glue, S3, IAM and the logs were used a little."""
    aws.client("s3").create_bucket(Bucket=f"{BUCKET}-rest")
    aws.client("s3").put_object(Bucket=f"{BUCKET}-rest", Key="k.py", Body=b"print(1)")
    aws.client("iam").create_role(RoleName="rest", AssumeRolePolicyDocument=json.dumps(TRUST))
    glue, command = aws.client("glue"), {"Name": "pythonshell", "ScriptLocation": f"s3://{BUCKET}-rest/k.py"}
    glue.create_job(Name="rest", Role="rest", Command=command)
    until(glue, "rest", glue.start_job_run(JobName="rest")["JobRunId"], FINAL)
    return float(psutil.Process(int(aws.ready["pid"])).memory_info().rss / MIB)


ARGUMENTS = {"--INPUT": f"s3://{BUCKET}/addresses.csv", "--OUTPUT": f"s3://{BUCKET}/addresses.jsonl"}


def as_job(aws: Embedded) -> float:
    """Run the conversion as a job; return the seconds from StartJobRun to the end as a caller sees it."""
    glue, began = aws.client("glue"), time.perf_counter()
    run_id = glue.start_job_run(JobName="convert", Arguments=ARGUMENTS)["JobRunId"]
    run = until(glue, "convert", run_id, FINAL)
    if run["JobRunState"] != "SUCCEEDED":
        raise RuntimeError(run["ErrorMessage"])
    return time.perf_counter() - began


def bare(aws: Embedded) -> float:
    """Run the same script outside of Glue; return the seconds."""
    words = [part for pair in ARGUMENTS.items() for part in pair]
    environment = {**aws.env, "PYTHONPATH": str(RUNTIME)}
    began = time.perf_counter()
    subprocess.run([str(PYTHON), str(SCRIPT), *words], env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def until(glue: Any, name: str, run_id: str, states: tuple[str, ...], pause: float = 0.05) -> dict[str, Any]:
    """Ask until the run is in one of these states."""
    while True:
        run: dict[str, Any] = glue.get_job_run(JobName=name, RunId=run_id)["JobRun"]
        if run["JobRunState"] in states:
            return run
        time.sleep(pause)


def peak(aws: Embedded, name: str) -> float:
    """Return the highest memory of a job's runs in MiB, as the kernel counted it."""
    with sqlite3.connect(f"file:{aws.home / 'state' / 'glue.sqlite'}?mode=ro", uri=True) as file:
        rows = file.execute("SELECT facts FROM records WHERE kind = ?", (f"run {name}",)).fetchall()
    return float(max(json.loads(facts)["_Peak"] for (facts,) in rows)) / 1024


def starts(aws: Embedded) -> list[float]:
    """Return the seconds from StartJobRun to RUNNING, several times."""
    glue, found = aws.client("glue"), []
    for _ in range(STARTS):
        began = time.perf_counter()
        run_id = glue.start_job_run(JobName="nothing")["JobRunId"]
        until(glue, "nothing", run_id, ("RUNNING", *FINAL), 0.005)
        found.append(time.perf_counter() - began)
        until(glue, "nothing", run_id, FINAL)
    return found


def printing(aws: Embedded, blocks: int) -> tuple[float, list[float]]:
    """Print much; return by how much the embedded AWS grew, and how long other calls took meanwhile."""
    glue, process = aws.client("glue"), psutil.Process(int(aws.ready["pid"]))
    before, answers, done = process.memory_info().rss, [], threading.Event()

    def ask() -> None:
        client = aws.client("sts")
        while not done.is_set():
            began = time.perf_counter()
            client.get_caller_identity()
            answers.append(time.perf_counter() - began)

    asking = threading.Thread(target=ask)
    run_id = glue.start_job_run(JobName="prints", Arguments={"--blocks": str(blocks)})["JobRunId"]
    asking.start()
    until(glue, "prints", run_id, FINAL)
    done.set()
    asking.join()
    return (process.memory_info().rss - before) / MIB, answers


def figures(quick: bool) -> list[Figure]:
    """Measure."""
    size = (20 if quick else 200) * 1_000_000
    with place() as (aws, work):
        rest = at_rest(aws)
        prepare(aws, work, size)
        began = starts(aws)
        found = rounds(1 if quick else 2, {"bare": lambda: bare(aws), "job": lambda: as_job(aws)})
        grown, answers = printing(aws, 20 if quick else 200)
        memory = peak(aws, "convert")
    seconds = f"{statistics.median(found['job']):.1f} s, bare {statistics.median(found['bare']):.1f} s"
    return show(
        f"Glue job runs ({size // 1_000_000} MB of CSV)",
        [
            Figure(
                "CSV to JSON lines as a job, to the bare script",
                ratio(found["bare"], found["job"]),
                "x",
                least=0.7,
                note=seconds,
            ),
            Figure("its memory", memory, "MiB", most=150),
            Figure("StartJobRun to RUNNING, median", median(began) * 1000, "ms", most=1000),
            Figure("StartJobRun to RUNNING, slowest", max(began) * 1000, "ms"),
            Figure("embedded AWS at rest, Glue used", rest, "MiB", most=120),
            Figure(f"its growth by {20 if quick else 200} MB of output", grown, "MiB", most=60),
            Figure("another call meanwhile, p99", percentile(answers, 0.99) * 1000, "ms"),
        ],
    )
