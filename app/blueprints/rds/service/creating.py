"""New DB instances, and the secret that keeps their login."""

import json
from dataclasses import dataclass
from typing import Any

from app.blueprints.rds.service.instances import Instance, asked, read


@dataclass(frozen=True)
class Wanted:
    """A new instance as its form describes it; an empty password leaves it to RDS and Secrets Manager."""

    identifier: str
    engine: str
    instance_class: str
    storage: int
    most_storage: int | None
    username: str
    password: str
    database: str
    port: int | None
    public: bool
    multi_az: bool
    protected: bool


def create_instance(rds: Any, wanted: Wanted) -> Instance:
    """Create an instance. Raises Declined with AWS's words where RDS does not take it."""
    given: dict[str, Any] = {
        "DBInstanceIdentifier": wanted.identifier,
        "Engine": wanted.engine,
        "DBInstanceClass": wanted.instance_class,
        "AllocatedStorage": wanted.storage,
        "MasterUsername": wanted.username,
        "PubliclyAccessible": wanted.public,
    }
    optional = {
        "MaxAllocatedStorage": wanted.most_storage,
        "DBName": wanted.database,
        "Port": wanted.port,
        "MultiAZ": wanted.multi_az,
        "DeletionProtection": wanted.protected,
        "MasterUserPassword": wanted.password,
        "ManageMasterUserPassword": not wanted.password,
    }
    given |= {name: value for name, value in optional.items() if value}
    return read(asked(rds.create_db_instance, **given)["DBInstance"])


def store_secret(secrets: Any, instance: Instance, password: str) -> str:
    """Keep an instance's login in Secrets Manager, with the fields that RDS's own secrets have; return its name.

    The host is not known before the instance is available, so it is not part of it.
    """
    value = {
        "engine": instance.engine,
        "username": instance.username,
        "password": password,
        "dbInstanceIdentifier": instance.identifier,
    } | ({"dbname": instance.database} if instance.database else {})
    name = f"rds/{instance.identifier}"
    about = f"Login of the DB instance {instance.identifier}"
    try:
        secrets.create_secret(Name=name, Description=about, SecretString=json.dumps(value))
    except secrets.exceptions.ResourceExistsException:
        secrets.put_secret_value(SecretId=name, SecretString=json.dumps(value))
    return name
