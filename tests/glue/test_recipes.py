"""Scripts as they are written: they compile, whatever a header holds, and need what the policy says."""

import ast
from typing import Any

import pytest
from botocore.exceptions import ClientError

from app import role_policies
from app.blueprints.glue.service import drafting, drafts
from app.blueprints.glue.service.drafts import Draft
from app.blueprints.glue.service.recipes import columns
from app.blueprints.glue.service.recipes.columns import Column
from app.declined import Taken
from tests.glue.stubs import answering

ODD = tuple(Column(name, name) for name in ("it's", 'say "so"', "a\nb", "$title", "{x}", "back\\slash", '"""', "ž 🐎"))
ALL = (
    Column("id", "id", "whole"),
    Column("price", "p", "number"),
    Column("on", "on", "flag"),
    Column("z", "z", keep=False),
)


def draft(recipe: str = "csv-json", engine: str = "pythonshell", **more: Any) -> Draft:
    fields: dict[str, Any] = {"source": "s3://b/in/a.csv", "target": "s3://b/out/", "table": "t", **more}
    return Draft("job", recipe, engine, "role", "s3://b/scripts/job.py", **fields)


@pytest.mark.parametrize("engine", ["pythonshell", "glueetl"])
@pytest.mark.parametrize("recipe", ["csv-json", "csv-parquet", "json-dynamodb"])
@pytest.mark.parametrize("mapping", [ODD, ALL])
def test_every_script_is_python(recipe: str, engine: str, mapping: tuple[Column, ...]) -> None:
    text = drafts.script(draft(recipe, engine), mapping)
    tree = ast.parse(text)
    assert ast.get_docstring(tree) and text.endswith("\n") and all(len(line) < 200 for line in text.splitlines())
    if recipe != "json-dynamodb":
        held = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
        assert {one.source for one in mapping if one.keep} <= held and "z" not in held


def test_types_are_guessed_from_the_first_rows() -> None:
    rows = (("1", "02139", "1.5", "yes", "x", ""), ("-20", "10001", "2", "no", "1", ""))
    found = columns.guessed(("id", "zip", "price", "on", "mixed", "empty"), rows)
    assert [one.kind for one in found] == ["whole", "text", "number", "flag", "text", "text"]
    assert [one.sample for one in found][:2] == ["1", "02139"]


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ((Column("a", "a", keep=False),), "at least one"),
        ((Column("a", ""),), "a name"),
        ((Column("a", "x"), Column("b", "x")), "named x"),
        ((Column("a", "a", "odd"),), "no type"),
        ((Column("a", "x"), Column("b", "x", keep=False)), ""),
    ],
)
def test_mistakes_in_a_mapping(mapping: tuple[Column, ...], said: str) -> None:
    found = columns.faults(mapping)
    assert said in found and bool(said) == bool(found)


def test_a_script_is_not_named_like_a_module() -> None:
    assert drafts.script_place("Copy", "s3://b/x") == "s3://b/scripts/copy_job.py"
    assert drafts.script_place("Čas & čas", "s3://b/x/") == "s3://b/scripts/as_as.py"
    assert drafts.script_place("x", "nothing") == ""


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, set()),
        ({"source": "b/a.csv"}, {"source"}),
        ({"source": "s3://b/in/"}, {"source"}),
        ({"target": ""}, {"target"}),
    ],
)
def test_mistakes_in_a_draft(fields: dict[str, str], wrong: set[str]) -> None:
    assert drafting.faults(draft(**fields)).keys() == wrong


def test_mistakes_in_names_and_choices() -> None:
    assert drafting.faults(Draft("", "odd", "pythonshell", "", "x")).keys() == {
        "name",
        "recipe",
        "role",
        "script_at",
        "source",
    }
    assert drafting.faults(draft("json-dynamodb", "glueetl", table="")).keys() == {"engine", "table"}


def test_what_a_job_needs() -> None:
    found = {(one.action, one.resource) for one in drafts.needs(draft(), "1", "r")}
    assert ("s3:GetObject", "arn:aws:s3:::b/in/a.csv") in found and ("s3:PutObject", "arn:aws:s3:::b/out/*") in found
    assert ("logs:PutLogEvents", "arn:aws:logs:r:1:log-group:/aws-glue/*") in found
    items = {(one.action, one.resource) for one in drafts.needs(draft("json-dynamodb"), "1", "r")}
    assert ("dynamodb:BatchWriteItem", "arn:aws:dynamodb:r:1:table/t") in items
    assert "s3:ListBucket" in {one.action for one in drafts.needs(draft(engine="glueetl"), "1", "r")}


