"""A function made from each template, run with its event; its role allows exactly what its code needs."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.blueprints.awslambda.service import checks
from app.blueprints.awslambda.service.buckets import Buckets, listed
from app.blueprints.awslambda.service.drafts import Draft
from app.blueprints.awslambda.service.recipes import RECIPES
from app.execute_api import PIXEL
from tests.awslambda.conftest import BUCKET, ROLE
from tests.awslambda.helpers import invoke, post
from tests.embedded.process import Embedded
from tests.glue.stubs import answering
from tests.pages import Page, check_page

FetchPage = Callable[..., Page]
PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
BASIC = {"runtime": "python3.12", "role": "+", "memory": "128", "timeout": "10", "description": ""}
BASIC |= {"handler": "lambda_function.lambda_handler", "bucket": ""}


def make(client: FlaskClient, name: str, recipe: str, **fields: str) -> None:
    """Go through the form as a person does."""
    given: dict[str, Any] = {**BASIC, "name": name, "recipe": recipe, "code": RECIPES[recipe].code, **fields}
    checked = check_page(post(client, "/lambda/new", step="check", **given), "/lambda/new", 200, 4)
    assert "logs:PutLogEvents" in checked.text
    made = post(client, "/lambda/new", step="create", **given)
    assert made.status_code == 303, made.get_data(as_text=True)[:3000]


@pytest.mark.parametrize("recipe", [one for one in RECIPES if one != "zip"])
def test_the_templates_have_no_mistakes(recipe: str) -> None:
    assert checks.python(RECIPES[recipe].code, "lambda_handler") == ()
    json.loads(RECIPES[recipe].event)


def test_hello(client: FlaskClient, embedded: Embedded) -> None:
    make(client, "first", "hello")
    out = invoke(client, "first", RECIPES["hello"].event)["outcome"]
    assert json.loads(out["result"]) == {"message": "Hello from Lambda", "Temperature": 10, "Wind": -5}
    assert "Function first, version $LATEST" in out["log"]
    policy = embedded.client("iam").get_role_policy(RoleName="first-role", PolicyName="what-the-code-needs")
    actions = [one["Action"] for one in policy["PolicyDocument"]["Statement"]]
    assert actions == [["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]]
    again = post(client, "/lambda/new", step="create", name="first", recipe="hello", code="x = 1", sure="1", **BASIC)
    assert again.status_code == 422 and "a function of this name already" in again.get_data(as_text=True)


def test_the_books_csv_from_a_bucket(client: FlaskClient, embedded: Embedded) -> None:
    text = "id,city\n1,Redwood City\n2,San Mateo\n"
    embedded.client("s3").put_object(Bucket=BUCKET, Key="addresses.csv", Body=text.encode())
    make(client, "FileProcessing", "csv", **{"env.BUCKET": BUCKET, "env.KEY": "addresses.csv"})
    out = invoke(client, "FileProcessing", "{}")["outcome"]
    assert json.loads(out["result"])["rows"] == 2 and "Redwood City" in out["log"]
    policy = embedded.client("iam").get_role_policy(RoleName="FileProcessing-role", PolicyName="what-the-code-needs")
    assert {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": f"arn:aws:s3:::{BUCKET}/addresses.csv"} in (
        policy["PolicyDocument"]["Statement"]
    )
    compared = client.get("/lambda/FileProcessing/role?format=json").get_json()["comparison"]
    assert all(one["granted"] == "yes" for one in compared["needs"]), compared


def test_the_books_sum(client: FlaskClient) -> None:
    make(client, "SumUpLambda", "sum")
    assert invoke(client, "SumUpLambda", '{"Number1": 10, "Number2": 15}')["outcome"]["result"] == "25"
    proxied = json.dumps({"httpMethod": "POST", "body": '{"Number1": 10, "Number2": 15}'})
    answer = json.loads(invoke(client, "SumUpLambda", proxied)["outcome"]["result"])
    assert (answer["statusCode"], answer["body"]) == (200, "25")


def test_a_picture_is_stored(client: FlaskClient, embedded: Embedded) -> None:
    make(client, "UploadImageToS3", "image", **{"env.BUCKET": BUCKET})
    event = json.dumps({"image_base64": PICTURE, "s3_file_name": "image.png"})
    assert invoke(client, "UploadImageToS3", event)["outcome"]["failure"] is None
    assert embedded.client("s3").head_object(Bucket=BUCKET, Key="image.png")["ContentType"] == "image/png"
    wrong = json.dumps({"image_base64": "no picture", "s3_file_name": "image.png"})
    assert "not base64" in invoke(client, "UploadImageToS3", wrong)["outcome"]["failure"]["message"]


def test_an_item_is_read(client: FlaskClient, embedded: Embedded) -> None:
    database, key = embedded.client("dynamodb"), {"customer_id": "123", "customer_mail": "customer@example.com"}
    database.create_table(
        TableName="customer",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[
            {"AttributeName": "customer_id", "KeyType": "HASH"},
            {"AttributeName": "customer_mail", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in key],
    )
    database.put_item(TableName="customer", Item={**{k: {"S": v} for k, v in key.items()}, "age": {"N": "7"}})
    make(client, "readFromDynamoDB", "item", **{"env.TABLE": "customer"})
    found = json.loads(invoke(client, "readFromDynamoDB", RECIPES["item"].event)["outcome"]["result"])
    assert found == {"found": True, "item": {**key, "age": 7}}
    absent = json.dumps({"key": {**key, "customer_id": "9"}})
    assert json.loads(invoke(client, "readFromDynamoDB", absent)["outcome"]["result"]) == {"found": False}


def test_the_metadata_reader_is_narrowed_to_its_bucket(client: FlaskClient) -> None:
    given = {**BASIC, "name": "meta", "recipe": "metadata", "code": RECIPES["metadata"].code, "bucket": "mine"}
    shown = check_page(post(client, "/lambda/new", step="check", **given), "/lambda/new", 200, 3)
    assert "arn:aws:s3:::mine/*" in shown.text and "arn:aws:s3:::*/*" not in shown.text


@pytest.mark.parametrize(
    ("fields", "said"),
    [({"name": "has blank"}, "letters, digits, hyphens"),
     ({"memory": "1"}, "128 to 10,240"),
     ({"handler": "x"}, "file.function"),
     ({"recipe": "csv"}, "Give the bucket"),
     ({"code": "def lambda_handler(event, context)\n"}, "Python cannot read this"),
     ({"code": "def other(a, b): pass\n"}, "There is no lambda_handler in this file"),
     ({"role": "no-such-role"}, "There is no role no-such-role")],
)  # fmt: skip
def test_what_is_typed_wrongly(client: FlaskClient, fields: dict[str, str], said: str) -> None:
    given = {**BASIC, "name": "wrong", "recipe": "own", "code": RECIPES["own"].code, **fields}
    shown = check_page(post(client, "/lambda/new", step="create", **given), "/lambda/new", 422, 9)
    assert said in shown.text
    assert (shown.field("code").text or "").strip() == given["code"].strip()


def test_a_role_that_does_not_grant_it(client: FlaskClient) -> None:
    code = RECIPES["image"].code
    given = {**BASIC, "name": "lacks", "recipe": "image", "code": code, "role": ROLE, "env.BUCKET": BUCKET}
    shown = check_page(post(client, "/lambda/new", step="check", **given), "/lambda/new", 200, 6)
    assert "s3:PutObject" in shown.text and "Missing" in shown.text


@pytest.mark.parametrize(("recipe", "word"), [("image", PIXEL), ("item", "customer_id"), ("metadata", "my+first+file")])
def test_a_recipe_brings_the_event_that_tries_it(client: FlaskClient, recipe: str, word: str) -> None:
    assert word in client.get(f"/lambda/hello/test?template={recipe}&format=json").get_json()["payload"]


def test_a_bucket_is_chosen_from_the_accounts(client: FlaskClient, page: FetchPage) -> None:
    shown = page("/lambda/new?recipe=image", calls=2)
    field = shown.field("env.BUCKET")
    assert field.tag == "select" and BUCKET in [one.text for one in field]
    given = {**BASIC, "name": "x", "recipe": "image", "code": RECIPES["image"].code, "env.BUCKET": "of-another-account"}
    kept = check_page(post(client, "/lambda/new", step="check", **given), "/lambda/new", 200, 4).field("env.BUCKET")
    assert [one.text for one in kept if one.get("selected") is not None] == ["of-another-account"]


@pytest.mark.parametrize(
    ("found", "said"), [(Buckets(unread="Access Denied"), "does not list the buckets: Access Denied"),
                        (Buckets(), "There is no bucket yet")]
)  # fmt: skip
def test_a_bucket_is_typed_where_none_can_be_chosen(app: Flask, found: Buckets, said: str) -> None:
    draft = Draft(recipe="image", variables={"BUCKET": "typed"})
    with app.test_request_context("/lambda/new"):
        macros: Any = app.jinja_env.get_template("awslambda/_macros.html").module
        text = macros.bucket({}, "env.BUCKET", "Bucket", found, draft.variables["BUCKET"], "Help.")
    assert '<input class="input input-mono" type="text" id="env-BUCKET" name="env.BUCKET" value="typed"' in text
    assert said in text


def test_buckets_that_may_not_be_listed() -> None:
    with answering("s3", ("list_buckets", {}, {"error": "AccessDenied", "message": "Access Denied"})) as s3:
        assert listed(s3) == Buckets(unread="Access Denied")
