"""Job bookmarks: what a Spark job remembers of the input that it has read.

https://docs.aws.amazon.com/glue/latest/dg/monitor-continuations.html
"""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from app.blueprints.glue.service.jobs import Job

OPTION = "--job-bookmark-option"
ON = "job-bookmark-enable"


@dataclass(frozen=True)
class Bookmark:
    """A job's bookmark; where there is none, `absent` is what AWS says. `enabled`: runs keep one by default."""

    job: str
    enabled: bool
    absent: str = ""
    run: str = ""
    version: int = 0
    runs: int = 0
    text: str = ""


def get(client: Any, job: Job) -> Bookmark:
    """Return a job's bookmark."""
    enabled = any(one.name == OPTION and one.value == ON for one in job.arguments)
    try:
        found = client.get_job_bookmark(JobName=job.name)["JobBookmarkEntry"]
    except ClientError as error:
        details = error.response["Error"]
        if details["Code"] != "EntityNotFoundException":
            raise
        return Bookmark(job.name, enabled, details.get("Message") or "AWS has none.")
    numbers = found.get("Version", 0), found.get("Run", 0)
    return Bookmark(job.name, enabled, "", found.get("RunId", ""), *numbers, found.get("JobBookmark", ""))


def reset(client: Any, job: str) -> str:
    """Reset a job's bookmark; return what AWS says where there is none."""
    try:
        client.reset_job_bookmark(JobName=job)
    except ClientError as error:
        details = error.response["Error"]
        if details["Code"] != "EntityNotFoundException":
            raise
        return str(details.get("Message") or "There is no bookmark.")
    return ""
