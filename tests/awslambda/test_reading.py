"""What is read without AWS: code's calls and mistakes, REPORT lines, prices, zips, policies."""

import io

import pytest

from app.blueprints.awslambda.service import advice, bundles, calls, checks, invoking, policy, prices, report, variables
from app.blueprints.awslambda.service.bundles import Unreadable
from app.codegen.grants import Where
from app.masking import WHOLE
from tests.glue.stubs import answering

WHERE = Where("aws", "us-east-1", "1")
S3 = "import boto3, os\ns3 = boto3.client('s3')\nB = os.environ['BUCKET']\n"
TABLE = "import boto3\nt = boto3.resource('dynamodb', region_name='x').Table('customer')\n"


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        (S3 + "s3.get_object(Bucket=B, Key='a.csv')", [("s3:GetObject", "arn:aws:s3:::mine/a.csv")]),
        (S3 + "s3.upload_file('x', B, 'k')", [("s3:PutObject", "arn:aws:s3:::mine/k")]),
        (S3 + "s3.get_object(Bucket=event['b'], Key=k)", [("s3:GetObject", "arn:aws:s3:::*/*")]),
        (S3 + "for p in s3.get_paginator('list_objects_v2').paginate(Bucket='b'): pass",
         [("s3:ListBucket", "arn:aws:s3:::b")]),
        (TABLE + "def f(e, c):\n    return t.get_item(Key={'a': 1})",
         [("dynamodb:GetItem", "arn:aws:dynamodb:us-east-1:1:table/customer")]),
        ("import boto3\nboto3.resource('s3').Object('b', 'k').get()", [("s3:GetObject", "arn:aws:s3:::b/k")]),
        ("import boto3\nclass A:\n    def __init__(self):\n        self.s3 = boto3.client('s3')\n    def f(self):\n"
         "        self.s3.delete_object(Bucket='b', Key='k')", [("s3:DeleteObject", "arn:aws:s3:::b/k")]),
        ("x.get_object(Bucket='b')", []), ("def (", []), ("import boto3\nboto3.client(name).get_object()", []),
    ],
)  # fmt: skip
def test_the_calls_of_code(code: str, wanted: list[tuple[str, str]]) -> None:
    found = calls.needs(code, WHERE, {"BUCKET": "mine"})
    assert [(one.action, one.resource) for one in found] == wanted


HEAD = "def lambda_handler(event, context):\n    "


@pytest.mark.parametrize(
    ("code", "title", "line"),
    [
        (HEAD + "return (1", "Python cannot read this", 2), ("x = 1", "There is no lambda_handler in this file", 0),
        ("async " + HEAD + "pass", "The handler is async", 1),
        ("def lambda_handler(event):\n    pass", "The handler takes other arguments", 1),
        ("import pandas\n" + HEAD + "pass", "pandas is not there", 1),
        (HEAD + "try:\n        pass\n    except E as exc:\n        return exc",
         "return exc gives an exception back", 5),
        ("import os\n" + HEAD + "print(os.environ)", "The whole environment goes into the log", 3),
        (HEAD + "while True:\n        pass", "A loop that never ends", 2), ("x\0", "Python cannot read this", 1),
    ],
)  # fmt: skip
def test_mistakes_are_found_in_the_text(code: str, title: str, line: int) -> None:
    (found,) = checks.python(code, "lambda_handler")
    assert (found.title, found.line) == (title, line)


def test_what_is_right_has_no_remark() -> None:
    fine = "from helper import x\nimport boto3\n" + HEAD + "while True:\n        return x\n"
    assert checks.python(fine, "lambda_handler", {"helper"}) == ()
    assert checks.python("from helper import lambda_handler\n", "lambda_handler", {"helper"}) == ()


def test_a_report_line() -> None:
    text = ("REPORT RequestId: 8f5-a\tDuration: 102.25 ms\tBilled Duration: 103 ms\tMemory Size: 128 MB\t"
            "Max Memory Used: 36 MB\tInit Duration: 120.10 ms\t")  # fmt: skip
    assert report.parse(text) == report.Report("8f5-a", 102.25, 103.0, 128, 36, 120.10)
    timed = report.parse(text + "Status: timeout")
    assert timed is not None and timed.status == "timeout"
    assert report.parse("START RequestId: 8f5-a Version: $LATEST") is None


@pytest.mark.parametrize(("amount", "said"), [(0, "$0"), (1.5, "$1.50"), (0.0000023, "$0.0000023"), (0.41, "$0.41")])
def test_money(amount: float, said: str) -> None:
    assert prices.money(amount) == said


