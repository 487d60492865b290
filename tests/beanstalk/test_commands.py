"""The other commands, what AWS's refusals mean, and the policies."""

import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError

from app.beanstalk import deployer, environments, package, policies, versions
from app.beanstalk.clients import Stopped, explained
from app.beanstalk.policies import Place
from tests.beanstalk.answers import STACK, STACKS, environment, event, followed, found, healthy, identity
from tests.beanstalk.conftest import ACCOUNT, REGION, Run, Stubs

PLACE = Place(ACCOUNT, REGION, "trellis", "trellis-demo")


def test_status_tells_health_causes_and_events(run: Run, stubs: Stubs) -> None:
    found(stubs, environment("Ready", "trellis-1.0-x"))
    healthy(stubs, "Warning", "Yellow", "One instance has no data.")
    stubs.expect("beanstalk.describe_events", {"Events": [event("later", 5), event("earlier")]})
    done = run("status")
    assert done.exit_code == 0, done.output
    assert "Ready, version trellis-1.0-x" in done.output
    assert "Warning Yellow" in done.output
    assert "One instance has no data." in done.output
    assert done.output.index("earlier") < done.output.index("later")


def test_status_follows_to_the_end(run: Run, stubs: Stubs) -> None:
    found(stubs, environment("Updating"))
    followed(stubs, "Ready", "v", event("starting"), event("completed", 30))
    healthy(stubs)
    done = run("status", "--follow")
    assert done.exit_code == 0, done.output
    assert done.output.index("starting") < done.output.index("completed") < done.output.index("Health: Ok")
    stubs.all_came()


def test_health_without_enhanced_health_is_unknown(stubs: Stubs) -> None:
    stubs.refuse("beanstalk.describe_environment_health", "InvalidRequestException", "Enhanced health is off")
    told = environments.health(stubs.clients, "trellis-demo")
    assert told.status == "Unknown"
    assert told.causes


@pytest.mark.parametrize("command", ["status", "logs", "terminate"])
def test_an_environment_that_is_not_there_is_said(run: Run, stubs: Stubs, command: str) -> None:
    found(stubs)
    done = run(command)
    assert done.exit_code == 1
    assert f"no environment trellis-demo in {REGION}" in done.output


def info(when: datetime) -> dict[str, Any]:
    sample = {"InfoType": "tail", "Ec2InstanceId": "i-1", "SampleTimestamp": when, "Message": "https://s3/x"}
    return {"EnvironmentInfo": [sample]}


def test_logs_waits_for_new_ones_and_shows_them(run: Run, stubs: Stubs, monkeypatch: pytest.MonkeyPatch) -> None:
    found(stubs, environment("Ready"))
    stubs.expect("beanstalk.request_environment_info", EnvironmentName="trellis-demo", InfoType="tail")
    now = datetime.now(UTC)
    stubs.expect("beanstalk.retrieve_environment_info", info(now - timedelta(hours=1)))
    stubs.expect("beanstalk.retrieve_environment_info", info(now + timedelta(seconds=1)))
    stubs.read = lambda address: f"the text of {address}"
    done = run("logs")
    assert done.exit_code == 0, done.output
    assert "i-1" in done.output
    assert "the text of https://s3/x" in done.output
    assert stubs.slept == [environments.POLL_SECONDS]


def test_logs_that_never_come_are_said(stubs: Stubs) -> None:
    stubs.expect("beanstalk.request_environment_info")
    for _ in range(2):
        stubs.expect("beanstalk.retrieve_environment_info", {"EnvironmentInfo": []})
    with pytest.raises(Stopped, match="CloudWatch"):
        environments.tails(stubs.clients, "trellis-demo", stubs.sleep, most=2)


def test_terminate_wants_the_name_typed(run: Run, stubs: Stubs) -> None:
    found(stubs, environment("Ready"))
    refused = run("terminate", input="yes\n")
    assert refused.exit_code == 1
    assert "Nothing was ended" in refused.output
    stubs.all_came()
    found(stubs, environment("Ready"))
    stubs.expect("beanstalk.terminate_environment", environment("Terminating"), EnvironmentName="trellis-demo")
    followed(stubs, "Terminated", "", event("terminateEnvironment is starting."), working="Terminating")
    done = run("terminate", input="trellis-demo\n")
    assert done.exit_code == 0, done.output
    assert "What stays" in done.output
    stubs.all_came()


