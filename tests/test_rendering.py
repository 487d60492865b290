"""Parts that are rendered once, and small parts as functions: nothing is escaped less than by a macro."""

import gc
import re
import weakref
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, url_for
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from app.awsdata import WordlessFiles, loader
from app.calls_markup import took
from app.markup import attributes, button, icon, icon_button, link_button
from app.rendering import LONGEST, escaped, with_fields

EVIL = '"><script>alert(1)</script>'


@pytest.fixture(autouse=True)
def _request(app: Flask) -> object:
    with app.test_request_context("/", headers={"Host": "127.0.0.1"}) as context:
        yield context


def render(app: Flask, text: str, **values: object) -> str:
    return app.jinja_env.from_string(text).render(values)


def test_every_part_escapes_what_it_is_given() -> None:
    made = [
        icon(EVIL, EVIL, EVIL),
        attributes({"data_x": EVIL, EVIL: True}),
        button(EVIL, EVIL, EVIL, EVIL, title=EVIL),
        link_button(EVIL, EVIL, EVIL, EVIL, title=EVIL),
        icon_button(EVIL, EVIL, EVIL, EVIL, title=EVIL),
    ]
    assert all("<script" not in text and '""' not in text for text in made)


def test_attributes_leave_out_none_and_false() -> None:
    assert attributes({"a_b": "1", "c": None, "d": False, "e": True}) == ' a-b="1" e'


def test_html_is_taken_as_it_is_and_its_text_is_not() -> None:
    assert "<b>" in button(Markup("<b>x</b>"))
    assert "<b>" not in button("<b>x</b>")
    assert icon("s3", Markup("<b>")) != icon("s3", "<b>")  # equal as texts: one must not stand for the other


def test_a_constant_part_is_rendered_for_each_kind_of_value(app: Flask) -> None:
    text = '{{ constant("partials/_region_list.html", here=here, names=(here,)) }}'
    shown = [render(app, text, here=here) for here in (Markup("<i>"), "<i>", Markup("<i>"))]
    assert shown[0] == shown[2] != shown[1]
    assert "<i>" not in shown[1]


def test_addresses_are_flasks_own(app: Flask) -> None:
    for endpoint, values in (
        ("s3.bucket", {"bucket": "a b", "page": 1}),
        ("s3.bucket", {"bucket": "a b", "page": True}),
        ("s3.bucket", {"bucket": "a b", "page": None, "f": ["1", "2"]}),
        ("static", {"filename": "x.css"}),
    ):
        for _ in range(2):
            assert render(app, "{{ url_for(endpoint, **values)|safe }}", endpoint=endpoint, values=values) == url_for(
                endpoint, **values
            )


def test_what_is_constant_is_in_ascii_and_says_the_same(app: Flask) -> None:
    page = app.jinja_env.get_template("partials/_dialogs.html").render()
    assert page.isascii()
    source, _, _ = app.jinja_env.loader.get_source(app.jinja_env, "rds/query.html")  # type: ignore[union-attr]
    assert "SELECT …" in source
    assert "SELECT &#8230;" in app.jinja_env.compile(source, "rds/query.html", raw=True)
    assert "…" in app.jinja_env.compile("… {{ word }}", "mail.txt", raw=True)  # a text knows no references
    assert render(app, "{{ word }}", word="São <b>") == "São &lt;b&gt;"  # what is given stays as it is


def test_no_script_or_style_holds_text_in_which_a_reference_would_stay_one() -> None:
    for path in Path("templates").rglob("*.html"):
        for held in re.findall(r"<(?:script|style)[^>]*>(.*?)</(?:script|style)>", path.read_text(), re.DOTALL):
            assert held.isascii(), path


class Loud:
    def __html__(self) -> str:
        return "<b>loud</b>"


@pytest.mark.parametrize("value", [EVIL, Markup("<b>&</b>"), 3, True, None, 1.5, b"<", [EVIL], Loud()])
def test_values_are_escaped_as_markupsafe_does(app: Flask, value: object) -> None:
    assert escaped(value) == escape(value)
    assert render(app, "{{ value }}", value=value) == escape(value)


