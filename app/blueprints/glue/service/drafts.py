"""A new job: from which recipe, its script, what its role must allow, and how it is made."""

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from app.blueprints.glue.service import places
from app.blueprints.glue.service.recipes import database, shell, spark
from app.blueprints.glue.service.recipes.columns import Column
from app.declined import Taken
from app.role_policies import Need

RECIPES = {
    "csv-json": "CSV to JSON lines",
    "csv-parquet": "CSV to Parquet",
    "json-dynamodb": "JSON lines to DynamoDB",
    "rds-s3": "RDS table to S3",
    "own": "A script of your own",
}
ENGINES = {"pythonshell": "Python shell: one small machine", "glueetl": "Spark: a cluster of workers"}
MAPPED = ("csv-json", "csv-parquet")
COLUMNED = (*MAPPED, "rds-s3")  # columns are kept and renamed; those of a table keep their types


@dataclass(frozen=True)
class Draft:
    """What is typed for a new job; addresses are those of S3."""

    name: str
    recipe: str
    engine: str
    role: str
    script_at: str
    source: str = ""
    target: str = ""
    table: str = ""
    encoding: str = "utf-8-sig"
    description: str = ""
    timeout: int = 60
    instance: str = ""
    login: str = ""
    database: str = ""
    relation: str = ""
    form: str = "json"
    connection: str = ""
    certificates: str = ""
    dialect: str = ""

    @property
    def arguments(self) -> dict[str, str]:
        """The job's default arguments."""
        if self.recipe == "own":
            return {}
        if self.recipe == "json-dynamodb":
            return {"--INPUT": self.source, "--TABLE": self.table}
        if self.recipe == "rds-s3":
            named = {"--INSTANCE": self.instance, "--LOGIN": self.login, "--DATABASE": self.database}
            more = {"--CA": self.certificates} if self.certificates else {}
            return {**named, "--OUTPUT": self.target, **more, "--library-set": "analytics"}
        given = {"--INPUT": self.source, "--OUTPUT": self.target}
        if self.engine == "pythonshell":
            given["--ENCODING"] = self.encoding
            if self.recipe == "csv-parquet":
                given["--library-set"] = "analytics"
        return given


def script(draft: Draft, columns: tuple[Column, ...]) -> str:
    """Return the script of a draft; empty for one of a person's own."""
    if draft.recipe in MAPPED and draft.engine == "glueetl":
        return spark.csv_to("json" if draft.recipe == "csv-json" else "parquet", columns)
    if draft.recipe == "rds-s3":
        return database.table_to_s3(draft.dialect, draft.relation, draft.form, columns)
    makers = {"csv-json": shell.csv_to_json, "csv-parquet": shell.csv_to_parquet}
    if draft.recipe in makers:
        return makers[draft.recipe](columns)
    return shell.json_to_dynamodb() if draft.recipe == "json-dynamodb" else ""


def script_place(name: str, near: str) -> str:
    """Return where a script is stored by default: beside the data, under a name that is no module of Python's own."""
    place = places.read(near)
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "job"
    if plain in sys.stdlib_module_names or plain in ("boto3", "awsglue", "pyspark"):
        plain += "_job"
    return f"s3://{place.bucket}/scripts/{plain}.py" if place else ""


def needs(draft: Draft, account: str, region: str) -> tuple[Need, ...]:
    """Return what the job's role must allow."""
    found = [Need("s3:GetObject", _arn(draft.script_at), "reads the script")]
    if draft.recipe == "rds-s3":
        found += _signs_in(draft, account, region)
    elif draft.recipe != "own":
        found += _reads(draft.source, draft.engine)
    if draft.recipe in COLUMNED:
        found += _writes(draft.target, draft.engine)
    if draft.recipe == "json-dynamodb":
        table = f"arn:aws:dynamodb:{region}:{account}:table/{draft.table}"
        found.append(Need("dynamodb:BatchWriteItem", table, "puts the items"))
    logs = f"arn:aws:logs:{region}:{account}:log-group:/aws-glue/*"
    return (
        *found,
        *(
            Need(f"logs:{name}", logs, "writes its log")
            for name in ("CreateLogGroup", "CreateLogStream", "PutLogEvents")
        ),
    )


