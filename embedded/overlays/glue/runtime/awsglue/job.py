"""The job of a script: it begins and commits; bookmarks are not kept here."""

import sys
from collections.abc import Mapping
from typing import Any


class Job:
    """What a generated script calls at its beginning and its end."""

    def __init__(self, glue_context: Any) -> None:
        self.glue_context = glue_context
        self.name = ""

    def init(self, job_name: str, args: Mapping[str, Any] | None = None) -> None:
        """Begin."""
        self.name = job_name
        if (args or {}).get("job_bookmark_option") == "job-bookmark-enable":
            sys.stderr.write("Job bookmarks are not kept on the embedded AWS: every run reads all of its input.\n")

    def commit(self) -> None:
        """End: there is no bookmark to keep."""
