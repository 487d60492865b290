"""The pages of Elastic Beanstalk over a stubbed account, and over the embedded AWS, which has no such service."""

import io
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.beanstalk.answers import HOST, NOW, environment, event, found, healthy
from tests.beanstalk.conftest import Stubs
from tests.elasticbeanstalk.conftest import Post
from tests.embedded.process import Embedded, start
from tests.over_embedded import application
from tests.pages import Page, check_page

APPLICATION = {"ApplicationName": "trellis", "Versions": ["v1", "v2"]}
VERSIONS = [
    {"ApplicationName": "trellis", "VersionLabel": "v1", "Status": "PROCESSED", "DateCreated": NOW},
    {"ApplicationName": "trellis", "VersionLabel": "v2", "Status": "FAILED", "DateCreated": NOW},
]
HERE = "/elasticbeanstalk/trellis/trellis-demo"


def running(**more: Any) -> dict[str, Any]:
    return environment("Ready", "v1", HealthStatus="Degraded", Health="Red", DateUpdated=NOW, **more)


def looked(stubs: Stubs, one: dict[str, Any]) -> None:
    """Expect what every look at an environment asks."""
    found(stubs, one)
    stubs.expect(
        "beanstalk.describe_events",
        {"Events": [event("Update completed.", 60), event("<b>starting</b>", severity="WARN")]},
    )
    healthy(stubs, "Degraded", "Red", "The disk is full.")


def whole(stubs: Stubs, one: dict[str, Any], *others: dict[str, Any]) -> None:
    """Expect what an environment's page asks."""
    looked(stubs, one)
    stubs.expect(
        "beanstalk.describe_environments",
        {"Environments": [one, *others]},
        ApplicationName="trellis",
        IncludeDeleted=False,
    )
    stubs.expect("beanstalk.describe_application_versions", {"ApplicationVersions": VERSIONS})


def updates(stubs: Stubs) -> None:
    """Expect a version to be deployed."""
    stubs.expect(
        "beanstalk.update_environment",
        environment("Updating"),
        ApplicationName="trellis",
        EnvironmentName="trellis-demo",
        VersionLabel="v1",
    )


def test_applications_show_their_environments(page: Callable[..., Page], stubs: Stubs) -> None:
    stubs.expect("beanstalk.describe_applications", {"Applications": [APPLICATION]})
    stubs.expect("beanstalk.describe_environments", {"Environments": [running()]}, IncludeDeleted=False)
    shown = page("/elasticbeanstalk/", calls=2)
    for words in ("trellis-demo", "Degraded", "Ready", HOST, "2 versions"):
        assert words in shown.text
    stubs.all_came()


def test_no_application_says_how_to_make_one(page: Callable[..., Page], stubs: Stubs) -> None:
    stubs.expect("beanstalk.describe_applications", {"Applications": []})
    stubs.expect("beanstalk.describe_environments", {"Environments": []})
    shown = page("/elasticbeanstalk/", calls=2)
    assert "No application yet" in shown.text
    assert "make deploy" in shown.text


def test_an_application_shows_its_versions(page: Callable[..., Page], stubs: Stubs) -> None:
    stubs.expect("beanstalk.describe_applications", {"Applications": [APPLICATION]}, ApplicationNames=["trellis"])
    stubs.expect("beanstalk.describe_application_versions", {"ApplicationVersions": VERSIONS})
    stubs.expect("beanstalk.describe_environments", {"Environments": [running()]})
    shown = page("/elasticbeanstalk/trellis/", calls=3)
    assert "v1" in shown.text and "Failed" in shown.text


def test_what_is_not_there_is_said(page: Callable[..., Page], stubs: Stubs) -> None:
    stubs.expect("beanstalk.describe_applications", {"Applications": []})
    assert "There is no application" in page("/elasticbeanstalk/nothing/", status=404).text
    stubs.expect("beanstalk.describe_environments", {"Environments": []})
    assert "There is no environment" in page("/elasticbeanstalk/trellis/nothing/", status=404).text


def test_an_environment_shows_health_with_causes_and_events(page: Callable[..., Page], stubs: Stubs) -> None:
    whole(stubs, running())
    shown = page(f"{HERE}/", calls=5)
    for words in ("Degraded", "The disk is full.", "Update completed.", "<b>starting</b>", "v1"):
        assert words in shown.text
    assert [one.get("value") for one in shown.all(".//option")] == ["v1"]  # v2 could not be processed
    assert "hx-trigger" not in shown.html.split('id="look"')[1].split(">")[0]
    stubs.all_came()


def test_an_environment_at_work_follows_by_itself(client: FlaskClient, stubs: Stubs) -> None:
    whole(stubs, environment("Updating", "v1"))
    text = client.get(f"{HERE}/").get_data(as_text=True)
    assert 'hx-trigger="every 1s"' in text.split('id="look"')[1].split(">")[0]
    htmx = {"HX-Request": "true"}
    looked(stubs, environment("Updating", "v1"))
    part = client.get(f"{HERE}/?round=1", headers=htmx).get_data(as_text=True)
    assert "<html" not in part
    assert 'round=2" hx-trigger="every 1s"' in part
    looked(stubs, running())
    last = client.get(f"{HERE}/?round=2", headers=htmx).get_data(as_text=True)
    assert "hx-trigger" not in last
    assert 'data-announce="trellis-demo is ready"' in last
    stubs.all_came()


