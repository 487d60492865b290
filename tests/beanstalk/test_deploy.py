"""The deploy command against a stubbed AWS: what it calls, what it says, and that a second time does nothing."""

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.stub import ANY

from app.beanstalk import package
from tests.beanstalk.answers import (
    HOST,
    STACK,
    STORE,
    environment,
    event,
    followed,
    found,
    healthy,
    identity,
    looked,
)
from tests.beanstalk.conftest import ACCOUNT, REGION, Run, Stubs

ROLE = "trellis-demo-instance"
SERVICE_ROLE = "aws-elasticbeanstalk-service-role"
PARAMETER = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/trellis/trellis-demo"
MANAGED = "arn:aws:iam::aws:policy"


@pytest.fixture
def label(zipped: Path) -> str:
    return package.label(zipped)


def role(name: str) -> dict[str, Any]:
    arn = f"arn:aws:iam::{ACCOUNT}:role/{name}"
    when = "2026-11-24T09:00:00Z"
    return {"Role": {"Path": "/", "RoleName": name, "RoleId": "A" * 16, "Arn": arn, "CreateDate": when}}


def profile(*roles: str) -> dict[str, Any]:
    arn = f"arn:aws:iam::{ACCOUNT}:instance-profile/{ROLE}"
    named = [role(one)["Role"] for one in roles]
    made = {"InstanceProfileName": ROLE, "InstanceProfileId": "A" * 16, "Arn": arn, "Path": "/", "Roles": named}
    return {"InstanceProfile": {**made, "CreateDate": "2026-11-24T09:00:00Z"}}


