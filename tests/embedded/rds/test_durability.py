"""Instances outlive whatever ends; their servers do not outlive the embedded AWS."""

import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg

from tests.embedded.rds.world import World, refusal

Begin = Callable[[], World]


def working_in(path: Path) -> list[psutil.Process]:
    """Return the processes that work in a directory, other than those that are dead and not yet buried."""
    found = []
    for process in psutil.process_iter():
        try:
            directory = Path(process.cwd())
        except psutil.Error:
            continue
        if path == directory or path in directory.parents:
            found.append(process)
    return found


def wait_none(path: Path, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while left := working_in(path):
        assert time.monotonic() < deadline, left
        time.sleep(0.05)


def databases(world: World) -> Path:
    return world.aws.home / "state" / "databases"


def test_a_crash_of_everything(fresh_world: Begin) -> None:
    world = fresh_world()
    for name, engine in (("mine", "mariadb"), ("idle", "postgres"), ("busy", "postgres")):
        world.create(name, engine)
    for name in ("mine", "idle", "busy"):
        world.wait(name)
    world.run("mine", "CREATE DATABASE kept")
    world.run("mine", "CREATE TABLE t AS SELECT seq AS id FROM seq_1_to_1000", "kept")
    world.run("busy", "CREATE TABLE t AS SELECT generate_series(1, 1000) AS id")
    world.rds.stop_db_instance(DBInstanceIdentifier="idle")
    world.wait("idle", "stopped")
    ports = {name: world.instance(name)["Endpoint"]["Port"] for name in ("mine", "idle", "busy")}
    with world.connect("busy") as connection:
        waiting = "SELECT pg_backend_pid()"
        assert connection.execute(waiting).fetchone()
        world.create("cut", "postgres")
        world.aws.kill()
        wait_none(databases(world))
    world = fresh_world()
    for name in ("mine", "busy", "cut"):
        world.wait(name)
    assert world.instance("idle")["DBInstanceStatus"] == "stopped"
    assert world.run("mine", "SELECT count(*), sum(id) FROM kept.t") == [(1000, 500500)]
    assert world.run("busy", "SELECT count(*), sum(id) FROM t") == [(1000, 500500)]
    assert world.run("cut", "SELECT 1") == [(1,)]
    assert {name: world.instance(name)["Endpoint"]["Port"] for name in ports} == ports
    logs = world.aws.home / "log" / "rds"
    world.aws.stop()
    wait_none(databases(world), 0.5)
    told = {path.stem: path.read_text() for path in logs.glob("*.log")}
    assert sum("Shutdown complete" in text for text in told.values()) == 1
    assert sum("database system is shut down" in text.rstrip().splitlines()[-1] for text in told.values()) == 3


def test_a_server_that_is_killed_is_brought_back(fresh_world: Begin) -> None:
    world = fresh_world()
    world.create("mine", "mariadb")
    world.create("shop", "postgres")
    for name in ("mine", "shop"):
        resource = world.wait(name)["DbiResourceId"]
        world.run(name, "CREATE DATABASE kept")
        oldest = min(working_in(databases(world) / resource), key=lambda process: (process.create_time(), process.pid))
        oldest.kill()
        first, second = recovery(world, name)
        assert "unexpectedly (code -9)" in first
        assert "complete" in second
        world.wait(name)
        assert world.run(name, "SELECT 1", "kept") == [(1,)]


def recovery(world: World, name: str) -> list[str]:
    """Wait for two events about an instance's recovery: it may be over before anyone sees its state."""
    asked = {"SourceIdentifier": name, "SourceType": "db-instance", "EventCategories": ["recovery"]}
    deadline = time.monotonic() + 60
    while len(events := world.rds.describe_events(**asked)["Events"]) < 2:
        assert time.monotonic() < deadline, events
        time.sleep(0.05)
    return [event["Message"] for event in events]


def test_a_server_left_over_is_ended_and_one_that_cannot_start_has_failed(fresh_world: Begin) -> None:
    world = fresh_world()
    world.create("shop", "postgres")
    data = databases(world) / world.wait("shop")["DbiResourceId"] / "data"
    world.rds.stop_db_instance(DBInstanceIdentifier="shop")
    world.wait("shop", "stopped")
    with subprocess.Popen(["sleep", "60"], cwd=data) as stray:
        world.rds.start_db_instance(DBInstanceIdentifier="shop")
        world.wait("shop")
        assert stray.wait(60) == -9
    world.rds.stop_db_instance(DBInstanceIdentifier="shop")
    world.wait("shop", "stopped")
    control = data / "global" / "pg_control"
    kept = control.read_bytes()
    control.unlink()
    world.rds.start_db_instance(DBInstanceIdentifier="shop")
    deadline = time.monotonic() + 60
    while (found := world.instance("shop"))["DBInstanceStatus"] == "starting":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert found["DBInstanceStatus"] == "failed"
    assert "pg_control" in found["StatusInfos"][0]["Message"]
    events = world.rds.describe_events(SourceIdentifier="shop", SourceType="db-instance")["Events"]
    assert "pg_control" in events[-1]["Message"]
    assert refusal(world.rds.start_db_instance, DBInstanceIdentifier="shop")[0] == "InvalidDBInstanceState"
    control.write_bytes(kept)
    shutil.copystat(data / "PG_VERSION", control)
    shutil.chown(control, (data / "PG_VERSION").stat().st_uid, (data / "PG_VERSION").stat().st_gid)
    world.aws.stop()
    assert fresh_world().wait("shop")["DBInstanceStatus"] == "available"


def test_deleting_and_snapshots_that_a_crash_cuts_off(fresh_world: Begin) -> None:
    world = fresh_world()
    world.create("shop", "postgres")
    world.wait("shop")
    world.rds.create_db_snapshot(DBInstanceIdentifier="shop", DBSnapshotIdentifier="half")
    world.rds.delete_db_instance(DBInstanceIdentifier="shop", FinalDBSnapshotIdentifier="last")
    world.aws.kill()
    world = fresh_world()
    world.wait_gone("shop")
    states = {one["DBSnapshotIdentifier"]: one["Status"] for one in world.rds.describe_db_snapshots()["DBSnapshots"]}
    assert states["last"] == "available"
    assert states["half"] in ("failed", "available")
    world.rds.restore_db_instance_from_db_snapshot(DBInstanceIdentifier="again", DBSnapshotIdentifier="last")
    world.wait("again")
    assert world.run("again", "SELECT 1") == [(1,)]


def test_nothing_is_left_of_what_was_reset(fresh_world: Begin) -> None:
    world = fresh_world()
    world.create("shop", "postgres")
    world.wait("shop")
    world.aws.kill()
    record = world.aws.home / "state" / "rds-databases.state"
    for path in record.parent.glob("rds-databases.*"):
        path.unlink()
    world = fresh_world()
    assert world.rds.describe_db_instances()["DBInstances"] == []
    assert list(databases(world).iterdir()) == []
    assert not working_in(databases(world))


def test_a_closed_state_directory(tmp_path: Path) -> None:
    """Below a directory that only root may enter, servers run all the same; their data lies where they reach it."""
    from tests.embedded.process import start

    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    world = World(start(closed / "home"))
    try:
        world.create("shop", "postgres")
        world.create("mine", "mariadb")
        world.wait("shop")
        world.wait("mine")
        assert world.run("shop", "SELECT 1") == [(1,)]
        assert world.run("mine", "SELECT 1") == [(1,)]
        for name in ("shop", "mine"):
            world.rds.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)
            world.wait_gone(name)
    finally:
        world.aws.stop()


