"""Hostile fields on the pages of an Insights query that has ended: its rows, files, charts, stages and comparisons."""

from collections.abc import Iterator
from urllib.parse import quote, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.logs.conftest import ODD, SHOP
from tests.logs.helpers import run, token
from tests.pages import check_page
from tests.test_hostile import HOSTILE

QUERY = "fields @timestamp, level, took | filter level = 'ERROR' | sort @timestamp desc | limit 20"
# What a query may say where a number, a slice of time or a pattern is read from it.
QUERIES = {
    "long limit": f"fields a | limit {'9' * 5000}",
    "raised limit": "fields a | limit ²",
    "half limit": "fields a | limit 1.5",
    "endless slice": "stats count(*) by bin(1e999)",
    "raised slice": "stats count(*) by bin(²m)",
    "long slice": f"stats count(*) by bin({'9' * 4000}m)",
    "slice of nothing": "stats count(*) by bin(0s)",
    "no slice": "stats count(*) by bin()",
    "open slice": "stats count(*) by bin(",
    "open text": 'filter a = "open',
    "open pattern": "filter @message like /(a+)+$",
    "open parameter": "filter a = {{",
    "parameter of markup": 'filter a = {{"><script>alert(1)</script>}}',
    "parameter twice": "filter a = {{a}} and b = {{a}}",
    "pipes": "|" * 2000,
    "brackets": "stats " + "(" * 3000,
    "comment": "# only a comment",
    "lines": "fields a\r\n| limit 1\r\n\r\n",
}
ENDS = ("histogram", "compare", "steps", "stop")


@pytest.fixture(scope="module")
def ids(shared_app: Flask) -> dict[str, str]:
    """Return queries that have ended: of rows, of counts over time, and of what is odd."""
    asked = {"rows": (QUERY, SHOP), "counts": ("stats count(*) as n by bin(1m)", SHOP), "odd": ("fields @message", ODD)}
    asked["texts"] = ("fields @timestamp, @message", SHOP)
    with shared_app.test_client() as client:
        client.environ_base["HTTP_HOST"] = "127.0.0.1"
        found = {name: run(client, *one)[0] for name, one in asked.items()}
    return {name: urlsplit(address).path.rpartition("/")[2] for name, address in found.items()}


def _pages(ids: dict[str, str]) -> dict[str, dict[str, str]]:
    """Return the pages of a query, each with the fields that it reads."""
    asked = {"query": QUERY, "group": SHOP, "start": "-1h", "end": "now", "from": "1", "to": "1790000000", "begun": "1"}
    asked |= {"round": "0", "p.a": "1"}
    one = f"queries/{ids['rows']}"
    return {
        one: {**asked, "page": "1", "format": "html", "download": ""},
        f"{one}/histogram": {**asked, "counted": ids["counts"]},
        f"{one}/compare": {**asked, "before": ids["rows"], "shift": "day"},
        f"{one}/steps": {**asked, "count": f"1:{ids['counts']}"},
        "insights": asked,
    }


def _strange(ids: dict[str, str], field: str) -> dict[str, str]:
    """Return what is hostile in a field: of one that names a query, others too."""
    if field == "query":
        return {**HOSTILE, **QUERIES}
    if field in ("counted", "before"):
        return {**HOSTILE, **{f"of {name}": id for name, id in ids.items()}}
    if field == "count":
        places = ("²", "9" * 5000, "-1", "٣", "0", "", "99")
        return {**HOSTILE, **{f"at {at[:9]}": f"{at}:{ids['texts']}" for at in places}}
    return HOSTILE


def _encoded(fields: dict[str, str]) -> str:
    return "&".join(f"{key}={quote(value.encode('utf-8', 'surrogatepass'), safe='')}" for key, value in fields.items())


def _spoilt(ids: dict[str, str], fields: dict[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    for field in fields:
        for kind, value in _strange(ids, field).items():
            yield f"{field} {kind}", {**fields, field: value[:6000]}


@pytest.mark.parametrize("place", range(5))
def test_no_hostile_field_of_a_result_is_an_error_of_ours(client: FlaskClient, ids: dict[str, str], place: int) -> None:
    path, good = list(_pages(ids).items())[place]
    failed = list[str]()
    check_page(client.get(f"/logs/{path}?{_encoded(good)}"), path, 200, 4)
    for said, fields in _spoilt(ids, good):
        for more, headers in (("", {}), ("&format=json", {}), ("", {"HX-Request": "true"})):
            with client.get(f"/logs/{path}?{_encoded(fields)}{more}", headers=headers) as answer:
                answer.get_data()
                if answer.status_code >= 500:
                    failed.append(f"{said}{more}{headers}: {answer.status_code}")
    assert not failed, "\n".join(failed)


@pytest.mark.parametrize("end", ENDS)
def test_no_hostile_field_of_its_forms_is_an_error_of_ours(client: FlaskClient, ids: dict[str, str], end: str) -> None:
    failed, csrf, path = list[str](), token(client), f"/logs/queries/{ids['rows']}/{end}"
    good = {
        "query": QUERY,
        "group": SHOP,
        "start": "-1h",
        "end": "now",
        "from": "1",
        "to": "1790000000",
        "shift": "day",
    }
    good |= {"back": "/logs/insights", "left": ""} if end == "stop" else {}
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    for said, fields in _spoilt(ids, good):
        with client.post(path, data=_encoded({**fields, "csrf_token": csrf}), headers=headers) as answer:
            if answer.status_code >= 500:
                failed.append(f"{said}: {answer.status_code}")
            assert "evil" not in answer.headers.get("Location", "")
    assert not failed, "\n".join(failed)


@pytest.mark.parametrize("form", ["csv", "ndjson", "parquet", "md", "json&download=1"])
@pytest.mark.parametrize("name", ["rows", "counts", "odd"])
def test_a_file_of_what_is_odd_is_whole(client: FlaskClient, ids: dict[str, str], name: str, form: str) -> None:
    with client.get(f"/logs/queries/{ids[name]}?format={form}") as answer:
        assert (answer.status_code in (200, 400)) and (answer.status_code == 200 or form == "parquet")
        assert answer.get_data()


def test_the_page_of_what_is_odd_breaks_out_of_nothing(client: FlaskClient, ids: dict[str, str]) -> None:
    shown = check_page(client.get(f"/logs/queries/{ids['odd']}"), "odd", 200, 4)
    assert not [one for one in shown.all(".//script") if "alert" in (one.text or "")]


@pytest.mark.parametrize("back", ["//evil.example", "/logs/\\evil.example", "https://evil.example", "/logs//evil"])
def test_stopping_leads_nowhere_else(client: FlaskClient, ids: dict[str, str], back: str) -> None:
    data = {"csrf_token": token(client), "back": back}
    led = client.post(f"/logs/queries/{ids['rows']}/stop", data=data)
    assert led.status_code == 303 and led.location.startswith("/logs/")
