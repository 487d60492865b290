"""What is left of botocore's descriptions is all that a call needs."""

import runpy
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.model import ServiceModel, Shape

from app import awsdata
from app.aws import Aws
from app.awssession import CALLED, CONFIG, new_session
from app.config import Settings
from tests.test_supervise import ROOT

REGIONS = ("us-east-1", "eu-central-1", "cn-north-1", "us-gov-west-1")


def shapes_below(shape: Shape | None, seen: dict[str, list[str]]) -> None:
    if shape is None or shape.name in seen:
        return
    members: dict[str, Shape] = getattr(shape, "members", {})
    seen[shape.name] = [shape.type_name, *members]
    inner = [getattr(shape, name, None) for name in ("member", "key", "value")]
    for each in (*members.values(), *inner):
        shapes_below(each, seen)


def reached(model: ServiceModel, operations: set[str]) -> dict[str, list[str]]:
    seen: dict[str, list[str]] = {}
    for name in operations:
        found = model.operation_model(name)
        for shape in (found.input_shape, found.output_shape, *found.error_shapes):
            shapes_below(shape, seen)
    return seen


@pytest.mark.parametrize("service", CALLED)
def test_an_operation_that_is_kept_is_kept_whole(service: str) -> None:
    kept = awsdata.loader(None, CALLED).load_service_model(service, "service-2")
    whole = awsdata.loader().load_service_model(service, "service-2")
    assert set(kept["operations"]) == CALLED[service]
    assert kept["metadata"] == whole["metadata"]
    assert all("type" in shape for shape in kept["shapes"].values())
    found = reached(ServiceModel(kept, service), CALLED[service])
    assert found == reached(ServiceModel(whole, service), CALLED[service])


def test_what_nobody_calls_is_gone() -> None:
    kept = awsdata.loader(None, CALLED).load_service_model("glue", "service-2")
    whole = awsdata.loader().load_service_model("glue", "service-2")
    assert "CreateMLTransform" in set(whole["operations"]) - set(kept["operations"])
    assert "CreateMLTransformRequest" in set(whole["shapes"]) - set(kept["shapes"])


def test_a_service_without_a_table_is_whole() -> None:
    for service in ("ssm", "sts"):
        kept = awsdata.loader(None, CALLED).load_service_model(service, "service-2")
        assert kept == awsdata.loader().load_service_model(service, "service-2")


@pytest.mark.parametrize("service", [*CALLED, "sts", "ssm", "sso"])
def test_endpoints_are_botocores(monkeypatch: pytest.MonkeyPatch, service: str) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    ours, botocores = new_session(), new_session(loader=awsdata.loader())
    for region in REGIONS:
        mine, theirs = (each.client(service, region, config=CONFIG) for each in (ours, botocores))
        assert mine.meta.endpoint_url == theirs.meta.endpoint_url
        for fact in ("region_name", "signing_name", "signature_version"):
            assert getattr(mine._request_signer, fact) == getattr(theirs._request_signer, fact)
    if service in CALLED:
        assert ours.get_available_regions(service) == botocores.get_available_regions(service)


@pytest.mark.parametrize(("key", "made"), [("000000000000", True), (None, False)])
def test_clients_are_made_before_the_workers_where_no_connection_is(
    monkeypatch: pytest.MonkeyPatch, key: str | None, made: bool
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    if key:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", key)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    door = Aws(Settings())
    extensions = {"aws": door, "settings": Settings()}
    server: Any = SimpleNamespace(app=SimpleNamespace(wsgi=lambda: SimpleNamespace(extensions=extensions)))
    conf = runpy.run_path(str(ROOT / "gunicorn.conf.py"))
    conf["when_ready"](server)
    assert {service for service, _ in door._clients} == (set(conf["SHARED"]) if made else set())


def test_half_of_the_credentials_end_no_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "000000000000")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY", raising=False)
    door = Aws(Settings())
    extensions = {"aws": door, "settings": Settings()}
    server: Any = SimpleNamespace(app=SimpleNamespace(wsgi=lambda: SimpleNamespace(extensions=extensions)))
    runpy.run_path(str(ROOT / "gunicorn.conf.py"))["when_ready"](server)
    assert not door._clients
