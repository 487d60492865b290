"""APIs made by one form and by hand: what AWS has then, what is shown, and what is refused."""

import json
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from app.blueprints.apigateway import nav
from tests.apigateway.helpers import NEW, at, checked, make, methods, post, told
from tests.embedded.process import Embedded
from tests.pages import Page

FetchPage = Callable[..., Page]


def test_the_sum_of_chapter_nine_by_one_form(client: FlaskClient, page: FetchPage, embedded: Embedded) -> None:
    shown = page("/apigateway/new?template=sum", calls=1)
    assert shown.field("name").get("value") == "SumUp"
    answer = told(client, "/apigateway/new", **{**NEW, "template": "sum", "name": "SumUp", "function": "SumUpLambda"})
    assert answer["steps"] == ["api", "resource", "method", "integration", "responses", "cors", "permission", "deploy"]
    gateway, api = embedded.client("apigateway"), answer["id"]
    made = gateway.get_rest_api(restApiId=api)
    assert made["endpointConfiguration"]["types"] == ["REGIONAL"] and made["tags"] == {"trellis:template": "sum"}
    found = methods(client, api)
    assert set(found) == {"POST /", "OPTIONS /"}
    assert found["POST /"]["integration"]["type"] == "AWS" and found["OPTIONS /"]["integration"]["type"] == "MOCK"
    assert [one["stageName"] for one in gateway.get_stages(restApiId=api)["item"]] == ["dev"]
    policy = json.loads(embedded.client("lambda").get_policy(FunctionName="SumUpLambda")["Policy"])
    arns = [one["Condition"]["ArnLike"]["AWS:SourceArn"] for one in policy["Statement"]]
    assert f"arn:aws:execute-api:us-east-1:000000000000:{api}/*/POST/" in arns
    assert "CreateRestApi" in {call["operation"] for call in answer["calls"]}


def test_pages_of_an_api(client: FlaskClient, page: FetchPage) -> None:
    api = make(client, "shown", "SumUpLambda", path="/numbers/sum")
    listed = page("/apigateway/?search=shown", calls=1)
    assert "shown" in listed.text
    whole = page(f"/apigateway/{api}/", calls=4)
    assert "Integration response" in whole.text and "SumUpLambda" in whole.text
    assert next(e.get("class") for e in whole.all(".//ol[@class='apigw-flow']/li")) == "apigw-client"
    assert page(f"/apigateway/{api}/deployed", calls=1).text.count("dev") == 1
    assert "dev" in page(f"/apigateway/{api}/stages", calls=5).text
    place = at(client, api, "POST /numbers/sum")
    page(f"/apigateway/{api}/test?resource={place['resource']}&verb=POST", calls=2)
    page(f"/apigateway/{api}/call", calls=3)
    page("/apigateway/keys", calls=2)
    page("/apigateway/import", calls=0)

    assert (
        client.get("/apigateway/?format=csv").get_data(as_text=True).splitlines()[0]
        == "name,id,endpoint,created,description"
    )


def test_an_api_that_is_not_there(client: FlaskClient) -> None:
    for path in ("", "stages", "call", "delete"):
        checked(client.get(f"/apigateway/nowhere123/{path}"), path, 404)


def test_what_is_wrong_is_said_beside_its_field(client: FlaskClient) -> None:
    wrong = {**NEW, "name": "", "path": "/a b", "function": "", "stage": "no spaces", "origins": "example.com"}
    shown = checked(post(client, "/apigateway/new", **wrong), "new", 422)
    for name in ("name", "path", "function", "stage", "origins"):
        assert shown.field(name).get("aria-invalid") == "true", name
    assert shown.field("path").get("value") == "/a b"


def test_a_step_that_fails_leaves_what_is_done_to_go_on_or_to_undo(client: FlaskClient, embedded: Embedded) -> None:
    failed = post(client, "/apigateway/new", **{**NEW, "name": "half", "function": "gone"})
    shown = checked(failed, "new", 422)
    assert "It stopped at: its integration with the function" in shown.text and "Undo what was made" in shown.text
    api = shown.field("api").get("value") or ""
    assert set(methods(client, api)) == {"POST /"}
    went = told(client, "/apigateway/new", **{**NEW, "name": "half", "function": "SumUpLambda", "api": api})
    assert went["id"] == api and "deploy" in went["steps"]
    assert methods(client, api)["POST /"]["integration"]["type"] == "AWS"
    told(client, "/apigateway/new", **{**NEW, "name": "half", "function": "SumUpLambda", "api": api, "action": "undo"})
    assert api not in {one["id"] for one in embedded.client("apigateway").get_rest_apis(limit=500)["items"]}
    assert api not in embedded.client("lambda").get_policy(FunctionName="SumUpLambda")["Policy"]


