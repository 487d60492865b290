"""Every address over a running AWS, with hostile names and fields: no error of ours, and no GET that changes."""

import io
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from botocore.exceptions import ClientError
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from app.aws import PARTIQL, is_read
from app.blueprints.apigateway.service import making
from tests.apigateway.functions import SUM, make_function, make_role
from tests.embedded.process import Embedded, start
from tests.over_embedded import application

SERVICES = (
    "s3", "dynamodb", "logs", "rds", "secretsmanager", "glue", "iam", "sts", "apigateway", "lambda", "cloudwatch",
    "elasticbeanstalk",
)  # fmt: skip
HOSTILE = {
    "nul": "a\0b",
    "long": "x" * 10_000,
    "markup": '"><script>alert(1)</script>',
    "climbing": "../../etc/passwd",
    "half": "\ud800",
    "negative": "-1",
    "huge": "9" * 30,
    "lines": "a\r\nSet-Cookie: x=1",
    "digits": "9" * 5000,  # more than Python makes a number of
    "raised": "²",  # a digit to str.isdigit, no number to int
    "deep": "[" * 3000,
}
# Every field that some page reads, of its address or its form.
FIELDS = (  # noqa: SIM905 shorter
    "action add after again alias api as as_download asynchronous at attribute attributes back before begun billing "
    "body bundle burst collision columns confirm consistent content_type cors count counted csrf database days "
    "delimiter description digest download draft empty encoding end engine entry errors events everybody expect "
    "extensions fill filter final form from function g group handler headers hours id identifier index indexes "
    "instance_class keep key kind lane left left_version limit login memory minutes mode model model_name move name "
    "names needed new_verb next old on only op order origin origins other p.1 p.name page parameter part partition "
    "partition_type passthrough password path pattern payload period pk place plan plan_name pointer port position "
    "prefix prefix_quoted projection protected proxy public q qualifier query quota rate read_units recipe region "
    "remove reserved resource retries revision right role round run runtime sample saved schema search secret "
    "segments sha256 shared shift sid size sk snapshot sort sort_type sql stage start state statement status storage "
    "stream suffix table tag_key tag_name tag_value tags target_bucket target_key target_prefix template text timeout "
    "to token type uri user username v value variable_name variable_value variables verb version versionId view what "
    "write_units"
).split()
KNOWN = {"function": "SumUpLambda", "table": "customer", "bucket": "things", "key": "a.txt", "identifier": "nowhere"}
# Of APIs AWS gives the ids: they are put in once they are known.
BY_API = ("apigateway.api", "apigateway.ask_test")
LOG = {"group": "/app/shop", "stream": "one"}
SPAN = {"start": "-1h", "end": "now"}
CONDITION = {"g": "all", "fg": "0", "fn": "a.b", "fo": "between", "ft": "N", "fv": "1", "fw": "2"}
EXPLORE = {"op": "=", "attributes": "", "order": "asc", "consistent": "", "size": "10", "after": "", "join": "and"}
# Fields with which a page shows something: each is made hostile while the others stay good.
GOOD = {
    "dynamodb.tables": {"after": "", "format": "html"},
    "dynamodb.table": {"format": "json"},
    "dynamodb.items": {**EXPLORE, **CONDITION, "view": "table", "round": "0", "format": "json"},
    "dynamodb.export_items": {"format": "csv", "download": "1", "segments": "2", "columns": "all", **EXPLORE},
    "dynamodb.item": {"pk": "123", "view": "form"},
    "dynamodb.delete_items": {**EXPLORE, **CONDITION},
    "dynamodb.import_items": {"again": ""},
    "dynamodb.patterns": {"sample": "100"},
    "dynamodb.partiql": {
        "statement": "SELECT * FROM customer WHERE customer_id = ?", "p.1": "123", "t.1": "S", "mode": "each",
        "page": "1", "next": "",
    },
    "logs.groups": {"search": "app", "token": ""},
    "logs.choices": {"search": "app", "group": "/app/shop"},
    "logs.group": {"group": "/app/shop", "prefix": "o", "token": ""},
    "logs.ask_delete": {"group": "/app/shop"},
    "logs.events": {**LOG, **SPAN, "filter": "order", "at": "0", "token": "", "order": "newest", "format": "html"},
    "logs.tail": {**LOG, "after": "1", "filter": "order", "round": "0"},
    "logs.insights": {**SPAN, "group": "/app/shop", "query": "fields @message", "from": "1", "to": "2", "begun": "0"},
    "logs.fields": {"group": "/app/shop"},
    "logs.saved_queries": {"view": "account"},
    "apigateway.apis": {"format": "html"},
    "apigateway.new": {"template": "sum"},
    "apigateway.api": {"verb": "POST"},
    "apigateway.deployed": {"stage": "prod"},
    "apigateway.ask_test": {"verb": "POST"},
    "apigateway.ask_call": {"stage": "prod", "verb": "POST", "path": "/"},
    "apigateway.export": {"stage": "prod", "type": "oas30", "as": "json", "extensions": ""},
    "awslambda.functions": {"format": "html"},
    "awslambda.new": {"recipe": "image", "name": "mine"},
    "awslambda.function": {"file": "lambda_function.py", "qualifier": "$LATEST"},
    "awslambda.test": {"template": "image", "saved": "", "shared": "1", "qualifier": ""},
    "awslambda.monitor": {"hours": "24"},
    "awslambda.compare": {"left": "$LATEST", "right": "$LATEST"},
    "s3.bucket": {"prefix": "", "token": "", "view": "list", "sort": "name", "order": "asc", "search": "a"},
    "s3.show_object": {"versionId": ""},
    "s3.raw": {"versionId": "", "download": "1"},
    "s3.thumbnail": {"v": "x", "versionId": ""},
    "s3.deleted": {"prefix": ""},
}  # fmt: skip
# What a form that changes something says.
CHANGING = {
    "action": "delete", "confirm": "customer", "name": "things", "sure": "1", "group": "/app/shop", "key": "a.txt",
    "statement": "DELETE FROM customer WHERE customer_id = '123'", "query": "fields @message",
    "old": '{"customer_id": {"S": "123"}}',
}  # fmt: skip
MULTIPART = "multipart/form-data"
# Addresses that answer with a file, a picture or a part of a page, whatever is asked.
FILES = {
    "awslambda.download",
    "apigateway.export",
    "s3.raw",
    "s3.raw_by_query",
    "s3.thumbnail",
    "s3.thumbnail_by_query",
}
SHARP = {"nul", "markup", "half", "negative", "huge", "lines", "digits", "raised", "deep"}
APART = {"static", "overview.health"}


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """Yield a running embedded AWS with a table, a bucket and a log group."""
    running = start(tmp_path_factory.mktemp("hostile"))
    try:
        _fill(running)
        yield running
    finally:
        running.stop()