def test_policies_are_shown_and_written(run: Run, stubs: Stubs) -> None:
    identity(stubs)
    done = run("policies", "--access", "change")
    assert done.exit_code == 0, done.output
    for path in Path("dist/policies").glob("*.json"):
        assert json.loads(path.read_text())["Version"] == "2012-10-17"
        assert path.read_text().strip() in done.output


@pytest.mark.parametrize("access", policies.ACCESSES)
@pytest.mark.parametrize("form", ["single", "balanced"])
def test_policies_fit_what_iam_takes(access: str, form: str) -> None:
    instance = policies.instance(PLACE, access)
    assert sum(policies.size(one) for one in instance) < policies.ROLE - policies.OWN
    assert all(policies.size(one) <= policies.LARGEST for one in deployer.policies(PLACE, form))


def actions(documents: list[dict[str, Any]]) -> set[str]:
    listed = [s["Action"] for one in documents for s in one["Statement"]]
    return {action for some in listed for action in ([some] if isinstance(some, str) else some)}


def test_the_instance_never_gets_what_gives_rights() -> None:
    for access in policies.ACCESSES:
        assert not {a for a in actions(policies.instance(PLACE, access)) if a.startswith(("iam:", "sts:"))}
        assert "*" not in actions(policies.instance(PLACE, access))


def test_the_instance_that_reads_changes_nothing() -> None:
    reads, changes = (actions(policies.instance(PLACE, access)) for access in policies.ACCESSES)
    assert reads < changes
    assert {"s3:GetObject", "s3:GetObjectVersion", "dynamodb:PartiQLSelect", "logs:StartQuery"} <= reads
    assert {"s3:PutObject", "s3:DeleteObject", "dynamodb:PartiQLUpdate", "rds:CreateDBInstance"} <= changes - reads
    verbs = ("Put", "Delete", "Create", "Update", "Start", "Modify")
    changing = {a for a in reads if a.partition(":")[2].startswith(verbs)}
    assert changing == {"logs:StartQuery"}


def test_the_instance_reads_only_secrets_that_it_signs_in_with() -> None:
    for document in policies.instance(PLACE, "change"):
        for statement in document["Statement"]:
            if "secretsmanager:GetSecretValue" in json.dumps(statement["Action"]):
                assert "secret:*" not in json.dumps(statement["Resource"])
                assert '"*"' not in json.dumps(statement["Resource"])


def test_the_deployer_may_call_what_the_command_calls() -> None:
    allowed = actions(deployer.policies(PLACE, "balanced"))
    used = {
        "elasticbeanstalk": "CheckDNSAvailability CreateApplication CreateApplicationVersion CreateEnvironment "
        "CreateStorageLocation DescribeApplicationVersions DescribeApplications DescribeConfigurationSettings "
        "DescribeEnvironmentHealth "
        "DescribeEnvironments DescribeEvents ListAvailableSolutionStacks RequestEnvironmentInfo "
        "RetrieveEnvironmentInfo TerminateEnvironment UpdateEnvironment",
        "iam": "AddRoleToInstanceProfile AttachRolePolicy CreateInstanceProfile CreateRole DeleteRolePolicy "
        "GetInstanceProfile GetRole PassRole PutRolePolicy",
        "s3": "GetObject PutObject",
        "ssm": "PutParameter",
    }
    assert {f"{service}:{name}" for service, names in used.items() for name in names.split()} <= allowed


def test_the_deployer_gives_roles_only_what_was_meant() -> None:
    for document in deployer.policies(PLACE):
        for statement in document["Statement"]:
            if "iam:AttachRolePolicy" in statement["Action"] or "iam:PassRole" in statement["Action"]:
                assert statement["Condition"]
                assert all(":role/" in one and "*" not in one for one in statement["Resource"])


