"""Mapping templates: what is understood, as Velocity means it, and what is refused."""

import json
from typing import Any

import pytest

from embedded.overlays.apigateway.templates.objects import Input, TemplateError, Util
from embedded.overlays.apigateway.templates.parser import Refused, parse
from embedded.overlays.apigateway.templates.rendering import render

BODY = {
    "name": "Ada",
    "age": 36,
    "ok": True,
    "nothing": None,
    "list": [{"a": 1}, {"a": 2}],
    "empty": "",
    "zero": 0,
    "odd name": "x",
    "quote": 'it\'s "so"\n',
}


def rendered(template: str, body: Any = None) -> str:
    parameters = {"path": {"id": "7"}, "querystring": {"q": "1", "id": "no"}, "header": {"X-Who": "ada"}}
    text = json.dumps(BODY if body is None else body) if not isinstance(body, str) else body
    names = {
        "input": Input(text, parameters),
        "util": Util(),
        "context": {"stage": "prod", "identity": {"sourceIp": "127.0.0.1"}},
        "stageVariables": {"colour": "blue"},
    }
    return render(template, names)


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("$input.json('$.name')", '"Ada"'),
        ("$input.json('$')", json.dumps(BODY, separators=(",", ":"))),
        ("$input.json('$.missing')", '""'),
        ("$input.path('$.name')", "Ada"),
        ("$input.path('$').list[1].a", "2"),
        ("$input.path('$.list[0].a')", "1"),
        ("$input.path('$.list[*].a')", "[1, 2]"),
        ("$input.path(\"$['odd name']\")", "x"),
        ("$input.path('$.list').size()", "2"),
        ("$input.params('id')", "7"),
        ("$input.params('x-who')", "ada"),
        ("$input.params('none')", ""),
        ("$input.params().header.get('X-Who')", "ada"),
        ("$input.params().querystring", "{q=1, id=no}"),
        ("$context.identity.sourceIp ${context.stage}!", "127.0.0.1 prod!"),
        ("$stageVariables.colour ${stageVariables.colour}ish", "blue blueish"),
        ("$util.escapeJavaScript($input.path('$.quote'))", 'it\\\'s \\"so\\"\\n'),
        ("$util.base64Encode('a')$util.base64Decode('YQ==')", "YQ==a"),
        ("$util.urlEncode('a b&c')$util.urlDecode('a%20b')", "a+b%26ca b"),
        ("$util.parseJson('{\"a\": [1]}').a[0]", "1"),
        ("$input.path('$.ok')", "true"),
        ("$nothing.here $!nothing.here.", "$nothing.here ."),
        ("\\$input costs $5 #fff", "$input costs $5 #fff"),
        ("a## comment\nb#* more\n *#c", "abc"),
        ("#set($x = 3 + 4 * 2)$x", "11"),
        ("#set($x = 'a' + 1)$x", "a1"),
        ("#set($x = -7 / 2)$x", "-3"),
        ("#set($x = 'a' * 3)$!x", ""),
        ("#set($x = {'a': [1, 'b']})$x.a[1]$x.get('a').size()", "b2"),
        ("#set($x = {})#set($x.a = 1)#set($x['b'] = 2)$x", "{a=1, b=2}"),
        ('#set($w = "world")#set($x = "hello $w")$x', "hello world"),
        ("#if($input.path('$.empty'))yes#else no#end", "yes"),
        ("#if($input.path('$.zero'))yes#end", "yes"),
        ("#if($input.path('$.nothing') || $unknown)yes#elseif(1 < 2 && !false)else#end", "else"),
        ("#if($input.path('$.age') == 36)yes#{else}no#end", "yes"),
        ("#if($input.path('$.age') == '36')yes#end", "yes"),
        ("#foreach($e in $input.path('$.list'))$e.a#if($foreach.hasNext),#end#end", "1,2"),
        ("#foreach($n in [1..3])$foreach.index$n #end", "01 12 23 "),
        ("#foreach($k in $input.params().path.keySet())$k=$input.params().path.get($k)#end", "id=7"),
        ("#foreach($n in $unknown)x#end", ""),
        ("#set($s = 'Abc')$s.toUpperCase()$s.substring(1)$s.length()", "ABCbc3"),
    ],
)
def test_a_template(template: str, expected: str) -> None:
    assert rendered(template) == expected


def test_directives_take_their_line_with_them() -> None:
    assert rendered("{\n#set($x = 1)\n#if($x == 1)\n  $x\n#end\n}") == "{\n  1\n}"


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("#macro(x)#end", "#macro is not available"),
        ("a\n#parse('x')", "line 2: #parse is not available"),
        ("#evaluate('x')", "#evaluate"),
        ("#if($x)", "#if without #end"),
        ("#foreach($x in $y)", "#foreach without #end"),
        ("#foreach($x of $y)#end", "`in` is missing"),
        ("#end", "#end without its beginning"),
        ("#set($x)", "`=` is missing"),
        ("$x.getClass()", "the method getClass() is not known"),
        ("$x.__class__()", "the method __class__() is not known"),
        ("#set($x = )", "a value is missing"),
        ("#set($x = 'a)", "closing ' is missing"),
        ("#set($x = " + "(" * 5000, "nested too deeply"),
    ],
)
def test_what_is_not_understood_is_refused(template: str, reason: str) -> None:
    with pytest.raises(Refused) as caught:
        parse(template)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("template", "body", "reason"),
    [
        ("$input.path('$.a')", "{", "Unable to parse the body as JSON"),
        ("$input.path('$..a')", "{}", "JSONPath"),
        ("$input.path('$.a[?(@.b)]')", "{}", "JSONPath"),
        ("$util.parseJson('{')", "{}", "JSONDecodeError"),
        ("$input.path('$.n').size()", '{"n": 1}', "there is no method size()"),
        ("#foreach($n in [1..2000])x#end", "{}", "1000 numbers at most"),
        ("#foreach($a in [1..900])#foreach($b in [1..900])x#end#end", "{}", "all loops together"),
        ("#foreach($n in $input.path('$'))x#end", json.dumps(list(range(1001))), "1000 times at most"),
    ],
)
def test_what_cannot_be_applied_says_why(template: str, body: str, reason: str) -> None:
    with pytest.raises(TemplateError) as caught:
        rendered(template, body)
    assert reason in str(caught.value)


def test_python_is_out_of_reach() -> None:
    for template in ("$input.body.__class__", "$util.__init__", "$input.__dict__", "$context.keys", "$input.call"):
        assert rendered(template) == template
