"""Start a real embedded AWS for tests: any test folder may use it."""

import json
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from embedded import seed_apigateway, seed_awslambda, seed_dynamodb, seed_glue, seed_logs, seed_rds

ROOT = Path(__file__).parents[2]
VENV = ROOT / "embedded" / ".venv"
START_SECONDS = 60  # the machine may be busy with other tests
STOP_SECONDS = 60
SOON = {"Delay": 0.05, "MaxAttempts": 1200}  # how often boto3's waiters ask; they are made for AWS's own pace
PYTHON = VENV / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def ensure_venv() -> Path:
    """Return the interpreter of the embedded AWS, making its virtual environment when it is missing."""
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
        requirements = str(ROOT / "embedded" / "requirements.txt")
        subprocess.run([str(PYTHON), "-m", "pip", "install", "-q", "-r", requirements], check=True)
    return PYTHON


_making = threading.Lock()


@cache
def _session() -> Any:
    """One session for every client of these tests: one of its own for each reads botocore's descriptions anew."""
    return boto3.session.Session()


@dataclass
class Embedded:
    """A running embedded AWS and what its ready line said."""

    process: "subprocess.Popen[str]"
    home: Path
    ready: Mapping[str, Any]
    _clients: dict[str, Any] = field(default_factory=dict, init=False, repr=False)

    @property
    def endpoint(self) -> str:
        return str(self.ready["endpoint"])

    @property
    def port(self) -> int:
        return int(self.endpoint.rpartition(":")[2])

    @property
    def env(self) -> dict[str, str]:
        """The whole environment for a client process: these exports, and of the host only what is needed to run."""
        base = {name: os.environ[name] for name in ("PATH", "HOME", "SystemRoot") if name in os.environ}
        lines = (self.home / "env").read_text().splitlines()
        pairs = [line.removeprefix("export ").partition("=") for line in lines if line.startswith("export ")]
        return {**base, **{name: value.strip("'") for name, _, value in pairs}}

    def client(self, service: str, **options: Any) -> Any:
        """Return a boto3 client for this embedded AWS, which does not retry; the same one whenever it is asked for.

        To make one takes longer than most calls. Who changes its events asks for `own_client`.
        """
        if "config" in options:
            return self.own_client(service, **options)
        key = repr((service, sorted(options.items())))
        if key not in self._clients:
            self._clients[key] = self.own_client(service, **options)
        return self._clients[key]

    def own_client(self, service: str, **options: Any) -> Any:
        """Return a new client, which nobody else has."""
        options.setdefault("config", Config(retries={"total_max_attempts": 1}, read_timeout=30))
        keys: dict[str, Any] = {
            "endpoint_url": self.endpoint,
            "region_name": self.ready["region"],
            "aws_access_key_id": self.ready["access_key"],
            "aws_secret_access_key": self.ready["secret_key"],
        }
        with _making:  # a session makes one client at a time
            return _session().client(service, **{**keys, **options})

    def role(self, name: str, service: str = "lambda.amazonaws.com", **options: Any) -> str:
        """Return the ARN of a role that a service may assume, made if it is not there."""
        iam = self.client("iam", **options)
        statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        found = {role["RoleName"]: role["Arn"] for role in iam.list_roles()["Roles"]}
        if name not in found:
            return str(iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"])
        return str(found[name])

    def stop(self) -> int:
        """End it gracefully and return its exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        return self._gone()

    def kill(self) -> int:
        """End it as a crash would, without a chance to save."""
        self.process.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))
        return self._gone()

    def _gone(self) -> int:
        code = self.process.wait(timeout=STOP_SECONDS)
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()
        return code


def seed_only(home: Path, *wanted: str) -> None:
    """Mark demo data as put in, so that a first start on this state directory puts in no more than is wanted.

    That is what is there before the ready line, and of what comes after it "apigateway", "lambda", "glue", "rds",
    "logs", "orders": together they keep a processor busy for half a minute.
    """
    state = home / "state"
    later = {
        "apigateway": [seed_apigateway.mark(state)],
        "lambda": [seed_awslambda.mark(state)],
        "glue": [seed_glue.mark(state)],
        "rds": [demo.mark(state) for demo in seed_rds.DEMOS],
        "logs": [demo.mark(state) for demo in seed_logs.DEMOS],
        "orders": [seed_dynamodb.mark(state)],
    }
    assert set(wanted) <= set(later), f"there is no such demo data: {wanted}"
    for directory in (home, state):
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, marks in later.items():
        for mark in marks if name not in wanted else ():
            mark.touch()


def launch(home: Path, *arguments: str, extra_env: Mapping[str, str] | None = None) -> "subprocess.Popen[str]":
    """Start the process; its stdout carries the ready line, its stdin keeps it alive."""
    command = [str(ensure_venv()), "-m", "embedded", "serve", "--home", str(home), "--watch-stdin", *arguments]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **(extra_env or {})},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def start(
    home: Path, *arguments: str, seed: bool | tuple[str, ...] = False, extra_env: Mapping[str, str] | None = None
) -> Embedded:
    """Start an embedded AWS on a state directory and wait until it answers (at most START_SECONDS).

    `seed`: True puts in all demo data, a tuple only what `seed_only` says.
    """
    if isinstance(seed, tuple):
        seed_only(home, *seed)
    elif not seed:
        arguments = (*arguments, "--no-seed")
    process = launch(home, *arguments, extra_env=extra_env)
    assert process.stdout is not None
    if not select.select([process.stdout], [], [], START_SECONDS)[0]:
        process.kill()
        process.communicate()
        raise TimeoutError(f"the embedded AWS did not become ready in {START_SECONDS} s")
    line = process.stdout.readline()
    ready = json.loads(line) if line else {"ready": False, "message": "no ready line"}
    if not ready["ready"]:
        process.communicate(timeout=STOP_SECONDS)
        raise RuntimeError(ready["message"])
    return Embedded(process, home, ready)
