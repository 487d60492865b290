"""A query taken apart, its stages in words, its placeholders filled."""

import pytest

from app.blueprints.logs.service import parameters, samples
from app.blueprints.logs.service.parameters import Parameter
from app.blueprints.logs.service.pipeline import bins, has, stages, tokens
from app.blueprints.logs.service.sentences import keys, sentence


def commands(query: str) -> list[str]:
    return [stage.command for stage in stages(query)]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("fields @timestamp | sort @timestamp desc | limit 20", ["fields", "sort", "limit"]),
        ("filter @message like /a|b/ | limit 1", ["filter", "limit"]),
        ("filter @message like 'a|b' | filter x = \"c|d\"", ["filter", "filter"]),
        ("filter `odd|name` = 1 | limit 1", ["filter", "limit"]),
        ("# a | comment\nfields a # | another\n| limit 1", ["fields", "limit"]),
        ("parse @message /(?<user>\\w+)|x/ | stats count(*) by user", ["parse", "stats"]),
        ("fields a / b | filter c / d > 1 | limit 1", ["fields", "filter", "limit"]),
        ("filter x =~ /[/|]/ | limit 1", ["filter", "limit"]),
        ("fields a |", ["fields"]),
        ("| | fields a", ["fields"]),
        ("# only a comment", []),
        ("", []),
        ("FIELDS a | Limit 1", ["fields", "limit"]),
    ],
)
def test_stages_end_at_pipes_that_are_pipes(query: str, wanted: list[str]) -> None:
    assert commands(query) == wanted


@pytest.mark.parametrize(
    "query", ['filter a = "open | limit 1', "filter a like /open | limit 1", "fields `x", "\\", "🎉 | ~"]
)
def test_what_is_not_closed_is_no_fault_here(query: str) -> None:
    assert "".join(token.text for token in tokens(query)).replace(" ", "") == query.replace(" ", "")


def test_a_stage_knows_where_it_ends() -> None:
    query = "fields a # note\n| limit 5 # end"
    assert [query[: stage.end] for stage in stages(query)] == ["fields a", "fields a # note\n| limit 5"]


def test_ten_thousand_characters_are_taken_apart() -> None:
    query = " | ".join(["filter a like /x|y/"] * 400)
    assert len(stages(query)) == 400


@pytest.mark.parametrize(
    ("stage", "wanted"),
    [
        ("filter @message like /ERROR/", "Keeps only the events where @message matches the pattern /ERROR/."),
        ('filter a not like "x" and b != 2', 'Keeps only the events where a does not contain "x" and b is not 2.'),
        ("filter a in [1, 2] or ispresent(b)", "Keeps only the events where a is one of [1, 2] or b is present."),
        (
            "stats count(*) as n by bin(5m), level",
            "Works out how many there are (called n) for each 5-minute slice of time and level.",
        ),
        (
            "stats pct(took, 95), avg(took)",
            "Works out the 95th percentile of took and the average of took over all of them.",
        ),
        ("sort n desc, a", "Orders by n, largest or latest first, then a, smallest or earliest first."),
        ("fields a, b * 2 as c", "Picks a and works out c, which is b * 2 for each event."),
        ("limit 20", "Keeps the first 20 rows."),
        ("dedup host, port", "Keeps one row of each different host and port."),
        ("display a", "Shows only a."),
        ("teleport x", "Runs AWS's command teleport."),
    ],
)
def test_a_stage_in_a_sentence(stage: str, wanted: str) -> None:
    assert sentence(stages(stage)[0]) == wanted


def test_every_sample_has_a_sentence_for_each_stage() -> None:
    found = [stage for source in samples.SOURCES for one in source.samples for stage in stages(one.query)]
    assert len(found) > 60
    assert not [stage.text for stage in found if "AWS's command" in sentence(stage) or len(sentence(stage)) < 12]


def test_samples_fit_the_groups() -> None:
    assert samples.fitting(("/aws/lambda/TestLogs",)) == "Lambda"
    assert samples.fitting(("/elsewhere",)) == samples.fitting(()) == "Any group"
    assert [source.name for source in samples.SOURCES] == [
        "Any group", "Lambda", "API Gateway", "VPC flow logs", "CloudTrail", "Application JSON",
    ]  # fmt: skip


def test_what_a_query_has() -> None:
    assert has("fields a | stats count(*)", "stats") and not has("fields stats", "stats")
    assert bins("stats count(*) by bin(5m)") == 300 and not bins("stats count(*) by level") and not bins("fields bin")
    assert bins("stats a by bin(1h) | stats b by bin( 30s )") == 30


@pytest.mark.parametrize(
    ("query", "value", "wanted"),
    [
        ('filter a = "{{x}}"', 'b"c\\', 'filter a = "b\\"c\\\\"'),
        ("filter a like /{{x}}/", "b/c", "filter a like /b\\/c/"),
        ("filter a > {{ x }}", "12", "filter a > 12"),
        ("fields {{x}}, {{x}}", "a", "fields a, a"),
    ],
)
def test_a_value_cannot_end_what_holds_it(query: str, value: str, wanted: str) -> None:
    assert parameters.fill(query, (Parameter("x", value, True),)).query == wanted


def test_places_are_found_again_in_what_was_written() -> None:
    query = 'filter a = "{{long_name}}" | filtre b'
    filled = parameters.fill(query, (Parameter("long_name", "v", True),))
    assert filled.place(filled.query.index("filtre")) == query.index("filtre")
    assert filled.place(filled.query.index('v"')) == query.index("{{long_name}}")
    assert parameters.fill("fields a", ()).place(3) == 3


def test_placeholders_are_named_once_with_their_values() -> None:
    found = parameters.of("filter a = {{x}} or b = {{x}} or c = {{y}} or d = {{9}}", {"p.x": "1"})
    assert found == (Parameter("x", "1", True), Parameter("y", "", False))


def test_the_columns_by_which_rows_are_grouped() -> None:
    query = "stats count(*) as n by bin(5m), status, `odd name`, strlen(a) as length | sort n desc"
    assert keys(query) == ("bin(5m)", "status", "odd name", "length")
    assert keys("stats avg(a)") == keys("fields a") == ()