def new_roles(stubs: Stubs) -> None:
    """Expect the roles to be made, and only with what they need."""
    for name, service in ((SERVICE_ROLE, "elasticbeanstalk"), (ROLE, "ec2")):
        stubs.refuse("iam.get_role", "NoSuchEntity", status=404)
        trust = {
            "Effect": "Allow",
            "Principal": {"Service": f"{service}.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
        if name == SERVICE_ROLE:
            trust["Condition"] = {"StringEquals": {"sts:ExternalId": "elasticbeanstalk"}}
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        stubs.expect("iam.create_role", role(name), RoleName=name, AssumeRolePolicyDocument=document)
    for name, policy in (
        (SERVICE_ROLE, "service-role/AWSElasticBeanstalkEnhancedHealth"),
        (SERVICE_ROLE, "AWSElasticBeanstalkManagedUpdatesCustomerRolePolicy"),
        (ROLE, "AWSElasticBeanstalkWebTier"),
    ):
        stubs.expect("iam.attach_role_policy", RoleName=name, PolicyArn=f"{MANAGED}/{policy}")
    stubs.expect("iam.put_role_policy", RoleName=ROLE, PolicyName="trellis-account-1", PolicyDocument=ANY)
    stubs.refuse("iam.get_instance_profile", "NoSuchEntity", status=404)
    stubs.expect("iam.create_instance_profile", profile(), InstanceProfileName=ROLE)
    stubs.expect("iam.add_role_to_instance_profile", InstanceProfileName=ROLE, RoleName=ROLE)


def old_roles(stubs: Stubs) -> None:
    for name in (SERVICE_ROLE, ROLE):
        stubs.expect("iam.get_role", role(name), RoleName=name)
    stubs.expect("iam.put_role_policy", RoleName=ROLE, PolicyName="trellis-account-1", PolicyDocument=ANY)
    stubs.expect("iam.get_instance_profile", profile(ROLE), InstanceProfileName=ROLE)


def secrets(stubs: Stubs, new: bool = True) -> None:
    for name in ("secret-key", "first-instructor"):
        if not new:
            stubs.refuse("ssm.put_parameter", "ParameterAlreadyExists")
            continue
        stubs.expect(
            "ssm.put_parameter",
            {"Version": 1},
            Name=f"/trellis/trellis-demo/{name}",
            Value=ANY,
            Type="SecureString",
            Description=ANY,
        )


def version(label: str, status: str) -> dict[str, Any]:
    return {"ApplicationName": "trellis", "VersionLabel": label, "Status": status}


def asked_version(stubs: Stubs, *versions: dict[str, Any]) -> None:
    stubs.expect("beanstalk.describe_application_versions", {"ApplicationVersions": list(versions)})


def stored(stubs: Stubs, label: str, *, new: bool = True, size: int = 0) -> None:
    """Expect the storage location, and the upload where it is not there yet."""
    stubs.expect("beanstalk.create_storage_location", {"S3Bucket": STORE})
    if new:
        stubs.refuse("s3.head_object", "404", status=404)
        stubs.expect("s3.put_object", {"ETag": '"x"'})
    else:
        stubs.expect("s3.head_object", {"ContentLength": size}, Bucket=STORE, Key=f"trellis/{label}.zip")


def new_version(stubs: Stubs, label: str, *states: str) -> None:
    """Expect the application and the version, which goes through these states."""
    stubs.expect("beanstalk.describe_applications", {"Applications": []}, ApplicationNames=["trellis"])
    stubs.expect("beanstalk.create_application", {}, ApplicationName="trellis", Description=ANY)
    asked_version(stubs)
    stubs.expect(
        "beanstalk.create_application_version",
        {"ApplicationVersion": version(label, states[0])},
        ApplicationName="trellis",
        VersionLabel=label,
        SourceBundle={"S3Bucket": STORE, "S3Key": f"trellis/{label}.zip"},
        Process=True,
    )
    for state in states[1:]:
        asked_version(stubs, version(label, state))


def options(**more: str) -> list[dict[str, str]]:
    """Return the options that are set directly, in the order of their names."""
    given = {
        ("aws:autoscaling:launchconfiguration", "IamInstanceProfile"): ROLE,
        (
            "aws:elasticbeanstalk:application:environmentsecrets",
            "TRELLIS_FIRST_INSTRUCTOR",
        ): f"{PARAMETER}/first-instructor",
        ("aws:elasticbeanstalk:application:environmentsecrets", "TRELLIS_SECRET_KEY"): f"{PARAMETER}/secret-key",
        ("aws:elasticbeanstalk:customoption", "InstanceRole"): ROLE,
        ("aws:elasticbeanstalk:environment", "ServiceRole"): SERVICE_ROLE,
    }
    if "hosts" in more:
        given["aws:elasticbeanstalk:application:environment", "TRELLIS_HOSTS"] = more["hosts"]
    if "accounts" in more:
        given["aws:elasticbeanstalk:application:environment", "TRELLIS_ACCOUNTS"] = more["accounts"]
    if "certificate" in more:
        given["aws:elbv2:listener:443", "SSLCertificateArns"] = more["certificate"]
    return [{"Namespace": n, "OptionName": o, "Value": v} for (n, o), v in sorted(given.items())]


def created(stubs: Stubs, label: str, **more: str) -> None:
    stubs.expect(
        "beanstalk.create_environment",
        environment("Launching", label),
        ApplicationName="trellis",
        EnvironmentName="trellis-demo",
        CNAMEPrefix="trellis-demo-789012",
        VersionLabel=label,
        SolutionStackName=STACK,
        OptionSettings=options(**{"hosts": HOST, **more}),
    )


def begun(stubs: Stubs, label: str) -> None:
    """Expect everything up to an environment that AWS begins to make."""
    looked(stubs)
    old_roles(stubs)
    secrets(stubs)
    stored(stubs, label)
    new_version(stubs, label, "PROCESSED")
    created(stubs, label)


def test_the_first_deployment_makes_everything_and_follows_it(run: Run, stubs: Stubs, zipped: Path, label: str) -> None:
    looked(stubs)
    new_roles(stubs)
    secrets(stubs)
    stored(stubs, label)
    new_version(stubs, label, "PROCESSING", "PROCESSING", "PROCESSED")
    created(stubs, label)
    first, last = event("createEnvironment is starting."), event("Successfully launched environment", 90)
    followed(stubs, "Ready", label, first, last, working="Launching")
    found(stubs, environment("Ready", label))
    healthy(stubs)
    done = run("deploy", "--yes")
    assert done.exit_code == 0, done.output
    stubs.all_came()
    assert done.output.count("createEnvironment is starting.") == 1
    assert "Successfully launched environment" in done.output
    assert f"It runs: http://{HOST}/" in done.output
    assert "can be read on its way" in done.output
    assert stubs.slept[0] == 10.0  # IAM settles before the profile is used


def test_it_says_what_it_makes_and_what_that_costs_before_it_does(run: Run, stubs: Stubs, zipped: Path) -> None:
    looked(stubs)
    done = run("deploy", input="n\n")
    assert done.exit_code == 1
    stubs.all_came()
    assert "US dollars a month" in done.output
    assert f"account {ACCOUNT}, {REGION}" in done.output
    assert STACK in done.output
    assert "12.38  together" in done.output
    written = sorted(path.name for path in Path("dist/policies").iterdir())
    assert written == ["deployer-1.json", "deployer-2.json", "instance.json"]
    assert "Aborted" in done.output


def test_the_second_time_there_is_nothing_to_do(run: Run, stubs: Stubs, zipped: Path, label: str) -> None:
    identity(stubs)
    found(stubs, environment("Ready", label))
    done = run("deploy")
    assert done.exit_code == 0, done.output
    stubs.all_came()
    assert "nothing to do" in done.output
    assert HOST in done.output


def test_an_update_uses_what_is_there(run: Run, stubs: Stubs, zipped: Path, label: str) -> None:
    identity(stubs)
    found(stubs, environment("Ready", "trellis-1.0-before"))
    old_roles(stubs)
    secrets(stubs, new=False)
    stored(stubs, label, new=False, size=zipped.stat().st_size)
    stubs.expect("beanstalk.describe_applications", {"Applications": [{"ApplicationName": "trellis"}]})
    asked_version(stubs, version(label, "PROCESSED"))
    stubs.expect(
        "beanstalk.update_environment",
        environment("Updating", "trellis-1.0-before"),
        ApplicationName="trellis",
        EnvironmentName="trellis-demo",
        VersionLabel=label,
        OptionSettings=options(),
    )
    followed(stubs, "Ready", label, event("Environment update is starting."), event("Update completed.", 60))
    found(stubs, environment("Ready", label))
    healthy(stubs)
    done = run("deploy", "--yes")
    assert done.exit_code == 0, done.output
    stubs.all_came()
    assert "costs nothing more" in done.output
    assert 10.0 not in stubs.slept


def test_the_balanced_form_needs_a_certificate_and_passes_it_on(
    run: Run, stubs: Stubs, zipped: Path, label: str
) -> None:
    identity(stubs)
    found(stubs)
    refused = run("deploy", "--form", "balanced", "--yes")
    assert refused.exit_code == 1
    assert "--certificate ARN" in refused.output
    certificate = f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/x"
    looked(stubs)
    old_roles(stubs)
    secrets(stubs)
    stored(stubs, label)
    new_version(stubs, label, "PROCESSED")
    created(stubs, label, certificate=certificate, hosts=f"{HOST},trellis.example.com")
    followed(stubs, "Ready", label, event("Launched."), working="Launching")
    found(stubs, environment("Ready", label))
    healthy(stubs)
    words = ("--form", "balanced", "--certificate", certificate, "--domain", "trellis.example.com")
    done = run("deploy", "--yes", *words)
    assert done.exit_code == 0, done.output
    assert "It runs: https://trellis.example.com/" in done.output
    assert "Application Load Balancer" in done.output


def test_a_version_that_cannot_be_processed_is_explained(run: Run, stubs: Stubs, zipped: Path, label: str) -> None:
    looked(stubs)
    old_roles(stubs)
    secrets(stubs)
    stored(stubs, label)
    new_version(stubs, label, "PROCESSING", "FAILED")
    said = [event("Configuration file 01.config has an error", severity="ERROR"), event("started")]
    stubs.expect("beanstalk.describe_events", {"Events": said})
    done = run("deploy", "--yes")
    assert done.exit_code == 1
    assert "could not process the version" in done.output
    assert "01.config has an error" in done.output
    stubs.all_came()


def test_an_ill_environment_is_told_with_its_causes(run: Run, stubs: Stubs, zipped: Path, label: str) -> None:
    begun(stubs, label)
    followed(stubs, "Ready", label, event("Environment health went to Degraded", severity="WARN"))
    found(stubs, environment("Ready", label))
    healthy(stubs, "Degraded", "Red", "100.0 % of the requests are failing with HTTP 5xx.")
    done = run("deploy", "--yes")
    assert done.exit_code == 1
    assert "degraded" in done.output
    assert "failing with HTTP 5xx" in done.output
    assert "beanstalk logs" in done.output


def test_what_aws_rolled_back_is_no_success(run: Run, stubs: Stubs, zipped: Path, label: str) -> None:
    identity(stubs)
    found(stubs, environment("Ready", "trellis-1.0-before"))
    old_roles(stubs)
    secrets(stubs, new=False)
    stored(stubs, label)
    new_version(stubs, label, "PROCESSED")
    stubs.expect("beanstalk.update_environment", environment("Updating", "trellis-1.0-before"))
    failed = event("Failed to deploy application.", severity="ERROR")
    followed(stubs, "Ready", "trellis-1.0-before", failed)
    found(stubs, environment("Ready", "trellis-1.0-before"))
    done = run("deploy", "--yes")
    assert done.exit_code == 1
    assert "AWS went back to it" in done.output


@pytest.mark.parametrize("status", ["Launching", "Updating", "Terminating"])
def test_an_environment_at_work_is_left_alone(run: Run, stubs: Stubs, zipped: Path, status: str) -> None:
    identity(stubs)
    found(stubs, environment(status, "other"))
    done = run("deploy", "--yes")
    assert done.exit_code == 1
    assert f"is {status.lower()}" in done.output
    assert "status --follow" in done.output
    stubs.all_came()


def test_a_taken_address_is_told(run: Run, stubs: Stubs, zipped: Path) -> None:
    identity(stubs)
    found(stubs)
    stubs.expect("beanstalk.check_dns_availability", {"Available": False, "FullyQualifiedCNAME": HOST})
    done = run("deploy", "--yes")
    assert done.exit_code == 1
    assert "--name" in done.output


def test_ctrl_c_leaves_aws_at_work_and_says_how_to_follow(run: Run, stubs: Stubs, zipped: Path, label: str) -> None:
    begun(stubs, label)
    found(stubs, environment("Launching"))
    stubs.expect("beanstalk.describe_events", {"Events": [event("createEnvironment is starting.")]})
    stubs.interrupt = True
    done = run("deploy", "--yes")
    assert done.exit_code == 130
    assert "AWS goes on by itself" in done.output
    assert "status --follow" in done.output
    assert "terminate --environment trellis-demo" in done.output


NAMED = [
    {"name": "shop", "role_arn": "arn:aws:iam::111122223333:role/trellis", "external_id": "a-word"},
    {"name": "data", "role_arn": "arn:aws:iam::444455556666:role/path/reads"},
]
SET = (
    '[{"name":"shop","role_arn":"arn:aws:iam::111122223333:role/trellis","external_id":"a-word"},'
    '{"name":"data","role_arn":"arn:aws:iam::444455556666:role/path/reads"}]'
)
ASSUMING = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["sts:AssumeRole"],
            "Resource": ["arn:aws:iam::111122223333:role/trellis", "arn:aws:iam::444455556666:role/path/reads"],
        }
    ],
}