def _arn(address: str, below: bool = False) -> str:
    place = places.read(address)
    if place is None:
        return "*"
    return f"arn:aws:s3:::{place.bucket}/{place.key}{'*' if below or place.folder else ''}"


def _bucket(address: str) -> str:
    place = places.read(address)
    return f"arn:aws:s3:::{place.bucket}" if place else "*"


def _signs_in(draft: Draft, account: str, region: str) -> list[Need]:
    name = draft.login
    secret = name if name.startswith("arn:") else f"arn:aws:secretsmanager:{region}:{account}:secret:{name}-??????"
    found = [
        Need("rds:DescribeDBInstances", f"arn:aws:rds:{region}:{account}:db:{draft.instance}", "finds the instance"),
        Need("secretsmanager:GetSecretValue", secret, "reads the password"),
    ]
    if draft.certificates:
        found.append(Need("s3:GetObject", _arn(draft.certificates), "reads the certificates"))
    return found


def _reads(source: str, engine: str) -> list[Need]:
    found = [Need("s3:GetObject", _arn(source), "reads the input")]
    return [*found, Need("s3:ListBucket", _bucket(source), "lists the input")] if engine == "glueetl" else found


def _writes(target: str, engine: str) -> list[Need]:
    below = engine == "glueetl"
    found = [Need("s3:PutObject", _arn(target, below), "writes the output")]
    if engine == "pythonshell":
        return [*found, Need("s3:AbortMultipartUpload", _arn(target), "leaves nothing when it fails")]
    return [
        *found,
        Need("s3:DeleteObject", _arn(target, below), "tidies what it wrote"),
        Need("s3:ListBucket", _bucket(target), "lists the output"),
    ]


def create(clients: Mapping[str, Any], draft: Draft, text: str) -> None:
    """Store the script and make the job. Raises Taken where one of both is there; nothing is overwritten."""
    if _exists(clients["glue"], draft.name):
        raise Taken("name", "There is a job of this name already.")
    place = places.read(draft.script_at)
    if place is None:
        raise Taken("script_at", "This is no address in S3.")
    _store(clients["s3"], place, text)
    try:
        clients["glue"].create_job(**definition(draft))
    except ClientError:
        clients["s3"].delete_object(Bucket=place.bucket, Key=place.key)  # ours: it was not there before
        raise


def _exists(client: Any, name: str) -> bool:
    try:
        client.get_job(JobName=name)
    except ClientError as error:
        if error.response["Error"]["Code"] == "EntityNotFoundException":
            return False
        raise
    return True


def _store(client: Any, place: places.Place, text: str) -> None:
    body = {"Body": text.encode(), "ContentType": "text/x-python; charset=utf-8"}
    try:
        client.put_object(Bucket=place.bucket, Key=place.key, IfNoneMatch="*", **body)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "PreconditionFailed":
            raise Taken("script_at", "There is an object here already: choose another name for the script.") from error
        if code == "NoSuchBucket":
            raise Taken("script_at", f"There is no bucket {place.bucket}.") from error
        raise


def definition(draft: Draft) -> dict[str, Any]:
    """Return the parameters of CreateJob."""
    shell_job = draft.engine == "pythonshell"
    made: dict[str, Any] = {
        "Name": draft.name,
        "Role": draft.role,
        "Command": {
            "Name": draft.engine,
            "ScriptLocation": draft.script_at,
            "PythonVersion": "3.9" if shell_job else "3",
        },
        "GlueVersion": "3.0" if shell_job else "5.0",
        "Timeout": draft.timeout,
    }
    size = {"MaxCapacity": 0.0625} if shell_job else {"WorkerType": "G.1X", "NumberOfWorkers": 2}
    more: dict[str, Any] = {"Description": draft.description, "DefaultArguments": draft.arguments}
    if draft.recipe == "rds-s3" and draft.connection:
        more["Connections"] = {"Connections": [draft.connection]}
    return made | size | {name: value for name, value in more.items() if value}
