"""MOCK, CORS as the console's Enable CORS makes it, gateway responses, and pages of other origins."""

import json
from collections.abc import Callable

import pytest

from tests.embedded.apigateway.conftest import Api, Gateway, http
from tests.embedded.process import Embedded

ORIGIN = "https://elsewhere.example"
CORS = {
    "method.response.header.Access-Control-Allow-Headers": "'Content-Type,X-Amz-Date,Authorization,X-Api-Key'",
    "method.response.header.Access-Control-Allow-Methods": "'OPTIONS,POST'",
    "method.response.header.Access-Control-Allow-Origin": "'*'",
}


def enable_cors(api: Api, path: str, origin: str = "'*'") -> None:
    """Make the OPTIONS method that the console makes."""
    api.mock(api.method(path, "OPTIONS"), responseParameters={**CORS, list(CORS)[2]: origin})


def test_a_preflight(api: Api) -> None:
    enable_cors(api, "/")
    api.deploy()
    got = api.call("/", method="OPTIONS", headers={"Origin": ORIGIN, "Access-Control-Request-Method": "POST"})
    assert (got.status, got.body) == (200, b"")
    assert got.headers["Access-Control-Allow-Origin"] == "*"
    assert got.headers["Access-Control-Allow-Methods"] == "OPTIONS,POST"


def test_a_page_of_another_origin_calls_only_what_allows_it(api: Api) -> None:
    for path in ("/open", "/closed", "/one"):
        api.function(api.method(path), "add")
    enable_cors(api, "/open")
    enable_cors(api, "/one", f"'{ORIGIN}'")
    api.deploy()
    numbers = '{"Number1": 1, "Number2": 2}'
    assert api.call("/open", numbers, {"Origin": ORIGIN}).body == b"3"
    assert api.call("/one", numbers, {"Origin": ORIGIN}).body == b"3"
    for path, origin in (("/closed", ORIGIN), ("/one", "https://third.example"), ("/closed", "null")):
        # A simple POST, which a browser sends without a preflight.
        got = api.call(path, numbers, {"Origin": origin, "Content-Type": "text/plain"})
        assert got.status == 403
        assert "Enable CORS" in got.json["message"]
    assert api.call("/closed", numbers, {"Origin": "http://127.0.0.1:5000"}).body == b"3", "the dashboard may"
    assert api.call("/closed", numbers).body == b"3", "curl sends no origin"


