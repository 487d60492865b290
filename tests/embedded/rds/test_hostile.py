"""What a server could read, write or run for someone with the master password: nothing outside its databases."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pymysql
import pytest

from tests.embedded.rds.world import World
from tests.processes import command_of

POSTGRES = (
    "COPY (SELECT 1) TO PROGRAM 'touch /tmp/trellis-hostile'",
    "CREATE TEMP TABLE t (x text); COPY t FROM PROGRAM 'id'",
    "CREATE TEMP TABLE t (x text); COPY t FROM '/etc/passwd'",
    "COPY (SELECT 1) TO '/tmp/trellis-hostile'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_read_file('postgresql.conf')",
    "SELECT pg_ls_dir('/')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT lo_export(0, '/tmp/trellis-hostile')",
    "CREATE EXTENSION plpython3u",
    "CREATE EXTENSION file_fdw",
    "CREATE EXTENSION dblink",
    "CREATE FUNCTION f(cstring) RETURNS int AS '/lib/x86_64-linux-gnu/libc.so.6', 'system' LANGUAGE c",
    "ALTER SYSTEM SET archive_command = 'id'",
    "SET session_preload_libraries = 'x'",
    "ALTER ROLE postgres SUPERUSER",
    "CREATE ROLE hostile SUPERUSER",
    "GRANT pg_execute_server_program TO postgres",
    "GRANT pg_read_server_files TO postgres",
    "ALTER ROLE rdsadmin PASSWORD 'x'",
    "SET ROLE rdsadmin",
    "LOAD '/tmp/x.so'",
    "CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1' PUBLICATION p",
)
MARIADB = (
    "LOAD DATA INFILE '/etc/passwd' INTO TABLE address.t",
    "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE address.t",
    "SELECT 'x' INTO OUTFILE '/tmp/trellis-hostile'",
    "SELECT 'x' INTO DUMPFILE '/tmp/trellis-hostile'",
    "CREATE FUNCTION sys_exec RETURNS INTEGER SONAME 'lib_mysqludf_sys.so'",
    "INSTALL SONAME 'server_audit'",
    "INSTALL PLUGIN x SONAME 'x.so'",
    "SET GLOBAL general_log_file = '/tmp/trellis-hostile'",
    "SET GLOBAL secure_file_priv = ''",
    "SET GLOBAL local_infile = 1",
    "GRANT FILE ON *.* TO 'admin'@'%'",
    "GRANT ALL PRIVILEGES ON *.* TO 'admin'@'%'",
    "GRANT SUPER ON *.* TO 'admin'@'%'",
    "GRANT ALL ON mysql.* TO 'admin'@'%'",
    "UPDATE mysql.global_priv SET priv = '{}'",
    "INSERT INTO mysql.plugin VALUES ('x', 'x.so')",
    "CREATE TABLE mysql.x (a INT)",
    "CREATE TABLE address.x (a INT) ENGINE=CONNECT",
    "CREATE SERVER s FOREIGN DATA WRAPPER mysql OPTIONS (HOST '127.0.0.1')",
    "CHANGE MASTER TO MASTER_HOST='127.0.0.1'",
    "SHUTDOWN",
)


@pytest.fixture(scope="module")
def postgres(world: World) -> Iterator[Any]:
    with world.connect("shop", database="shop") as connection:
        yield connection


@pytest.fixture(scope="module")
def mariadb(world: World) -> Iterator[Any]:
    with world.connect("database-1", database="address") as connection:
        cursor = connection.cursor()
        cursor.execute("CREATE TABLE IF NOT EXISTS t (x TEXT)")
        yield cursor


@pytest.mark.parametrize("sql", POSTGRES)
def test_postgres_refuses(postgres: Any, sql: str) -> None:
    with pytest.raises(psycopg.Error):
        postgres.execute(sql)
    assert not Path("/tmp/trellis-hostile").exists()


@pytest.mark.parametrize("sql", MARIADB)
def test_mariadb_refuses(mariadb: Any, sql: str) -> None:
    with pytest.raises(pymysql.err.MySQLError):
        mariadb.execute(sql)
    assert not Path("/tmp/trellis-hostile").exists()


def test_mariadb_reads_no_files(world: World) -> None:
    assert world.run("database-1", "SELECT LOAD_FILE('/etc/passwd')") == [(None,)]
    world.run("database-1", "CREATE TABLE outside (a INT) DATA DIRECTORY='/tmp'", "address")
    assert not list(Path("/tmp").glob("address/outside*"))


def test_a_user_who_is_made_an_administrator_still_reaches_no_file(world: World) -> None:
    """MariaDB cannot keep a grantor of every database from the grant tables: the kernel keeps the files shut."""
    for sql in (
        "CREATE OR REPLACE USER climber@'%' IDENTIFIED BY 'climber-password'",
        "GRANT ALL ON `%`.* TO climber@'%'",
    ):
        world.run("database-1", sql)
    everything = (
        "UPDATE mysql.global_priv SET Priv = JSON_SET(Priv, '$.access', 18446744073709551615) WHERE User = 'climber'"
    )
    climber = {"user": "climber", "password": "climber-password"}
    world.run("database-1", everything, **climber)
    world.run("database-1", "FLUSH PRIVILEGES")
    assert "ALL PRIVILEGES" in str(world.run("database-1", "SHOW GRANTS", **climber))
    assert world.run("database-1", "SELECT LOAD_FILE('/etc/passwd')", **climber) == [(None,)]
    for sql in (
        "SELECT 'x' INTO OUTFILE '/tmp/trellis-hostile'",
        "LOAD DATA INFILE '/etc/passwd' INTO TABLE address.t",
        "CREATE FUNCTION sys_exec RETURNS INTEGER SONAME 'lib_mysqludf_sys.so'",
        "INSTALL SONAME 'server_audit'",
    ):
        with pytest.raises(pymysql.err.MySQLError):
            world.run("database-1", sql, **climber)
    if sys.platform.startswith("linux"):
        with pytest.raises(pymysql.err.MySQLError):
            world.run("database-1", "SET GLOBAL general_log_file = '/tmp/trellis-hostile', general_log = 1", **climber)
    assert not Path("/tmp/trellis-hostile").exists()
    world.run("database-1", "DROP USER climber@'%'")


def servers(world: World) -> list[Any]:
    marks = [str(world.aws.home)]
    found = [one for one in psutil.process_iter() if any(mark in " ".join(command_of(one)) for mark in marks)]
    return [one for one in found if one.name() in ("mariadbd", "postgres")]


def test_servers_listen_on_loopback_only_and_never_run_as_root(world: World) -> None:
    found = servers(world)
    assert {one.name() for one in found} == {"mariadbd", "postgres"}
    ports = {world.instance(name)["Endpoint"]["Port"] for name in ("database-1", "shop")}
    for one in found:
        assert one.uids().effective != 0
        listening = [c.laddr for c in one.net_connections(kind="inet") if c.status == psutil.CONN_LISTEN]
        assert {address.ip for address in listening} == {"127.0.0.1"}
        assert {address.port for address in listening} <= ports


@pytest.mark.parametrize(("name", "user"), [("database-1", "root"), ("database-1", "rdsadmin"), ("shop", "rdsadmin")])
def test_no_other_account_is_open(world: World, name: str, user: str) -> None:
    for password in ("", "rdsadmin", "password"):
        with pytest.raises((psycopg.OperationalError, pymysql.err.OperationalError)):
            world.connect(name, password=password, user=user)