def test_the_cost_of_an_invocation() -> None:
    assert prices.cost(1000, 1024) == pytest.approx(0.0000002 + 0.0000166667)
    assert prices.cost(1000, 1024, "arm64") < prices.cost(1000, 1024)


@pytest.mark.parametrize(
    ("body", "text"),
    [(b'{"a": 25.0}', '{\n  "a": 25.0\n}'), (b"25", "25"), (b"no json", "no json"), (b"", ""),
     (b"[0.12345678901234567890123]", "[0.12345678901234567890123]"),
     (b"[12345678901234567890]", "[\n  12345678901234567890\n]")],
)  # fmt: skip
def test_a_result_keeps_its_numbers(body: bytes, text: str) -> None:
    assert invoking.pretty(body) == text


@pytest.mark.parametrize(
    ("kind", "message", "title"),
    [("ClientError", "An error occurred (AccessDenied) when calling the GetObject operation",
      "The role may not do that"),
     ("Runtime.ExitError", "RequestId: x Error: Runtime exited with error: signal: killed",
      "It needed more memory than it has"),
     ("Unhandled", "2026 x Task timed out after 3.00 seconds", "It ran out of time"),
     ("NameError", "name 'x' is not defined", "The code raised an error")],
)  # fmt: skip
def test_advice(kind: str, message: str, title: str) -> None:
    assert advice.of(kind, message).title == title


def test_a_zip_is_changed_in_one_file_alone() -> None:
    before = bundles.packed({"a.py": "1", "b/c.py": "2"})
    assert before == bundles.packed({"b/c.py": "2", "a.py": "1"})
    with bundles.opened(io.BytesIO(before)) as archive:
        after = bundles.changed(archive, "a.py", "é")
    with bundles.opened(io.BytesIO(after)) as archive:
        assert [one.name for one in bundles.entries(archive)] == ["a.py", "b/c.py"]
        assert bundles.text_of(archive, "a.py") == "é" and bundles.text_of(archive, "b/c.py") == "2"
        with pytest.raises(Unreadable, match="There is no x"):
            bundles.text_of(archive, "x")


def test_variables() -> None:
    shown = variables.shown({"DB_PASSWORD": "x", "STAGE": "live", "URL": "mysql://u:secret@h/d"})
    assert [(one.name, one.secret) for one in shown] == [("DB_PASSWORD", True), ("STAGE", False), ("URL", True)]
    assert all(one.value == WHOLE for one in shown if one.secret)
    assert variables.typed(["AB", "AB"], ["1", "2"], {})[1] == "AB is there twice."
    assert "4,096" in variables.typed(["AB"], ["x" * 5000], {})[1]
    assert variables.typed(["", "AB"], ["", WHOLE], {"AB": "kept"}) == ({"AB": "kept"}, "")


def test_a_policy_in_words() -> None:
    text = ('{"Statement": [{"Sid": "open", "Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, '
            '"Action": "lambda:InvokeFunction"}, {"Sid": "me", "Effect": "Allow", '
            '"Principal": {"AWS": "arn:aws:iam::1:root"}, '
            '"Action": "lambda:InvokeFunction"}]}')  # fmt: skip
    with answering("lambda", ("get_policy", {"FunctionName": "f"}, {"Policy": text, "RevisionId": "r"})) as client:
        found = policy.get(client, "f")
    assert [(one.who, one.open) for one in found.permissions] == [("S3", True), ("arn:aws:iam::1:root", False)]
    with answering("lambda", ("get_policy", {"FunctionName": "f"}, {"error": "ResourceNotFoundException"})) as client:
        assert policy.get(client, "f").permissions == ()
    with answering(
        "lambda", ("get_policy", {"FunctionName": "f"}, {"error": "AccessDeniedException", "message": "no"})
    ) as client:
        assert policy.get(client, "f").unread == "no"


def test_a_damaged_zip_is_told() -> None:
    data = bytearray(bundles.packed({"m.py": "def handler(e, c):\n    return 1\n" * 50}))
    data[data.index(b"m.py") + 4] ^= 0xFF  # in the packed text itself
    with bundles.opened(io.BytesIO(data)) as archive:
        with pytest.raises(Unreadable, match=r"m\.py cannot be unpacked"):
            bundles.text_of(archive, "m.py")
        with pytest.raises(Unreadable, match=r"m\.py cannot be unpacked"):
            bundles.changed(archive, "other.py", "x")