def test_a_page_of_another_site_does_not_embed_it(api: Api) -> None:
    api.mock(api.method("/", "GET"))
    api.deploy()
    site = {"Sec-Fetch-Site": "cross-site"}
    assert api.call("/", headers={**site, "Sec-Fetch-Mode": "no-cors"}).status == 403
    assert api.call("/", headers={**site, "Sec-Fetch-Mode": "navigate"}).status == 200, "a link may be followed"
    assert api.call("/", headers={"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "no-cors"}).status == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize(
    "more",
    [
        {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
        {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"},
        {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
        {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", "Sec-Purpose": "prefetch;prerender"},
    ],
)
def test_no_page_sets_it_off_by_loading_it(api: Api, site: str, more: dict[str, str]) -> None:
    api.mock(api.method("/", "GET"))
    api.deploy()
    assert api.call("/", headers={"Sec-Fetch-Site": site, **more}).status == 403


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "api.execute-api.us-east-1.amazonaws.com"])
def test_another_host_is_refused(api: Api, host: str) -> None:
    api.mock(api.method("/", "GET"))
    api.deploy()
    assert api.call("/", headers={"Host": host}).status == 421


@pytest.mark.parametrize(
    "path",
    ["/_aws/execute-api/", "/_aws/execute-api", "/_aws/sqs", "/_ministack/reset", "/_aws/lambda-url/x/"],
)
def test_nothing_else_is_open(embedded_aws: Embedded, path: str) -> None:
    assert http(f"{embedded_aws.endpoint}{path}").status == 404


@pytest.mark.parametrize(
    "path", ["x/../../_ministack/reset", "x/prod/../../../_ministack/reset", "%2e%2e/x", "a", "a/b"]
)
def test_no_path_leads_out_of_the_stages(embedded_aws: Embedded, path: str) -> None:
    got = http(f"{embedded_aws.endpoint}/_aws/execute-api/{path}")
    assert (got.status, got.json) == (403, {"message": "Forbidden"})


def test_the_emulators_other_way_in_is_closed(api: Api) -> None:
    api.mock(api.method("/", "GET"))
    api.deploy()
    got = http(f"{api.gateway.aws.endpoint}/restapis/{api.id}/prod/_user_request_/")
    assert got.status == 403
    assert b"signed requests only" in got.body


def test_a_mock_answers_what_its_template_says(api: Api) -> None:
    place = api.method("/", "GET")
    template = '{"statusCode": #if($input.params("fail") == "yes")500#{else}200#end}'
    api.client.put_integration(**place, type="MOCK", requestTemplates={"application/json": template})
    for status, pattern in (("200", None), ("500", "5\\d{2}")):
        api.client.put_method_response(**place, statusCode=status)
        body = json.dumps({"said": status})
        more = {"selectionPattern": pattern} if pattern else {}
        api.client.put_integration_response(
            **place, statusCode=status, responseTemplates={"application/json": body}, **more
        )
    api.deploy()
    assert (api.call("/").status, api.call("/").json) == (200, {"said": "200"})
    assert api.call("/?fail=yes").json == {"said": "500"}


def test_a_mock_without_a_status_is_an_error(api: Api) -> None:
    place = api.method("/", "GET")
    api.client.put_integration(**place, type="MOCK", requestTemplates={"application/json": "{}"})
    assert "Unable to parse statusCode" in api.test(place)["log"]


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("#set($s = 'ab')$s.matches('a.')$s.matches('a')$s.replaceAll('(a)b', '$1-$1')", "truefalsea-a"),
        ("#set($s = 'Abc')$s.replaceAll('[a-b]', '-')", "A-c"),
        (f"#set($s = '{'a' * 60}b')$s.matches('(a|aa)+')", "false"),
        ("#set($s = 'a,b')#foreach($p in $s.split(','))[$p]#end", "[a][b]"),
    ],
)
def test_a_template_takes_regular_expressions(api: Api, template: str, expected: str) -> None:
    place = api.method("/", "GET")
    api.client.put_integration(**place, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
    api.client.put_method_response(**place, statusCode="200")
    api.client.put_integration_response(**place, statusCode="200", responseTemplates={"application/json": template})
    assert api.test(place)["body"] == expected


def test_gateway_responses_are_said_otherwise(api: Api) -> None:
    api.mock(api.method("/here", "GET"))
    headers = {"X-Why": "'not here'", "X-At": "context.path"}
    api.client.put_gateway_response(
        restApiId=api.id,
        responseType="MISSING_AUTHENTICATION_TOKEN",
        statusCode="404",
        responseParameters={f"gatewayresponse.header.{name}": value for name, value in headers.items()},
        responseTemplates={"application/json": '{"no": $context.error.messageString, "stage": "$context.stage"}'},
    )
    api.deploy()
    got = api.call("/nowhere")
    assert (got.status, got.json) == (404, {"no": "Missing Authentication Token", "stage": "prod"})
    assert (got.headers["X-Why"], got.headers["X-At"]) == ("not here", "/prod/nowhere")
    api.client.delete_gateway_response(restApiId=api.id, responseType="MISSING_AUTHENTICATION_TOKEN")
    assert api.call("/nowhere").status == 404, "nothing changes before it is deployed"
    api.deploy()
    assert api.call("/nowhere").status == 403


def test_default_responses_are_inherited(api: Api) -> None:
    api.mock(api.method("/", "GET", apiKeyRequired=True))
    parameters = {"gatewayresponse.header.Access-Control-Allow-Origin": "'*'"}
    api.client.put_gateway_response(restApiId=api.id, responseType="DEFAULT_4XX", responseParameters=parameters)
    api.deploy()
    got = api.call("/")
    assert (got.status, got.headers["Access-Control-Allow-Origin"]) == (403, "*")
    found = {one["responseType"]: one for one in api.client.get_gateway_responses(restApiId=api.id)["items"]}
    assert found["INVALID_API_KEY"]["defaultResponse"]
    assert not found["DEFAULT_4XX"]["defaultResponse"]
    assert len(found) == 21


def test_apis_of_one_account_are_called_without_saying_so(fresh: Callable[..., Embedded]) -> None:
    aws = fresh()
    other = Gateway(aws)
    other.client = aws.client("apigateway", aws_access_key_id="111122223333", region_name="eu-central-1")
    api = other.create("elsewhere")
    api.mock(api.method("/", "GET"))
    api.deploy()
    assert api.call("/").status == 200
    assert Gateway(aws).client.get_rest_apis()["items"] == []