def has_accounts(stubs: Stubs, text: str) -> None:
    """Expect a question for the accounts that the environment has."""
    namespace = "aws:elasticbeanstalk:application:environment"
    set = [{"Namespace": namespace, "OptionName": "TRELLIS_HOSTS", "Value": HOST}]
    if text:
        set.append({"Namespace": namespace, "OptionName": "TRELLIS_ACCOUNTS", "Value": text})
    stubs.expect(
        "beanstalk.describe_configuration_settings",
        {"ConfigurationSettings": [{"OptionSettings": set}]},
        ApplicationName="trellis",
        EnvironmentName="trellis-demo",
    )


def updated(stubs: Stubs, label: str, accounts: str) -> None:
    """Expect the same version to be brought to the environment with these accounts, and to become well."""
    secrets(stubs, new=False)
    stored(stubs, label)
    stubs.expect("beanstalk.describe_applications", {"Applications": [{"ApplicationName": "trellis"}]})
    asked_version(stubs, version(label, "PROCESSED"))
    stubs.expect(
        "beanstalk.update_environment",
        environment("Updating", label),
        ApplicationName="trellis",
        EnvironmentName="trellis-demo",
        VersionLabel=label,
        OptionSettings=options(accounts=accounts),
    )
    followed(stubs, "Ready", label, event("Environment update is starting."), event("Update completed.", 60))
    found(stubs, environment("Ready", label))
    healthy(stubs)


