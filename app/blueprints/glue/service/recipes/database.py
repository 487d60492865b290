"""A script that copies a table of an RDS instance to S3: a Python shell job with PyMySQL or pg8000.

Both come with `--library-set analytics`: PyMySQL is of the set, pg8000 is what its awswrangler needs.
"""

from string import Template

from app.blueprints.glue.service.recipes.columns import Column, quoted
from app.blueprints.glue.service.recipes.parts import PLACE, TARGET

FORMS = {"json": "JSON lines", "csv": "CSV with a header"}
_FILES = {"json": ("part-00000.jsonl", "application/x-ndjson"), "csv": ("part-00000.csv", "text/csv; charset=utf-8")}
_DRIVERS = {"mysql": "pymysql.cursors", "postgres": "pg8000.native"}
_QUOTES = {"mysql": "`", "postgres": '"'}

_HEAD = '''"""Copies a table of an RDS instance to S3.

The rows come by a cursor on the server and leave in parts: memory does not grow with the table. The password is read
from Secrets Manager when the script runs, and is neither stored nor printed.
"""

$imports
import json
import ssl
import sys
from base64 import b64encode
from datetime import date, time

import boto3
import $driver
from awsglue.utils import getResolvedOptions

QUERY = $query
NAMES = [
$names
]
# --CA, where it is given, is a file of certificates in S3: then the connection is encrypted, and the server must be it.
options = ["INSTANCE", "LOGIN", "DATABASE", "OUTPUT"] + (["CA"] if "--CA" in sys.argv else [])
given = getResolvedOptions(sys.argv, options)
s3 = boto3.client("s3")
'''
_LOGIN = '''

def login():
    """Return where the database is, and its user and password."""
    found = boto3.client("rds").describe_db_instances(DBInstanceIdentifier=given["INSTANCE"])["DBInstances"][0]
    text = boto3.client("secretsmanager").get_secret_value(SecretId=given["LOGIN"])["SecretString"]
    secret = json.loads(text)
    return {
        "host": found["Endpoint"]["Address"],
        "port": found["Endpoint"]["Port"],
        "user": secret["username"],
        "password": secret["password"],
        "database": given["DATABASE"],
    }


def certificates():
    """Return how the connection is encrypted; None where no certificates are given."""
    if "CA" not in given:
        return None
    return ssl.create_default_context(cadata=s3.get_object(**place(given["CA"]))["Body"].read().decode("ascii"))
'''
_ROWS = {
    "mysql": '''

def rows():
    """Yield the rows while the server sends them."""
    connection = pymysql.connect(
        **login(), charset="utf8mb4", ssl=certificates(), cursorclass=pymysql.cursors.SSCursor
    )
    with connection, connection.cursor() as cursor:
        cursor.execute("SET SESSION net_write_timeout = 600")
        cursor.execute("START TRANSACTION READ ONLY")
        cursor.execute(QUERY)
        yield from cursor.fetchall_unbuffered()
''',
    "postgres": '''

def rows():
    """Yield the rows, some thousands at a time."""
    connection = pg8000.native.Connection(**login(), ssl_context=certificates())
    try:
        connection.run("START TRANSACTION READ ONLY")
        connection.run("DECLARE copied NO SCROLL CURSOR FOR " + QUERY)
        while piece := connection.run("FETCH 2000 FROM copied"):
            yield from piece
    finally:
        connection.close()
''',
}
_PLAIN = '''

def plain(value):
    """Return as text what JSON has no word for: exact numbers as written, dates in ISO 8601, bytes in base64."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        return b64encode(value).decode("ascii")
    return value.isoformat() if isinstance(value, (date, time)) else str(value)


encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, default=plain).encode
'''
_LINES = {
    "json": '''

def line(row):
    """Return a row as a line of JSON."""
    return encode(dict(zip(NAMES, row))) + "\\n"


''',
    "csv": '''

def cell(value):
    """Return a value as a cell; NULL is an empty one, as an empty text is."""
    if value is None or isinstance(value, str):
        return value or ""
    return encode(value) if isinstance(value, (bool, int, float, list, dict)) else plain(value)


def line(row):
    """Return a row as a line of CSV."""
    text = io.StringIO()
    csv.writer(text).writerow([cell(value) for value in row])
    return text.getvalue()


''',
}
_COPY = """with Target(given["OUTPUT"]) as target:
$header    count = 0
    for count, row in enumerate(rows(), start=1):
        target.write(line(row))
        if count % 10_000 == 0:
            print(f"{count} rows")
print(f"{count} rows written to {given['OUTPUT']}, 100 %")
"""


def table_to_s3(dialect: str, table: str, form: str, columns: tuple[Column, ...]) -> str:
    """Return the script that copies a table ("table" or "schema.table") of a MySQL or PostgreSQL instance to S3."""
    kept = [one for one in columns if one.keep]
    file, kind = _FILES[form]
    facts = {
        "imports": "import csv\nimport io" if form == "csv" else "",
        "driver": _DRIVERS[dialect],
        "query": quoted(query(dialect, table, [one.source for one in kept])),
        "names": "\n".join(f"    {quoted(one.name)}," for one in kept),
        "file": file,
        "kind": kind,
        "header": "    target.write(line(NAMES))\n" if form == "csv" else "",
    }
    text = _HEAD + PLACE + TARGET + _LOGIN + _ROWS[dialect] + _PLAIN + _LINES[form] + _COPY
    return Template(text).substitute(facts).replace('"""\n\n\nimport json', '"""\n\nimport json')


def query(dialect: str, table: str, columns: list[str]) -> str:
    """Return the statement; names are quoted, whatever they hold."""
    mark = _QUOTES[dialect]
    schema, _, name = table.rpartition(".") if dialect == "postgres" else ("", "", table)
    parts = [f"{mark}{one.replace(mark, mark * 2)}{mark}" for one in (schema, name) if one]
    listed = ", ".join(f"{mark}{one.replace(mark, mark * 2)}{mark}" for one in columns)
    return f"SELECT {listed} FROM {'.'.join(parts)}"  # noqa: S608 - every name is quoted
