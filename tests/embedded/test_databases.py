"""The parts under the database servers: confinement, places, ports, passwords, logs."""

import json
import os
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from embedded.databases import confined, engine, passwords, place, ports, process, scratch
from embedded.databases.mariadb import MariaDb
from embedded.databases.place import Owner

LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Landlock is Linux's")


def test_passwords_as_the_servers_keep_them() -> None:
    assert passwords.native("password") == "*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19"
    first, second = passwords.scram("password"), passwords.scram("password")
    assert first != second
    kind, salt, keys = first.split("$")
    assert (kind, salt.split(":")[0], len(keys.split(":"))) == ("SCRAM-SHA-256", "4096", 2)


def confine(code: str, write: Path, **more: object) -> "subprocess.CompletedProcess[str]":
    order = {
        "command": [sys.executable, "-I", "-c", code],
        "parent": os.getpid(),
        "uid": None,
        "gid": None,
        "read": [*process.SYSTEM_FILES, sys.prefix, sys.base_prefix],
        "write": [str(write), *process.SHARED],
        "port": 1,
        **more,
    }
    command = [sys.executable, "-I", "-S", str(process.CONFINED), json.dumps(order)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


@pytest.fixture
def landlock() -> None:
    if confined.libc.syscall(444, None, 0, 1) < 1:
        pytest.skip("this kernel has no Landlock")


@LINUX
@pytest.mark.parametrize(
    "code",
    [
        "open('/etc/passwd')",
        "open('/proc/1/environ')",
        "open('/tmp/trellis-confined', 'w')",
        "import os; os.listdir('/')",
        "import socket; socket.create_connection(('127.0.0.1', int('%PORT%')))",
        "import socket; socket.socket().bind(('127.0.0.1', 2345))",
    ],
)
def test_a_confined_program_is_denied(landlock: None, tmp_path: Path, code: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        done = confine(code.replace("%PORT%", str(listener.getsockname()[1])), tmp_path)
    assert "PermissionError" in done.stderr
    assert done.returncode == 1


@LINUX
def test_a_confined_program_has_its_own(landlock: None, tmp_path: Path) -> None:
    port = ports.choose(0, ())
    code = f"import socket; open('{tmp_path}/x', 'w'); socket.socket().bind(('127.0.0.1', {port}))"
    done = confine(code, tmp_path, port=port)
    assert (done.returncode, done.stderr) == (0, "")


@LINUX
def test_a_program_whose_parent_is_gone_does_not_start(tmp_path: Path) -> None:
    done = confine("print('started')", tmp_path, parent=1)
    assert (done.returncode, done.stdout) == (1, "")
    assert "ended before" in done.stderr


def test_ports_are_free_and_nobodys() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        used = listener.getsockname()[1]
        found = ports.choose(used, {13300}, 0)
        assert found in ports.FALLBACKS
        assert found != 13300
        assert not ports.is_free(used)
    assert ports.choose(used, ()) == used
    with pytest.raises(OSError, match="no free port"):
        ports.choose(used, {used, *ports.FALLBACKS})


def test_a_directory_is_reachable_only_through_open_ones(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    inner = tmp_path / "inner"
    inner.mkdir(mode=0o755)
    assert not place.reachable(inner)
    own = inner / "own"
    assert not place.reachable(own, opened=(own,))
    assert not own.exists()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root runs servers as another user")
def test_programs_that_the_servers_user_cannot_reach_are_copied_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "ELSEWHERE", tmp_path / "elsewhere")
    site = tmp_path / "site"
    (site / "part" / "bin").mkdir(parents=True)
    (site / "part" / "bin" / "run").write_text("1")
    (site / "other").mkdir()
    tmp_path.chmod(0o700)
    copy = place.runnable(site, ("part",), "x-1", Owner(65534, 65534))
    assert copy == tmp_path / "elsewhere" / "programs-x-1"
    assert [path.name for path in copy.iterdir()] == ["part"]
    (copy / "part" / "bin" / "run").write_text("kept")
    assert place.runnable(site, ("part",), "x-1", Owner(65534, 65534)) == copy
    assert (copy / "part" / "bin" / "run").read_text() == "kept"
    assert place.runnable(site, ("part",), "x-1", Owner()) == site


def test_stand_ins_go_with_their_temporary_state_directory(tmp_path: Path) -> None:
    kept, gone, elsewhere = tmp_path / "kept", tmp_path / "gone", tmp_path / "elsewhere"
    kept.mkdir()
    for number, state in enumerate((kept, gone, Path("/mnt/not-mounted/state"))):
        stand_in = elsewhere / f"databases-{number}"
        stand_in.mkdir(parents=True)
        (stand_in / "state-directory").write_text(f"{state}\n")
    place.sweep(elsewhere)
    assert sorted(path.name for path in elsewhere.iterdir()) == ["databases-0", "databases-2"]


def test_logs_are_shortened_where_the_server_goes_on_writing(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    with log.open("ab") as server:
        server.write(b"old\n" * (process.LONGEST_LOG // 4) + b"last\n")
        server.flush()
        assert process.shorten(log)
        server.write(b"new\n")
    assert log.read_text() == "new\n"
    assert (tmp_path / "server.previous").read_bytes().endswith(b"last\n")
    assert not process.shorten(log)


def test_the_reason_is_the_last_error_of_this_start(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    log.write_text("[ERROR] of another day\n")
    before = log.stat().st_size
    with log.open("a") as file:
        file.write("starting\n2026 [ERROR] the disk is full\n2026 [ERROR] Aborting\nbye\n")
    assert engine.last_error(log, before) == "2026 [ERROR] the disk is full"
    assert engine.last_error(log, log.stat().st_size) == "its log says nothing"


def test_a_failed_helper_says_what_it_said(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="ended with 3: no room"):
        process.run_as(Owner(), ["/bin/sh", "-c", "echo no room >&2; exit 3"], tmp_path)


def test_where_mariadb_is_missing_the_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr("embedded.databases.mariadb.BESIDES_PATH", ("/nowhere",))
    for words in ("apt install mariadb-server", "brew install mariadb"):
        assert words in MariaDb().missing()


def test_what_a_killed_process_left_while_it_made_a_database_is_removed(tmp_path: Path) -> None:
    left = tmp_path / f"{scratch.PREFIX}left"
    (left / "data").mkdir(parents=True)
    (left / "lock").touch()
    foreign = tmp_path / "trellis-other"
    foreign.mkdir()
    with scratch.scratch(Owner(), tmp_path / "none", tmp_path) as made:
        assert sorted(tmp_path.iterdir()) == [made.parent, foreign]
        scratch.sweep(tmp_path)  # another one starts meanwhile
        assert made.is_dir()
    assert list(tmp_path.iterdir()) == [foreign]


def test_two_may_remove_the_same_directory_at_once(tmp_path: Path) -> None:
    top = tmp_path / "left"
    for number in range(300):
        (top / str(number % 20)).mkdir(parents=True, exist_ok=True)
        (top / str(number % 20) / str(number)).touch()
    with ThreadPoolExecutor(4) as several:
        for done in [several.submit(place.remove, top) for _ in range(4)]:
            done.result()
    assert not top.exists()
