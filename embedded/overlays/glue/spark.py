"""Whether Spark can run here: PySpark in a virtual environment of its own, and Java."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from embedded.overlays.glue.asked import NotReadyError

VENV = Path(__file__).parents[2] / ".venv-spark"
SUPPORTED = (8, 11, 17)
_VERSION = re.compile(r'version "(?:1\.)?(\d+)')


@dataclass(frozen=True)
class Spark:
    """Where Python with PySpark is, and Java."""

    python: Path
    java_home: Path

    def environment(self, temporary: Path) -> dict[str, str]:
        """Return what Spark needs to find."""
        runtime = Path(__file__).with_name("runtime")
        return {
            "JAVA_HOME": str(self.java_home),
            "SPARK_LOCAL_DIRS": str(temporary),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "PYSPARK_PYTHON": str(self.python),
            "SPARK_CONF_DIR": str(runtime / "conf"),
        }


def find_spark(venv: Path) -> Spark:
    """Return where Spark is; NotReadyError says exactly what is missing."""
    python = venv / "bin" / "python"
    missing = []
    if not any(venv.glob("lib/python3*/site-packages/pyspark/version.py")):
        missing.append("PySpark is not installed: run `make spark` in the folder of Trellis")
    java = _java()
    if java is None:
        missing.append("Java is not installed: on Debian and Ubuntu, apt install openjdk-17-jre-headless")
    elif (version := _java_version(str(java))) not in SUPPORTED:
        missing.append(f"Java {version} is installed, Spark 3.5 needs 8, 11 or 17")
    if missing or java is None:
        raise NotReadyError(f"This job runs on Spark, which is not available here. {'. '.join(missing)}.")
    return Spark(python, java.parent.parent)


def _java() -> Path | None:
    homes = [os.environ.get("JAVA_HOME", ""), *map(str, sorted(Path("/usr/lib/jvm").glob("*17*")))]
    for home in filter(None, homes):
        if (Path(home) / "bin" / "java").exists():
            return (Path(home) / "bin" / "java").resolve()
    found = shutil.which("java")
    return Path(found).resolve() if found else None


@cache
def _java_version(java: str) -> int:
    """Return Java's major version, 0 when it does not say."""
    said = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=30, check=False).stderr
    found = _VERSION.search(said)
    return int(found.group(1)) if found else 0
