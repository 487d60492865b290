"""The roles of a deployment and its secrets: made where they are missing, left alone where they are there."""

import json
import secrets
from collections.abc import Callable
from contextlib import suppress

from app.assumed import Account
from app.beanstalk import deployer, policies
from app.beanstalk.clients import Clients
from app.beanstalk.policies import Place

SECRET_NAMES = {"TRELLIS_SECRET_KEY": "secret-key", "TRELLIS_FIRST_INSTRUCTOR": "first-instructor"}
ACCOUNTS = "trellis-accounts"  # the policy's name
SETTLE_SECONDS = 10.0  # IAM is the same everywhere only after some seconds; AWS names no figure


def put_roles(clients: Clients, place: Place, access: str, sleep: Callable[[float], None]) -> list[str]:
    """Make the service's and the instance's role and profile; return the names of those that are new."""
    made = [
        *_role(clients, deployer.SERVICE_ROLE, policies.trust("elasticbeanstalk.amazonaws.com", "elasticbeanstalk")),
        *_role(clients, place.role, policies.trust("ec2.amazonaws.com")),
    ]
    if deployer.SERVICE_ROLE in made:
        _attach(clients, deployer.SERVICE_ROLE, place, deployer.HEALTH, deployer.UPDATES)
    if place.role in made:
        _attach(clients, place.role, place, deployer.WEB_TIER)
    for number, policy in enumerate(policies.instance(place, access), 1):
        name = f"trellis-account-{number}"
        clients.iam.put_role_policy(RoleName=place.role, PolicyName=name, PolicyDocument=json.dumps(policy))
    made += _profile(clients, place)
    if made:
        sleep(SETTLE_SECONDS)
    return made


def put_accounts(clients: Clients, place: Place, accounts: tuple[Account, ...] | None) -> None:
    """Let the instance take on the roles of these accounts, and of no others; None leaves it as it is."""
    if accounts:
        document = json.dumps(policies.assuming(accounts))
        clients.iam.put_role_policy(RoleName=place.role, PolicyName=ACCOUNTS, PolicyDocument=document)
    elif accounts is not None:
        with suppress(clients.iam.exceptions.NoSuchEntityException):
            clients.iam.delete_role_policy(RoleName=place.role, PolicyName=ACCOUNTS)


def _role(clients: Clients, name: str, trust: object) -> list[str]:
    try:
        clients.iam.get_role(RoleName=name)
    except clients.iam.exceptions.NoSuchEntityException:
        clients.iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
        return [name]
    return []


def _attach(clients: Clients, role: str, place: Place, *managed: str) -> None:
    for arn in managed:
        clients.iam.attach_role_policy(RoleName=role, PolicyArn=arn.format(partition=place.partition))


def _profile(clients: Clients, place: Place) -> list[str]:
    try:
        found = clients.iam.get_instance_profile(InstanceProfileName=place.role)["InstanceProfile"]
        roles = [one["RoleName"] for one in found["Roles"]]
        made = []
    except clients.iam.exceptions.NoSuchEntityException:
        clients.iam.create_instance_profile(InstanceProfileName=place.role)
        roles, made = [], [f"{place.role} (instance profile)"]
    if not roles:
        clients.iam.add_role_to_instance_profile(InstanceProfileName=place.role, RoleName=place.role)
    return made


def put_secrets(clients: Clients, place: Place) -> dict[str, str]:
    """Make the environment's secrets in Parameter Store where they are missing; return the values of new ones."""
    made = {}
    for variable, name in SECRET_NAMES.items():
        value = secrets.token_urlsafe(32)
        try:
            clients.ssm.put_parameter(
                Name=f"{place.parameters}/{name}",
                Value=value,
                Type="SecureString",
                Description=f"{variable} of the environment {place.environment}",
            )
        except clients.ssm.exceptions.ParameterAlreadyExists:
            continue
        made[variable] = value
    return made


def secret_arns(place: Place) -> dict[str, str]:
    """Return the ARN of each secret by the property that it becomes."""
    return {
        variable: place.arn("ssm", f"parameter{place.parameters}/{name}") for variable, name in SECRET_NAMES.items()
    }