def test_resources_methods_and_templates_by_hand(client: FlaskClient) -> None:
    api = make(client, "hand", "SumUpLambda")
    root = at(client, api)["resource"]
    change = f"/apigateway/{api}/change"
    told(client, change, what="add-resource", resource=root, part="{id}")
    tree = client.get(f"/apigateway/{api}/?format=json").get_json()["resources"]
    place = next(one["id"] for one in tree if one["path"] == "/{id}")
    told(client, change, what="add-method", resource=place, new_verb="GET", kind="nonproxy", function="SumUpLambda")
    got = {"resource": place, "verb": "GET"}
    text = '{"Number1": $input.params(\'id\'), "Number2": 1}'
    template = {"content_type": "application/json", "passthrough": "NEVER", "template": text}
    told(client, change, what="template", **got, **template)
    told(client, change, what="response", **got, status="500", pattern="(.|\n)+", template='{"sorry": true}')
    told(client, change, what="key", **got, needed="1")
    told(client, change, what="validate", **got, place="querystring", parameter="who", model_name="", model="")
    found = methods(client, api)["GET /{id}"]
    assert found["integration"]["templates"] == {"application/json": text}
    assert found["integration"]["passthrough"] == "NEVER" and found["key_required"] and found["validator"]
    assert found["parameters"] == {"method.request.querystring.who": True}
    assert [one["status"] for one in found["answers"]] == ["200", "500"]
    told(client, change, what="delete-response", **got, status="500")
    told(client, change, what="cors", resource=place, origins="https://example.com")
    assert "OPTIONS /{id}" in methods(client, api)
    refused = checked(post(client, change, what="delete-method", **got, confirm="GET"), change, 422)
    assert "Nothing was deleted" in refused.text
    told(client, change, what="delete-method", **got, confirm="GET /{id}")
    told(client, change, what="delete-resource", resource=place, confirm="/{id}")
    assert set(methods(client, api)) == {"POST /", "OPTIONS /"}


def test_faults_of_changes_are_said_beside_their_fields(client: FlaskClient) -> None:
    api = make(client, "faults", "SumUpLambda")
    place, change = at(client, api), f"/apigateway/{api}/change"
    cases = [
        ({"what": "add-resource", "part": "a b"}, "part"),
        ({"what": "add-method", "new_verb": "JUMP"}, "new_verb"),
        ({"what": "integration", "kind": "proxy", "function": ""}, "function"),
        ({"what": "integration", "kind": "http", "uri": "ftp://x"}, "uri"),
        ({"what": "template", "content_type": "json", "passthrough": "NEVER"}, "content_type"),
        ({"what": "validate", "place": "query", "parameter": "", "model": "{", "model_name": "M"}, "model"),
        ({"what": "response", "status": "99", "pattern": ""}, "status"),
        ({"what": "response", "status": "500", "pattern": "("}, "pattern"),
        ({"what": "cors", "origins": "example.com"}, "origins"),
    ]
    for fields, name in cases:
        shown = checked(post(client, change, **{**place, **fields}), change, 422)
        assert any(e.get("aria-invalid") == "true" and e.get("name") == name for e in shown.root.iter()), fields
    assert post(client, change, what="nothing", **place).status_code == 400


def test_deleting_wants_the_name(client: FlaskClient) -> None:
    api = make(client, "to go", "SumUpLambda")
    assert "to go" in checked(post(client, f"/apigateway/{api}/delete", confirm="to"), "delete", 422).text
    assert post(client, f"/apigateway/{api}/delete", confirm="to go").status_code == 303
    assert client.get(f"/apigateway/{api}/").status_code == 404


