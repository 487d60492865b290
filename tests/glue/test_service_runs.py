"""What the pages know of jobs and runs, against answers given beforehand."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.blueprints.glue.service import (
    advice,
    asked,
    failing,
    follow,
    jobs,
    made,
    output,
    places,
    prices,
    runs,
)
from app.blueprints.glue.service.follow import Place
from app.masking import names_secret
from app.problems import Refused
from tests.glue.stubs import answering

JOB = {
    "Name": "j",
    "Command": {"Name": "pythonshell", "ScriptLocation": "s3://b/j.py"},
    "MaxCapacity": 0.0625,
    "Timeout": 5,
    "DefaultArguments": {"--A": "1", "--DB_PASSWORD": "hush"},
}
RUN = {"Id": "jr_1", "JobName": "j", "JobRunState": "RUNNING", "LogGroupName": "/aws-glue/python-jobs"}


def events(*texts: str, token: str = "t") -> dict[str, Any]:
    found = [{"timestamp": 1, "message": text, "ingestionTime": 1} for text in texts]
    return {"events": found, "nextForwardToken": token, "nextBackwardToken": "b"}


def place(part: str, **more: Any) -> dict[str, Any]:
    group = f"/aws-glue/python-jobs/{part}"
    return {"logGroupName": group, "logStreamName": "jr_1", "limit": output.PAGE, **more}


def test_all_pages_of_jobs_are_read() -> None:
    pages: list[tuple[str, Any, dict[str, Any]]] = [
        ("get_jobs", {"MaxResults": 200}, {"Jobs": [JOB | {"Name": "b"}], "NextToken": "n"}),
        ("get_jobs", {"MaxResults": 200, "NextToken": "n"}, {"Jobs": [JOB | {"Name": "A"}]}),
    ]
    with answering("glue", *pages) as client:
        found, more = jobs.every(client)
    assert ([one.name for one in found], more) == (["A", "b"], False)


def test_schedules_that_are_on_by_job() -> None:
    rows = [
        {"Name": "t", "Schedule": "cron(0 6 ? * * *)", "State": state, "Actions": [{"JobName": "j"}]}
        for state in ("ACTIVATED", "CREATED")
    ]
    with answering("glue", ("get_triggers", {"MaxResults": 200}, {"Triggers": rows})) as client:
        assert jobs.schedules(client) == {"j": ("cron(0 6 ? * * *)",)}


def test_a_run_is_started_with_what_differs_only() -> None:
    job = jobs.read(JOB)
    fields = {"arg.A": "2", "arg.DB_PASSWORD": "", "capacity": "1", "timeout": "5"}
    form, named = asked.typed(job, fields, [("B", "x")])
    assert not form.faults
    wanted = asked.wanted(job, dict(JOB["DefaultArguments"]), form, named, {})  # type: ignore[call-overload]
    sent = {"JobName": "j", "Arguments": {"--A": "2", "--B": "x"}, "MaxCapacity": 1.0}
    with answering("glue", ("start_job_run", sent, {"JobRunId": "jr_2"})) as client:
        assert runs.start(client, "j", wanted) == "jr_2"


def test_a_spark_run_with_other_workers() -> None:
    job = jobs.read(
        JOB | {"Command": {"Name": "glueetl"}, "WorkerType": "G.1X", "NumberOfWorkers": 2, "MaxCapacity": 2.0}
    )
    form, named = asked.typed(job, {"worker": "G.2X", "workers": "3", "timeout": "9"}, [])
    assert form.units == 6
    wanted = asked.wanted(job, {}, form, named, {})
    assert (wanted.worker, wanted.workers, wanted.timeout, wanted.capacity) == ("G.2X", 3, 9, 0.0)
    assert asked.typed(job, {"worker": "G.3X", "workers": "0"}, [])[0].faults.keys() == {"worker", "workers"}


@pytest.mark.parametrize("state", sorted(runs.STATES))
def test_the_states_that_are_ends(state: str) -> None:
    run = runs.read({"Id": "x", "JobRunState": state})
    assert run.over == (state not in ("STARTING", "RUNNING", "STOPPING", "WAITING"))
    assert run.word and run.kind in ("done", "running", "warning", "failed", "unknown")


def test_stopping_says_what_aws_says_against_it() -> None:
    wanted = {"JobName": "j", "JobRunIds": ["jr_1"]}
    refused = {"Errors": [{"JobName": "j", "JobRunId": "jr_1", "ErrorDetail": {"ErrorMessage": "no"}}]}
    with answering("glue", ("batch_stop_job_run", wanted, {}), ("batch_stop_job_run", wanted, refused)) as client:
        assert [runs.stop(client, "j", "jr_1") for _ in range(2)] == ["", "no"]


def test_a_run_that_is_not_there_is_told() -> None:
    with (
        answering("glue", ("get_job_run", None, {"error": "EntityNotFoundException"})) as client,
        pytest.raises(Refused),
    ):
        runs.get(client, "j", "jr_9")


def test_looks_read_on_and_come_to_an_end() -> None:
    over = RUN | {"JobRunState": "SUCCEEDED"}
    states = [("get_job_run", None, {"JobRun": one}) for one in (RUN, RUN, over, over, over)]
    asked_of = [
        ("get_log_events", place("output", startFromHead=False), events("1 of 4", token="o1")),
        ("get_log_events", place("error", startFromHead=False), {"error": "ResourceNotFoundException"}),
        ("get_log_events", place("error", startFromHead=False), {"error": "ResourceNotFoundException"}),
        ("get_log_events", place("output", startFromHead=True, nextToken="o1"), events("3 of 4", token="o2")),
        ("get_log_events", place("output", startFromHead=True, nextToken="o2"), events(token="o2")),
        ("get_log_events", place("error", startFromHead=False), events("late")),
    ]
    with answering("glue", *states) as glue, answering("logs", *asked_of) as logs:
        seen = [follow.first(glue, logs, "j", "jr_1")]
        while seen[-1].more:
            seen.append(follow.again(glue, logs, "j", "jr_1", seen[-1].place))
    assert [look.percent for look in seen] == [25, 25, 75, 75, 75]
    assert [one.text for look in seen for part in look.lines.values() for one in part.lines] == [
        "1 of 4",
        "3 of 4",
        "late",
    ]
    assert seen[-1].place.left == ()


def test_what_a_run_printed_is_not_read_without_end() -> None:
    over = RUN | {"JobRunState": "SUCCEEDED"}
    before = Place(9, {"output": "o1"}, None, ("output",), follow.MOST_DRAINS)
    more = ("get_log_events", None, events("line", token="o2"))
    with answering("glue", ("get_job_run", None, {"JobRun": over})) as glue, answering("logs", more) as logs:
        seen = follow.again(glue, logs, "j", "jr_1", before)
    assert seen.cut and not seen.more


def test_what_is_throttled_is_no_missing_stream() -> None:
    refused = ("get_log_events", None, {"error": "ThrottlingException"})
    with answering("logs", refused) as logs, pytest.raises(logs.exceptions.ClientError):
        output.read(logs, "/g", "jr_1", "output")


@pytest.mark.parametrize(
    ("text", "percent"),
    [
        ("42%", 42),
        ("done 7.5 % of it", 7.5),
        ("progress 3/60 (5 %)", 5),
        ("row 1,000 of 4,000", 25),
        ("2024/01/02 began", None),
        ("250 %", None),
        ("5 of 3", None),
        ("0 of 0", None),
        ("nothing", None),
    ],
)
def test_progress_is_read_from_lines(text: str, percent: float | None) -> None:
    line = output.Line(datetime.now(UTC), text)
    assert output.progress((line,)) == percent


def test_a_bar_that_redraws_itself_shows_its_last_state() -> None:
    with answering("logs", ("get_log_events", None, events("10%\r20%\r30%\n"))) as logs:
        assert [one.text for one in output.read(logs, "/g", "x", "output").lines] == ["30%"]


def test_credentials_that_a_script_prints_are_masked() -> None:
    said = "environ({'AWS_SECRET_ACCESS_KEY': 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY', 'HOME': '/root'})"
    with answering("logs", ("get_log_events", None, events(said))) as logs:
        (line,) = output.read(logs, "/g", "x", "output").lines
    assert "wJalr" not in line.text and "'HOME': '/root'" in line.text


TRACE = """Traceback (most recent call last):
  File "/tmp/x/job.py", line 3, in <module>
    f()
  File "/tmp/x/job.py", line 2, in f
    int("x")