def _fill(running: Embedded) -> None:
    key = {"AttributeName": "customer_id", "AttributeType": "S"}, {"AttributeName": "customer_id", "KeyType": "HASH"}
    running.client("dynamodb").create_table(
        TableName="customer", AttributeDefinitions=[key[0]], KeySchema=[key[1]], BillingMode="PAY_PER_REQUEST"
    )
    running.client("dynamodb").put_item(TableName="customer", Item={"customer_id": {"S": "123"}, "a.b": {"N": "1"}})
    running.client("s3").create_bucket(Bucket="things")
    running.client("s3").put_object(Bucket="things", Key="a.txt", Body=b"text")
    _fill_api(running)
    logs = running.client("logs")
    logs.create_log_group(logGroupName="/app/shop")
    logs.create_log_stream(logGroupName="/app/shop", logStreamName="one")


def _fill_api(running: Embedded) -> None:
    make_function(running, KNOWN["function"], SUM, make_role(running.client("iam")))
    clients = {name: running.client(name) for name in ("apigateway", "lambda")}
    draft = making.Draft("sum", "SumUp", function=KNOWN["function"], stage="prod")
    progress, error = making.run(clients, draft, "000000000000")
    assert error is None
    KNOWN["api"] = progress.draft.api
    for endpoint in BY_API:
        GOOD[endpoint]["resource"] = progress.places["resource"]