def test_a_taken_port(fresh_world: Begin) -> None:
    import socket

    world = fresh_world()
    with socket.socket() as blocker:
        blocker.bind(("127.0.0.1", 0))
        blocker.listen()
        taken = blocker.getsockname()[1]
        world.create("shop", "postgres", Port=taken)
        port = world.wait("shop")["Endpoint"]["Port"]
        assert port != taken
        events = world.rds.describe_events(SourceType="db-instance", SourceIdentifier="shop")["Events"]
        assert str(taken) in events[0]["Message"]
    world.aws.stop()
    with socket.socket() as blocker:
        blocker.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        blocker.bind(("127.0.0.1", port))
        blocker.listen()
        world = fresh_world()
        moved = world.wait("shop")["Endpoint"]["Port"]
        assert moved not in (taken, port)
        assert world.run("shop", "SELECT 1") == [(1,)]
        events = world.rds.describe_events(SourceType="db-instance", SourceIdentifier="shop")["Events"]
        assert f"Port {port} is taken by another program" in events[-2]["Message"]


def test_a_query_that_never_rests_dies_with_everything(fresh_world: Begin) -> None:
    world = fresh_world()
    world.create("shop", "postgres")
    world.wait("shop")
    connection = world.connect("shop")
    world.run("shop", "SELECT 1")
    connection.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 100000000000)")
    time.sleep(0.3)
    world.aws.kill()
    world = fresh_world()
    assert world.wait("shop")["DBInstanceStatus"] == "available"
    try:
        connection.execute("SELECT 1")
        raise AssertionError("the old server still answers")
    except psycopg.OperationalError:
        connection.close()