ValueError: invalid literal for int() with base 10: 'x'"""
SOURCE = "def f():\n    int('x')\nf()\n"


@pytest.mark.parametrize(
    ("message", "errors", "line"),
    [
        ("ValueError: invalid literal", TRACE.splitlines(), 2),
        ("ValueError: invalid literal", ["before", TRACE], 2),
        ("Error Category: X; Failed Line Number: 3; ValueError: no", [], 3),
        ("SyntaxError: invalid syntax (job.py, line 1)", [], 1),
        ("Command failed with exit code 1", [], None),
    ],
)
def test_the_failing_line(message: str, errors: list[str], line: int | None) -> None:
    found = failing.find(message, errors, "s3://b/scripts/job.py", SOURCE)
    assert found.line == line
    assert [one.number for one in found.shown if one.failed] == ([line] if line else [])


def test_the_exception_without_glues_words() -> None:
    assert failing.exception("Error Category: X; Failed Line Number: 3; ValueError: no").startswith("ValueError: no")
    assert failing.exception("botocore.exceptions.ClientError: An error (X)").startswith("botocore.exceptions.")
    assert failing.exception("Command failed with exit code 3") == "Command failed with exit code 3"


DENIED = (
    "botocore.exceptions.ClientError: An error occurred (AccessDenied) when calling the PutObject operation: User: "
    'arn:aws:sts::1:assumed-role/r/s is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::b/k" because'
)


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (DENIED, '"Resource": "arn:aws:s3:::b/k"'),
        ("An error occurred (403) when calling the HeadObject operation: Forbidden", '"Action": "s3:GetObject"'),
        ("botocore.errorfactory.NoSuchKey: The specified key does not exist.", "not there"),
        ("UnicodeDecodeError: 'utf-8' codec can't decode byte 0xe9", "cp1252"),
        ("MemoryError", "Out of memory"),
        ("Command failed with exit code 137 (SIGKILL)", "Out of memory"),
        ("KeyError: 'city'", "“city”"),
        ("ModuleNotFoundError: No module named 'pyarrow'", "analytics"),
        ("ValueError: invalid literal", "does not convert"),
    ],
)
def test_advice_for_common_causes(message: str, said: str) -> None:
    found = advice.on("FAILED", message)
    assert found is not None and said in f"{found.title} {found.text} {found.statement}"


def test_no_advice_where_nothing_is_known() -> None:
    assert advice.on("FAILED", "Odd: x") is None and advice.on("SUCCEEDED", "MemoryError") is None
    assert advice.on("TIMEOUT", "") is not None


def test_secrets_by_their_names() -> None:
    names = ("--DB_PASSWORD", "--apiKey", "--SECRET_ID", "--auth-token", "--KEY", "--AWS_ACCESS_KEY")
    assert all(names_secret(name) for name in names)
    assert not any(names_secret(name) for name in ("--INPUT", "--keyspace", "--monkey", "--LIMIT"))


@pytest.mark.parametrize(
    ("source", "target", "same"),
    [
        ("s3://b/a.csv", "s3://b/a.csv", True),
        ("s3://b/in/", "s3://b/in/out.jsonl", True),
        ("s3://b", "s3://b/out/", True),
        ("s3://b/in/a.csv", "s3://b/in/", True),
        ("s3://b/in/", "s3://b/in-2/", False),
        ("s3://b/in/", "s3://c/in/", False),
        ("x", "x", False),
    ],
)
def test_input_and_output_at_the_same_place(source: str, target: str, same: bool) -> None:
    assert places.same(source, target) is same


def test_prices() -> None:
    assert prices.money(prices.cost(3600 * 6 * 0.25, 900, 6)) == "$0.6600"  # AWS's own example: 6 DPUs, 15 minutes
    assert prices.cost(0.7 * 0.0625, 1, 0.0625) == pytest.approx(60 * 0.0625 / 3600 * 0.44)
    assert prices.cost(0, 0, 1) == 0 and prices.money(0.00001) == "under $0.0001"


@pytest.mark.parametrize(
    ("data", "key", "columns", "first", "note"),
    [
        (b'\xef\xbb\xbfa,b\n1,"x\ny"\n', "k.csv", ("a", "b"), ("1", "x\ny"), ""),
        (b"a;b\n1;2\n", "k.csv", ("a", "b"), ("1", "2"), ""),
        ("a\ncaf\xe9\n".encode("latin-1"), "k.csv", ("a",), ("café",), ""),
        (b'{"a": 1, "b": null}\n{"c": "z"}\n', "k.jsonl", ("a", "b", "c"), ("1", "", ""), ""),
        ('{"a": "x\u2028y"}\n\n'.encode(), "k.jsonl", ("a",), ("x\u2028y",), ""),
        (b"PAR1....", "k.parquet", (), None, "Parquet"),
        (b"", "k.csv", (), None, "empty"),
        (b"\0\1\2", "k.bin", (), None, "not text"),
        (b"\x1f\x8b123", "k.gz", (), None, "compressed"),
        (b"{oops\n", "k.json", (), None, "not JSON lines"),
    ],
)
def test_the_first_rows_of_files(
    data: bytes, key: str, columns: tuple[str, ...], first: tuple[str, ...] | None, note: str
) -> None:
    found = made.table(data, key)
    assert found.columns == columns and note in found.note
    assert (found.rows[0] if found.rows else None) == first


def test_a_place_in_the_follow_address_has_all_it_needs() -> None:
    assert Place().left == ("output", "error")