@pytest.fixture(scope="module")
def app(embedded: Embedded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Yield an application over it."""
    with application(embedded, tmp_path_factory.mktemp("home"), *SERVICES) as made:
        yield made


def _rules(app: Flask, method: str) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if method in (rule.methods or ()) and rule.endpoint not in APART]


def _path(rule: Rule, values: dict[str, str]) -> str:
    """Return a rule's path with these values put in, the rest known ones."""

    def filled(match: re.Match[str]) -> str:
        choice = re.match(r"any\((\w+)", match[1] or "")
        value = choice[1] if choice else values.get(match[2], KNOWN.get(match[2], "nothing"))
        return quote(value.encode("utf-8", "surrogatepass"), safe="")

    return re.sub(r"<(?:([^<>:]+):)?(\w+)>", filled, rule.rule)


def _encoded(value: str) -> bytes:
    return value.encode("utf-8", "surrogatepass")


def _query(value: str) -> str:
    """Return an address's fields: all of them hold the value, as far as a server reads."""
    return "&".join(f"{name}={quote(_encoded(value[:150]), safe='')}" for name in FIELDS)


def _asked(rule: Rule, name: str, value: str) -> Iterator[tuple[str, str]]:
    """Yield addresses of a page with a hostile value, and what is hostile in them."""
    yield f"{_path(rule, {})}?{_query(value)}", f"fields {name}"
    if rule.arguments:
        yield _path(rule, dict.fromkeys(rule.arguments, value)), f"path {name}"


def _beside(rule: Rule, name: str, value: str) -> Iterator[tuple[str, str]]:
    """Yield addresses of a page whose fields are good but for one."""
    good = GOOD.get(rule.endpoint)
    for field in (good or ()) if name in SHARP else ():
        pairs = {**(good or {}), field: value[:5000]}
        query = "&".join(f"{key}={quote(_encoded(text), safe='')}" for key, text in pairs.items())
        yield f"{_path(rule, {})}?{query}", f"{field} {name}"


def _of_the_emulator(endpoint: str, said: str, status: int) -> bool:
    """Whether it is the emulator's S3 that fails over a NUL or a line break, and the page tells it as AWS's fault."""
    return status == 502 and endpoint.startswith("s3.") and said.endswith(("nul", "lines"))


def _failures(client: FlaskClient, asked: Iterator[tuple[str, str]], endpoint: str) -> Iterator[str]:
    for path, said in asked:
        with client.get(path) as answer:
            answer.get_data()
            if answer.status_code >= 500 and not _of_the_emulator(endpoint, said, answer.status_code):
                yield f"{endpoint} {said}: {answer.status_code}"


@pytest.mark.parametrize("name", HOSTILE)
def test_no_hostile_path_or_field_is_an_error_of_ours(app: Flask, client: FlaskClient, name: str) -> None:
    value, failed = HOSTILE[name], list[str]()
    for rule in _rules(app, "GET"):
        failed += _failures(client, _asked(rule, name, value), rule.endpoint)
        failed += _failures(client, _beside(rule, name, value), rule.endpoint)
    assert not failed, "\n".join(failed)


def test_the_good_fields_are_good(app: Flask, client: FlaskClient) -> None:
    for rule in _rules(app, "GET"):
        if rule.endpoint in GOOD:
            answer = client.get(_path(rule, {}), query_string=GOOD[rule.endpoint])
            assert answer.status_code == 200, (rule.endpoint, answer.get_data(as_text=True)[:2000])


def test_every_page_says_who_may_frame_and_keep_it(app: Flask, client: FlaskClient) -> None:
    for rule in _rules(app, "GET"):
        for path in (
            _path(rule, {}),
            _path(rule, {}) + "?format=json",
            _path(rule, dict.fromkeys(rule.arguments, "x")),
        ):
            with client.get(path, query_string=GOOD.get(rule.endpoint) if "?" not in path else None) as answer:
                headers, said = answer.headers, f"{path}: {answer.status_code}"
                assert "default-src" in headers["Content-Security-Policy"], said
                assert headers["X-Content-Type-Options"] == "nosniff", said
                if answer.status_code not in (301, 302, 303, 308):
                    assert "Cache-Control" in headers, said


def test_no_page_is_too_plain_for_a_program(app: Flask, client: FlaskClient) -> None:
    for rule in _rules(app, "GET"):
        if rule.endpoint in FILES:
            continue
        query = {**GOOD.get(rule.endpoint, {}), "format": "json"}
        with client.get(_path(rule, {}), query_string=query) as answer:
            assert answer.mimetype in ("application/json", "application/problem+json"), (rule.endpoint, answer.mimetype)


def test_a_get_only_reads(app: Flask, client: FlaskClient, embedded: Embedded) -> None:
    before = _everything(embedded)
    for rule in _rules(app, "GET"):
        for fields in (GOOD.get(rule.endpoint, {}), dict.fromkeys(FIELDS, "1"), CHANGING):
            with client.get(_path(rule, {}), query_string=fields) as answer:
                answer.get_data()
                made = re.findall(r'desc="(\w+)"', answer.headers.get("Server-Timing", ""))
            changing = [name for name in made if not is_read(name) and name not in PARTIQL]
            assert not changing or rule.endpoint.startswith("s3.thumbnail"), (rule.endpoint, fields, changing)
    assert _everything(embedded) == before


def _everything(embedded: Embedded) -> dict[str, Any]:
    """Return what somebody could have changed; the state table, the history, is the dashboard's own."""
    dynamodb, logs, s3 = (embedded.client(name) for name in ("dynamodb", "logs", "s3"))
    return {
        "items": dynamodb.scan(TableName="customer")["Items"],
        "table": {k: v for k, v in dynamodb.describe_table(TableName="customer")["Table"].items() if k != "Replicas"},
        "groups": [one["logGroupName"] for one in logs.describe_log_groups()["logGroups"]],
        "queries": len(logs.describe_queries()["queries"]),
        "saved": logs.describe_query_definitions()["queryDefinitions"],
        "objects": [one["Key"] for one in s3.list_objects_v2(Bucket="things").get("Contents", [])],
        "functions": embedded.client("lambda").list_functions()["Functions"],
        "apis": embedded.client("apigateway").get_rest_apis()["items"],
        "stages": embedded.client("apigateway").get_stages(restApiId=KNOWN["api"])["item"],
        "instances": embedded.client("rds").describe_db_instances()["DBInstances"],
    }


def test_every_change_asks_for_a_token(app: Flask, client: FlaskClient) -> None:
    for rule in _rules(app, "POST"):
        for token in ({}, {"csrf_token": "made-up"}):
            for form in (dict.fromkeys(FIELDS[:40], "1"), CHANGING):
                file = {"file": (io.BytesIO(b"customer_id\n9\n"), "a.csv")}
                answer = client.post(_path(rule, {}), data={**form, **token, **file}, content_type=MULTIPART)
                assert answer.status_code == 400, (rule.endpoint, answer.status_code)
                assert b"security token" in answer.get_data(), rule.endpoint


@pytest.mark.parametrize("name", ["nul", "half", "huge", "digits", "raised", "deep"])
def test_no_hostile_form_is_an_error_of_ours(app: Flask, client: FlaskClient, name: str) -> None:
    value, failed = _encoded(HOSTILE[name][:5000]), list[str]()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/s3/").get_data(as_text=True))
    assert token
    fields = "&".join(f"{field}={quote(value, safe='[')}" for field in FIELDS)
    for rule in _rules(app, "POST"):
        body, headers = f"csrf_token={token[1]}&{fields}", {"Content-Type": "application/x-www-form-urlencoded"}
        for path in {_path(rule, {}), _path(rule, dict.fromkeys(rule.arguments, HOSTILE[name]))}:
            with client.post(path, data=body, headers=headers) as answer:
                answer.get_data()
                if answer.status_code >= 500 and not _of_the_emulator(rule.endpoint, name, answer.status_code):
                    failed.append(f"POST {rule.endpoint} {name}: {answer.status_code}")
    assert not failed, "\n".join(failed)


# Pages that stand without one of their calls, and the operation that is denied.
STANDING = [
    ("overview.index", "ListTables"),
    ("overview.index", "DescribeLogGroups"),
    ("dynamodb.tables", "DescribeTable"),
    ("dynamodb.table", "DescribeTimeToLive"),
    ("dynamodb.table", "DescribeContinuousBackups"),
    ("dynamodb.table", "ListTagsOfResource"),
    ("logs.insights", "DescribeLogGroups"),
    ("s3.show_object", "GetObjectTagging"),
    ("s3.show_object", "ListObjectVersions"),
    ("s3.bucket_settings", "ListMultipartUploads"),
    ("s3.bucket_settings", "GetBucketVersioning"),
    ("s3.bucket_settings", "GetBucketCors"),
    ("s3.bucket_settings", "GetBucketNotificationConfiguration"),
]


@pytest.fixture
def denied(app: Flask) -> Iterator[set[str]]:
    """Yield a set of operations that AWS does not allow."""
    names: set[str] = set()

    def deny(model: Any, **_: Any) -> None:
        if model.name in names:
            code = "AccessDenied" if model.service_model.service_name == "s3" else "AccessDeniedException"
            said = {"Error": {"Code": code, "Message": f"not authorized to perform: {model.name}"}}
            raise ClientError({**said, "ResponseMetadata": {"HTTPStatusCode": 403}}, model.name)

    clients = [app.extensions["aws"].client(service, "us-east-1") for service in SERVICES]
    for one in clients:
        one.meta.events.register_first("before-parameter-build", deny)
    yield names
    for one in clients:
        one.meta.events.unregister("before-parameter-build", deny)


@pytest.mark.parametrize(("endpoint", "operation"), STANDING)
def test_a_page_stands_where_one_call_is_denied(
    app: Flask, client: FlaskClient, denied: set[str], endpoint: str, operation: str
) -> None:
    (rule,) = (rule for rule in _rules(app, "GET") if rule.endpoint == endpoint)
    path = _path(rule, {})
    whole = client.get(path)
    assert whole.status_code == 200 and f'"{operation}"' in whole.headers["Server-Timing"]
    denied.add(operation)
    assert client.get(path).status_code == 200
