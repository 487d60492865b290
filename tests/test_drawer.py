"""The drawer's numbers and code, its cost, and a form's calls on the page after it."""

from dataclasses import fields

from flask import Flask

from app import recorder
from app.carry import Carried
from app.codegen import Context, collapse
from app.drawer import Drawer, ShownCall, as_json, build, drawer
from app.recorder import Blob, Call
from tests.codegen.samples import call

ME = Context("123456789012")


def three() -> list[Call]:
    calls = [
        call("ListObjectsV2", {"Bucket": "b", "Prefix": "a/", "Delimiter": "/"}),
        call("HeadObject", {"Bucket": "b", "Key": "a/photo.jpg"}),
        call("PutObject", {"Bucket": "b", "Key": "a/photo.jpg", "Body": Blob(9), "ContentType": "image/jpeg"}),
    ]
    for number, made in enumerate(calls):
        made.started, made.milliseconds, made.status, made.request_id = 50 + number / 100, 8.04, 200, f"R{number}"
    return calls


def test_what_is_shown() -> None:
    calls = three()
    calls[1].error_code, calls[1].error_message, calls[1].status = "404", "Not Found", 404
    shown = build(collapse(calls), Carried(), ME)
    assert [(c.operation, c.offset_ms, c.milliseconds) for c in shown.calls] == [
        ("ListObjectsV2", 0.0, 8.0),
        ("HeadObject", 10.0, 8.0),
        ("PutObject", 20.0, 8.0),
    ]
    assert (shown.milliseconds, shown.failed) == (24.1, 1)
    assert (shown.calls[1].error_code, shown.calls[1].error_message) == ("404", "Not Found")
    assert shown.calls[0].docs_url.endswith("/services/s3/client/list_objects_v2.html")
    assert shown.script.count("import boto3") == 1
    assert shown.commands.count("aws s3api") == 3
    assert all(action in shown.policy for action in ("s3:ListBucket", "s3:GetObject", "s3:PutObject"))


def test_an_upload_is_one_line() -> None:
    to = {"Bucket": "b", "Key": "k"}
    calls = [
        call("CreateMultipartUpload", to),
        call("UploadPart", {**to, "UploadId": "u", "PartNumber": 1, "Body": Blob(9)}),
        call("CompleteMultipartUpload", {**to, "UploadId": "u"}),
    ]
    (line,) = build(collapse(calls), Carried(), ME).calls
    assert (line.operation, line.count) == ("Upload in parts", 3)
    assert line.docs_url.endswith("/client/upload_file.html")


def test_what_the_form_did_comes_first_but_is_not_counted() -> None:
    earlier = Carried(tuple(collapse(three())), left_out=4)
    shown = build([], earlier, ME)
    assert (len(shown.earlier), shown.calls, shown.milliseconds, shown.earlier_left_out) == (3, (), 0, 4)
    assert shown.policy == shown.script == shown.commands == ""


def test_json_has_the_fields_that_scripts_add() -> None:
    data = as_json(build(collapse(three()), Carried(), ME))
    assert set(data) == {"calls", "milliseconds", "failed"}
    assert set(data["calls"][0]) == {field.name for field in fields(ShownCall)}


def test_a_page_without_calls(app: Flask) -> None:
    with app.test_request_context("/"), recorder.recording():
        assert drawer() == Drawer()


def test_the_drawer_of_a_request(app: Flask) -> None:
    with app.test_request_context("/", headers={"Host": "127.0.0.1"}), recorder.recording() as calls:
        calls += three()
        assert [shown.operation for shown in drawer().calls] == ["ListObjectsV2", "HeadObject", "PutObject"]
