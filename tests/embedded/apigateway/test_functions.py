"""A function behind a method, its answer taken as it is or mapped (the book's way)."""

import base64
import json

import pytest

from tests.embedded.apigateway.conftest import ACCOUNT, Api, Gateway, uri_of

NUMBERS = '{"Number1": 10, "Number2": 15}'


def test_the_books_sum(api: Api) -> None:
    place = api.method("/")
    api.function(place, "add")
    api.deploy()
    got = api.call("/", NUMBERS)
    assert (got.status, got.body) == (200, b"25")
    assert got.headers["Content-Type"] == "application/json"
    assert got.headers["x-amzn-RequestId"] and got.headers["x-amz-apigw-id"]


def test_what_a_function_is_given_is_the_body_and_nothing_else(api: Api) -> None:
    place = api.method("/")
    api.function(place, "raw")
    api.deploy()
    assert api.call("/", '{"a": [1, null]}').json == {"a": [1, None]}


def test_a_function_that_fails_answers_200_unless_a_pattern_matches_all_of_its_message(api: Api) -> None:
    place = api.method("/")
    api.function(place, "fails")
    api.deploy()
    got = api.call("/", '{"a": 1}')
    assert got.status == 200
    assert got.json["errorMessage"].startswith("bad input")
    api.client.put_method_response(**place, statusCode="400")
    api.client.put_integration_response(**place, statusCode="400", selectionPattern="bad")
    api.deploy()
    assert api.call("/", '{"a": 1}').status == 200, "a pattern that matches a part does not match"
    api.client.update_integration_response(
        **place, statusCode="400", patchOperations=[{"op": "replace", "path": "/selectionPattern", "value": "bad.*"}]
    )
    assert api.call("/", '{"a": 1}').status == 200, "nothing changes before it is deployed"
    api.deploy()
    assert api.call("/", '{"a": 1}').status == 400


@pytest.mark.parametrize("pattern", ["(", "(?=bad).*", "(a)\\1", "a{2000}"])
def test_a_pattern_that_could_take_for_ever_is_refused_when_it_is_saved(api: Api, pattern: str) -> None:
    place = api.method("/")
    api.function(place, "fails")
    api.client.put_method_response(**place, statusCode="400")
    with pytest.raises(api.client.exceptions.BadRequestException, match="Invalid selection pattern"):
        api.client.put_integration_response(**place, statusCode="400", selectionPattern=pattern)


def test_headers_and_bodies_are_mapped(api: Api) -> None:
    place = api.method("/sum/{who}")
    template = """#set($sent = $input.path('$'))
{"Number1": $sent.a, "Number2": #if($input.params('b') == '')0#else$input.params('b')#end}"""
    api.client.put_integration(
        **place,
        type="AWS",
        integrationHttpMethod="POST",
        uri=api.gateway.uri("add"),
        requestTemplates={"application/json": template},
    )
    names = ("X-Stage", "X-Fixed", "X-Body")
    api.client.put_method_response(
        **place, statusCode="201", responseParameters={f"method.response.header.{name}": False for name in names}
    )
    api.client.put_integration_response(
        **place,
        statusCode="201",
        responseParameters={
            "method.response.header.X-Stage": "context.stage",
            "method.response.header.X-Fixed": "'always'",
            "method.response.header.X-Body": "integration.response.body",
        },
        responseTemplates={"application/json": '{"sum": $input.body, "for": "$input.params(\'who\')"}'},
    )
    api.deploy()
    got = api.call("/sum/ada?b=5", '{"a": 20}')
    assert (got.status, got.json) == (201, {"sum": 25, "for": "ada"})
    assert [got.headers[name] for name in names] == ["prod", "always", "25"]
    assert api.call("/sum/ada", '{"a": 20}').json["sum"] == 20


@pytest.mark.parametrize(
    ("behaviour", "templates", "status"),
    [
        ("WHEN_NO_MATCH", {"application/json": "$input.body"}, 200),
        ("WHEN_NO_TEMPLATES", {"application/json": "$input.body"}, 415),
        ("WHEN_NO_TEMPLATES", {}, 200),
        ("NEVER", {}, 415),
    ],
)
def test_what_has_no_template_passes_or_does_not(
    api: Api, behaviour: str, templates: dict[str, str], status: int
) -> None:
    place = api.method("/")
    api.function(place, "raw", passthroughBehavior=behaviour, requestTemplates=templates)
    api.deploy()
    got = api.call("/", '"x"', {"Content-Type": "text/plain"})
    assert got.status == status
    if status == 415:
        assert got.json == {"message": "Unsupported Media Type"}


