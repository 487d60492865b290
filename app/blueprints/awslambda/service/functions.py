"""Functions: what Lambda says of each.

https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from app.blueprints.awslambda.service import variables
from app.blueprints.awslambda.service.variables import Variable
from app.problems import Refused, refused

MIB = 1024 * 1024
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
RUNTIMES = ("python3.13", "python3.12", "python3.11", "python3.10")
NEWEST = "python3.12"


@dataclass(frozen=True)
class Function:
    """A function, or a version of it; `memory` and `storage` are MB, `timeout` seconds, `size` bytes of its zip."""

    name: str
    arn: str = ""
    runtime: str = ""
    handler: str = ""
    role: str = ""
    memory: int = 128
    timeout: int = 3
    storage: int = 512
    size: int = 0
    description: str = ""
    modified: datetime | None = None
    version: str = "$LATEST"
    revision: str = ""
    sha256: str = ""
    state: str = ""
    reason: str = ""
    update: str = ""
    package: str = "Zip"
    architecture: str = "x86_64"
    layers: tuple[str, ...] = ()
    variables: tuple[Variable, ...] = ()
    log_group: str = ""

    @property
    def python(self) -> bool:
        """Whether its code is Python in a zip, which these pages read and edit."""
        return self.runtime.startswith("python") and self.package == "Zip"

    @property
    def module(self) -> str:
        """The file that its handler names: lambda_function.lambda_handler is in lambda_function.py."""
        return self.handler.rpartition(".")[0].replace(".", "/") + ".py"

    @property
    def entry(self) -> str:
        """The name of the handler in its file."""
        return self.handler.rpartition(".")[2]

    @property
    def role_name(self) -> str:
        """The role's name, of its ARN."""
        return self.role.rpartition("/")[2]

    @property
    def busy(self) -> bool:
        """Whether it is being made or changed, so that AWS refuses other changes."""
        return self.state == "Pending" or self.update == "InProgress"

    @property
    def badge(self) -> tuple[str, str]:
        """Its state as a kind and a word."""
        if self.state == "Failed" or self.update == "Failed":
            return "failed", "Failed"
        if self.busy:
            return "running", "Being made ready"
        return ("unknown", "Idle") if self.state == "Inactive" else ("done", "Ready")


@dataclass(frozen=True)
class Functions:
    """The functions whose name or description has a text."""

    functions: tuple[Function, ...]
    search: str = ""
    total: int = 0

    @property
    def busy(self) -> bool:
        """Whether one of them is being made or changed."""
        return any(one.busy for one in self.functions)


def pages(client: Any) -> Iterator[list[Function]]:
    """Yield the functions, page by page, to the last."""
    marker: dict[str, str] = {}
    while True:
        answer = client.list_functions(**marker)
        yield [read(one) for one in answer["Functions"]]
        if not answer.get("NextMarker"):
            return
        marker = {"Marker": answer["NextMarker"]}


def listed(client: Any, search: str = "") -> Functions:
    """Return the functions by name."""
    every = [one for page in pages(client) for one in page]
    wanted = search.lower()
    found = [one for one in every if wanted in one.name.lower() or wanted in one.description.lower()]
    return Functions(tuple(sorted(found, key=lambda one: one.name.lower())), search, len(every))


def raw(client: Any, name: str, qualifier: str = "") -> dict[str, Any]:
    """Return a function's configuration as AWS has it, its secrets included. Raises Refused where there is none."""
    more = {"Qualifier": qualifier} if qualifier else {}
    try:
        found: dict[str, Any] = client.get_function_configuration(FunctionName=name, **more)
    except ClientError as error:
        raise absent(error, name) from error
    return found


def absent(error: ClientError, name: str) -> Refused | ClientError:
    """Return what to raise for an error of AWS's about a function: the refusal where there is no such function."""
    code = error.response["Error"]["Code"]
    if code == "ResourceNotFoundException":
        return no_such(name)
    if code == "ValidationException" and "functionName" in error.response["Error"].get("Message", ""):
        return no_such(name)
    return error


def no_such(name: str) -> Refused:
    """Return the refusal for a function that is not there."""
    happened = f"There is no function “{name}” in this region, or not any more."
    remedy = "Choose one from the list; a trigger that still points to it fails on each event until it is removed."
    return refused(404, "No such function", happened, remedy, "ResourceNotFoundException")


def get(client: Any, name: str, qualifier: str = "") -> Function:
    """Return a function. Raises Refused where there is none."""
    return read(raw(client, name, qualifier))


def read(one: Mapping[str, Any]) -> Function:
    """Return a function from AWS's answer, its secrets masked."""
    return Function(
        name=one["FunctionName"],
        arn=one.get("FunctionArn", ""),
        runtime=one.get("Runtime", ""),
        handler=one.get("Handler", ""),
        role=one.get("Role", ""),
        memory=one.get("MemorySize", 128),
        timeout=one.get("Timeout", 3),
        storage=one.get("EphemeralStorage", {}).get("Size", 512),
        size=one.get("CodeSize", 0),
        description=one.get("Description", ""),
        modified=_moment(one.get("LastModified", "")),
        version=one.get("Version", "$LATEST"),
        revision=one.get("RevisionId", ""),
        sha256=one.get("CodeSha256", ""),
        state=one.get("State", ""),
        reason=one.get("StateReason", "") or one.get("LastUpdateStatusReason", ""),
        update=one.get("LastUpdateStatus", ""),
        package=one.get("PackageType", "Zip"),
        architecture=", ".join(one.get("Architectures", ["x86_64"])),
        layers=tuple(layer["Arn"] for layer in one.get("Layers", [])),
        variables=variables.shown(one.get("Environment", {}).get("Variables", {})),
        log_group=one.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{one['FunctionName']}",
    )


def _moment(text: str) -> datetime | None:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z") if text else None
