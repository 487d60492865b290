"""The drawer's code for Elastic Beanstalk is run against the stubbed AWS, and its calls are those of the page.

No AWS that runs here has this service. Python runs with clients of a boto3 that the stubs answer; commands run in the
AWS CLI itself, up to where it would send.
"""

import html
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore import xform_name
from flask.testing import FlaskClient

from tests.beanstalk.answers import environment
from tests.beanstalk.conftest import Stubs
from tests.codegen.samples import run
from tests.codegen.test_every_operation import Driver
from tests.elasticbeanstalk.conftest import Post
from tests.elasticbeanstalk.test_views import APPLICATION, HERE, VERSIONS, looked, running, updates, whole, zipped

CALL = tuple[str, str, dict[str, Any]]
NAMES = {"elasticbeanstalk": "beanstalk", "s3": "s3"}
LIST = "/elasticbeanstalk/"


@dataclass
class Module:
    """Stands for boto3: its clients are the stubbed ones, so that botocore checks what code sends, in which order."""

    stubs: Stubs
    regions: set[str] = field(default_factory=set)

    def client(self, service: str, region_name: str) -> Any:
        """Return a stubbed client."""
        self.regions.add(region_name)
        return getattr(self.stubs.clients, NAMES[service])


@pytest.fixture
def sent(stubs: Stubs) -> Iterator[list[CALL]]:
    """Yield the calls that the stubbed clients are asked for, with their parameters."""
    found: list[CALL] = []

    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        plain = {name: value for name, value in params.items() if name != "Body"}
        found.append((model.service_model.service_name, model.name, plain))

    clients = [getattr(stubs.clients, name) for name in NAMES.values()]
    for one in clients:
        one.meta.events.register("provide-client-params", note)
    yield found
    for one in clients:
        one.meta.events.unregister("provide-client-params", note)


@pytest.fixture(scope="module")
def cli() -> Driver:
    return Driver()


def listing(stubs: Stubs) -> None:
    stubs.expect("beanstalk.describe_applications", {"Applications": [APPLICATION]})
    stubs.expect("beanstalk.describe_environments", {"Environments": [running()]}, IncludeDeleted=False)


def one_application(stubs: Stubs) -> None:
    stubs.expect("beanstalk.describe_applications", {"Applications": [APPLICATION]}, ApplicationNames=["trellis"])
    stubs.expect("beanstalk.describe_application_versions", {"ApplicationVersions": VERSIONS})
    stubs.expect("beanstalk.describe_environments", {"Environments": [running()]})


def one_environment(stubs: Stubs) -> None:
    whole(stubs, running())


def one_look(stubs: Stubs) -> None:
    looked(stubs, running())


PAGES: dict[str, Callable[[Stubs], None]] = {
    LIST: listing,
    f"{LIST}trellis/": one_application,
    f"{HERE}/": one_environment,
    f"{HERE}/terminate": one_look,
}


def shown(text: str, part: str) -> str:
    """Return the text of the drawer's pane for the whole page."""
    found = re.search(rf'<code[^>]*data-fill="{part}"[^>]*>(.*?)</code>', text, re.DOTALL)
    assert found is not None, f"the page shows no {part}"
    return html.unescape(found.group(1))


def commands(cli: Driver, text: str) -> list[CALL]:
    """Run commands in the AWS CLI; return what each would send."""
    cli.sent.clear()
    for line in text.strip().replace("\\\n", "").splitlines():
        assert line.startswith("aws "), line
        before = len(cli.sent)
        complaint = cli.run(line)
        assert len(cli.sent) == before + 1, f"{line}\n{complaint}"
    return [
        (service, name, {key: value for key, value in params.items() if key != "Body"})
        for service, name, params in cli.sent
    ]


