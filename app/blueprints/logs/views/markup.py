"""Rows and messages as HTML, written here because a template takes ten times as long for five hundred rows."""

from collections.abc import Sequence
from urllib.parse import quote

from flask import url_for
from markupsafe import Markup, escape

from app.blueprints.logs.blueprint import bp
from app.blueprints.logs.service import messages, times
from app.blueprints.logs.service.queries import Answer
from app.blueprints.logs.views.asked import Asked

SHORT = 60  # characters of text that stay on one line
ONE_LINE = 240


def shown(text: str) -> Markup:
    """Return a text with what cannot be seen in it marked."""
    parts = [
        f'<span class="logs-mark" title="A character that cannot be seen">{escape(one.text)}</span>'
        if one.mark
        else str(escape(one.text))
        for one in messages.pieces(text)
    ]
    return Markup("".join(parts))  # noqa: S704 every part was escaped


def clock(text: str, short: bool = False) -> str:
    """Return one of AWS's times (2026-11-24 10:00:00.000, UTC), which scripts show in the zone of the person."""
    said = text[:19] if short else text
    return f'<time datetime="{escape(text.replace(" ", "T"))}Z" data-zone>{escape(said)}</time>'


def rows(answer: Answer, asked: Asked, first: int) -> Markup:
    """Return the rows of a page; `first` rows were on earlier ones."""
    record = url_for("logs.record")
    lines = []
    for at, row in enumerate(answer.rows):
        pointer, number = answer.pointers[at], first + at + 1
        link = (
            f'<a href="{record}?pointer={quote(pointer)}" data-logs-open title="All fields of this event">{number}</a>'
        )
        cells = "".join(_cells(answer, row, asked))
        head = link if pointer else str(number)
        lines.append(f'<tr><th scope="row" class="grid-rownumber">{head}</th>{cells}</tr>')
    return Markup("\n".join(lines))  # noqa: S704 every value in it was escaped


def _cells(answer: Answer, row: Sequence[str | None], asked: Asked) -> list[str]:
    named = dict(zip(answer.columns, row, strict=True))
    out = []
    for name, kind, value in zip(answer.columns, answer.kinds, row, strict=True):
        if value is None:
            out.append('<td class="grid-null" data-null="" title="This event has no such field">–</td>')
        elif kind == "datetime":
            out.append(f'<td class="fit mono" data-v="{escape(value)}">{clock(value, name.startswith("bin("))}</td>')
        elif kind in ("integer", "float"):
            out.append(f'<td class="number mono">{escape(value)}</td>')
        elif name == "@logStream" and (url := _stream_url(named, asked)):
            out.append(f'<td class="fit mono"><a href="{escape(url)}">{shown(value)}</a></td>')
        else:
            out.append(_text(value, name == "@message"))
    return out


def _stream_url(named: dict[str, str | None], asked: Asked) -> str:
    """Return the way to the events around one, where its group and time are known."""
    log = (named.get("@log") or "").partition(":")[2]
    group = log or (asked.groups[0] if len(asked.groups) == 1 else "")
    if not group:
        return ""
    at = (
        times.milliseconds(times.moment(named["@timestamp"] or "", "start", times.EPOCH))
        if named.get("@timestamp")
        else None
    )
    return url_for("logs.events", group=group, stream=named["@logStream"], at=at)


def _text(value: str, message: bool) -> str:
    if not value:
        return '<td data-v=""><span class="visually-hidden">empty text</span></td>'
    lines = value.rstrip("\n")
    laid = messages.pretty(value) if len(value) <= messages.OPENED else ""
    if len(lines) <= ONE_LINE and "\n" not in lines and not laid:
        place = ' class="logs-text"' if message or len(lines) > SHORT else ""
        inner = shown(lines)
        whole = f' data-v="{escape(messages.plain(value))}"' if "<span" in inner else ""
        return f"<td{place}{whole}>{inner}</td>"
    begin, cut = messages.cut(value, messages.OPENED)
    note = f"Cut after {messages.OPENED:,} of {len(value):,} characters: open the event for all."
    told = f'<p class="help">{note}</p>' if cut else ""
    line = messages.cut(lines.replace("\n", " ⏎ "), ONE_LINE)[0]
    body = f'<summary>{shown(line)}</summary><pre tabindex="0">\n{shown(laid or begin)}</pre>{told}'
    data = escape(messages.plain(begin))
    return f'<td class="logs-text" data-v="{data}"><details class="grid-long">{body}</details></td>'


@bp.app_template_filter("shown")
def _shown(text: str) -> Markup:
    return shown(text)
