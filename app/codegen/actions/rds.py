"""RDS: creating touches groups besides the instance; a snapshot on deletion is an action of its own."""

from typing import Any

from app.codegen.grants import Grant, Table, Where, every, on, pass_role, same, when

RDS = "rds:{region}:{account}:"
DB = RDS + "db:{DBInstanceIdentifier}"
CLUSTER = RDS + "cluster:{DBClusterIdentifier}"
SNAPSHOT = RDS + "snapshot:{DBSnapshotIdentifier}"
CLUSTER_SNAPSHOT = RDS + "cluster-snapshot:{DBClusterSnapshotIdentifier}"
PARAMETERS = RDS + "pg:{DBParameterGroupName}"
SUBNETS = RDS + "subgrp:{DBSubnetGroupName}"


def _groups(action: str) -> Any:
    """The parameter, option and subnet group that an instance gets: the named ones, else AWS's defaults."""

    def rule(parameters: dict[str, Any], where: Where) -> list[Grant]:
        kinds = (("pg", "DBParameterGroupName"), ("og", "OptionGroupName"), ("subgrp", "DBSubnetGroupName"))
        base = f"rds:{where.region}:{where.account}:"
        arns = [where.arn(f"{base}{kind}:{parameters.get(name) or 'default*'}") for kind, name in kinds]
        return [Grant(action, arn) for arn in arns]

    return rule


_MANAGED = when(
    "ManageMasterUserPassword",
    on(
        "secretsmanager:{region}:{account}:secret:rds!*",
        "secretsmanager:CreateSecret",
        "secretsmanager:TagResource",
    ),
)
_MONITORING = pass_role("MonitoringRoleArn", "monitoring.rds.amazonaws.com")


def _create(action: str, *more: Any) -> Any:
    tags = when("Tags", on(DB, "rds:AddTagsToResource"))
    return every(on(DB, f"rds:{action}"), _groups(f"rds:{action}"), tags, _MANAGED, _MONITORING, *more)


TABLE: Table = {
    **same(
        "rds",
        DB,
        "DescribeDBInstances StartDBInstance StopDBInstance RebootDBInstance DescribeDBLogFiles "
        "DownloadDBLogFilePortion DescribeDBInstanceAutomatedBackups DescribePendingMaintenanceActions "
        "DescribeValidDBInstanceModifications",
    ),
    **same("rds", CLUSTER, "DescribeDBClusters StartDBCluster StopDBCluster"),
    **same("rds", SNAPSHOT, "DeleteDBSnapshot DescribeDBSnapshotAttributes ModifyDBSnapshot"),
    **same("rds", CLUSTER_SNAPSHOT, "DescribeDBClusterSnapshots"),
    **same("rds", PARAMETERS, "DescribeDBParameterGroups DescribeDBParameters"),
    **same("rds", SUBNETS, "DescribeDBSubnetGroups CreateDBSubnetGroup DeleteDBSubnetGroup"),
    **same("rds", RDS + "og:{OptionGroupName}", "DescribeOptionGroups"),
    **same("rds", "{ResourceName}", "ListTagsForResource AddTagsToResource RemoveTagsFromResource"),
    **same(
        "rds",
        "*",
        "DescribeDBEngineVersions DescribeOrderableDBInstanceOptions DescribeEvents DescribeEventCategories "
        "DescribeCertificates DescribeAccountAttributes DescribeSourceRegions DescribeEngineDefaultParameters",
    ),
    "DescribeDBSnapshots": every(
        on(SNAPSHOT, "rds:DescribeDBSnapshots"), when("DBInstanceIdentifier", on(DB, "rds:DescribeDBSnapshots"))
    ),
    "CreateDBSnapshot": every(
        on(DB, "rds:CreateDBSnapshot"),
        on(SNAPSHOT, "rds:CreateDBSnapshot"),
        when("Tags", on(SNAPSHOT, "rds:AddTagsToResource")),
    ),
    "CreateDBInstance": _create("CreateDBInstance"),
    "RestoreDBInstanceFromDBSnapshot": _create(
        "RestoreDBInstanceFromDBSnapshot", on(SNAPSHOT, "rds:RestoreDBInstanceFromDBSnapshot")
    ),
    "ModifyDBInstance": every(on(DB, "rds:ModifyDBInstance"), _MANAGED, _MONITORING),
    "DeleteDBInstance": every(
        on(DB, "rds:DeleteDBInstance"),
        when(
            "FinalDBSnapshotIdentifier",
            on(DB, "rds:CreateDBSnapshot"),
            on(RDS + "snapshot:{FinalDBSnapshotIdentifier}", "rds:CreateDBSnapshot"),
        ),
    ),
}

_SECRET = on("{secretArn}", "secretsmanager:GetSecretValue")
DATA: Table = {
    name: every(on("{resourceArn}", f"rds-data:{name}"), _SECRET)
    for name in (
        "ExecuteStatement",
        "BatchExecuteStatement",
        "BeginTransaction",
        "CommitTransaction",
        "RollbackTransaction",
    )
}
