"""Master passwords that RDS keeps in Secrets Manager, through the emulator's own API."""

import json
import uuid

from embedded.layers import Below
from embedded.overlays.rds.parameters import Fault
from embedded.overlays.rds.records import Instance
from embedded.request import Request

SERVICE = "secretsmanager"


async def make(request: Request, forward: Below, instance: Instance, password: str) -> str:
    """Make the secret of an instance and return its ARN; nothing rotates it."""
    text = json.dumps({"username": instance.username, "password": password})
    wanted = {
        "Name": f"rds!{instance.resource_id.lower()[:11]}-{uuid.uuid4()}",
        "Description": f"Secret associated with primary RDS DB instance: {instance.arn}",
        "SecretString": text,
        "ClientRequestToken": str(uuid.uuid4()),
        "Tags": [{"Key": "aws:rds:primaryDBInstanceArn", "Value": instance.arn}],
    }
    status, answer = await forward.json(request, SERVICE, "secretsmanager.CreateSecret", wanted)
    if status >= 400:
        raise Fault("InvalidParameterCombination", f"The secret could not be made: {answer}")
    return str(answer["ARN"])


async def remove(request: Request, forward: Below, arn: str) -> None:
    """Remove the secret with its instance, as RDS does."""
    wanted = {"SecretId": arn, "ForceDeleteWithoutRecovery": True}
    status, answer = await forward.json(request, SERVICE, "secretsmanager.DeleteSecret", wanted)
    if status >= 400 and "ResourceNotFound" not in str(answer):
        raise Fault("InvalidParameterCombination", f"The instance's secret could not be removed: {answer}")
