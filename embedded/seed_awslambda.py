"""The functions of a first start, put in after the ready line: six, each with a role of its own, and one trigger.

None is called here: at rest they cost nothing. A mark in the state directory says that they were made: what is deleted
does not come back.
"""

import contextlib
import io
import json
import sys
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CODE = Path(__file__).parent / "seed" / "lambda"
ACCOUNT, REGION = "000000000000", "us-east-1"
BUCKET = "inputforlambda123"
RUNTIME = "python3.12"
_LOGGING = ["logs:CreateLogStream", "logs:PutLogEvents"]


@dataclass(frozen=True)
class Demo:
    """A function: its name, the file with its code, what it does, and the rights that its calls need."""

    name: str
    code: str
    says: str
    rights: tuple[tuple[str, str], ...] = ()
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def role(self) -> str:
        """The name of its role."""
        return f"{self.name}-role"


DEMOS = (
    Demo("HelloLambda", "hello.py", "Answers a test event and logs its context"),
    Demo(
        *("FileProcessing", "file_processing.py", "Reads addresses.csv from S3 and prints its rows"),
        (("s3:GetObject", f"arn:aws:s3:::{BUCKET}/*"),),
        {"BUCKET": BUCKET, "KEY": "addresses.csv"},
    ),
    Demo("TestLogs", "show_environment.py", "Prints its environment: look for it in CloudWatch Logs"),
    Demo(
        *("S3Metadata", "s3_metadata.py", f"Logs the content type of each new object in {BUCKET}"),
        (("s3:GetObject", f"arn:aws:s3:::{BUCKET}/*"),),
    ),
    Demo("SumUpLambda", "sum_up.py", "Adds Number1 and Number2"),
    Demo(
        *("readFromDynamoDB", "read_from_dynamodb.py", "Reads one customer from the table customer"),
        (("dynamodb:GetItem", f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/customer"),),
        {"TABLE": "customer"},
    ),
)


def mark(state: Path) -> Path:
    """Return the file that says that everything was made."""
    return state / "seeded-lambda"


def due(state: Path) -> bool:
    """Whether it is still to be made."""
    return not mark(state).exists()


def make_role(iam: Any, demo: Demo) -> str:
    """Make a role that Lambda may assume and that may do what the code does, no more; return its ARN."""
    service = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [service]})
    group = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/lambda/{demo.name}"
    rights = [
        {"Effect": "Allow", "Action": ["logs:CreateLogGroup"], "Resource": [f"arn:aws:logs:{REGION}:{ACCOUNT}:*"]},
        {"Effect": "Allow", "Action": _LOGGING, "Resource": [f"{group}:*"]},
        *({"Effect": "Allow", "Action": [action], "Resource": [resource]} for action, resource in demo.rights),
    ]
    with contextlib.suppress(iam.exceptions.EntityAlreadyExistsException):
        iam.create_role(RoleName=demo.role, AssumeRolePolicyDocument=trust, Description=f"For {demo.name}")
    policy = json.dumps({"Version": "2012-10-17", "Statement": rights})
    iam.put_role_policy(RoleName=demo.role, PolicyName="function", PolicyDocument=policy)
    return f"arn:aws:iam::{ACCOUNT}:role/{demo.role}"


def packed(demo: Demo) -> bytes:
    """Return the code as a zip, its one file named as the console names it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("lambda_function.py"), (CODE / demo.code).read_bytes())
    return out.getvalue()


def make_function(client: Any, iam: Any, demo: Demo) -> None:
    """Make a function, unless it is there."""
    role = make_role(iam, demo)
    with contextlib.suppress(client.exceptions.ResourceConflictException):
        client.create_function(
            FunctionName=demo.name,
            Description=demo.says,
            Runtime=RUNTIME,
            Role=role,
            Handler="lambda_function.handler",
            Code={"ZipFile": packed(demo)},
            Timeout=10,
            MemorySize=128,
            Environment={"Variables": demo.variables},
            Tags={"trellis:demo": "lambda"},
        )


def make_trigger(client: Any, s3: Any) -> None:
    """Let the bucket set off the reader of metadata, unless it sets off something already."""
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:S3Metadata"
    with contextlib.suppress(client.exceptions.ResourceConflictException):
        client.add_permission(
            FunctionName="S3Metadata",
            StatementId=f"s3-{BUCKET}",
            Action="lambda:InvokeFunction",
            Principal="s3.amazonaws.com",
            SourceArn=f"arn:aws:s3:::{BUCKET}",
            SourceAccount=ACCOUNT,
        )
    found = s3.get_bucket_notification_configuration(Bucket=BUCKET)
    if not any(name.endswith("Configurations") for name in found):
        one = {"Id": "content-types", "LambdaFunctionArn": arn, "Events": ["s3:ObjectCreated:*"]}
        wanted = {"LambdaFunctionConfigurations": [one]}
        s3.put_bucket_notification_configuration(Bucket=BUCKET, NotificationConfiguration=wanted)


def main(state: Path) -> int:
    """Make everything; the endpoint and the credentials come from the environment, as for any client."""
    import boto3

    session: Any = boto3.session.Session()
    client, iam, s3 = session.client("lambda"), session.client("iam"), session.client("s3")
    for demo in DEMOS:
        make_function(client, iam, demo)
    # Whoever deleted the bucket wants no trigger.
    with contextlib.suppress(s3.exceptions.NoSuchBucket):
        make_trigger(client, s3)
    mark(state).touch()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
