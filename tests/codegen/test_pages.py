"""What the S3 pages show in their drawers is run: their script, their commands; and the policy is valid JSON."""

import html
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from flask import Flask
from flask.testing import FlaskClient

from tests.codegen.conftest import Lab
from tests.embedded.process import Embedded
from tests.over_embedded import application

BUCKET = "shown-bucket"
KEYS = ["holiday/sea.txt", 'holiday/it\'s "odd" & $(id) 🎉.txt', "read me.txt"]


@pytest.fixture(scope="module")
def dashboard(running: Embedded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The dashboard over the embedded AWS."""
    home = tmp_path_factory.mktemp("dashboard")
    with application(running, home, "s3", "sts", WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=True) as app:
        yield app


@pytest.fixture
def browser(dashboard: Flask, lab: Lab, emptied: Callable[[str], None]) -> Iterator[FlaskClient]:
    """A browser at the dashboard, and one bucket."""
    emptied(BUCKET)
    fill(lab)
    with dashboard.test_client() as client:
        client.environ_base["HTTP_HOST"] = "127.0.0.1"
        yield client


def fill(lab: Lab) -> None:
    lab.quiet.create_bucket(Bucket=BUCKET)
    for key in KEYS:
        lab.quiet.put_object(Bucket=BUCKET, Key=key, Body=key.encode(), ContentType="text/plain")


def shown(text: str, part: str) -> str:
    """The text of the drawer's pane for the whole page."""
    found = re.search(rf'<code[^>]*data-fill="{part}"[^>]*>(.*?)</code>', text, re.DOTALL)
    assert found is not None, f"the page shows no {part}"
    return html.unescape(found.group(1))


def _run(lab: Lab, path: str, text: str) -> None:
    """Run commands in the shell; for most pages with the AWS CLI in this process, which saves its start.

    Those of settings may fail (a bucket without CORS rules), and say so to the shell.
    """
    if "odd" in path or "settings" in path:
        lab.shell(text=text)
    else:
        lab.quick(text)


PAGES = [
    "/s3/",
    f"/s3/{BUCKET}/",
    f"/s3/{BUCKET}/?prefix=holiday/",
    f"/s3/{BUCKET}/?prefix=holiday/&view=list",
    f"/s3/{BUCKET}/objects/holiday/it%27s%20%22odd%22%20%26%20%24%28id%29%20%F0%9F%8E%89.txt",
    f"/s3/{BUCKET}/settings",
    f"/s3/{BUCKET}/delete",
    f"/s3/{BUCKET}/deleted",
    f"/s3/{BUCKET}/object/move?key=read%20me.txt",
]


@pytest.mark.parametrize("path", PAGES)
def test_what_a_page_shows_runs(browser: FlaskClient, lab: Lab, path: str) -> None:
    answer = browser.get(path)
    assert answer.status_code == 200
    lab.python_text(shown(answer.text, "script"))
    _run(lab, path, shown(answer.text, "commands"))
    policy = json.loads(shown(answer.text, "whole_policy"))
    assert policy["Statement"]


def test_the_scripts_of_a_listing_find_the_objects(browser: FlaskClient, lab: Lab) -> None:
    answer = browser.get(f"/s3/{BUCKET}/?prefix=holiday/")
    _, printed = lab.python_text(shown(answer.text, "script"))
    lab.quick(shown(answer.text, "commands"))
    assert all(key in printed for key in KEYS[:2])
    assert KEYS[2] not in printed


def test_a_form_shows_its_calls_on_the_page_after_it(browser: FlaskClient, lab: Lab) -> None:
    answer = browser.post("/s3/", data={"name": "made-by-form"})
    assert answer.status_code == 303
    page = browser.get(answer.location)
    made = [text for text in _each(page.text, "python") if "create_bucket" in text]
    assert len(made) == 1
    lab.quiet.delete_bucket(Bucket="made-by-form")
    lab.python_text(made[0])
    assert "made-by-form" in [found["Name"] for found in lab.quiet.list_buckets()["Buckets"]]
    lab.quiet.delete_bucket(Bucket="made-by-form")
    again = browser.get("/s3/")
    assert not any("create_bucket" in text for text in _each(again.text, "python"))


CHANGES = [
    ("object/copy", {"key": KEYS[1], "target_bucket": BUCKET, "target_key": "copies/it's.txt", "collision": "ask"}),
    ("object/move", {"key": KEYS[0], "target_bucket": BUCKET, "target_key": "moved.txt", "collision": "replace"}),
    ("object/delete", {"key": KEYS[2]}),
    ("object/tags", {"key": KEYS[1], "tag_key": ["a b"], "tag_value": ["c/d=e"]}),
    ("bulk/delete", {"key": KEYS[2:], "folder": ["holiday/"], "confirm": "1"}),
    ("settings/versioning", {"state": "Enabled"}),
    ("settings/cors", {}),
]


@pytest.mark.parametrize("part", ["python", "command"])
@pytest.mark.parametrize(("path", "fields"), CHANGES, ids=[path for path, _ in CHANGES])
def test_what_a_change_shows_does_it_again(
    browser: FlaskClient, lab: Lab, emptied: Callable[[str], None], path: str, fields: dict[str, Any], part: str
) -> None:
    before = _state(lab)
    after = browser.get(browser.post(f"/s3/{BUCKET}/{path}", data=fields).location).text
    wanted = _state(lab)
    assert wanted != before
    emptied(BUCKET)
    fill(lab)
    earlier = after[after.index("From the form before</h3>") : after.index('<template id="call-template">')]
    for text in _each(earlier, part):
        if part == "python":
            lab.python_text(text)
        else:
            _run(lab, path, text)
    assert _state(lab) == wanted


def _state(lab: Lab) -> dict[str, Any]:
    """What a change can change, times and ids left out."""
    client = lab.quiet
    keys = [item["Key"] for item in client.list_objects_v2(Bucket=BUCKET).get("Contents", [])]
    tags = {key: client.get_object_tagging(Bucket=BUCKET, Key=key)["TagSet"] for key in keys}
    try:
        rules = client.get_bucket_cors(Bucket=BUCKET)["CORSRules"]
    except ClientError:
        rules = []
    return {"tags": tags, "rules": rules, "versioning": client.get_bucket_versioning(Bucket=BUCKET).get("Status")}


def _each(text: str, part: str) -> list[str]:
    found = re.findall(rf'<code[^>]*data-fill="{part}"[^>]*>(.*?)</code>', text, re.DOTALL)
    return [html.unescape(item) for item in found]
