"""Numbers longer than Python reads, digits that are none, and JSON nested without end: each is told in words."""

from datetime import UTC, datetime

import pytest

from app.blueprints.apigateway.service import editing
from app.blueprints.apigateway.service.keys import limits
from app.blueprints.awslambda.service import invoking
from app.blueprints.dynamodb.service import fields, wire
from app.blueprints.dynamodb.service.fields import Field
from app.blueprints.dynamodb.service.partiql import parser
from app.blueprints.glue.service import cron, made
from app.blueprints.logs.service import pipeline, steps
from app.blueprints.logs.service.queries import Answer, Statistics

LONG = "9" * 5000  # Python makes no number of more than 4,300 digits
DEEP = "[" * 100_000
ENDED = Answer("id", "Complete", ("a",), ("text",), [("x",)], statistics=Statistics(scanned=7, matched=7))


@pytest.mark.parametrize("size", [LONG, "²", "1.5", "-1"])
def test_a_limit_that_is_no_number_limits_nothing(size: str) -> None:
    found = steps.plan(f"fields a | limit {size} | fields a", ENDED)
    assert [step.command for step in found] == ["fields", "limit", "fields"]
    assert steps.filled(found, {})[-1].command == "fields"


@pytest.mark.parametrize("size", [f"{LONG}m", "²m", "1e999", "5_m", "٣m"])
def test_a_slice_of_time_that_is_none_has_no_length(size: str) -> None:
    assert pipeline.bins(f"stats count(*) by bin({size})") in (0, 1, 5, 180)
    assert pipeline.bins("stats count(*) by bin(5m)") == 300


@pytest.mark.parametrize("part", [LONG, f"{LONG}/2", f"0/{LONG}", "0/²", "²"])
def test_a_schedule_without_numbers_is_told(part: str) -> None:
    with pytest.raises(cron.BadSchedule, match=r"no value of minutes|no step that is a number"):
        cron.following(f"cron({part} 6 * * ? *)", datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("text", [LONG, "²", "0", "1000000000"])
def test_a_limit_of_a_plan_is_told(text: str) -> None:
    assert {"burst", "quota"} <= set(limits("1", text, text, "DAY")[1])
    assert limits("1", "5", "999999999", "DAY")[1] == {}


def test_a_place_in_a_list_is_told() -> None:
    (found,) = parser.statements(f"SELECT * FROM t WHERE a[{LONG}] = 1")
    assert found.doubt is not None and "a place in the list" in str(found.doubt)


def test_what_is_nested_without_end_is_told() -> None:
    assert editing.model_fault(DEEP) == "It is nested too deeply."
    with pytest.raises(wire.Mistake, match="kept in quotes"):
        fields.value(Field("a", "S", DEEP, quoted=True))
    assert invoking.failure(DEEP.encode()).type == "Unhandled"
    assert made._json_lines(DEEP).note == "The object is not JSON lines."
