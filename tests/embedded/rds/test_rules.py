"""What RDS refuses, in AWS's codes, and what it answers about itself."""

from typing import Any

import pytest
from botocore.session import get_session

from embedded.overlays.rds import catalogue, show, xml
from embedded.overlays.rds.parameters import Fault, Parameters
from tests.embedded.process import Embedded
from tests.embedded.rds.world import refusal

GOOD: dict[str, Any] = {
    "DBInstanceIdentifier": "mine",
    "Engine": "postgres",
    "DBInstanceClass": "db.t3.micro",
    "AllocatedStorage": 20,
    "MasterUsername": "postgres",
    "MasterUserPassword": "long-enough",
}
BAD = [
    ({"DBInstanceIdentifier": "1mine"}, "InvalidParameterValue"),
    ({"DBInstanceIdentifier": "mine-"}, "InvalidParameterValue"),
    ({"DBInstanceIdentifier": "mi--ne"}, "InvalidParameterValue"),
    ({"DBInstanceIdentifier": "m" * 64}, "InvalidParameterValue"),
    ({"DBInstanceIdentifier": "../etc"}, "InvalidParameterValue"),
    ({"DBInstanceIdentifier": "mine\n"}, "InvalidParameterValue"),
    ({"Engine": "oracle-ee"}, "InvalidParameterValue"),
    ({"EngineVersion": "16.3"}, "InvalidParameterCombination"),
    ({"Engine": "mysql", "MasterUsername": "admin", "EngineVersion": "8.0.35"}, "InvalidParameterCombination"),
    ({"DBInstanceClass": "db.huge"}, "InvalidParameterValue"),
    ({"AllocatedStorage": 5}, "InvalidParameterValue"),
    ({"AllocatedStorage": None}, "MissingParameter"),
    ({"MasterUsername": None}, "MissingParameter"),
    ({"MasterUserPassword": None}, "MissingParameter"),
    ({"MasterUsername": "1x"}, "InvalidParameterValue"),
    ({"MasterUsername": 'x"; DROP ROLE postgres; --'}, "InvalidParameterValue"),
    ({"MasterUsername": "rdsadmin"}, "InvalidParameterValue"),
    ({"MasterUsername": "admin"}, "InvalidParameterValue"),
    ({"MasterUsername": "pg_monitor"}, "InvalidParameterValue"),
    ({"Engine": "mysql", "MasterUsername": "a" * 17}, "InvalidParameterValue"),
    ({"MasterUserPassword": "short"}, "InvalidParameterValue"),
    ({"MasterUserPassword": "with space in"}, "InvalidParameterValue"),
    ({"MasterUserPassword": "with/slash"}, "InvalidParameterValue"),
    ({"MasterUserPassword": "pässword-x"}, "InvalidParameterValue"),
    ({"MasterUserPassword": "p" * 129}, "InvalidParameterValue"),
    ({"Engine": "mysql", "MasterUsername": "admin", "MasterUserPassword": "p" * 42}, "InvalidParameterValue"),
    ({"ManageMasterUserPassword": True}, "InvalidParameterCombination"),
    ({"DBName": "a-b"}, "InvalidParameterValue"),
    ({"DBName": "template1"}, "InvalidParameterValue"),
    ({"Port": 80}, "InvalidParameterValue"),
    ({"MultiAZ": True}, "InvalidParameterCombination"),
    ({"StorageEncrypted": True}, "InvalidParameterCombination"),
    ({"BackupRetentionPeriod": 7}, "InvalidParameterCombination"),
    ({"EnableIAMDatabaseAuthentication": True}, "InvalidParameterCombination"),
    ({"DBParameterGroupName": "mine"}, "InvalidParameterCombination"),
    ({"DBSubnetGroupName": "mine"}, "InvalidParameterCombination"),
    ({"StorageType": "io2"}, "InvalidParameterValue"),
    ({"VpcSecurityGroupIds": ["default"]}, "InvalidParameterValue"),
    ({"MaxAllocatedStorage": 20, "AllocatedStorage": 30}, "InvalidParameterCombination"),
    ({"Tags": [{"Key": "aws:x", "Value": "y"}]}, "InvalidParameterValue"),
]


@pytest.fixture(scope="session")
def rds(embedded_aws: Embedded) -> Any:
    return embedded_aws.client("rds", config=None)


@pytest.mark.parametrize(("change", "code"), BAD)
def test_create_refuses(rds: Any, change: dict[str, Any], code: str) -> None:
    asked = {key: value for key, value in {**GOOD, **change}.items() if value is not None}
    found, message = refusal(rds.create_db_instance, **asked)
    assert (found, bool(message)) == (code, True)
    assert rds.describe_db_instances()["DBInstances"] == []


def test_what_is_not_there(rds: Any) -> None:
    one, snapshot = {"DBInstanceIdentifier": "none"}, {"DBSnapshotIdentifier": "none"}
    for call in (rds.describe_db_instances, rds.start_db_instance, rds.reboot_db_instance, rds.modify_db_instance):
        assert refusal(call, **one)[0] == "DBInstanceNotFound"
    assert refusal(rds.delete_db_instance, **one, SkipFinalSnapshot=True)[0] == "DBInstanceNotFound"
    assert refusal(rds.create_db_snapshot, **one, DBSnapshotIdentifier="s")[0] == "DBInstanceNotFound"
    assert refusal(rds.delete_db_snapshot, **snapshot)[0] == "DBSnapshotNotFound"
    assert refusal(rds.describe_db_snapshots, **snapshot)[0] == "DBSnapshotNotFound"


