"""Glue's pages: the script that the recipe writes beside the bare conversion, and what following a run costs.

python -m bench glue [--quick]
"""

import re
import statistics
import tempfile
import time
from html import unescape
from pathlib import Path
from typing import Any

from app.blueprints.glue.service.recipes import shell
from app.blueprints.glue.service.recipes.columns import Column
from bench.glue_runs import ARGUMENTS, BUCKET, bare, peak, place, prepare, until
from bench.measure import ratio, rounds
from bench.report import Figure, show
from tests.embedded.glue.conftest import FINAL, ROLE
from tests.embedded.process import Embedded
from tests.over_embedded import application

MAPPING = (
    Column("id", "id", "whole"),
    Column("location_id", "location_id", "whole"),
    Column("address_1", "street"),
    Column("city", "city"),
    Column("state_province", "state"),
)
LOOKS = 40


def add_job(aws: Embedded, name: str, text: str) -> None:
    """Store a script and make a Python shell job of it."""
    aws.client("s3").put_object(Bucket=BUCKET, Key=f"{name}.py", Body=text.encode())
    command = {"Name": "pythonshell", "ScriptLocation": f"s3://{BUCKET}/{name}.py"}
    aws.client("glue").create_job(Name=name, Role=ROLE, Command=command)


def recipe(aws: Embedded) -> float:
    """Run the recipe's conversion; return the seconds from StartJobRun to the end."""
    glue, began = aws.client("glue"), time.perf_counter()
    run_id = glue.start_job_run(JobName="recipe", Arguments={**ARGUMENTS, "--ENCODING": "utf-8-sig"})["JobRunId"]
    run = until(glue, "recipe", run_id, FINAL)
    if run["JobRunState"] != "SUCCEEDED":
        raise RuntimeError(run["ErrorMessage"])
    return time.perf_counter() - began


def looks(aws: Embedded, run_id: str, home: Path) -> tuple[list[float], list[float], int]:
    """Return the seconds of a page's looks at a run, of the same two calls alone, and the most calls of a look."""
    glue, logs, most = aws.client("glue"), aws.client("logs"), 0
    ours, alone = list[float](), list[float]()
    stream: dict[str, Any] = {
        "logGroupName": "/aws-glue/python-jobs/output",
        "logStreamName": run_id,
        "startFromHead": True,
    }
    with application(aws, home, "glue", "logs") as app, app.test_client() as client:
        client.environ_base["HTTP_HOST"] = "127.0.0.1"
        text = client.get(f"/glue/watched/runs/{run_id}").get_data(as_text=True)
        for _ in range(LOOKS):
            found = re.search(r'hx-get="([^"]*/look\?[^"]*)"', text)
            if found is None:
                raise RuntimeError("the page does not follow its run")
            began = time.perf_counter()
            answer = client.get(unescape(found[1]), headers={"HX-Request": "true"})
            ours.append(time.perf_counter() - began)
            text = answer.get_data(as_text=True)
            most = max(most, len(answer.headers["Server-Timing"].split(", ")))
            began = time.perf_counter()
            glue.get_job_run(JobName="watched", RunId=run_id)
            logs.get_log_events(**stream)
            alone.append(time.perf_counter() - began)
    return ours, alone, most


def figures(quick: bool) -> list[Figure]:
    """Measure."""
    size = (20 if quick else 200) * 1_000_000
    with place() as (aws, work), tempfile.TemporaryDirectory() as home:
        prepare(aws, work, size)
        add_job(aws, "recipe", shell.csv_to_json(MAPPING))
        found = rounds(1 if quick else 2, {"bare": lambda: bare(aws), "recipe": lambda: recipe(aws)})
        memory = peak(aws, "recipe")
        add_job(aws, "watched", "import time\nprint('10 %', flush=True)\ntime.sleep(300)\n")
        glue = aws.client("glue")
        run_id = glue.start_job_run(JobName="watched")["JobRunId"]
        until(glue, "watched", run_id, ("RUNNING", *FINAL))
        ours, alone, most = looks(aws, run_id, Path(home))
        glue.batch_stop_job_run(JobName="watched", JobRunIds=[run_id])
    seconds = f"{statistics.median(found['recipe']):.1f} s, bare {statistics.median(found['bare']):.1f} s"
    took = f"the same two calls alone {statistics.median(alone) * 1000:.1f} ms"
    return show(
        f"Glue's pages ({size // 1_000_000} MB of CSV)",
        [
            Figure(
                "the recipe's job, to the demo's bare script",
                ratio(found["bare"], found["recipe"]),
                "x",
                least=0.7,
                note=seconds,
            ),
            Figure("its memory", memory, "MiB", most=150),
            Figure("AWS calls of a look at a run", most, "", most=2),
            Figure("a look at a run, median", statistics.median(ours) * 1000, "ms", note=took),
        ],
    )
