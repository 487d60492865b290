"""What a run needs before it starts: the role, the script and the files from S3, a directory, the environment."""

import asyncio
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from embedded import sessions
from embedded.book import Record, Where
from embedded.emulator import Emulator, ObjectError
from embedded.overlays.glue.asked import NotReadyError
from embedded.overlays.glue.execution import Order
from embedded.overlays.glue.spark import Spark, find_spark
from embedded.roles import trusts

RUNTIME = Path(__file__).with_name("runtime")
_LOCATION = re.compile(r"s3[an]?://([^/]+)/(.+)", re.DOTALL)
# What these ask for happens before the script starts; the script sees them all the same.
EXTRA_PYTHON, EXTRA_FILES = "--extra-py-files", "--extra-files"


@dataclass(frozen=True)
class Plan:
    """One run that is to be started."""

    where: Where
    job: Record
    run: Record
    directory: Path

    @property
    def spark(self) -> bool:
        """Whether it runs on Spark."""
        return bool(self.job["Command"]["Name"] != "pythonshell")

    def arguments(self) -> dict[str, str]:
        """Return what the script gets: the job's defaults, the run's own, and what may not be overridden."""
        own = self.run.get("Arguments") or {}
        fixed = self.job.get("NonOverridableArguments") or {}
        return {**(self.job.get("DefaultArguments") or {}), **own, **fixed}


async def prepare(plan: Plan, emulator: Emulator, venv: Path) -> Order:
    """Fetch everything and return what to run; NotReadyError says what is missing."""
    if sys.platform == "win32":
        raise NotReadyError("Job runs are not available on Windows: the embedded AWS could not end them safely.")
    spark = await asyncio.to_thread(find_spark, venv) if plan.spark else None
    await check_role(plan, emulator)
    script = await _script(plan, emulator)
    arguments = plan.arguments()
    paths = await _extra(emulator, arguments.get(EXTRA_PYTHON, ""), plan.directory / "python")
    work = plan.directory / "work"
    work.mkdir()
    # Modules may come that way, too.
    paths += await _extra(emulator, arguments.get(EXTRA_FILES, ""), work)
    argv = ["--JOB_NAME", plan.job["Name"], "--JOB_RUN_ID", plan.run["Id"]]
    given = [part for pair in arguments.items() if pair[0] not in argv for part in pair]
    interpreter = str(spark.python) if spark else sys.executable
    environment = _environment(plan, emulator, spark, _python_path(paths))
    return Order([interpreter, str(script), *argv, *given], str(work), environment)


async def check_role(plan: Plan, emulator: Emulator) -> None:
    """Refuse a role that does not exist, or that Glue may not assume, as AWS does when the run starts."""
    role = plan.job["Role"]
    if not await trusts(emulator, role, "glue.amazonaws.com"):
        raise NotReadyError(f"Role {role} should be given assume role permissions for Glue Service.")


def location(uri: str) -> tuple[str, str]:
    """Return bucket and key of an S3 address; NotReadyError when it is none."""
    found = _LOCATION.fullmatch(uri)
    if found is None:
        raise NotReadyError(f"{uri or 'An empty text'} is not the address of an S3 object (s3://bucket/key).")
    return found.group(1), found.group(2)


async def _read(emulator: Emulator, uri: str) -> bytes:
    bucket, key = location(uri)
    try:
        return await emulator.read(bucket, key)
    except ObjectError as error:
        raise NotReadyError(f"Error downloading from S3 for bucket: {bucket}, key: {key}. {error}") from error


async def _script(plan: Plan, emulator: Emulator) -> Path:
    uri = plan.job["Command"].get("ScriptLocation", "")
    text = await _read(emulator, uri)
    if not text.strip():
        raise NotReadyError(f"The script {uri} is empty.")
    folder = plan.directory / "script"
    folder.mkdir()
    path = folder / (location(uri)[1].rpartition("/")[2] or "script.py")
    path.write_bytes(text)
    return path


async def _extra(emulator: Emulator, listed: str, folder: Path) -> list[Path]:
    """Fetch a list of files, separated by commas, into a folder."""
    found = []
    for uri in (part.strip() for part in listed.split(",") if part.strip()):
        data = await _read(emulator, uri)
        folder.mkdir(exist_ok=True)
        path = folder / location(uri)[1].rpartition("/")[2]
        path.write_bytes(data)
        found.append(path)
    return found


def _python_path(files: list[Path]) -> list[str]:
    """Return what Python must search to import from these files: archives themselves, modules' folders."""
    archives = [str(path) for path in files if path.suffix in (".zip", ".whl", ".egg")]
    return [*archives, *sorted({str(path.parent) for path in files if path.suffix == ".py"})]


def _environment(plan: Plan, emulator: Emulator, spark: Spark | None, paths: list[str]) -> dict[str, str]:
    home = plan.directory / "home"
    temporary = plan.directory / "tmp"
    for folder in (home, temporary):
        folder.mkdir()
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": str(home),
        "TMPDIR": str(temporary),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": ":".join([*paths, str(RUNTIME), *([str(RUNTIME / "spark")] if spark else [])]),
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{emulator.port}",
        "AWS_REGION": plan.where.region,
        "AWS_DEFAULT_REGION": plan.where.region,
        "AWS_EC2_METADATA_DISABLED": "true",
        **sessions.variables(plan.where.account),
        **(spark.environment(temporary) if spark else {}),
    }


def remove(directory: Path) -> None:
    """Remove what a run leaves on disk; a file that cannot be removed now goes at the next start."""
    shutil.rmtree(directory, ignore_errors=True)