@pytest.mark.parametrize(
    ("operation", "asked"),
    [
        ("create_db_cluster", {"DBClusterIdentifier": "c", "Engine": "aurora-mysql"}),
        ("create_db_instance_read_replica", {"DBInstanceIdentifier": "r", "SourceDBInstanceIdentifier": "s"}),
        ("create_db_parameter_group", {"DBParameterGroupName": "p", "DBParameterGroupFamily": "f", "Description": "d"}),
        ("copy_db_snapshot", {"SourceDBSnapshotIdentifier": "s", "TargetDBSnapshotIdentifier": "t"}),
        (
            "start_export_task",
            dict.fromkeys(("ExportTaskIdentifier", "SourceArn", "S3BucketName", "IamRoleArn", "KmsKeyId"), "x"),
        ),
        ("enable_http_endpoint", {"ResourceArn": "arn:aws:rds:us-east-1:000000000000:cluster:c"}),
    ],
)
def test_what_is_not_offered_says_so(rds: Any, operation: str, asked: dict[str, Any]) -> None:
    code, message = refusal(getattr(rds, operation), **asked)
    assert (code, "embedded AWS" in message) == ("UnsupportedOperation", True)


def test_lists_of_what_is_not_offered_are_empty(rds: Any) -> None:
    assert rds.describe_db_clusters()["DBClusters"] == []
    assert rds.describe_db_parameter_groups()["DBParameterGroups"] == []
    assert refusal(rds.describe_db_clusters, DBClusterIdentifier="c")[0] == "DBClusterNotFoundFault"
    assert refusal(rds.describe_db_instances, Filters=[{"Name": "x", "Values": ["y"]}])[0] == "InvalidParameterValue"
    assert refusal(rds.describe_db_instances, MaxRecords=5)[0] == "InvalidParameterValue"
    assert refusal(rds.describe_db_instances, Marker="!")[0] == "InvalidParameterValue"


def test_the_catalogue_is_what_is_installed(rds: Any) -> None:
    versions = {one["Engine"]: one["EngineVersion"] for one in rds.describe_db_engine_versions()["DBEngineVersions"]}
    assert set(versions) == {"mysql", "mariadb", "postgres"}
    assert versions["mysql"] == f"{versions['mariadb']}-MariaDB"
    only = rds.describe_db_engine_versions(Engine="postgres", EngineVersion="18")["DBEngineVersions"]
    assert [one["Engine"] for one in only] == ["postgres"]
    assert rds.describe_db_engine_versions(Engine="oracle-ee")["DBEngineVersions"] == []
    options = rds.describe_orderable_db_instance_options(Engine="mysql")["OrderableDBInstanceOptions"]
    assert {one["EngineVersion"] for one in options} == {versions["mysql"]}
    assert "db.t3.micro" in [one["DBInstanceClass"] for one in options]
    quotas = {one["AccountQuotaName"]: one["Max"] for one in rds.describe_account_attributes()["AccountQuotas"]}
    assert quotas == {"DBInstances": 6, "ManualSnapshots": 20}


class NotInstalled:
    def missing(self) -> str:
        return "no MariaDB server was found on this machine. Debian, Ubuntu: apt install mariadb-server"

    def version(self) -> str:
        return ""


def test_an_engine_that_is_not_installed_names_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(catalogue.SERVERS, "mariadb", NotInstalled())
    for engine in ("mysql", "mariadb"):
        with pytest.raises(Fault, match=f"The engine {engine} is not available: .* apt install mariadb-server"):
            catalogue.offer_for(engine)
    assert [offer.engine for offer in catalogue.present()] in (["postgres"], [])


def test_lists_come_page_by_page_to_the_end() -> None:
    records = [f"r{number:03}" for number in range(45)]
    seen: list[str] = []
    marker = None
    for _ in range(3):
        fields = {"MaxRecords": ["20"], **({"Marker": [marker]} if marker else {})}
        page = show.page(records[::-1], Parameters(fields), str, str)
        seen += page["Page"]
        marker = page["Marker"]
    assert (seen, marker) == (records, None)


def test_lists_are_named_as_in_the_model_of_the_service() -> None:
    model = get_session().get_service_model("rds")
    found: set[tuple[str, str]] = set()
    for name in model.operation_names:
        shape = model.operation_model(name).output_shape
        todo = [shape] if shape else []
        for one in todo:
            for member, inner in one.members.items():
                if inner.type_name == "list" and "name" in inner.member.serialization:
                    found.add((member, inner.member.serialization["name"]))
                    if inner.member.type_name == "structure" and len(todo) < 200:
                        todo.append(inner.member)
                elif inner.type_name == "structure" and len(todo) < 200:
                    todo.append(inner)
    assert set(xml.MEMBERS.items()) <= found


def test_texts_that_xml_cannot_hold() -> None:
    assert xml.members({"A": "a<b>&\x00\ud800é"}) == "<A>a&lt;b&gt;&amp;��é</A>"