@pytest.mark.parametrize("path", PAGES)
def test_what_a_page_shows_runs_and_asks_the_same(
    client: FlaskClient, stubs: Stubs, sent: list[CALL], cli: Driver, path: str
) -> None:
    PAGES[path](stubs)
    text = client.get(path).get_data(as_text=True)
    asked = list(sent)
    stubs.all_came()
    PAGES[path](stubs)  # the same answers once more
    module = Module(stubs)
    sent.clear()
    _, printed = run(shown(text, "script"), boto3=module)
    stubs.all_came()
    assert sent == asked and printed.strip()
    assert module.regions == {"us-east-1"}
    assert commands(cli, shown(text, "commands")) == asked
    assert {one["Action"] for one in json.loads(shown(text, "whole_policy"))["Statement"]} >= {
        f"{service}:{name}" for service, name, _ in asked
    }


@dataclass(frozen=True)
class Form:
    """A form: where it is sent, what it asks before it does one thing, and what the page asks that it leads to."""

    path: str
    fields: dict[str, Any]
    before: Callable[[Stubs], None]
    does: Callable[[Stubs], None]
    after: Callable[[Stubs], None]


def swaps(stubs: Stubs) -> None:
    stubs.expect(
        "beanstalk.swap_environment_cnames",
        {"ResponseMetadata": {"HTTPStatusCode": 200}},
        SourceEnvironmentName="trellis-demo",
        DestinationEnvironmentName="trellis-blue",
    )


def ends(stubs: Stubs) -> None:
    stubs.expect("beanstalk.terminate_environment", environment("Terminating"), EnvironmentName="trellis-demo")


def stores(stubs: Stubs) -> None:
    stubs.expect("beanstalk.create_storage_location", {"S3Bucket": "store"})
    stubs.refuse("s3.head_object", "404", status=404)
    stubs.expect("s3.put_object", {"ETag": '"x"'})
    stubs.expect("beanstalk.describe_application_versions", {"ApplicationVersions": []})


def versions(stubs: Stubs) -> None:
    stubs.expect("beanstalk.create_application_version", {"ApplicationVersion": VERSIONS[0]})


def with_another(stubs: Stubs) -> None:
    whole(stubs, running(), {**running(), "EnvironmentName": "trellis-blue"})


ZIP = (zipped(Procfile="web: x\n"), "my.zip")
FORMS = {
    "deploy": Form(f"{HERE}/deploy", {"version": "v1"}, one_environment, updates, one_environment),
    "swap": Form(f"{HERE}/swap", {"other": "trellis-blue"}, with_another, swaps, one_environment),
    "upload": Form(f"{LIST}trellis/versions", {"bundle": ZIP}, stores, versions, one_application),
    "terminate": Form(f"{HERE}/terminate", {"confirm": "trellis-demo"}, one_look, ends, one_environment),
}


@pytest.mark.parametrize("name", FORMS)
def test_what_a_form_did_is_shown_and_runs(
    client: FlaskClient, stubs: Stubs, sent: list[CALL], post: Post, cli: Driver, name: str
) -> None:
    form = FORMS[name]

    def answers() -> None:
        form.before(stubs)
        form.does(stubs)

    answer = post(form.path, answers=answers, **form.fields)
    assert answer.status_code == 303
    changing = sent[-1]
    form.after(stubs)
    text = client.get(answer.location).get_data(as_text=True)
    method = xform_name(changing[1])
    (code,) = (one for one in _each(text, "python") if method in one)
    (line,) = (one for one in _each(text, "command") if method.replace("_", "-") in one)
    form.does(stubs)
    sent.clear()
    run(code, boto3=Module(stubs))
    stubs.all_came()
    assert sent == [changing]
    assert commands(cli, line) == [changing]


def _each(text: str, part: str) -> list[str]:
    """Return the texts of the drawer's panes of single calls."""
    found = re.findall(rf'<code[^>]*data-fill="{part}"[^>]*>(.*?)</code>', text, re.DOTALL)
    return [html.unescape(one) for one in found]