ALLOW = {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b/*"}


@pytest.mark.parametrize(
    ("statements", "granted"),
    [
        ([ALLOW], "yes"),
        ([], "no"),
        ([{**ALLOW, "Resource": ["arn:aws:s3:::c/*"]}], "no"),
        ([{**ALLOW, "Action": "S3:getobject"}], "yes"),
        ([ALLOW, {"Effect": "Deny", "Action": "*", "Resource": "*"}], "denied"),
        ([ALLOW, {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {}}}], "perhaps"),
        ([{**ALLOW, "Condition": {"IpAddress": {}}}], "perhaps"),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], "yes"),
        ([{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}], "no"),
        ([{"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::b/*"}], "no"),
        ([{**ALLOW, "Resource": "arn:aws:s3:::b/[k]"}], "no"),
    ],
)
def test_what_policies_grant(statements: list[dict[str, Any]], granted: str) -> None:
    assert role_policies.decided(statements, "s3:GetObject", "arn:aws:s3:::b/k") == granted


def test_a_roles_policies_are_read_wherever_they_are() -> None:
    arn = "arn:aws:iam::aws:policy/x-policy"
    version = {"PolicyVersion": {"Document": '{"Statement": {"Effect": "Deny", "Action": "s3:Put*", "Resource": "*"}}'}}
    answers: list[tuple[str, Any, dict[str, Any]]] = [
        ("list_role_policies", {"RoleName": "r"}, {"PolicyNames": ["p"]}),
        ("get_role_policy", None, {"RoleName": "r", "PolicyName": "p", "PolicyDocument": '{"Statement": []}'}),
        ("list_attached_role_policies", None, {"AttachedPolicies": [{"PolicyArn": arn, "PolicyName": "x"}]}),
        ("get_policy", {"PolicyArn": arn}, {"Policy": {"DefaultVersionId": "v3"}}),
        ("get_policy_version", {"PolicyArn": arn, "VersionId": "v3"}, version),
    ]
    with answering("iam", *answers) as client:
        found = role_policies.compare(client, "arn:aws:iam::1:role/path/r", drafts.needs(draft(), "1", "r"))
    granted = {one.action: one.granted for one in found.needs}
    assert granted["s3:PutObject"] == "denied" and granted["s3:GetObject"] == "no" and not found.unread


def test_a_role_that_may_not_be_read_is_said_so() -> None:
    refused = ("list_role_policies", None, {"error": "AccessDenied", "message": "not you"})
    with answering("iam", refused) as client:
        found = role_policies.compare(client, "r", drafts.needs(draft(), "1", "r"))
    assert found.unread == "not you" and {one.granted for one in found.needs} == {"unknown"}


def test_nothing_is_overwritten() -> None:
    gone = ("get_job", {"JobName": "job"}, {"error": "EntityNotFoundException"})
    taken = ("put_object", None, {"error": "PreconditionFailed", "status": 412})
    with answering("glue", gone) as glue, answering("s3", taken) as s3, pytest.raises(Taken) as refused:
        drafts.create({"glue": glue, "s3": s3}, draft(), "pass")
    assert refused.value.field == "script_at"


def test_a_script_is_taken_back_when_there_is_no_job_of_it() -> None:
    glues: list[tuple[str, Any, dict[str, Any]]] = [
        ("get_job", None, {"error": "EntityNotFoundException"}),
        ("create_job", None, {"error": "InvalidInputException"}),
    ]
    wanted = {"Bucket": "b", "Key": "scripts/job.py"}
    stored: list[tuple[str, Any, dict[str, Any]]] = [("put_object", None, {}), ("delete_object", wanted, {})]
    with answering("glue", *glues) as glue, answering("s3", *stored) as s3, pytest.raises(ClientError):
        drafts.create({"glue": glue, "s3": s3}, draft(), "pass")


def test_the_definitions_of_jobs() -> None:
    shell = drafts.definition(draft(encoding="cp1252"))
    assert (shell["MaxCapacity"], shell["Command"]["PythonVersion"]) == (0.0625, "3.9")
    assert shell["DefaultArguments"]["--ENCODING"] == "cp1252"
    spark = drafts.definition(draft(engine="glueetl"))
    assert (spark["WorkerType"], spark["NumberOfWorkers"]) == ("G.1X", 2) and "MaxCapacity" not in spark
    assert drafts.definition(draft("csv-parquet"))["DefaultArguments"]["--library-set"] == "analytics"