def test_calls_by_name_reach_functions_macros_and_what_asks_for_the_context(app: Flask) -> None:
    @pass_context
    def here(context: Context, word: str) -> str:
        return f"{context['place']} {word}"

    app.jinja_env.globals["here"] = here
    text = """{% macro named(word, end="!") %}<i>{{ word }}{{ end }}</i>{% endmacro %}
{{- named(word) }} {{ named(word, end="?") }} {{ plain(word) }} {{ here(word) }} {{ plain(*[word]) }}
{%- for one in [1] %} {{ named(one) }}{% endfor %} {% call wrap() %}<u>{{ word }}</u>{% endcall %}"""
    wrap = "{% macro wrap() %}<p>{{ caller() }}</p>{% endmacro %}"
    made = render(app, wrap + text, word="<x>", plain=str.upper, place="there")
    shown = "&lt;x&gt;"
    upper = "&lt;X&gt;"
    named = f"<i>{shown}!</i> <i>{shown}?</i>"
    assert made == f"{named} {upper} there {shown} {upper} <i>1!</i> <p><u>{shown}</u></p>"


def test_fields_stand_in_an_address_as_flask_writes_them(app: Flask) -> None:
    fields: dict[str, Any] = {"schema": "a b&c", "sql": "SELECT 'ü' /* + */", "none": None, "f": ["1", "2"], "page": 2}
    address = url_for("rds.table", identifier="x")
    assert with_fields(address, fields) == url_for("rds.table", identifier="x", **fields)
    assert with_fields(address, {"none": None}) == address
    texts: dict[str, Any] = {"schema": "a b&c", "sql": "SELECT 'ü' /* + */ ~ % = #", "ü=": ""}
    assert with_fields(address, texts) == url_for("rds.table", identifier="x", **texts)


@pytest.mark.parametrize(
    "call",
    [
        'icon("search", size="small")',
        'button("Go <b>", "primary", "play", title="<i>")',
        'link_button("Go", "/x?a=1&b=2")',
        'icon_button("Close", "close")',
        'breadcrumbs([("A", "/a"), ("<b>", "")])',
        'skeleton(3, label="Wait")',
    ],
)
def test_a_part_drawn_at_compile_time_is_what_a_call_gives(app: Flask, call: str) -> None:
    imports = "".join(f'{{% from "macros/{name}.html" import {parts} %}}' for name, parts in FROM.items())
    folded = app.jinja_env.compile(imports + "{{ " + call + " }}", raw=True)
    name = call.partition("(")[0]
    assert f"else l_0_{name})(" not in folded
    as_variable = imports + "{% set part = " + name + " %}{{ " + call.replace(name, "part", 1) + " }}"
    assert render(app, imports + "{{ " + call + " }}") == render(app, as_variable)


@pytest.mark.parametrize("call", ['button("Go", changes=true)', 'button("Go", "", "", "submit", false, true)'])
def test_a_part_that_looks_at_the_account_is_drawn_for_each_page(app: Flask, call: str) -> None:
    text = '{% from "macros/forms.html" import button %}{{ ' + call + " }}"
    assert "else l_0_button)(" in app.jinja_env.compile(text, raw=True)


FROM = {"icons": "icon", "forms": "button, link_button, icon_button", "nav": "breadcrumbs", "states": "skeleton"}


class Text(str):
    """A text that can be seen to be forgotten."""


@pytest.mark.parametrize(("length", "kept"), [(100, True), (LONGEST + 1, False)])
def test_only_short_addresses_are_remembered(app: Flask, length: int, kept: bool) -> None:
    value = Text("x" * length)
    seen = weakref.ref(value)
    render(app, "{{ url_for('rds.query', identifier='a', sql=value) }}", value=value)
    del value
    gc.collect()
    assert (seen() is not None) is kept


@pytest.mark.parametrize(
    ("ms", "text"), [(0.04, "0.0 ms"), (9.94, "9.9 ms"), (10, "10 ms"), (1234, "1.23 s"), (12345, "12.3 s")]
)
def test_times(ms: float, text: str) -> None:
    assert took(ms) == text


def test_descriptions_come_without_words_and_with_every_member(tmp_path: object) -> None:
    model = loader().load_service_model("apigateway", "service-2")
    assert model["operations"]["CreateRestApi"]["documentation"] == ""
    assert model["shapes"]["RestApi"]["members"]["description"]["documentation"] == ""
    with_words = loader()
    with_words.file_loader = type(with_words).FILE_LOADER_CLASS()
    whole = with_words.load_service_model("apigateway", "service-2")
    assert whole["shapes"].keys() == model["shapes"].keys()
    assert {name: list(shape.get("members", ())) for name, shape in whole["shapes"].items()} == {
        name: list(shape.get("members", ())) for name, shape in model["shapes"].items()
    }
    assert WordlessFiles().load_file(f"{tmp_path}/none") is None
