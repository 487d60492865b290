"""An instance does what RDS says of it."""

import json
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pymysql
import pytest

from tests.embedded.rds.world import PASSWORD, World, refusal

REFUSED = (psycopg.OperationalError, pymysql.err.OperationalError)
AWS = str(Path(sys.executable).with_name("aws"))


def cli(world: World, *arguments: str) -> str:
    # Version 1 of the AWS CLI calls the real RDS of us-east-1 whatever AWS_ENDPOINT_URL says.
    command = [AWS, "--endpoint-url", world.aws.endpoint, "rds", *arguments]
    done = subprocess.run(command, env=world.aws.env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", ["database-1", "shop"])
def test_the_server_answers_at_the_endpoint_with_the_version_that_is_claimed(world: World, name: str) -> None:
    found = world.instance(name)
    said = world.run(name, "SELECT version()")[0][0]
    assert found["EngineVersion"].removesuffix("-MariaDB") in said
    assert ("MariaDB" in said) == (found["Engine"] == "mysql")
    assert [info["Status"] for info in found["StatusInfos"]] == (["MariaDB"] if found["Engine"] == "mysql" else [])


def test_the_sql_of_the_lessons_runs(world: World) -> None:
    for statement in (
        "CREATE DATABASE lesson",
        "CREATE TABLE lesson.address (id INT, address VARCHAR(20))",
        'INSERT INTO lesson.address (id, address) VALUES (1, "Germany")',
        'INSERT INTO lesson.address (id, address) VALUES (2, "USA")',
    ):
        world.run("database-1", statement)
    assert world.run("database-1", "SELECT * FROM lesson.address ORDER BY id") == [(1, "Germany"), (2, "USA")]


def test_the_master_user_gives_applications_their_own_databases(world: World) -> None:
    application = {"user": "application", "password": "its-own-password"}
    for statement in (
        "CREATE DATABASE application",
        "CREATE USER application@'%' IDENTIFIED BY 'its-own-password'",
        "GRANT ALL PRIVILEGES ON application.* TO application@'%'",
    ):
        world.run("database-1", statement)
    world.run("database-1", "CREATE TABLE application.t (id INT)", **application)
    for statement in (
        "CREATE ROLE application LOGIN PASSWORD 'its-own-password'",
        "CREATE DATABASE application",
        "GRANT ALL ON DATABASE application TO application",
    ):
        world.run("shop", statement)
    world.run("shop", "CREATE SCHEMA mine CREATE TABLE t (id int)", "application", **application)


@pytest.mark.parametrize("name", ["database-1", "shop"])
def test_stop_and_start(world: World, name: str) -> None:
    port = world.instance(name)["Endpoint"]["Port"]
    table = f"kept_{time.monotonic_ns()}"
    database = {"database-1": "address", "shop": "shop"}[name]
    world.run(name, f"CREATE TABLE {table} (id INT)", database)
    assert world.rds.stop_db_instance(DBInstanceIdentifier=name)["DBInstance"]["DBInstanceStatus"] == "stopping"
    world.wait(name, "stopped")
    with pytest.raises(REFUSED):
        world.connect(name)
    assert refusal(world.rds.stop_db_instance, DBInstanceIdentifier=name)[0] == "InvalidDBInstanceState"
    assert refusal(world.rds.reboot_db_instance, DBInstanceIdentifier=name)[0] == "InvalidDBInstanceState"
    world.rds.start_db_instance(DBInstanceIdentifier=name)
    assert world.wait(name)["Endpoint"]["Port"] == port
    assert world.run(name, f"SELECT * FROM {table}", database) == []


def test_reboot_ends_connections_and_comes_back(world: World) -> None:
    connection = world.connect("shop")
    world.rds.reboot_db_instance(DBInstanceIdentifier="shop")
    world.wait("shop")
    with pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT 1")
    connection.close()
    assert world.run("shop", "SELECT 1") == [(1,)]
    told = world.rds.describe_events(SourceIdentifier="shop", SourceType="db-instance")["Events"]
    assert [event["Message"] for event in told][-2:] == ["DB instance shutdown", "DB instance restarted"]


@pytest.mark.parametrize("name", ["database-1", "shop"])
def test_a_new_master_password(world: World, name: str) -> None:
    other = "an-other;'--pa\\ss"
    changed = world.rds.modify_db_instance(DBInstanceIdentifier=name, MasterUserPassword=other)["DBInstance"]
    assert changed["PendingModifiedValues"] == {"MasterUserPassword": "****"}
    world.wait(name)
    with pytest.raises(REFUSED):
        world.connect(name)
    assert world.run(name, "SELECT 1", password=other) == [(1,)]
    world.rds.modify_db_instance(DBInstanceIdentifier=name, MasterUserPassword=PASSWORD, ApplyImmediately=True)
    world.wait(name)
    assert world.run(name, "SELECT 1") == [(1,)]
    state = (world.aws.home / "state" / "rds-databases.state").read_text()
    assert json.dumps(other)[1:-1] not in state
    assert json.dumps(PASSWORD)[1:-1] not in state


def test_class_and_storage_wait_for_a_restart_unless_told_otherwise(world: World) -> None:
    rds = world.rds
    rds.modify_db_instance(DBInstanceIdentifier="shop", DBInstanceClass="db.t3.small", AllocatedStorage=30)
    found = world.instance("shop")
    assert (found["DBInstanceClass"], found["AllocatedStorage"]) == ("db.t3.micro", 20)
    assert found["PendingModifiedValues"] == {"DBInstanceClass": "db.t3.small", "AllocatedStorage": 30}
    rds.modify_db_instance(DBInstanceIdentifier="shop", AllocatedStorage=40, ApplyImmediately=True)
    found = world.wait("shop")
    assert (found["DBInstanceClass"], found["AllocatedStorage"]) == ("db.t3.small", 40)
    assert found["PendingModifiedValues"] == {}
    shrink = {"DBInstanceIdentifier": "shop", "AllocatedStorage": 20}
    assert refusal(rds.modify_db_instance, **shrink)[0] == "InvalidParameterCombination"
    rds.modify_db_instance(DBInstanceIdentifier="shop", DBInstanceClass="db.t3.micro")
    rds.reboot_db_instance(DBInstanceIdentifier="shop")
    assert world.wait("shop")["DBInstanceClass"] == "db.t3.micro"


def test_snapshot_restore_and_delete_with_the_command_line(world: World) -> None:
    world.run("shop", "CREATE TABLE snapped AS SELECT generate_series(1, 5000) AS id", "shop")
    cli(world, "create-db-snapshot", "--db-instance-identifier", "shop", "--db-snapshot-identifier", "before")
    world.wait_snapshot("before")
    world.wait("shop")
    world.run("shop", "DROP TABLE snapped", "shop")
    copied = ("--db-instance-identifier", "copied")
    cli(world, "restore-db-instance-from-db-snapshot", *copied, "--db-snapshot-identifier", "before")
    world.wait("copied")
    assert world.run("copied", "SELECT count(*), sum(id) FROM snapped", "shop") == [(5000, 12502500)]
    resource = world.instance("copied")["DbiResourceId"]
    assert (world.aws.home / "state" / "databases" / resource / "data").is_dir()
    world.rds.modify_db_instance(DBInstanceIdentifier="copied", DeletionProtection=True)
    delete = {"DBInstanceIdentifier": "copied", "SkipFinalSnapshot": True}
    assert "protect" in refusal(world.rds.delete_db_instance, **delete)[1]
    world.rds.modify_db_instance(DBInstanceIdentifier="copied", DeletionProtection=False)
    assert refusal(world.rds.delete_db_instance, DBInstanceIdentifier="copied")[0] == "InvalidParameterCombination"
    cli(world, "delete-db-instance", *copied, "--final-db-snapshot-identifier", "last")
    world.wait_gone("copied")
    assert not (world.aws.home / "state" / "databases" / resource).exists()
    listed = json.loads(cli(world, "describe-db-snapshots", "--db-instance-identifier", "copied"))["DBSnapshots"]
    assert [(one["DBSnapshotIdentifier"], one["Status"]) for one in listed] == [("last", "available")]
    for name in ("before", "last"):
        world.rds.delete_db_snapshot(DBSnapshotIdentifier=name)
    assert world.rds.describe_db_snapshots()["DBSnapshots"] == []


def test_a_snapshot_of_a_busy_server_holds_what_was_committed(world: World) -> None:
    world.run("database-1", "CREATE TABLE busy (id INT PRIMARY KEY) ENGINE=InnoDB", "address")
    connection = world.connect("database-1", database="address")
    cursor = connection.cursor()
    for number in range(200):
        cursor.execute("INSERT INTO busy VALUES (%s)", (number,))
    world.rds.create_db_snapshot(DBInstanceIdentifier="database-1", DBSnapshotIdentifier="busy")
    number = 200
    while world.instance("database-1")["DBInstanceStatus"] == "backing-up":
        cursor.execute("INSERT INTO busy VALUES (%s)", (number,))
        number += 1
    connection.close()
    world.wait_snapshot("busy")
    world.rds.restore_db_instance_from_db_snapshot(DBInstanceIdentifier="unbusy", DBSnapshotIdentifier="busy")
    world.wait("unbusy")
    count, most = world.run("unbusy", "SELECT count(*), max(id) FROM busy", "address")[0]
    assert 200 <= count <= number
    assert count == most + 1
    world.rds.delete_db_instance(DBInstanceIdentifier="unbusy", SkipFinalSnapshot=True)
    world.wait_gone("unbusy")
    world.rds.delete_db_snapshot(DBSnapshotIdentifier="busy")


def test_a_managed_master_password(world: World) -> None:
    world.create("managed", "postgres", MasterUserPassword=None, ManageMasterUserPassword=True)
    secret = world.wait("managed")["MasterUserSecret"]
    secrets = world.aws.client("secretsmanager")
    kept = json.loads(secrets.get_secret_value(SecretId=secret["SecretArn"])["SecretString"])
    assert kept["username"] == "postgres"
    assert world.run("managed", "SELECT 1", password=kept["password"]) == [(1,)]
    change = {"DBInstanceIdentifier": "managed", "MasterUserPassword": PASSWORD}
    assert refusal(world.rds.modify_db_instance, **change)[0] == "InvalidParameterCombination"
    world.rds.delete_db_instance(DBInstanceIdentifier="managed", SkipFinalSnapshot=True)
    world.wait_gone("managed")
    assert refusal(secrets.get_secret_value, SecretId=secret["SecretArn"])[0] == "ResourceNotFoundException"


def test_tags(world: World) -> None:
    arn = world.instance("shop")["DBInstanceArn"]
    world.rds.add_tags_to_resource(ResourceName=arn, Tags=[{"Key": "a", "Value": "1 & <2>"}, {"Key": "b", "Value": ""}])
    world.rds.remove_tags_from_resource(ResourceName=arn, TagKeys=["b"])
    assert world.rds.list_tags_for_resource(ResourceName=arn)["TagList"] == [{"Key": "a", "Value": "1 & <2>"}]
    own = {"ResourceName": arn, "Tags": [{"Key": "aws:x", "Value": "1"}]}
    assert refusal(world.rds.add_tags_to_resource, **own)[0] == "InvalidParameterValue"
    assert refusal(world.rds.list_tags_for_resource, ResourceName=arn + "x")[0] == "DBInstanceNotFound"


def test_accounts_and_regions_see_their_own(world: World) -> None:
    elsewhere = world.aws.client("rds", region_name="eu-west-1")
    other = world.aws.client("rds", aws_access_key_id="111111111111")
    for client in (elsewhere, other):
        assert client.describe_db_instances()["DBInstances"] == []
        assert refusal(client.stop_db_instance, DBInstanceIdentifier="shop")[0] == "DBInstanceNotFound"
