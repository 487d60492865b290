"""A job is edited and deleted: what the form does not have is kept, and nobody's change is lost unseen."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.blueprints.glue.service import editing, scripts
from app.blueprints.glue.service.editing import Edited
from tests.embedded.process import Embedded
from tests.glue.conftest import BUCKET, COPY, ROLE, make_job
from tests.glue.helpers import begin, ended, post
from tests.glue.stubs import answering
from tests.glue.test_views_new import filled
from tests.pages import Page, check_page

FetchPage = Callable[..., Page]
DEFAULTS = {"--INPUT": "s3://b/k", "--API_TOKEN": "hush-hush", "--TEXT": "two\nlines", "--EMPTY": ""}


@pytest.fixture
def name(embedded: Embedded, request: pytest.FixtureRequest) -> str:
    """Make a job of the test's own, with fields that the form does not have."""
    made: str = request.node.name[5:60].strip("[]").replace("[", " ")
    more: dict[str, Any] = {"NotificationProperty": {"NotifyDelayAfter": 7}, "LogUri": "s3://logs/here/"}
    more |= {"NonOverridableArguments": {"--FIXED": "1"}, "Connections": {"Connections": ["network"]}}
    make_job(embedded, made, "print('old')\n", DEFAULTS, Tags={"team": "trees", "gone": "soon"}, **more)
    return made


def opened(client: FlaskClient, name: str) -> dict[str, Any]:
    """Return the fields of the form of a job as a browser would send them."""
    return filled(check_page(client.get(f"/glue/{name}/edit"), "/glue/edit", 200, 5), lists=("argument_", "tag_"))


def job_of(embedded: Embedded, name: str) -> dict[str, Any]:
    found: dict[str, Any] = embedded.client("glue").get_job(JobName=name)["Job"]
    return found


def script_of(embedded: Embedded, job: dict[str, Any]) -> str:
    key = job["Command"]["ScriptLocation"].removeprefix(f"s3://{BUCKET}/")
    return str(embedded.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read().decode())


def test_all_of_it_is_changed_and_the_rest_kept(client: FlaskClient, embedded: Embedded, name: str) -> None:
    before, form = job_of(embedded, name), opened(client, name)
    assert "hush-hush" not in client.get(f"/glue/{name}/edit").get_data(as_text=True)
    assert "hush-hush" not in client.get(f"/glue/{name}/edit?format=json").get_data(as_text=True)
    names = ["INPUT2" if one == "--INPUT" else one for one in form["argument_name"]]
    form |= {"argument_name": names, "script": "print('new')\r\n", "description": "Other", "timeout": "9"}
    form |= {
        "retries": "0",
        "concurrent": "3",
        "capacity": "1",
        "tag_name": ["team", "new"],
        "tag_value": ["oaks", "1"],
    }
    assert post(client, f"/glue/{name}/edit", **form).status_code == 303
    after = job_of(embedded, name)
    changed = {key for key in after if after[key] != before.get(key)}
    assert changed == {
        *("DefaultArguments", "Description", "Timeout", "ExecutionProperty", "MaxCapacity", "AllocatedCapacity"),
        "LastModifiedOn",
    }
    kept = {key: value for key, value in DEFAULTS.items() if key != "--INPUT"}
    assert after["DefaultArguments"] == kept | {"--INPUT2": "s3://b/k"}
    assert (after["Description"], after["Timeout"], after["MaxCapacity"]) == ("Other", 9, 1.0)
    assert after["ExecutionProperty"] == {"MaxConcurrentRuns": 3} and after["Role"] == ROLE
    assert script_of(embedded, after) == "print('new')\n"
    arn = f"arn:aws:glue:us-east-1:000000000000:job/{name}"
    assert embedded.client("glue").get_tags(ResourceArn=arn)["Tags"] == {"team": "oaks", "new": "1"}
    found = ended(client, begin(client, name))
    assert [one["text"] for one in found["look"]["lines"]["output"]["lines"]] == ["new"]


def test_nothing_changed_changes_nothing(client: FlaskClient, embedded: Embedded, name: str) -> None:
    before = job_of(embedded, name)
    answer = client.post(
        f"/glue/{name}/edit?format=json", data=opened(client, name) | {"csrf_token": _token(client, name)}
    )
    assert answer.get_json()["changed"] == []
    assert job_of(embedded, name) == before


