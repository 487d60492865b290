"""The call drawer's rows as HTML; static/js fills the same row, of no call yet, for the calls of a script."""

from functools import lru_cache

from markupsafe import Markup, escape

from app.drawer import ShownCall
from app.markup import icon, safe

_CUT = "The parameters were too long to come along with the redirect: this code is not complete."
_BLANK = ShownCall("", "", 1, 0, 0, "", "", 0, "", "", "", "", "", "")


def took(ms: float) -> str:
    """Return milliseconds as people read them."""
    if ms >= 10000:
        return f"{ms / 1000:.1f} s"
    if ms >= 1000:
        return f"{ms / 1000:.2f} s"
    return f"{ms:.0f} ms" if ms >= 10 else f"{ms:.1f} ms"


def part(title: str, text: str, language: str, key: str) -> Markup:
    """Return one pane of a call: a heading, which scripts turn into a tab, and its code."""
    before, after = _pane(title, language, key, not text and bool(key))
    return safe(f"{before}{escape(text)}{after}")


@lru_cache(64)
def _pane(title: str, language: str, key: str, hidden: bool) -> tuple[str, str]:
    """Return what stands before and after the code of a pane."""
    name = escape(title)
    return (
        f'<section class="call-part" data-part="{name}"{" hidden" if hidden else ""}><h3>{name}</h3>\n'
        f'<div class="code-box"><pre tabindex="0" role="group" aria-label="{name}"><code'
        f' data-language="{escape(language)}" data-fill="{escape(key)}">',
        '</code></pre><button type="button" class="copy needs-js" data-copy-near title="Copy">'
        f'{icon("copy", size="small")}<span class="visually-hidden">Copy {name}</span></button></div></section>',
    )


def call_row(call: ShownCall, whole: float, open: bool = False) -> Markup:
    """Return one call: its line, and its code and facts when opened; `whole` is the milliseconds of its bar's width."""
    failed, time = bool(call.error_code), took(call.milliseconds)
    mark = icon("error" if failed else "done", "Failed" if failed else "Done", "small")
    times = f"× {call.count}" if call.count > 1 else ""
    return safe(
        f'<details class="call{" call-failed" if failed else ""}" name="call"{" open" if open else ""}>\n'
        f'  <summary>{mark}\n    <span class="call-name"><span class="service" data-fill="service">'
        f'{escape(call.service)}</span> <span data-fill="operation">{escape(call.operation)}</span>'
        f' <span data-fill="times">{times}</span></span>\n    {_bar(call, whole)}\n'
        f'    <span class="call-time" data-fill="time">{time}</span></summary>\n  <div class="call-body">\n'
        f'    <p class="call-short"{"" if call.shortened else " hidden"}>{icon("info", size="small")}{_CUT}</p>\n'
        f"    {part('boto3', call.python, 'python', 'python')}\n"
        f"    {part('psql / mysql' if call.service == 'sql' else 'AWS CLI', call.command, 'shell', 'command')}\n"
        f"    {part('IAM policy', call.policy, 'json', 'policy')}\n"
        f'    <section class="call-part" data-part="Response"><h3>Response</h3>{_response(call, time)}</section>\n'
        "  </div>\n</details>"
    )


def blank_row() -> Markup:
    """Return the row that scripts fill."""
    return call_row(_BLANK, 1)


def _bar(call: ShownCall, whole: float) -> str:
    """Return when in the request a call ran, and for how long: a bar in percent of the whole."""
    start, width = 100 * call.offset_ms / whole, max(100 * call.milliseconds / whole, 1.2)
    return (
        '<svg class="call-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" y="3.5" width="100" height="1"/>'
        f'<rect class="took" x="{start:.2f}" width="{width:.2f}" height="8"/></svg>'
    )


def _response(call: ShownCall, time: str) -> str:
    status = "No answer" if call.status is None else call.status
    rows = (
        _fact(
            "Error",
            f'<strong class="mono" data-fill="error_code">{escape(call.error_code or "")}</strong>'
            f' <span data-fill="error_message">{escape(call.error_message or "")}</span>',
            bool(call.error_code),
        ),
        f'  <div><dt>Status</dt><dd class="mono" data-fill="status">{escape(status)}</dd></div>',
        f'  <div><dt>Time</dt><dd data-fill="time">{time}</dd></div>',
        f'  <div><dt>Retries</dt><dd data-fill="retries">{call.retries}</dd></div>',
        f'  <div{"" if call.request_id else " hidden"}><dt>Request id</dt><dd class="mono" data-fill="request_id">'
        f"{escape(call.request_id or '')}</dd></div>",
        _fact("Console", _link(call.console_url, "console_url", "The same in AWS's console"), bool(call.console_url)),
        _fact("Reference", _link(call.docs_url, "docs_url", "AWS's page on this operation"), bool(call.docs_url)),
    )
    return '<dl class="key-values">\n' + "\n".join(rows) + "\n</dl>"


def _fact(name: str, value: str, shown: bool) -> str:
    return f"  <div{'' if shown else ' hidden'}><dt>{name}</dt><dd>{value}</dd></div>"


def _link(url: str, key: str, words: str) -> str:
    outside = 'rel="noreferrer" target="_blank"'
    return (
        f'<a href="{escape(url or "#")}" {outside} data-fill-href="{key}">{words}{icon("external", size="small")}</a>'
    )


PARTS = (took, part, call_row, blank_row)
