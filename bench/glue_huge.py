"""A CSV of 2 GB through Glue: the recipe's job streams it, whatever its size.

python -m bench glue_huge [--quick]
"""

import time
from collections.abc import Iterator
from typing import Any

from app.blueprints.glue.service.recipes import shell
from bench.glue import MAPPING, add_job
from bench.glue_runs import ARGUMENTS, BUCKET, ROW, peak, place, prepare, until
from bench.report import Figure, show
from tests.embedded.glue.conftest import FINAL
from tests.embedded.process import Embedded

PART = 64_000_000


def parts(size: int) -> Iterator[bytes]:
    """Yield a CSV in parts, made as it goes: nothing of it lies on this side's disk."""
    text, number, done = ["id,location_id,address_1,city,state_province\n"], 0, 0
    while done < size:
        text.append("".join(ROW.format(number + step) for step in range(10_000)))
        number += 10_000
        if sum(map(len, text)) >= PART:
            part = "".join(text).encode()
            text, done = [], done + len(part)
            yield part
    if text:
        yield "".join(text).encode()


def upload(aws: Embedded, size: int) -> int:
    """Store the CSV; return its bytes."""
    s3: Any = aws.client("s3")
    where = {"Bucket": BUCKET, "Key": "addresses.csv"}
    upload_id = s3.create_multipart_upload(**where)["UploadId"]
    stored, whole = [], 0
    for number, part in enumerate(parts(size), start=1):
        etag = s3.upload_part(**where, UploadId=upload_id, PartNumber=number, Body=part)["ETag"]
        stored.append({"PartNumber": number, "ETag": etag})
        whole += len(part)
    s3.complete_multipart_upload(**where, UploadId=upload_id, MultipartUpload={"Parts": stored})
    return whole


def figures(quick: bool) -> list[Figure]:
    """Measure."""
    with place() as (aws, work):
        prepare(aws, work, 1_000_000)
        size = upload(aws, (200 if quick else 2000) * 1_000_000)
        add_job(aws, "recipe", shell.csv_to_json(MAPPING))
        glue, began = aws.client("glue"), time.perf_counter()
        run_id = glue.start_job_run(JobName="recipe", Arguments={**ARGUMENTS, "--ENCODING": "utf-8-sig"})["JobRunId"]
        run = until(glue, "recipe", run_id, FINAL, 0.5)
        seconds = time.perf_counter() - began
        if run["JobRunState"] != "SUCCEEDED":
            raise RuntimeError(run["ErrorMessage"])
        memory = peak(aws, "recipe")
    return show(
        f"A CSV of {size / 1e9:.1f} GB through Glue",
        [
            Figure("memory of the job", memory, "MiB", most=150),
            Figure("CSV read a second", size / 1e6 / seconds, "MB", note=f"{seconds:.0f} s"),
        ],
    )