def test_a_version_is_deployed(post: Post, stubs: Stubs) -> None:
    def answers() -> None:
        whole(stubs, running())
        updates(stubs)

    answer = post(f"{HERE}/deploy", version="v1", answers=answers)
    assert (answer.status_code, answer.location) == (303, f"{HERE}/")
    stubs.all_came()


def test_a_version_that_cannot_be_deployed_is_refused_beside_its_field(post: Post, stubs: Stubs) -> None:
    def answers() -> None:
        whole(stubs, running())
        whole(stubs, running())

    answer = post(f"{HERE}/deploy", version="v2", answers=answers)
    shown = check_page(answer, "deploy", 422, 10)
    assert "Not a valid choice" in shown.text
    stubs.all_came()


def test_addresses_are_swapped(post: Post, stubs: Stubs) -> None:
    other = {**running(), "EnvironmentName": "trellis-blue"}

    def answers() -> None:
        whole(stubs, running(), other)
        stubs.expect(
            "beanstalk.swap_environment_cnames",
            SourceEnvironmentName="trellis-demo",
            DestinationEnvironmentName="trellis-blue",
        )

    assert post(f"{HERE}/swap", other="trellis-blue", answers=answers).status_code == 303
    stubs.all_came()


def test_to_terminate_the_name_is_typed(post: Post, page: Callable[..., Page], stubs: Stubs) -> None:
    looked(stubs, running())
    assert "Type the name trellis-demo" in page(f"{HERE}/terminate").text
    wrong = post(f"{HERE}/terminate", confirm="trellis", answers=lambda: looked(stubs, running()))
    assert "Nothing was ended" in check_page(wrong, "terminate", 422, 3).text

    def answers() -> None:
        looked(stubs, running())
        stubs.expect("beanstalk.terminate_environment", environment("Terminating"), EnvironmentName="trellis-demo")

    assert post(f"{HERE}/terminate", confirm="trellis-demo", answers=answers).status_code == 303
    stubs.all_came()


def zipped(**files: str) -> io.BytesIO:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    made.seek(0)
    return made


def test_a_bundle_becomes_a_version(post: Post, stubs: Stubs) -> None:
    def answers() -> None:
        stubs.expect("beanstalk.create_storage_location", {"S3Bucket": "store"})
        stubs.refuse("s3.head_object", "404", status=404)
        stubs.expect("s3.put_object", {"ETag": '"x"'})
        stubs.expect("beanstalk.describe_application_versions", {"ApplicationVersions": []})
        stubs.expect("beanstalk.create_application_version", {"ApplicationVersion": VERSIONS[0]})

    answer = post("/elasticbeanstalk/trellis/versions", bundle=(zipped(Procfile="web: x\n"), "my.zip"), answers=answers)
    assert (answer.status_code, answer.location) == (303, "/elasticbeanstalk/trellis/")
    stubs.all_came()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (io.BytesIO(b"no zip"), "is no zip file"),
        (None, "Choose a zip file"),
        ("folder", "Everything lies in the folder"),
    ],
)
def test_what_is_no_bundle_is_refused_beside_its_field(post: Post, stubs: Stubs, content: Any, words: str) -> None:
    def answers() -> None:
        stubs.expect("beanstalk.describe_applications", {"Applications": [APPLICATION]})
        stubs.expect("beanstalk.describe_application_versions", {"ApplicationVersions": VERSIONS})
        stubs.expect("beanstalk.describe_environments", {"Environments": []})

    if content == "folder":
        content = zipped(**{"x/Procfile": "web: x\n"})
    fields = {} if content is None else {"bundle": (content, "x.zip")}
    answer = post("/elasticbeanstalk/trellis/versions", answers=answers, **fields)
    assert words in check_page(answer, "upload", 422, 6).text


@pytest.fixture(scope="module")
def without(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Yield an application over the embedded AWS."""
    running_aws: Embedded = start(tmp_path_factory.mktemp("beanstalk"))
    try:
        with application(running_aws, tmp_path_factory.mktemp("home"), "elasticbeanstalk", "s3", "sts") as made:
            yield made
    finally:
        running_aws.stop()


@pytest.mark.parametrize("path", ["", "trellis/", "trellis/trellis-demo/", "trellis/trellis-demo/terminate"])
def test_the_embedded_aws_has_none_and_the_page_says_so(without: Flask, path: str) -> None:
    with without.test_client() as client:
        answer = client.get(f"/elasticbeanstalk/{path}", headers={"Host": "127.0.0.1"})
        assert "Not available on the embedded AWS" in check_page(answer, path, 200, 1).text


def test_the_overview_says_so_too(without: Flask) -> None:
    with without.test_client() as client:
        services = client.get("/?format=json", headers={"Host": "127.0.0.1"}).get_json()["services"]
    (one,) = (each for each in services if each["label"] == "Elastic Beanstalk")
    assert (one["text"], one["usable"]) == ("Not available on the embedded AWS", False)