def test_bytes_come_and_go_as_the_api_says(api: Api) -> None:
    place = api.method("/")
    patch = [{"op": "add", "path": "/binaryMediaTypes/image~1png"}]
    api.client.update_rest_api(restApiId=api.id, patchOperations=patch)
    api.function(
        place,
        "raw",
        contentHandling="CONVERT_TO_TEXT",
        requestTemplates={"image/png": '{"image": "$input.body"}'},
    )
    api.deploy()
    sent = bytes(range(256))
    assert api.call("/", sent, {"Content-Type": "image/png"}).json == {"image": base64.b64encode(sent).decode()}
    back = api.method("/picture", "GET")
    api.client.put_integration(**back, type="AWS", integrationHttpMethod="POST", uri=api.gateway.uri("text"))
    api.client.put_method_response(
        **back, statusCode="200", responseParameters={"method.response.header.Content-Type": False}
    )
    api.client.put_integration_response(
        **back,
        statusCode="200",
        contentHandling="CONVERT_TO_BINARY",
        responseParameters={"method.response.header.Content-Type": "'image/png'"},
    )
    api.deploy()
    got = api.call("/picture", headers={"Accept": "image/png"})
    assert (got.body, got.headers["Content-Type"]) == (sent, "image/png")


def test_a_function_is_called_only_where_its_policy_lets_this_method_in(api: Api, gateway: Gateway) -> None:
    arn = gateway.make_function("add", name="apigateway-closed", permitted=False)
    place = api.method("/")
    api.client.put_integration(**place, type="AWS", integrationHttpMethod="POST", uri=uri_of(arn))
    api.client.put_method_response(**place, statusCode="200")
    api.client.put_integration_response(**place, statusCode="200")
    api.deploy()
    got = api.call("/", NUMBERS)
    assert (got.status, got.json) == (500, {"message": "Internal server error"})
    assert "Invalid permissions on Lambda function" in api.test(place, body=NUMBERS)["log"]
    gateway.permit("apigateway-closed", f"{api.id}/*/GET/", "other-verb")
    assert api.call("/", NUMBERS).status == 500
    gateway.permit("apigateway-closed", f"{api.id}/test-invoke-stage/POST/", "tests-only")
    assert api.test(place, body=NUMBERS)["body"] == "25"
    assert api.call("/", NUMBERS).status == 500, "a test's permission is not the stage's"
    gateway.permit("apigateway-closed", f"{api.id}/prod/POST/", "stage")
    assert api.call("/", NUMBERS).body == b"25"