def _token(client: FlaskClient, name: str) -> str:
    return check_page(client.get(f"/glue/{name}/edit"), "/", 200, 5).csrf


def test_somebody_elses_script_is_not_replaced_unseen(client: FlaskClient, embedded: Embedded, name: str) -> None:
    form = opened(client, name) | {"script": "print('mine')\n"}
    key = f"scripts/{name}_job.py"
    embedded.client("s3").put_object(Bucket=BUCKET, Key=key, Body=b"print('theirs')\n")
    refused = check_page(post(client, f"/glue/{name}/edit", **form), "/", 409, 5)
    assert "Somebody changed the script" in refused.text and "print('theirs')" in refused.text
    again = filled(refused, lists=("argument_", "tag_"))
    assert again["script"] == "print('mine')\n"
    assert script_of(embedded, job_of(embedded, name)) == "print('theirs')\n"
    assert post(client, f"/glue/{name}/edit", **again).status_code == 303
    assert script_of(embedded, job_of(embedded, name)) == "print('mine')\n"


def test_somebody_elses_settings_are_not_replaced_unseen(client: FlaskClient, embedded: Embedded, name: str) -> None:
    form = opened(client, name) | {"description": "mine"}
    definition = job_of(embedded, name)
    glue = embedded.client("glue")
    glue.update_job(JobName=name, JobUpdate=editing.unchanged(glue, definition) | {"Description": "theirs"})
    refused = check_page(post(client, f"/glue/{name}/edit", **form), "/", 409, 5)
    assert "Somebody changed the job" in refused.text and refused.field("description").get("value") == "mine"
    assert job_of(embedded, name)["Description"] == "theirs"
    assert post(client, f"/glue/{name}/edit", **filled(refused, lists=("argument_", "tag_"))).status_code == 303
    assert job_of(embedded, name)["Description"] == "mine"


WRONG = [
    ({"timeout": "0"}, "A whole number from 1"),
    ({"retries": "x"}, "A whole number from 0 to 10"),
    ({"concurrent": "1001"}, "A whole number from 1 to 1,000"),
    ({"capacity": "2"}, "0.0625 or 1 DPU"),
    ({"role": ""}, "Choose the role"),
    ({"script": " "}, "The script is empty"),
    ({"argument_name": ["A", "--A"], "argument_value": ["1", "2"]}, "--A is there twice"),
    ({"argument_name": [""], "argument_value": ["1"]}, "Give each value a name"),
    ({"tag_name": ["aws:x"], "tag_value": ["1"]}, "AWS's own"),
    ({"version": "99"}, "AWS did not take the change"),
    ({"engine": "glueetl", "worker": "Z.9X", "workers": "2"}, "AWS did not take the change"),
]


@pytest.mark.parametrize(("fields", "said"), WRONG)
def test_wrong_input_is_told_and_kept(
    client: FlaskClient, embedded: Embedded, name: str, fields: dict[str, Any], said: str
) -> None:
    before = job_of(embedded, name)
    form = opened(client, name) | {"description": "kept as typed"} | fields
    shown = check_page(post(client, f"/glue/{name}/edit", **form), "/", 422, 9)
    assert said in shown.text and shown.field("description").get("value") == "kept as typed"
    assert job_of(embedded, name) == before


def test_another_type_takes_another_size(client: FlaskClient, embedded: Embedded, name: str) -> None:
    form = opened(client, name) | {"engine": "glueetl", "worker": "G.1X", "workers": "3", "version": "5.0"}
    assert post(client, f"/glue/{name}/edit", **form).status_code == 303
    made = job_of(embedded, name)
    assert (made["Command"]["Name"], made["Command"]["PythonVersion"]) == ("glueetl", "3")
    assert (made["WorkerType"], made["NumberOfWorkers"], made["MaxCapacity"]) == ("G.1X", 3, 3.0)
    back = opened(client, name) | {"engine": "pythonshell", "capacity": "0.0625", "version": "3.0"}
    assert post(client, f"/glue/{name}/edit", **back).status_code == 303
    made = job_of(embedded, name)
    assert made["MaxCapacity"] == 0.0625 and "WorkerType" not in made