def refusal(code: str, message: str = "the reason", operation: str = "CreateEnvironment") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


TOLD = {
    "AccessDenied": "beanstalk policies",
    "InsufficientPrivilegesException": "beanstalk policies",
    "TooManyEnvironmentsException": "Service Quotas",
    "TooManyApplicationVersionsException": "Delete old ones",
    "OperationInProgressFailure": "Wait, then try again",
    "ExpiredToken": "have expired",
    "Throttling": "wait a few seconds",
    "SomethingNew": "the reason",
}


@pytest.mark.parametrize("code", TOLD)
def test_refusals_are_told_with_what_to_do(code: str) -> None:
    told = explained(refusal(code))
    assert TOLD[code] in told or TOLD[code] in told.lower()


def test_other_troubles_are_told() -> None:
    assert "AWS_PROFILE" in explained(NoCredentialsError())
    assert "quota" in explained(refusal("InvalidParameterCombination", "more vCPU capacity than your limit")).lower()
    updating = "Environment named x is in an invalid state for this operation. Must be Ready."
    assert "takes no change now" in explained(refusal("InvalidParameterValue", updating))
    assert explained(EndpointConnectionError(endpoint_url="https://x"))
    with pytest.raises(ZeroDivisionError):
        explained(ZeroDivisionError())


def test_a_refused_call_ends_the_command_in_words(run: Run, stubs: Stubs, zipped: Path) -> None:
    stubs.refuse("sts.get_caller_identity", "InvalidClientTokenId", "The security token is invalid.", 403)
    done = run("deploy", "--yes")
    assert done.exit_code == 1
    assert "access key is wrong" in done.output


def test_no_bundle_and_no_good_bundle(run: Run, stubs: Stubs, tmp_path: Path) -> None:
    assert "make bundle" in run("deploy").output
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "trellis-1.zip").write_text("no zip")
    assert "is no zip file" in run("deploy").output


def test_a_bundle_in_a_folder_of_its_own_is_found_out(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("trellis/Procfile", "web: x\n")
    with pytest.raises(package.NotABundle, match="folder trellis"):
        package.check(tmp_path / "x.zip")


def test_the_newest_platform_of_the_best_python_is_taken(stubs: Stubs) -> None:
    stubs.expect("beanstalk.list_available_solution_stacks", {"SolutionStacks": STACKS})
    assert environments.stack(stubs.clients) == STACK
    stubs.expect("beanstalk.list_available_solution_stacks", {"SolutionStacks": STACKS[3:]})
    with pytest.raises(Stopped, match="another region"):
        environments.stack(stubs.clients)


def test_a_large_bundle_goes_in_parts(stubs: Stubs, tmp_path: Path) -> None:
    large = tmp_path / "large.zip"
    large.write_bytes(bytes(9 * 1024 * 1024))
    stubs.expect("beanstalk.create_storage_location", {"S3Bucket": "store"})
    stubs.refuse("s3.head_object", "404", status=404)
    stubs.expect("s3.create_multipart_upload", {"UploadId": "u"})
    stubs.expect("s3.upload_part", {"ETag": '"1"'})
    stubs.expect("s3.upload_part", {"ETag": '"2"'})
    stubs.expect("s3.complete_multipart_upload", {})
    assert versions.upload(stubs.clients, large, "trellis", "v", lambda _: None) == ("store", "trellis/v.zip")
    stubs.all_came()


def test_a_store_that_may_not_be_read_is_no_missing_bundle(stubs: Stubs, zipped: Path) -> None:
    stubs.expect("beanstalk.create_storage_location", {"S3Bucket": "store"})
    stubs.refuse("s3.head_object", "500", status=500)
    with pytest.raises(ClientError):
        versions.upload(stubs.clients, zipped, "trellis", "v", lambda _: None)


def test_an_environment_that_takes_too_long_is_said(stubs: Stubs) -> None:
    with pytest.raises(Stopped, match="still works on"):
        list(environments.follow(stubs.clients, "trellis", environment("Updating"), stubs.sleep, most=0))
