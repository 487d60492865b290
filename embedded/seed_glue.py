"""The Glue jobs of a first start, put in after the ready line: scripts in a bucket, a role, jobs, a small catalogue.

A mark in the state directory says that they were made: what is deleted does not come back.
"""

import contextlib
import json
import sys
from pathlib import Path
from typing import Any

SCRIPTS = Path(__file__).parent / "seed" / "glue"
BUCKET = "trellis-glue"
ROLE = "AWSGlueServiceRole-trellis"
ADDRESSES = "s3://inputforlambda123/addresses.csv"
ORDERS = f"s3://{BUCKET}/input/orders/orders.csv"
DATABASE = "trellis"
# The amount of the seventh order is written with a comma.
ORDER_ROWS = (
    "order_id,customer,amount\n1001,Ada,19.90\n1002,Grace,250.00\n1003,Ada,5.00\n1004,Edsger,42.42\n1005,Grace,12.50\n"
    '1006,Barbara,99.99\n1007,Edsger,"1,250"\n1008,Ada,7.10\n1009,Barbara,310.00\n1010,Grace,64.00\n'
)


def mark(state: Path) -> Path:
    """Return the file that says that everything was made."""
    return state / "seeded-glue"


def due(state: Path) -> bool:
    """Whether it is still to be made."""
    return not mark(state).exists()


def make_role(iam: Any) -> None:
    """Make a role that Glue may assume and that may read and write what the jobs do."""
    service = {"Effect": "Allow", "Principal": {"Service": "glue.amazonaws.com"}, "Action": "sts:AssumeRole"}
    trust = {"Version": "2012-10-17", "Statement": [service]}
    buckets = [f"arn:aws:s3:::{name}" for name in (BUCKET, "inputforlambda123")]
    objects = [f"{bucket}/*" for bucket in buckets]
    logs = {"Effect": "Allow", "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]}
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": buckets},
            {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": objects},
            {"Effect": "Allow", "Action": ["s3:PutObject"], "Resource": [f"arn:aws:s3:::{BUCKET}/output/*"]},
            {**logs, "Resource": ["arn:aws:logs:*:*:log-group:/aws-glue/*"]},
        ],
    }
    with contextlib.suppress(iam.exceptions.EntityAlreadyExistsException):
        iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(trust), Description="For the demo's jobs")
    iam.put_role_policy(RoleName=ROLE, PolicyName="jobs", PolicyDocument=json.dumps(policy))


def make_job(glue: Any, name: str, script: str, description: str, arguments: dict[str, str], **fields: Any) -> None:
    """Make a job, unless it is there."""
    command = fields.pop("command", "pythonshell")
    shell = {"Name": command, "ScriptLocation": f"s3://{BUCKET}/scripts/{script}", "PythonVersion": "3.9"}
    if command != "pythonshell":
        shell["PythonVersion"] = "3"
    try:
        glue.create_job(
            Name=name,
            Role=ROLE,
            Description=description,
            Command=shell,
            DefaultArguments=arguments,
            Timeout=30,
            **fields,
        )
    except glue.exceptions.AlreadyExistsException:
        return


def make_jobs(glue: Any) -> None:
    """Make the four jobs, and a trigger that is off."""
    make_job(
        *(glue, "addresses-to-json", "addresses_to_json.py"),
        "The book's conversion: a CSV in S3 becomes JSON lines",
        {"--INPUT": ADDRESSES, "--OUTPUT": f"s3://{BUCKET}/output/addresses.jsonl"},
    )
    make_job(
        *(glue, "addresses-to-json-spark", "addresses_to_json_spark.py"),
        "The book's conversion on Spark (needs PySpark: make spark)",
        {"--INPUT": ADDRESSES, "--OUTPUT": f"s3://{BUCKET}/output/addresses-spark/"},
        command="glueetl",
        GlueVersion="5.0",
        WorkerType="G.1X",
        NumberOfWorkers=2,
    )
    make_job(*(glue, "count-slowly", "count_slowly.py"), "Takes a minute and prints its progress", {"--STEPS": "60"})
    make_job(
        *(glue, "sum-orders", "sum_orders.py"),
        "Fails on one row of its input: find it in the log",
        {"--INPUT": ORDERS, "--OUTPUT": f"s3://{BUCKET}/output/orders.jsonl"},
    )
    try:
        glue.create_trigger(
            Name="addresses-every-morning",
            Type="SCHEDULED",
            Schedule="cron(0 6 ? * MON-FRI *)",
            Description="Off until it is started",
            Actions=[{"JobName": "addresses-to-json"}],
        )
    except glue.exceptions.AlreadyExistsException:
        return


def make_catalogue(glue: Any) -> None:
    """Make a database with two tables, and a crawler that would make them anew."""
    address_columns = (("id", "bigint"), ("location_id", "bigint"), *((n, "string") for n in ("address_1", "city")))
    tables = (
        ("addresses", "s3://inputforlambda123/addresses.csv", (*address_columns, ("state_province", "string"))),
        (
            "orders",
            ORDERS.rpartition("/")[0] + "/",
            (("order_id", "bigint"), ("customer", "string"), ("amount", "string")),
        ),
    )
    try:
        glue.create_database(DatabaseInput={"Name": DATABASE, "Description": "The tables of the demo"})
    except glue.exceptions.AlreadyExistsException:
        return
    for name, location, columns in tables:
        glue.create_table(DatabaseName=DATABASE, TableInput=table_input(name, location, columns))
    glue.create_crawler(
        Name="orders", Role=ROLE, DatabaseName=DATABASE, Targets={"S3Targets": [{"Path": ORDERS.rpartition("/")[0]}]}
    )


def table_input(name: str, location: str, columns: Any) -> dict[str, Any]:
    """Return a table of CSV with a header."""
    return {
        "Name": name,
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"classification": "csv", "skip.header.line.count": "1", "delimiter": ","},
        "StorageDescriptor": {
            "Columns": [{"Name": column, "Type": kind} for column, kind in columns],
            "Location": location,
            "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
            "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
            "SerdeInfo": {
                "SerializationLibrary": "org.apache.hadoop.hive.serde2.OpenCSVSerde",
                "Parameters": {"separatorChar": ",", "quoteChar": '"'},
            },
        },
    }


def main(state: Path) -> int:
    """Make everything; the endpoint and the credentials come from the environment, as for any client."""
    import boto3

    session: Any = boto3.session.Session()
    s3, glue = session.client("s3"), session.client("glue")
    s3.create_bucket(Bucket=BUCKET)
    for path in sorted(SCRIPTS.glob("*.py")):
        s3.put_object(Bucket=BUCKET, Key=f"scripts/{path.name}", Body=path.read_bytes(), ContentType="text/x-python")
    s3.put_object(Bucket=BUCKET, Key="input/orders/orders.csv", Body=ORDER_ROWS.encode(), ContentType="text/csv")
    make_role(session.client("iam"))
    make_jobs(glue)
    make_catalogue(glue)
    mark(state).touch()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
