"""An instance as the platform makes one: the bundle unpacked, its requirements installed, its Procfile behind nginx."""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bundle import contents, extensions
from tests.browser.serving import free_port
from tests.bundle import nginx
from tests.bundle.limits import Group

NOBODY = 65534
START_SECONDS = 60
HOST = "trellis-demo.eu-central-1.elasticbeanstalk.com"
# What CloudFormation puts where a property refers to a resource.
REFERENCES = {"AWS::Region": "us-east-1", "TrellisState": "awseb-state", "TrellisCache": "awseb-cache"}


class Instance:
    """One instance: `unpack` and `install` once, `start` and `stop` its processes as often as wanted."""

    def __init__(self, form: str):
        # Not pytest's folder, which only its owner may enter.
        self.root = Path(tempfile.mkdtemp(prefix="trellis-bundle-"))
        self.root.chmod(0o755)
        self.current = self.root / "current"
        self.port, self.application, self.balancer = free_port(), free_port(), free_port()
        self.group = Group(f"{self.root.name}")
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.form = form

    def unpack(self) -> None:
        """Build the bundle of this tree and unpack it as Elastic Beanstalk does, modes included."""
        file = self.root / "bundle.zip"
        contents.write(file, contents.members(self.form, dirty=True))
        with zipfile.ZipFile(file) as archive:
            archive.extractall(self.current)
            for entry in archive.infolist():
                (self.current / entry.filename).chmod(entry.external_attr >> 16 & 0o777)
        file.unlink()

    def install(self) -> None:
        """Install the requirements, and nothing else, into a virtual environment that the server's user may read."""
        subprocess.run([interpreter(), "-m", "venv", str(self.root / "venv")], check=True)
        pip = [str(self.root / "venv/bin/python"), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        done = subprocess.run([*pip, "-r", "requirements.txt"], cwd=self.current, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-2000:]

    def properties(self) -> dict[str, str]:
        """Return the environment properties that the bundle's own .ebextensions set."""
        found = {}
        for file in extensions.files(self.current):
            for namespace, name, value in extensions.settings(extensions.read(file)):
                if namespace == "aws:elasticbeanstalk:application:environment":
                    found[name] = resolved(str(value))
        return found

    def start(self, env: Mapping[str, str]) -> None:
        """Start the Procfile's process and nginx as an unprivileged user, and wait until the health path answers."""
        place = self.root / "nginx"
        if not place.exists():
            nginx.configure(place, self.current, self.port, self.application, self.balancer)
            self._give(place, self.root / "home")
        path = f"{self.root}/venv/bin:{os.environ['PATH']}"
        home = {"TRELLIS_HOME": str(self.root / "home" / "trellis"), "HOME": str(self.root / "home")}
        whole = {**self.properties(), **home, "PORT": str(self.application), "TRELLIS_HOSTS": HOST, **env, "PATH": path}
        line = (self.current / "Procfile").read_text().strip().removeprefix("web:").strip()
        self.running["web"] = self._run(shlex.split(line), whole)
        if "nginx" not in self.running:
            self.running["nginx"] = self._run(nginx.command(place / "nginx.conf"), {"PATH": path})
        self._wait()

    def _give(self, *places: Path) -> None:
        for place in places:
            place.mkdir(exist_ok=True)
            if os.geteuid() == 0:
                for path in (place, *place.rglob("*")):
                    os.chown(path, NOBODY, NOBODY)

    def _run(self, command: list[str], env: Mapping[str, str]) -> "subprocess.Popen[bytes]":
        """Start a process in the instance's control group; root gives up what it may."""
        drop = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--no-new-privs", "--"]
        whole = [*(drop if os.geteuid() == 0 else []), *command]
        script = "\n".join([*self.group.joining, f"exec {shlex.join(whole)}"])
        with (self.root / "log").open("ab") as log:
            return subprocess.Popen(["/bin/sh", "-c", script], cwd=self.current, env=dict(env), stdout=log, stderr=log)

    def _wait(self) -> None:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and all(one.poll() is None for one in self.running.values()):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2):
                    return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)
        raise RuntimeError(f"the bundle does not run:\n{self.log()[-3000:]}{self.errors()[-3000:]}")

    def stop(self, name: str) -> int:
        """End a process as systemd does and return its exit code."""
        process = self.running.pop(name)
        process.terminate()
        return process.wait(timeout=60)

    def remove(self) -> None:
        """End everything and leave nothing."""
        for name in list(self.running):
            self.stop(name)
        self.group.remove()
        shutil.rmtree(self.root)

    def log(self) -> str:
        """Return what the processes wrote."""
        return (self.root / "log").read_text()

    def errors(self) -> str:
        """Return nginx's own log of errors and warnings."""
        file = self.root / "nginx" / "log" / "error.log"
        return file.read_text() if file.exists() else ""


def resolved(value: str) -> str:
    """Return a property's value; a reference in backticks becomes the name of what it refers to."""
    if not value.startswith("`"):
        return value
    return REFERENCES[value.split('"')[3]]


def interpreter() -> str:
    """Return a Python that the server's user may run: root's own may lie where nobody else may look."""
    for python in (sys.executable, "/usr/bin/python3"):
        real = str(Path(python).resolve())
        if os.geteuid() != 0 or _may(real):
            return real
    raise RuntimeError("there is no Python that another user than root may run; on Debian: apt install python3-venv")


def _may(python: str) -> bool:
    code = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))"
    drop: dict[str, Any] = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    try:
        done = subprocess.run([python, "-c", code], cwd="/", capture_output=True, **drop)
    except PermissionError:
        return False
    return done.returncode == 0
