"""Reading only holds: everything that could change a row, or leave the transaction, is refused or useless."""

import contextlib
from dataclasses import replace

import pytest

from app.sql import errors, statements
from app.sql.engines import Engines, open_connection
from app.sql.lexer import tokens
from app.sql.options import Options
from app.sql.run import read
from app.sql.statements import Statement
from app.sql.target import Target
from tests.sql import servers


def raw(text: str) -> Statement:
    """The whole text as one statement, as if splitting had been fooled."""
    first = text.split()[0].upper().rstrip(";").lstrip("(")
    found = tuple(tokens(text, "mysql")) if "FILE" in text else ()
    return Statement(text, 0, 1, 1, first, (), found)


@pytest.fixture
def kept(engines: Engines, target: Target) -> Target:
    """A target with a table of one row, and routines that try to write."""
    connection = open_connection(target, servers.PASSWORD)
    cursor = connection.cursor()
    if target.dialect == "postgres":
        prepare = [
            "SET default_transaction_read_only = off",
            "DROP TABLE IF EXISTS kept",
            "CREATE TABLE kept (id int PRIMARY KEY, n serial)",
            "CREATE OR REPLACE FUNCTION sneak() RETURNS int LANGUAGE plpgsql AS $$ BEGIN "
            "SET TRANSACTION READ WRITE; INSERT INTO kept VALUES (2); RETURN 1; END $$",
            "CREATE OR REPLACE FUNCTION sneak2() RETURNS int LANGUAGE plpgsql AS $$ BEGIN "
            "PERFORM set_config('transaction_read_only', 'off', false); INSERT INTO kept VALUES (2); RETURN 1; END $$",
            "CREATE OR REPLACE PROCEDURE leave() LANGUAGE plpgsql AS $$ BEGIN "
            "COMMIT; SET TRANSACTION READ WRITE; INSERT INTO kept VALUES (2); COMMIT; END $$",
        ]
    else:
        prepare = [
            "SET SESSION TRANSACTION READ WRITE",
            "DROP TABLE IF EXISTS kept, loose",
            "CREATE TABLE kept (id int PRIMARY KEY, n int)",
            "CREATE TABLE loose (id int) ENGINE=MyISAM",
            "DROP FUNCTION IF EXISTS sneak",
            "CREATE FUNCTION sneak() RETURNS int MODIFIES SQL DATA BEGIN INSERT INTO kept VALUES (2, 2); RETURN 1; END",
            "DROP FUNCTION IF EXISTS sneak2",
            "CREATE FUNCTION sneak2() RETURNS int MODIFIES SQL DATA BEGIN "
            "SET SESSION tx_read_only = 0; INSERT INTO loose VALUES (2); RETURN 1; END",
            "DROP PROCEDURE IF EXISTS `leave`",
            "CREATE PROCEDURE `leave`() BEGIN COMMIT; SET SESSION TRANSACTION READ WRITE; "
            "INSERT INTO kept VALUES (2, 2); COMMIT; END",
            "CREATE SEQUENCE IF NOT EXISTS counter",
        ]
    for text in [*prepare, "INSERT INTO kept VALUES (1, 1)"]:
        cursor.execute(text)
    connection.commit()
    connection.close()
    return target


def rows(target: Target) -> int:
    connection = open_connection(target, servers.PASSWORD)
    cursor = connection.cursor()
    cursor.execute("SELECT count(*) FROM kept")
    count = int(cursor.fetchone()[0])
    if target.dialect == "mysql":
        cursor.execute("SELECT count(*) FROM loose")
        count += int(cursor.fetchone()[0])
    connection.close()
    return count