def test_a_function_that_is_not_there(api: Api) -> None:
    place = api.method("/")
    uri = uri_of(f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:nobody")
    api.client.put_integration(**place, type="AWS_PROXY", integrationHttpMethod="POST", uri=uri)
    api.deploy()
    assert api.call("/", NUMBERS).json == {"message": "Internal server error"}


def test_a_stage_variable_names_the_function(api: Api, gateway: Gateway) -> None:
    gateway.make_function("add")
    place = api.method("/")
    uri = uri_of(f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:apigateway-${{stageVariables.which}}")
    api.client.put_integration(**place, type="AWS", integrationHttpMethod="POST", uri=uri)
    api.client.put_method_response(**place, statusCode="200")
    api.client.put_integration_response(**place, statusCode="200")
    api.deploy(variables={"which": "add"})
    assert api.call("/", NUMBERS).body == b"25"
    assert api.test(place, body=NUMBERS, stageVariables={"which": "add"})["body"] == "25"


def test_waiting_ends_after_the_integrations_time(api: Api) -> None:
    place = api.method("/")
    api.function(place, "slow", timeoutInMillis=50)
    api.deploy()
    got = api.call("/", "{}")
    assert (got.status, got.json) == (504, {"message": "Endpoint request timed out"})
    assert "Execution failed due to a timeout error" in api.test(place, body="{}")["log"]


def test_an_answer_without_a_response_for_it(api: Api) -> None:
    place = api.method("/")
    api.client.put_integration(**place, type="AWS", integrationHttpMethod="POST", uri=api.gateway.uri("add"))
    api.deploy()
    assert api.call("/", NUMBERS).status == 500
    assert "No match for output mapping" in api.test(place, body=NUMBERS)["log"]
    api.client.put_integration_response(**place, statusCode="200")
    assert "Output mapping refers to an invalid method response: 200" in api.test(place, body=NUMBERS)["log"]


def test_a_test_shows_every_step(api: Api) -> None:
    place = api.method("/sum/{who}")
    api.function(place, "add")
    made = api.test(
        place, pathWithQueryString="/sum/ada?q=1", headers={"X-Api-Key": "0123456789abcdefghij"}, body=NUMBERS
    )
    assert (made["status"], made["body"]) == (200, "25")
    assert made["headers"]["Content-Type"] == "application/json"
    assert made["multiValueHeaders"]["Content-Type"] == ["application/json"]
    assert isinstance(made["latency"], int)
    lines = [line.partition(" : ")[2] for line in made["log"].splitlines()]
    assert made["log"].startswith("Execution log for request ")
    starts = (
        "Starting execution for request: ",
        "HTTP Method: POST, Resource Path: /sum/ada",
        "Method request path: {who=ada}",
        "Method request query string: {q=1}",
        "Method request headers: {X-Api-Key=**************efghij}",
        f"Method request body before transformations: {NUMBERS}",
        "Endpoint request URI: https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/arn:aws:lambda:",
        f"Endpoint request body after transformations: {NUMBERS}",
        "Sending request to https://lambda.us-east-1.amazonaws.com/",
        "Received response. Status: 200, Integration latency: ",
        "Endpoint response headers: {",
        "Endpoint response body before transformations: 25",
        "Method response body after transformations: 25",
        "Method response headers: {Content-Type=application/json",
        "Successfully completed execution",
        "Method completed with status: 200",
    )
    for line, start in zip(lines[1:], starts, strict=True):
        assert line.startswith(start)


def test_a_role_of_its_own_and_other_services_are_refused(api: Api) -> None:
    place = api.method("/")
    wrong = api.client.exceptions.BadRequestException
    asked = {"type": "AWS", "integrationHttpMethod": "POST", "uri": api.gateway.uri("add")}
    with pytest.raises(wrong, match="role of its own"):
        api.client.put_integration(**place, **asked, credentials="arn:aws:iam::000000000000:role/x")
    with pytest.raises(wrong, match="Lambda functions only"):
        api.client.put_integration(**place, **{**asked, "uri": "arn:aws:apigateway:us-east-1:s3:path/bucket/key"})
    with pytest.raises(wrong, match="no outside network"):
        api.client.put_integration(**place, type="HTTP_PROXY", integrationHttpMethod="GET", uri="http://example.com")
    with pytest.raises(wrong, match="#macro"):
        api.client.put_integration(**place, **asked, requestTemplates={"application/json": "#macro(x)#end"})
    assert "methodIntegration" not in api.client.get_method(**place)


def test_the_answer_of_a_function_is_json_text(api: Api) -> None:
    place = api.method("/")
    api.function(place, "raw")
    api.deploy()
    assert json.loads(api.call("/", '"äöü ✓"').body) == "äöü ✓"


def test_a_mapped_header_stays_one_header(api: Api) -> None:
    place = api.method("/")
    api.client.put_integration(**place, type="AWS", integrationHttpMethod="POST", uri=api.gateway.uri("raw"))
    names = ("X-Said", "Content-Length")
    declared = {f"method.response.header.{name}": False for name in names}
    api.client.put_method_response(**place, statusCode="200", responseParameters=declared)
    mapped = {name: "integration.response.body.said" for name in declared}
    api.client.put_integration_response(**place, statusCode="200", responseParameters=mapped)
    api.deploy()
    got = api.call("/", json.dumps({"said": "1\r\nSet-Cookie: a=✓"}))
    assert (got.status, "Set-Cookie" in got.headers) == (200, False)
    assert got.headers["X-Said"].encode("latin-1").decode() == "1  Set-Cookie: a=✓"
    assert got.headers["x-amzn-Remapped-Content-Length"].startswith("1  Set-Cookie")
    wrong = api.client.exceptions.BadRequestException
    with pytest.raises(wrong, match="Invalid mapping expression"):
        api.client.put_method_response(
            **place, statusCode="201", responseParameters={"method.response.header.A:B": False}
        )


def test_what_lambda_itself_refuses(api: Api) -> None:
    place = api.method("/")
    api.function(place, "raw")
    api.deploy()
    got = api.call("/", "not json")
    assert got.status == 400
    assert got.json["message"].startswith("Could not parse request body into json")
    assert "Lambda invocation failed with status: 400" in api.test(place, body="not json")["log"]
    large = api.call("/", json.dumps("x" * (6 * 1024 * 1024)))
    assert (large.status, large.json) == (413, {"message": "Request Too Long"})
