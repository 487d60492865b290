"""Scripts for Python shell jobs: the standard library and boto3, row by row."""

from string import Template

from app.blueprints.glue.service.recipes.columns import Column, quoted
from app.blueprints.glue.service.recipes.parts import PLACE, TARGET

_HEAD = '''"""$title

It reads and writes piece by piece: memory does not grow with the file.
"""

import csv
import io
import json
import sys

import boto3
from awsglue.utils import getResolvedOptions

given = getResolvedOptions(sys.argv, [$options])
s3 = boto3.client("s3")
$place

class Source(io.RawIOBase):
    """An object in S3 as a file, read while it arrives."""

    def __init__(self, address):
        answer = s3.get_object(**place(address))
        self.body, self.size, self.done = answer["Body"], answer["ContentLength"], 0

    def readable(self):
        return True

    def readinto(self, buffer):
        data = self.body.read(len(buffer))
        buffer[: len(data)] = data
        self.done += len(data)
        return len(data)

    def percent(self):
        return 100 * self.done // max(self.size, 1)

    def text(self, encoding):
        return io.TextIOWrapper(io.BufferedReader(self, 1024 * 1024), encoding, newline="")
'''
_PARQUET = '''

class Target:
    """A Parquet file, written in groups of rows on the disk and then stored in S3."""

    GROUP = 50_000
    SCHEMA = pyarrow.schema(
        [
$schema
        ]
    )

    def __init__(self, address):
        self.place, self.rows = place(address), []
        self.writer = pyarrow.parquet.ParquetWriter("made.parquet", self.SCHEMA)

    def __enter__(self):
        return self

    def write(self, row):
        self.rows.append(row)
        if len(self.rows) >= self.GROUP:
            self.send()

    def send(self):
        self.writer.write_table(pyarrow.Table.from_pylist(self.rows, schema=self.SCHEMA))
        self.rows = []

    def __exit__(self, kind, *_):
        if kind is None and self.rows:
            self.send()
        self.writer.close()
        if kind is None:
            s3.upload_file("made.parquet", self.place["Bucket"], self.place["Key"])
'''
_CONVERTERS = {
    "whole": '''

def whole(text):
    """Return a whole number, None for an empty cell."""
    return int(text) if text and text.strip() else None
''',
    "number": '''

def number(text):
    """Return a number, None for an empty cell."""
    return float(text) if text and text.strip() else None
''',
    "flag": '''

def flag(text):
    """Return True or False, None for an empty cell."""
    if not text or not text.strip():
        return None
    return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}[text.strip().lower()]
''',
}
_ROWS = '''

def convert(row):
    """Return what is kept of one row of the CSV."""
    return {
$fields
    }


source = Source(given["INPUT"])
rows = csv.DictReader(source.text(given["ENCODING"]))
print(f"Reading {given['INPUT']}, columns {rows.fieldnames}")
for name in [
$wanted
]:
    if name not in (rows.fieldnames or []):
        raise KeyError(name)

$encode
with Target(given["OUTPUT"]) as target:
    count = 0
    for count, row in enumerate(rows, start=1):
        try:
            $write
        except (KeyError, TypeError, ValueError):
            print(f"Row {count}, at line {rows.line_num}, does not convert: {dict(row)}")
            raise
        if count % 10_000 == 0:
            print(f"{count} rows, {source.percent()} %")
print(f"{count} rows written to {given['OUTPUT']}, 100 %")
'''
_DYNAMODB = """

table = boto3.resource("dynamodb").Table(given["TABLE"])
source = Source(given["INPUT"])
count = 0
with table.batch_writer() as batch:
    for count, line in enumerate(source.text("utf-8-sig"), start=1):
        if not line.strip():
            continue
        try:
            batch.put_item(Item=json.loads(line, parse_float=Decimal))  # DynamoDB takes no binary floating point
        except ValueError:
            print(f"Line {count} is not JSON: {line[:200]}")
            raise
        if count % 1_000 == 0:
            print(f"{count} items, {source.percent()} %")
print(f"{count} lines put into {given['TABLE']}, 100 %")
"""
_ARROW = {"text": "string", "whole": "int64", "number": "float64", "flag": "bool_"}


def csv_to_json(columns: tuple[Column, ...]) -> str:
    """Return the script that makes JSON lines of a CSV."""
    head = _head("Turns a CSV in S3 into JSON lines.", ("INPUT", "OUTPUT", "ENCODING"), "part-00000.jsonl")
    rows = _rows(
        columns, "encode = json.JSONEncoder(ensure_ascii=False).encode", 'target.write(encode(convert(row)) + "\\n")'
    )
    target = Template(TARGET).substitute(kind="application/x-ndjson")
    return head + target + _converters(columns) + rows


def csv_to_parquet(columns: tuple[Column, ...]) -> str:
    """Return the script that makes a Parquet file of a CSV; it needs pyarrow."""
    head = _head(
        "Turns a CSV in S3 into Parquet; needs pyarrow.", ("INPUT", "OUTPUT", "ENCODING"), "part-00000.parquet"
    )
    head = head.replace("import json\n", "").replace(
        "import boto3\n", "import boto3\nimport pyarrow\nimport pyarrow.parquet\n"
    )
    fields = (f"({quoted(one.name)}, pyarrow.{_ARROW[one.kind]}())" for one in columns if one.keep)
    schema = "\n".join(f"            {one}," for one in fields)
    target = Template(_PARQUET).substitute(schema=schema)
    return head + target + _converters(columns) + _rows(columns, "", "target.write(convert(row))")


def json_to_dynamodb() -> str:
    """Return the script that puts JSON lines into a DynamoDB table."""
    head = _head("Puts JSON lines in S3 into a DynamoDB table.", ("INPUT", "TABLE"), "")
    head = head.replace("import csv\n", "").replace("import sys\n", "import sys\nfrom decimal import Decimal\n")
    return head + _DYNAMODB


def _head(title: str, options: tuple[str, ...], file: str) -> str:
    place = Template(PLACE).substitute(file=file)
    return Template(_HEAD).substitute(title=title, options=", ".join(f'"{one}"' for one in options), place=place)


def _converters(columns: tuple[Column, ...]) -> str:
    used = {one.kind for one in columns if one.keep}
    return "".join(text for kind, text in _CONVERTERS.items() if kind in used)


def _rows(columns: tuple[Column, ...], encode: str, write: str) -> str:
    kept = [one for one in columns if one.keep]
    fields = "\n".join(f"        {quoted(one.name)}: {_cell(one)}," for one in kept)
    wanted = "\n".join(f"    {quoted(one.source)}," for one in kept)
    text = Template(_ROWS).substitute(fields=fields, wanted=wanted, encode=encode, write=write)
    return text if encode else text.replace("\n\n\nwith Target", "\n\nwith Target")


def _cell(column: Column) -> str:
    cell = f"row[{quoted(column.source)}]"
    return cell if column.kind == "text" else f"{column.kind}({cell})"
