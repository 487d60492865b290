"""Arguments of jobs: what sort each is, which are secrets, and which are sent."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.masking import WHOLE, names_secret

# What Glue itself reads: https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-glue-arguments.html
GLUES = {
    "additional-python-modules", "auto-scale-within-microbatch", "class", "conf", "customer-driver-env-vars",
    "custom-logGroup-prefix", "custom-logStream-prefix", "datalake-formats", "enable-auto-scaling",
    "enable-continuous-cloudwatch-log", "enable-continuous-log-filter", "enable-glue-datacatalog",
    "enable-job-insights", "enable-metrics", "enable-observability-metrics", "enable-s3-parquet-optimized-committer",
    "enable-spark-ui", "extra-files", "extra-jars", "extra-py-files", "job-bookmark-from", "job-bookmark-option",
    "job-bookmark-to", "job-language", "library-set", "python-modules-installer-option", "scriptLocation",
    "spark-event-logs-path", "TempDir", "user-jars-first", "use-postgres-driver", "write-shuffle-files-to-s3",
}  # fmt: skip


@dataclass(frozen=True)
class Argument:
    """One argument as a form shows it; a secret's value never leaves the server. `kind` is what it looks like."""

    name: str
    value: str
    kind: str
    glues: bool = False

    @property
    def label(self) -> str:
        """The name without its dashes."""
        return self.name.removeprefix("--")

    @property
    def secret(self) -> bool:
        """Whether the name says that the value is a secret."""
        return self.kind == "secret"


def kind(name: str, value: str) -> str:
    """Return what an argument looks like: secret, flag, whole, place, date, long or text."""
    if names_secret(name):
        return "secret"
    if value.lower() in ("true", "false"):
        return "flag"
    if re.fullmatch(r"-?(0|[1-9]\d{0,14})", value):
        return "whole"
    if value.startswith("s3://"):
        return "place"
    if re.fullmatch(r"\d{4}-[01]\d-[0-3]\d", value):
        return "date"
    return "long" if "\n" in value or len(value) > 90 else "text"


def full(name: str) -> str:
    """Return a name as Glue has it, with two dashes."""
    return name if name.startswith("--") else f"--{name}"


def shown(given: Mapping[str, str]) -> tuple[Argument, ...]:
    """Return arguments for a page or JSON: secrets masked, the script's own before Glue's."""
    made = [
        Argument(name, WHOLE if names_secret(name) and value else value, kind(name, value), full(name)[2:] in GLUES)
        for name, value in given.items()
    ]
    return tuple(sorted(made, key=lambda one: one.glues))


def to_send(defaults: Mapping[str, str], typed: Mapping[str, str], kept: Mapping[str, str]) -> dict[str, str]:
    """Return the arguments of a run: those that differ from the job's own.

    `kept` are those of the run that is repeated: a secret that is left empty is taken from there.
    """
    sent: dict[str, str] = {}
    for name, text in typed.items():
        value = text
        if names_secret(name) and value in ("", WHOLE):
            if name not in kept:
                continue  # the job's own, or none
            value = kept[name]
        if name not in defaults or defaults[name] != value:
            sent[name] = value
    return sent
