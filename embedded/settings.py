"""Every setting of the embedded AWS, and where its files lie below the state directory."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

ACCOUNT = "000000000000"
REGION = "us-east-1"

# What a process needs from its host to run at all; nothing else of the host's environment passes.
HOST_VARIABLES = ("PATH", "LANG", "TZ", "TMPDIR", "TEMP", "TMP", "SystemRoot", "SYSTEMROOT")


@dataclass(frozen=True)
class Home:
    """The state directory: one embedded AWS, its data, its secret and its logs."""

    root: Path

    @property
    def lock(self) -> Path:
        """The file whose lock is held while an embedded AWS runs here."""
        return self.root / "lock"

    @property
    def state(self) -> Path:
        """One file per service."""
        return self.root / "state"

    @property
    def objects(self) -> Path:
        """The bytes of S3 objects."""
        return self.root / "s3"

    @property
    def parts(self) -> Path:
        """The bytes of unfinished multipart uploads, which do not outlive the process."""
        return self.root / "s3-parts"

    @property
    def log(self) -> Path:
        """The log file, rotated."""
        return self.root / "log" / "embedded.log"

    @property
    def env_file(self) -> Path:
        """Exports with which any AWS client talks to this embedded AWS."""
        return self.root / "env"

    @property
    def no_profile(self) -> Path:
        """An empty file in place of the host's AWS configuration and credentials."""
        return self.root / "aws-none"

    @property
    def seeded(self) -> Path:
        """Exists once the demo data was put in."""
        return self.state / "seeded"

    def prepare(self) -> None:
        """Make the directories, readable by their owner only."""
        for directory in (self.root, self.state, self.objects, self.log.parent, self.root / "home"):
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.no_profile.touch(mode=0o600)

    def secret(self) -> str:
        """Return this state directory's secret key, made at first use."""
        path = self.root / "secret"
        if not path.exists():
            write_private(path, secrets.token_urlsafe(30))
        return path.read_text().strip()

    def last_port(self) -> int:
        """Return the port used last, or 0 when there is none."""
        path = self.root / "port"
        text = path.read_text().strip() if path.exists() else ""
        return int(text) if text.isdigit() else 0

    def remember_port(self, port: int) -> None:
        """Keep the port, so that links and the env file stay valid over a restart."""
        write_private(self.root / "port", f"{port}\n")


@dataclass(frozen=True)
class Settings:
    """How one run of the embedded AWS is asked to behave."""

    home: Home
    port: int | None = None
    allow_origins: tuple[str, ...] = ()
    watch_stdin: bool = False
    seed: bool = True


def write_private(path: Path, text: str) -> None:
    """Replace a file by one that only its owner reads, whole or not at all."""
    temporary = path.with_name(path.name + ".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def scrubbed_environment(home: Home) -> dict[str, str]:
    """Return the environment of the embedded AWS: the little it needs from the host, and no more."""
    kept = {name: value for name, value in os.environ.items() if name in HOST_VARIABLES or name.startswith("LC_")}
    return {**kept, "HOME": str(home.root / "home"), "PYTHONUNBUFFERED": "1"}


def emulator_environment(home: Home, port: int) -> dict[str, str]:
    """Return the emulator's own settings, all set on purpose."""
    return {
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": "localhost",
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "MINISTACK_REGION": REGION,
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "AUTH": "false",
        "USE_SSL": "0",
        "PERSIST_STATE": "1",
        "STATE_DIR": str(home.state),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(home.objects),
        "LAMBDA_EXECUTOR": "local",
        # As many as overlays/awslambda/pool.py lets go on.
        "LAMBDA_ACCOUNT_CONCURRENCY": "100",
        # A socket that cannot exist: the emulator must never find the host's Docker.
        "DOCKER_HOST": "unix:///nonexistent/docker.sock",
        "LOG_LEVEL": "WARNING",
    }
