"""What RDS accepts: identifiers, names, passwords, sizes."""

import re

from embedded.overlays.rds.catalogue import CLASSES, STORAGE_TYPES, Offer
from embedded.overlays.rds.parameters import Fault, Parameters

INSTANCES, SNAPSHOTS = 6, 20
LARGEST = 65536
_IDENTIFIER = re.compile(r"[A-Za-z](?:-?[A-Za-z0-9])*")
_SECURITY_GROUP = re.compile(r"sg-[0-9a-f]{8,17}")
_PASSWORD = re.compile(r"[!-~]+")
RESERVED = {
    "mariadb": ("rdsadmin", "rdsrepladmin", "public"),
    "postgres": ("admin", "rdsadmin", "rds_superuser", "rdsrepladmin", "public", "user", "none", "session_user"),
}
SYSTEM_DATABASES = {
    "mariadb": ("mysql", "sys", "information_schema", "performance_schema"),
    "postgres": ("rdsadmin", "template0", "template1"),
}
# Settings that promise something which is not here; their other values are accepted.
NOT_HERE = {
    "MultiAZ": "false",
    "StorageEncrypted": "false",
    "EnableIAMDatabaseAuthentication": "false",
    "EnablePerformanceInsights": "false",
    "AutoMinorVersionUpgrade": "false",
    "BackupRetentionPeriod": "0",
    "MonitoringInterval": "0",
}


def invalid(message: str) -> Fault:
    """Return RDS's answer to a value that it does not take."""
    return Fault("InvalidParameterValue", message)


def identifier(parameters: Parameters, name: str, longest: int = 63) -> str:
    """Return a well-formed identifier in lower case, as RDS keeps it."""
    value = parameters.required(name)
    if len(value) > longest or not _IDENTIFIER.fullmatch(value):
        rule = "begins with a letter, has ASCII letters, digits and single hyphens, and does not end with a hyphen"
        raise invalid(f"The parameter {name} is not a valid identifier: it {rule}, {longest} characters at most.")
    return value.lower()


def master_name(parameters: Parameters, offer: Offer) -> str:
    """Return a master user's name that the engine takes."""
    name = parameters.required("MasterUsername")
    if not re.fullmatch(rf"[A-Za-z][A-Za-z0-9_]{{0,{offer.longest_name - 1}}}", name):
        rule = f"begins with a letter and has 1 to {offer.longest_name} letters, digits and underscores"
        raise invalid(f"The parameter MasterUsername is not valid: it {rule}.")
    if name.lower() in RESERVED[offer.server] or name.lower().startswith("pg_"):
        raise invalid(f"MasterUsername {name} cannot be used as it is a reserved word used by the engine")
    return name


def password(parameters: Parameters, offer: Offer) -> str:
    """Return a master password that RDS takes."""
    value = parameters.required("MasterUserPassword")
    if not 8 <= len(value) <= offer.longest_password:
        rule = f"must have 8 to {offer.longest_password} characters"
        raise invalid(f"The parameter MasterUserPassword is not a valid password because it {rule}.")
    if not _PASSWORD.fullmatch(value) or any(character in value for character in '/@"'):
        rule = "Only printable ASCII characters besides '/', '@', '\"' and space may be used."
        raise invalid(f"The parameter MasterUserPassword is not a valid password. {rule}")
    return value


def database_name(parameters: Parameters, offer: Offer) -> str:
    """Return the first database's name, an empty text when none is wanted."""
    name = parameters.text("DBName")
    if not name:
        return ""
    first = "[A-Za-z_]" if offer.server == "postgres" else "[A-Za-z]"
    if not re.fullmatch(rf"{first}[A-Za-z0-9_]{{0,62}}", name):
        raise invalid("DBName must begin with a letter and contain only letters, digits and underscores, at most 63.")
    if name.lower() in SYSTEM_DATABASES[offer.server]:
        raise invalid(f"DBName {name} cannot be used: it is one of the engine's own databases.")
    return name


def instance_class(parameters: Parameters) -> str:
    """Return an instance class that exists."""
    name = parameters.required("DBInstanceClass")
    if name not in CLASSES:
        raise invalid(f"Invalid DB Instance class: {name[:40]}. The embedded AWS knows {', '.join(CLASSES)}.")
    return name


def storage_type(parameters: Parameters, default: str = "gp2") -> str:
    """Return a storage type that needs no further settings."""
    name = parameters.text("StorageType", default)
    if name not in STORAGE_TYPES:
        raise invalid(f"Invalid storage type: {name[:40]}. The embedded AWS knows {', '.join(STORAGE_TYPES)}.")
    return name


def security_groups(parameters: Parameters) -> list[str]:
    """Return the identifiers of security groups; they are kept, and nothing is filtered on loopback."""
    groups = parameters.texts("VpcSecurityGroupIds")
    for group in groups:
        if not _SECURITY_GROUP.fullmatch(group):
            raise invalid(f"Invalid security group: {group[:40]}.")
    return groups


def refuse_promises(parameters: Parameters) -> None:
    """Refuse settings whose effect is not here."""
    for name, accepted in NOT_HERE.items():
        value = parameters.text(name, accepted).lower()
        if value != accepted:
            why = f"the embedded AWS runs one plain server for each instance, so only {accepted} is accepted"
            raise Fault("InvalidParameterCombination", f"{name}={value[:20]} is not available: {why}.")


def maximum_storage(parameters: Parameters, storage: int, default: int = 0) -> int:
    """Return the limit of storage autoscaling, 0 where there is none."""
    limit = parameters.number("MaxAllocatedStorage", 20, LARGEST, default)
    if limit and limit < storage:
        raise Fault("InvalidParameterCombination", f"Max storage size must be greater than storage size ({storage}).")
    return limit