COMMON = [
    "INSERT INTO kept VALUES (2, 2)",
    "UPDATE kept SET n = 5",
    "DELETE FROM kept",
    "DROP TABLE kept",
    "TRUNCATE TABLE kept",
    "CREATE TABLE made (id int)",
    "ALTER TABLE kept ADD c int",
    "GRANT SELECT ON kept TO master",
    "SELECT sneak()",
    "SELECT sneak2()",
    "SELECT 1; DELETE FROM kept",
    "COMMIT; DELETE FROM kept",
    "SELECT 1; COMMIT; DELETE FROM kept",
    "SELECT * FROM kept FOR UPDATE; DELETE FROM kept",
]
POSTGRES = [
    "CALL leave()",
    "DO $$ BEGIN SET TRANSACTION READ WRITE; DELETE FROM kept; END $$",
    "DO $$ BEGIN COMMIT; DELETE FROM kept; END $$",
    "DO $$ BEGIN EXECUTE 'SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE'; DELETE FROM kept; END $$",
    "DO $$ BEGIN ROLLBACK AND CHAIN; DELETE FROM kept; END $$",
    "WITH gone AS (DELETE FROM kept RETURNING *) SELECT * FROM gone",
    "SELECT nextval('kept_n_seq')",
    "EXPLAIN ANALYZE DELETE FROM kept",
    "SELECT * INTO made FROM kept",
    "SET TRANSACTION READ WRITE",
    "COPY kept FROM PROGRAM 'echo 2'",
    "COPY (SELECT 1) TO PROGRAM 'cat > /tmp/x'",
    "COPY kept TO '/tmp/x'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT lo_import('/etc/passwd')",
    "VACUUM kept",
    "CREATE DATABASE made",
    "ALTER SYSTEM SET work_mem = '5MB'",
    "SELECT set_config('transaction_read_only', 'off', false)",
    "SELECT set_config('transaction_read_only', 'off', true)",
    "BEGIN READ WRITE",
    "SELECT setval('kept_n_seq', 99)",
    "SELECT * FROM kept FOR UPDATE",
    "SELECT query_to_xml('DELETE FROM kept RETURNING id', true, true, '')",
    "SELECT ts_stat('DELETE FROM kept RETURNING NULL::tsvector')",
    "WITH gone AS (DELETE FROM kept RETURNING *) TABLE gone",
    "EXPLAIN (ANALYZE) INSERT INTO kept VALUES (2, 2)",
    "MERGE INTO kept USING (SELECT 1 AS a) s ON kept.id = s.a WHEN MATCHED THEN DELETE",
    "SELECT lo_export(1, '/tmp/x')",
    "SELECT lo_from_bytea(0, 'x')",
    "SELECT lo_unlink(1)",
    "SELECT pg_ls_dir('/')",
    "SELECT pg_read_binary_file('/etc/passwd')",
    "CREATE EXTENSION dblink",
    "SELECT dblink_exec('dbname=shop', 'DELETE FROM kept')",
    "SELECT pg_reload_conf()",
    "LOCK TABLE kept IN ACCESS EXCLUSIVE MODE",
    "REINDEX TABLE kept",
    "PREPARE TRANSACTION 'x'",
    "LISTEN kept",
    "NOTIFY kept",
    "DO $$ BEGIN PERFORM pg_notify('a', 'b'); END $$",
    "LOAD 'auto_explain'",
    "SET ROLE pg_execute_server_program",
]
MYSQL = [
    "CALL `leave`()",
    "BEGIN NOT ATOMIC COMMIT; SET SESSION TRANSACTION READ WRITE; DELETE FROM kept; END",
    "SET STATEMENT tx_read_only=0 FOR DELETE FROM kept",
    "SET SESSION TRANSACTION READ WRITE",
    "PREPARE x FROM 'DELETE FROM kept'",
    "EXECUTE IMMEDIATE 'DELETE FROM kept'",
    "XA START 'a'",
    "START TRANSACTION READ WRITE",
    "/*!50000 DELETE FROM kept */",
    "/*M!100000 CALL `leave`() */",
    "LOCK TABLES kept WRITE",
    "REPLACE INTO kept VALUES (1, 7)",
    "INSERT INTO loose VALUES (2)",
    "SELECT NEXT VALUE FOR counter",
    "SELECT * FROM kept INTO OUTFILE '/tmp/x'",
    "SELECT 'x' INTO DUMPFILE '/tmp/x'",
    "SELECT 1 /*! INTO OUTFILE '/tmp/x' */",
    "SELECT 1 INTO OUTFILE S3 's3-us-east-1://bucket/x'",
    "(SELECT 'x') INTO OUTFILE '/tmp/x'",
    "ANALYZE FORMAT=JSON DELETE FROM kept",
    "ANALYZE FORMAT=JSON UPDATE loose SET id = 9",
    "ANALYZE FORMAT=JSON INSERT INTO loose VALUES (3)",
    "ANALYZE FORMAT=JSON SELECT sneak2()",
    "EXPLAIN DELETE FROM kept",
    "SELECT * FROM kept FOR UPDATE",
    "SELECT SETVAL(counter, 100)",
    "SELECT /*+ SET_VAR(tx_read_only=0) */ sneak()",
    "SELECT sneak() INTO @x",
    "WITH RECURSIVE r AS (SELECT sneak2() AS a) SELECT * FROM r",
    "SELECT SLEEP(20)",
    "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE kept",
    "LOAD DATA INFILE '/etc/passwd' INTO TABLE kept",
    "EXPLAIN SELECT 1; DELETE FROM kept",
    "SHOW TABLES; DELETE FROM kept",
    "DO sneak()",
    "KILL 1",
    "FLUSH TABLES",
    "SET GLOBAL max_connections = 10",
    "HANDLER kept OPEN",
    "RENAME TABLE kept TO gone",
]
HARMLESS = ("LOCK", "REINDEX", "LISTEN", "NOTIFY", "DO $$ BEGIN PERFORM", "SELECT 1")  # the gate alone refuses these
USELESS = [
    "COMMIT",
    "ROLLBACK",
    "COMMIT AND CHAIN",
    "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE",
    "SET default_transaction_read_only = off",
    "SET statement_timeout = 0",
    "SELECT set_config('default_transaction_read_only', 'off', false)",
    "PREPARE x AS DELETE FROM kept",
    "SELECT lo_create(0)",
    "CREATE TEMPORARY TABLE mine (id int)",
    "SELECT pg_notify('a', 'b')",
    "SELECT pg_advisory_lock(7)",
    "SELECT pg_logical_emit_message(false, 'a', 'b')",
]