@pytest.mark.parametrize("how", ["option", "variable", "file"])
def test_further_accounts_come_with_their_roles(
    run: Run, stubs: Stubs, zipped: Path, label: str, how: str, tmp_path: Path
) -> None:
    text = json.dumps(NAMED)
    (tmp_path / "accounts.json").write_text(text)
    looked(stubs)
    old_roles(stubs)
    document = json.dumps(ASSUMING)
    stubs.expect("iam.put_role_policy", RoleName=ROLE, PolicyName="trellis-accounts", PolicyDocument=document)
    secrets(stubs)
    stored(stubs, label)
    new_version(stubs, label, "PROCESSED")
    created(stubs, label, accounts=SET)
    followed(stubs, "Ready", label, event("Launched."), working="Launching")
    found(stubs, environment("Ready", label))
    healthy(stubs)
    words = {"option": ["--accounts", text], "variable": [], "file": ["--accounts", "accounts.json"]}[how]
    done = run("deploy", "--yes", *words, env={"TRELLIS_ACCOUNTS": text} if how == "variable" else {})
    assert done.exit_code == 0, done.output
    stubs.all_came()
    assert "may assume arn:aws:iam::444455556666:role/path/reads (data)" in done.output
    assert json.loads(Path("dist/policies/accounts.json").read_text()) == ASSUMING