def test_a_script_that_is_gone_is_written_anew(client: FlaskClient, embedded: Embedded, name: str) -> None:
    embedded.client("s3").delete_object(Bucket=BUCKET, Key=f"scripts/{name}_job.py")
    shown = check_page(client.get(f"/glue/{name}/edit"), "/", 200, 5)
    assert "There is no script at this place" in shown.text
    form = opened(client, name) | {"script": "print('again')\n"}
    assert post(client, f"/glue/{name}/edit", **form).status_code == 303
    assert script_of(embedded, job_of(embedded, name)) == "print('again')\n"


@pytest.mark.parametrize("body", ["é".encode("latin-1"), b"#" * (scripts.LONGEST + 1)])
def test_a_script_that_would_lose_something_stays(
    client: FlaskClient, embedded: Embedded, name: str, body: bytes
) -> None:
    key, s3 = f"scripts/{name}_job.py", embedded.client("s3")
    s3.put_object(Bucket=BUCKET, Key=key, Body=body)
    form = opened(client, name) | {"description": "only this"}
    assert post(client, f"/glue/{name}/edit", **form).status_code == 303
    assert s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() == body
    assert job_of(embedded, name)["Description"] == "only this"


def test_a_job_that_is_gone(client: FlaskClient, page: FetchPage) -> None:
    assert "There is no Glue job" in page("/glue/no such/edit", status=404).text
    assert post(client, "/glue/no such/edit", role="r").status_code == 404


def test_a_job_is_deleted_with_its_script(client: FlaskClient, embedded: Embedded, name: str) -> None:
    make_job(embedded, f"{name} twin", COPY, {})
    wrong = check_page(post(client, f"/glue/{name}/delete", confirm="x", script="y"), "/", 422, 5)
    assert "Nothing was deleted" in wrong.text
    assert post(client, f"/glue/{name}/delete", confirm=name, script="y").status_code == 303
    keys = [one["Key"] for one in embedded.client("s3").list_objects_v2(Bucket=BUCKET, Prefix="scripts/")["Contents"]]
    assert f"scripts/{name}_job.py" not in keys and f"scripts/{name} twin_job.py" in keys
    assert post(client, f"/glue/{name} twin/delete", confirm=f"{name} twin").status_code == 303
    assert client.get(f"/glue/{name} twin/").status_code == 404
    assert embedded.client("s3").head_object(Bucket=BUCKET, Key=f"scripts/{name} twin_job.py")


def test_the_script_of_two_jobs_is_told_so(embedded: Embedded, page: FetchPage, name: str) -> None:
    definition = job_of(embedded, name)
    embedded.client("glue").create_job(Name=f"{name} 2", Role=ROLE, Command=definition["Command"])
    assert f"which the job {name} 2 runs as well" in page(f"/glue/{name}/delete", calls=2).text


def test_a_spark_job_sized_in_dpus_stays_so() -> None:
    definition: dict[str, Any] = {
        **{
            "Name": "j",
            "Role": "r",
            "Command": {"Name": "glueetl", "ScriptLocation": "s3://b/k", "PythonVersion": "3"},
        },
        **{
            "MaxCapacity": 10.0,
            "AllocatedCapacity": 10,
            "GlueVersion": "1.0",
            "ExecutionClass": "FLEX",
            "MaxRetries": 1,
        },
    }
    with answering("glue") as client:
        made = editing.update(client, definition, editing.opened(definition, None, "pass", ""))
        assert made == editing.unchanged(client, definition) | {
            "DefaultArguments": {},
            "ExecutionProperty": {"MaxConcurrentRuns": 1},
        }
        assert made["MaxCapacity"] == 10.0 and "AllocatedCapacity" not in made


def test_tags_that_may_not_be_read_are_left_alone() -> None:
    refused = ("get_tags", None, {"error": "AccessDeniedException"})
    with answering("glue", refused) as client:
        assert editing.tags_of(client, "arn") is None
    broken = ("get_tags", None, {"error": "InternalServiceException", "status": 500})
    with answering("glue", broken) as client, pytest.raises(client.exceptions.ClientError):
        editing.tags_of(client, "arn")


def test_too_many_arguments() -> None:
    many = tuple((f"--A{number}", "1") for number in range(201))
    edited = Edited(role="r", engine="glueetl", retries="0", concurrent="1", script="pass", arguments=many)
    assert editing.faults(edited) == {"arguments": "More than 200."}
