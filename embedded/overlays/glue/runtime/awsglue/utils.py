"""Arguments, as Glue's own library reads them."""

import argparse
from collections.abc import Sequence
from typing import Any, NoReturn

# Options that Glue keeps to itself: asking for one is an error.
BOOKMARKS = ("job-bookmark-enable", "job-bookmark-pause", "job-bookmark-disable")
CONTINUATION = ("continuation-enabled", "continuation-readonly", "continuation-disabled")
ENCRYPTIONS = ("sse-s3",)
RESERVED = ("job-bookmark-option", "continuation-option", "job-bookmark-from", "job-bookmark-to", "JOB_ID")
RESERVED_LATER = ("JOB_RUN_ID", "SECURITY_CONFIGURATION", "encryption-type", "enable-data-lineage")
OPTIONAL = ("RedshiftTempDir", "TempDir")


class GlueArgumentError(Exception):
    """An argument is missing, or lacks its value."""


class GlueArgumentParser(argparse.ArgumentParser):
    """Raises where argparse would end the program."""

    def error(self, message: str) -> NoReturn:
        """Raise GlueArgumentError."""
        raise GlueArgumentError(message)


def getResolvedOptions(args: Sequence[str], options: Sequence[str]) -> dict[str, Any]:
    """Return the values of the named options in `args`, which begin with the script (sys.argv).

    Every named option must be there, except TempDir; others are passed over. Dashes in a name become underscores.
    """
    parser = GlueArgumentParser()
    for name in (*RESERVED, *RESERVED_LATER):
        if name in options:
            raise RuntimeError(f"Using reserved arguments {name}")
    parser.add_argument("--job-bookmark-option", choices=BOOKMARKS)
    parser.add_argument("--continuation-option", choices=CONTINUATION)
    parser.add_argument("--encryption-type", choices=ENCRYPTIONS)
    for name in ("job-bookmark-from", "job-bookmark-to", "JOB_ID", "JOB_RUN_ID", "SECURITY_CONFIGURATION"):
        parser.add_argument(f"--{name}")
    parser.add_argument("--enable-data-lineage")
    for name in OPTIONAL:
        parser.add_argument(f"--{name}")
    for name in options:
        if name not in OPTIONAL:
            parser.add_argument(f"--{name}", required=True)
    found, _others = parser.parse_known_args(list(args[1:]))
    values = vars(found)
    older = values.pop("continuation_option")
    if values["job_bookmark_option"] is None:
        values["job_bookmark_option"] = BOOKMARKS[CONTINUATION.index(older)] if older else BOOKMARKS[-1]
    values["TempDir"] = values["TempDir"] or values["RedshiftTempDir"]
    values["RedshiftTempDir"] = values["TempDir"]
    return values