def test_what_is_not_deployed_yet(client: FlaskClient) -> None:
    api = make(client, "differs", "SumUpLambda")
    stages = f"/apigateway/{api}/stages"
    before = client.get(f"{stages}?format=json").get_json()
    assert before["difference"]["changes"] == []
    place = at(client, api)
    told(client, f"/apigateway/{api}/change", what="key", needed="1", **place)
    told(
        client, f"/apigateway/{api}/change", what="add-method", resource=place["resource"], new_verb="GET", kind="mock"
    )
    told(client, f"/apigateway/{api}/change", what="delete-method", resource=place["resource"], verb="OPTIONS",
         confirm="OPTIONS /")  # fmt: skip
    found = client.get(f"{stages}?format=json").get_json()["difference"]["changes"]
    assert [(one["kind"], one["label"]) for one in found] == [
        ("added", "GET /"), ("removed", "OPTIONS /"), ("changed", "POST /")
    ]  # fmt: skip
    assert found[2]["what"] == ["API key"]
    told(client, stages, stage="dev", description="again")
    after = client.get(f"{stages}?format=json").get_json()
    assert after["difference"]["changes"] == [] and len(after["deployments"]) == 2
    checked(post(client, stages, stage="no good"), stages, 422)


def test_a_stage_is_changed(client: FlaskClient) -> None:
    api = make(client, "stage", "SumUpLambda")
    place = f"/apigateway/{api}/stages/dev"
    told(client, place, variables="who=me\nmode=fast", rate="5", burst="10")
    told(client, place, variables="who=you", rate="", burst="")
    found = client.get(f"/apigateway/{api}/stages?format=json").get_json()["stages"][0]
    assert found["variables"] == {"who": "you"}
    assert [(one["rate"], one["burst"]) for one in found["settings"] if one["name"] == "*/*"] == [(5.0, 10)]
    checked(post(client, place, variables="who", rate="x"), place, 422)
    assert post(client, f"/apigateway/{api}/stages/none", variables="").status_code == 404


def test_what_a_stage_logs(client: FlaskClient, embedded: Embedded) -> None:
    gateway, api = embedded.client("apigateway"), make(client, "logs", "SumUpLambda")
    place, pages = f"/apigateway/{api}/stages/dev", f"/apigateway/{api}/stages"
    refused = checked(post(client, place, variables="who=me", logging="INFO", trace="1"), place, 422)
    assert "CloudWatch Logs role ARN must be set" in refused.text and "update-account" in refused.text
    assert refused.field("logging").get("aria-invalid") == "true" and refused.field("trace").get("checked") is not None
    assert client.get(f"{pages}?format=json").get_json()["stages"][0]["variables"] == {}
    role = embedded.role("api-logs", "apigateway.amazonaws.com")
    set_role = {"op": "replace", "path": "/cloudwatchRoleArn", "value": role}
    gateway.update_account(patchOperations=[set_role])
    told(client, place, logging="INFO", trace="1")
    every = gateway.get_stage(restApiId=api, stageName="dev")["methodSettings"]["*/*"]
    assert (every["loggingLevel"], every["dataTraceEnabled"]) == ("INFO", True)
    group = f"API-Gateway-Execution-Logs_{api}/dev"
    shown = checked(client.get(pages), pages)
    assert group in shown.text and "logging info with whole messages" in shown.text
    told(client, place, rate="5")  # says nothing of logging: it stays
    assert gateway.get_stage(restApiId=api, stageName="dev")["methodSettings"]["*/*"]["loggingLevel"] == "INFO"
    told(client, place, logging="OFF")
    every = gateway.get_stage(restApiId=api, stageName="dev")["methodSettings"]["*/*"]
    assert (every["loggingLevel"], every["dataTraceEnabled"]) == ("OFF", False)
    checked(post(client, place, logging="ALL"), place, 422)


def test_exports(client: FlaskClient) -> None:
    api = make(client, "exported", "SumUpLambda")
    answer = client.get(f"/apigateway/{api}/export?stage=dev&type=oas30&as=json&extensions=apigateway")
    document = json.loads(answer.get_data())
    assert "x-amazon-apigateway-integration" in document["paths"]["/"]["post"]
    assert answer.headers["Content-Disposition"].endswith('-dev-oas30-apigateway.json"')
    swagger = client.get(f"/apigateway/{api}/export?stage=dev&type=swagger&as=yaml&extensions=postman")
    assert swagger.status_code == 200 and "swagger" in swagger.get_data(as_text=True)
    assert client.get(f"/apigateway/{api}/export?stage=none").status_code == 404
    assert client.get(f"/apigateway/{api}/export?stage=dev&type=word").status_code == 400


def test_the_overview_counts_the_apis(shared_app: Flask, client: FlaskClient, embedded: Embedded) -> None:
    make(client, "counted", "SumUpLambda")
    count = len(embedded.client("apigateway").get_rest_apis(limit=500)["items"])
    with shared_app.test_request_context():
        assert nav.status is not None and nav.status().text.startswith(f"{count} REST API")
