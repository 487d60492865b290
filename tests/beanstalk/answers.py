"""What Elastic Beanstalk answers."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.beanstalk.conftest import ACCOUNT, REGION, Stubs

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
HOST = f"trellis-demo-789012.{REGION}.elasticbeanstalk.com"
STACK = "64bit Amazon Linux 2023 v4.13.3 running Python 3.13"
STACKS = [
    "64bit Amazon Linux 2023 v4.13.3 running Python 3.14",
    "64bit Amazon Linux 2023 v4.9.1 running Python 3.13",
    STACK,
    "64bit Amazon Linux 2023 v5.0.0 running Docker",
    "64bit Amazon Linux 2 v3.8.0 running Python 3.8",
]
STORE = f"elasticbeanstalk-{REGION}-{ACCOUNT}"


def environment(status: str, label: str = "", **more: Any) -> dict[str, Any]:
    found = {"EnvironmentName": "trellis-demo", "ApplicationName": "trellis", "Status": status, "CNAME": HOST}
    return {**found, **({"VersionLabel": label} if label else {}), "SolutionStackName": STACK, **more}


def event(message: str, seconds: int = 0, severity: str = "INFO") -> dict[str, Any]:
    return {"EventDate": NOW + timedelta(seconds=seconds), "Severity": severity, "Message": message}


def identity(stubs: Stubs) -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:user/x"
    stubs.expect("sts.get_caller_identity", {"Account": ACCOUNT, "Arn": arn, "UserId": "X"})


def found(stubs: Stubs, *environments: dict[str, Any]) -> None:
    """Expect a question for the environment."""
    stubs.expect(
        "beanstalk.describe_environments",
        {"Environments": list(environments)},
        ApplicationName="trellis",
        EnvironmentNames=["trellis-demo"],
        IncludeDeleted=False,
    )


def looked(stubs: Stubs) -> None:
    """Expect what is asked before a new environment is made."""
    identity(stubs)
    found(stubs)
    stubs.expect(
        "beanstalk.check_dns_availability",
        {"Available": True, "FullyQualifiedCNAME": HOST},
        CNAMEPrefix="trellis-demo-789012",
    )
    stubs.expect("beanstalk.list_available_solution_stacks", {"SolutionStacks": STACKS})


def followed(stubs: Stubs, status: str, label: str, *events: dict[str, Any], working: str = "Updating") -> None:
    """Expect two rounds of following an environment, the second of which ends it."""
    found(stubs, environment(working))
    stubs.expect("beanstalk.describe_events", {"Events": list(events[:1])})
    found(stubs, environment(status, label))
    stubs.expect("beanstalk.describe_events", {"Events": list(reversed(events))})


def healthy(stubs: Stubs, status: str = "Ok", color: str = "Green", *causes: str) -> None:
    stubs.expect(
        "beanstalk.describe_environment_health",
        {"HealthStatus": status, "Color": color, "Causes": list(causes)},
        EnvironmentName="trellis-demo",
        AttributeNames=["HealthStatus", "Color", "Causes"],
    )