def test_other_accounts_are_something_to_do(run: Run, stubs: Stubs, zipped: Path, label: str) -> None:
    identity(stubs)
    found(stubs, environment("Ready", label))
    has_accounts(stubs, "")
    old_roles(stubs)
    stubs.expect("iam.put_role_policy", RoleName=ROLE, PolicyName="trellis-accounts", PolicyDocument=ANY)
    updated(stubs, label, SET)
    done = run("deploy", "--yes", "--accounts", json.dumps(NAMED))
    assert done.exit_code == 0, done.output
    stubs.all_came()


def test_the_same_accounts_are_nothing_to_do(run: Run, stubs: Stubs, zipped: Path, label: str) -> None:
    identity(stubs)
    found(stubs, environment("Ready", label))
    has_accounts(stubs, SET)
    assert "nothing to do" in run("deploy", "--accounts", json.dumps(NAMED)).output
    stubs.all_came()


@pytest.mark.parametrize("there", [True, False])
def test_an_empty_list_takes_the_roles_away(run: Run, stubs: Stubs, zipped: Path, label: str, there: bool) -> None:
    identity(stubs)
    found(stubs, environment("Ready", label))
    has_accounts(stubs, SET)
    old_roles(stubs)
    if there:
        stubs.expect("iam.delete_role_policy", RoleName=ROLE, PolicyName="trellis-accounts")
    else:
        stubs.refuse("iam.delete_role_policy", "NoSuchEntity", status=404)
    updated(stubs, label, "[]")
    done = run("deploy", "--yes", "--accounts", "[]")
    assert done.exit_code == 0, done.output
    stubs.all_came()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[{}]", "Account 1 of TRELLIS_ACCOUNTS needs another name"),
        ("nowhere.json", "neither a JSON list nor a file"),
        (json.dumps([{**NAMED[1], "name": f"a{n}"} for n in range(50)]), "4,096 of all properties"),
        (
            json.dumps(
                [{"name": f"a{n}", "role_arn": f"arn:aws:iam::111122223333:role/{n}{'x' * 550}"} for n in range(9)]
            ),
            "IAM leaves",
        ),
    ],
)
def test_accounts_that_cannot_be_are_said_before_anything_is_made(
    run: Run, stubs: Stubs, zipped: Path, text: str, said: str
) -> None:
    if text.startswith('[{"n'):
        identity(stubs)
    done = run("deploy", "--yes", "--accounts", text)
    assert done.exit_code == 1
    assert said in done.output
    stubs.all_came()


def test_the_policies_name_the_roles_that_it_assumes(run: Run, stubs: Stubs) -> None:
    identity(stubs)
    done = run("policies", "--accounts", json.dumps(NAMED))
    assert done.exit_code == 0, done.output
    assert json.loads(Path("dist/policies/accounts.json").read_text()) == ASSUMING
    assert "dist/policies/accounts.json" in done.output
