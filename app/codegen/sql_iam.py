"""The least that an identity must be allowed to connect to a database as a program of app.codegen.sql does. Pure."""

from functools import lru_cache

from app.codegen import iam
from app.codegen.grants import Where, fill, partition_of
from app.codegen.shell import readable_json
from app.recorder import Call

USER = "rds-db:{region}:{account}:dbuser:{DbiResourceId}/{DBUsername}"


@lru_cache(maxsize=256)
def policy(
    account: str, region: str, instance: str, login: str, secret: str = "", user: str = "", resource: str = ""
) -> str:
    """Return the policy: to find the instance, and to read the secret or to sign in with a token.

    `resource` is the instance's DbiResourceId, which the permission for a token names instead of the instance.
    """
    calls = [Call("rds", "DescribeDBInstances", {"DBInstanceIdentifier": instance}, region)]
    if login == "secret":
        calls.append(Call("secretsmanager", "GetSecretValue", {"SecretId": secret}, region))
    document = iam.policy(calls, iam.Context(account))
    if login == "iam":
        where = Where(partition_of(region), region, account)
        arn = fill(USER, {"DbiResourceId": resource, "DBUsername": user}, where)
        document["Statement"].append({"Effect": "Allow", "Action": "rds-db:connect", "Resource": arn})
    return readable_json(document, indent=2)