def refused(engines: Engines, target: Target, text: str) -> None:
    """Neither as it is, nor passed off as a class of statement that reads, may it change anything."""
    with pytest.raises(errors.SqlError):
        read(target, raw(text), None, Options(timeout=2), engines)
    assert rows(target) == 1
    if target.dialect == "postgres" and not text.startswith(HARMLESS):
        with pytest.raises(errors.SqlError):
            read(target, replace(raw(text), word="SHOW"), None, Options(timeout=2), engines)
        assert rows(target) == 1


@pytest.mark.parametrize("text", COMMON)
def test_refused_by_both(engines: Engines, kept: Target, text: str) -> None:
    refused(engines, kept, text)


@pytest.mark.parametrize("text", POSTGRES)
@pytest.mark.parametrize("target", ["postgres"], indirect=True)
def test_refused_by_postgresql(engines: Engines, kept: Target, text: str) -> None:
    refused(engines, kept, text)


@pytest.mark.parametrize("text", MYSQL)
@pytest.mark.parametrize("target", ["mariadb"], indirect=True)
def test_refused_by_mariadb(engines: Engines, kept: Target, text: str) -> None:
    refused(engines, kept, text)


@pytest.mark.parametrize("text", USELESS)
@pytest.mark.parametrize("target", ["postgres"], indirect=True)
def test_useless_on_postgresql(engines: Engines, kept: Target, text: str) -> None:
    """What the server takes changes nothing for the statement after it, on the same connection.

    The class of statement is passed off as one that reads: the server alone must hold.
    """
    with contextlib.suppress(errors.StatementError):
        read(kept, replace(raw(text), word="SHOW"), None, Options(timeout=5), engines)
    with engines.connection(kept) as lent:
        before = lent.dbapi_connection
    for attempt in ("DELETE FROM kept", "EXECUTE x", "INSERT INTO mine VALUES (1)"):
        with pytest.raises(errors.StatementError):
            read(kept, replace(raw(attempt), word="SHOW"), None, Options(timeout=5), engines)
    settings = "SELECT current_setting('transaction_read_only'), current_setting('statement_timeout')"
    assert read(kept, raw(settings), None, Options(timeout=5), engines).answer.rows == (("on", "5s"),)
    assert rows(kept) == 1
    with engines.connection(kept) as lent:
        assert lent.dbapi_connection is before


def test_splitting_hides_nothing_from_the_server(engines: Engines, maria: Target) -> None:
    """A comment that only the server ends elsewhere never stands before the word that was judged."""
    for text in ("-- x\rSELECT 1\nDELETE", "/* a /* b */ DELETE FROM kept -- */ SELECT 1", "#\rSELECT\n DELETE"):
        for statement in statements.split(text, "mysql"):
            assert statement.text.upper().startswith(statement.word) and statement.word == "DELETE"
